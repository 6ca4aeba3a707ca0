/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The log: levels, filters, outputs, and lines that nobody can forge. */
#define VIR_LOG_SOURCE "unit.log"
#include "core-unit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/private.h"

static char path[] = "/tmp/libvirt-unit-log-XXXXXX";

/* What was logged since the last call. */
static char *
logged(void)
{
    static char text[262144];
    int fd = open(path, O_RDWR);
    ssize_t len = read(fd, text, sizeof(text) - 1);

    assert_true(len >= 0);
    text[len] = '\0';
    assert_int_equal(ftruncate(fd, 0), 0);
    close(fd);
    return text;
}

static int
setup(void **state)
{
    char outputs[64];
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    snprintf(outputs, sizeof(outputs), "1:file:%s", path);
    return vir_core.log_set_outputs(outputs);
}

static int
teardown(void **state)
{
    (void)state;
    return unlink(path);
}

static void
levels(void **state)
{
    (void)state;
    assert_int_equal(vir_core.log_set_level(VIR_LOG_WARN), 0);
    vir_info("too low");
    assert_string_equal(logged(), "");
    vir_warn("just right");
    assert_non_null(strstr(logged(), ": warning : levels:"));
    assert_int_equal(vir_core.log_set_level(VIR_LOG_DEBUG), 0);
    vir_debug("number %d", 7);
    assert_non_null(strstr(logged(), " : number 7\n"));
    assert_int_equal(vir_core.log_set_level(0), -1);
    assert_error(VIR_ERR_INVALID_ARG, "log level 0");
    vir_core.log_set_level(VIR_LOG_WARN);
}

static void
filters(void **state)
{
    (void)state;
    assert_int_equal(vir_core.log_set_filters("1:unit 4:other"), 0);
    assert_true(vir_log_enabled(VIR_LOG_DEBUG, "unit.log"));
    assert_false(vir_log_enabled(VIR_LOG_INFO, "nobody"));
    assert_false(vir_log_enabled(VIR_LOG_WARN, "some.other.thing"));
    vir_debug("by filter");
    assert_non_null(strstr(logged(), "by filter"));
    assert_int_equal(vir_core.log_set_filters("1:unit 7:x"), -1);
    assert_error(VIR_ERR_INVALID_ARG, "'7:x' is not a log filter");
    assert_true(vir_log_enabled(VIR_LOG_DEBUG, "unit.log"));    /* as before */
    assert_int_equal(vir_core.log_set_filters("1:u?it*g 3:qemu"), 0);
    assert_true(vir_log_enabled(VIR_LOG_DEBUG, "unit.log"));
    assert_false(vir_log_enabled(VIR_LOG_DEBUG, "uit.log"));
    vir_core.log_set_filters("");
    assert_false(vir_log_enabled(VIR_LOG_DEBUG, "unit.log"));
}

static void
what_is_in_use(void **state)
{
    VIR_AUTO_FREE char *none = NULL, *some = NULL, *outputs = NULL, *plain = NULL, *wanted = NULL;
    char text[256];

    (void)state;
    assert_int_equal(vir_core.log_filters(&none), 0);
    assert_string_equal(none, "");
    assert_int_equal(vir_core.log_change_filters("1:unit  4:a*b"), 0);
    assert_int_equal(vir_core.log_filters(&some), 2);
    assert_string_equal(some, "1:*unit* 4:*a*b* ");
    vir_core.log_change_filters("");
    /* of one place the last word counts */
    snprintf(text, sizeof(text), "4:stderr 3:file:%s 2:stderr 3:syslog:me", path);
    wanted = vir_strdup_printf("3:file:%s 2:stderr 3:syslog:me", path);
    assert_int_equal(vir_core.log_change_outputs(text), 0);
    assert_int_equal(vir_core.log_outputs(&outputs), 3);
    assert_string_equal(outputs, wanted);
    assert_int_equal(vir_core.log_change_outputs(""), 0);
    assert_int_equal(vir_core.log_outputs(&plain), 1);
    assert_string_equal(plain, "3:stderr");
    snprintf(text, sizeof(text), "1:file:%s", path);
    assert_int_equal(vir_core.log_change_outputs(text), 0);
}

/* A path is meant from where the process is. */
static void
relative_outputs(void **state)
{
    VIR_AUTO_FREE char *here = getcwd(NULL, 0), *outputs = NULL, *wanted = NULL;
    char text[128];

    (void)state;
    assert_int_equal(chdir("/tmp"), 0);
    snprintf(text, sizeof(text), "1:file:%s", strrchr(path, '/') + 1);
    assert_int_equal(vir_core.log_change_outputs(text), 0);
    assert_int_equal(chdir(here), 0);
    assert_int_equal(vir_core.log_outputs(&outputs), 1);
    wanted = vir_strdup_printf("1:file:%s", path);
    assert_string_equal(outputs, wanted);
}

static void
one_line_each(void **state)
{
    char *text;

    (void)state;
    logged();
    vir_warn("a\nb\r\x1b[31m%s", "c\n2026-01-01 forged");
    text = logged();
    assert_non_null(strstr(text, ": a; b??[31mc; 2026-01-01 forged\n"));
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

static void
long_lines_end(void **state)
{
    char *text = malloc(20001);

    (void)state;
    memset(text, 'x', 20000);
    text[20000] = '\0';
    logged();
    vir_warn("%s", text);
    free(text);
    text = logged();
    assert_in_range(strlen(text), 4000, 6200);
    assert_int_equal(text[strlen(text) - 1], '\n');
}

static void
errors_are_logged(void **state)
{
    (void)state;
    vir_raise(VIR_FROM_NONE, VIR_ERR_RPC, "lost the line");
    assert_non_null(strstr(logged(), ": error : "));
    virResetLastError();
}

/* A burst is logged, then a few a second; what was left out is counted. */
static void
errors_have_a_rate(void **state)
{
    size_t lines = 0;
    char *text;

    (void)state;
    logged();
    for (int i = 0; i < 5000; i++)
        vir_raise(VIR_FROM_NONE, VIR_ERR_RPC, "x");
    text = logged();
    for (char *c = text; *c; c++)
        lines += *c == '\n';
    assert_in_range(lines, 100, 1200);
    usleep(120000);
    vir_raise(VIR_FROM_NONE, VIR_ERR_RPC, "y");
    assert_non_null(strstr(logged(), " errors were not logged\n"));
    virResetLastError();
}

static void
bad_outputs(void **state)
{
    static const char *const texts[] = { "stderr", "1:nowhere", "5:stderr", "1:file:", "1:syslog:", "1:" };
    char fifo[64], output[128];

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        assert_int_equal(vir_core.log_set_outputs(texts[i]), -1);
        assert_error(VIR_ERR_INVALID_ARG, "is not a log output");
    }
    snprintf(fifo, sizeof(fifo), "%s.fifo", path);
    snprintf(output, sizeof(output), "1:file:%s", fifo);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_int_equal(vir_core.log_set_outputs(output), -1);
    unlink(fifo);
    assert_error(VIR_ERR_SYSTEM_ERROR, fifo);
    assert_int_equal(vir_core.log_set_outputs("1:file:/proc/nowhere/x"), -1);
    assert_error(VIR_ERR_SYSTEM_ERROR, "/proc/nowhere/x");
    logged();
    vir_warn("still here");
    assert_non_null(strstr(logged(), "still here"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels),
        cmocka_unit_test(filters),
        cmocka_unit_test(what_is_in_use),
        cmocka_unit_test(relative_outputs),
        cmocka_unit_test(one_line_each),
        cmocka_unit_test(long_lines_end),
        cmocka_unit_test(errors_are_logged),
        cmocka_unit_test(bad_outputs),
        cmocka_unit_test(errors_have_a_rate),
    };

    unsetenv("LIBVIRT_DEBUG");
    unsetenv("LIBVIRT_LOG_FILTERS");
    unsetenv("LIBVIRT_LOG_OUTPUTS");
    virSetErrorFunc(NULL, keep_silent);
    return cmocka_run_group_tests_name("log", tests, setup, teardown);
}
