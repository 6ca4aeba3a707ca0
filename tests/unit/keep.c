/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a driver keeps on disk: written, marked, read again, and what cannot be read. */
#include "unit-driver.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[64];
static struct vir_keep keep, status;

static int
setup(void **state)
{
    (void)state;
    strcpy(path, "/tmp/unit-keep.XXXXXX");
    if (!mkdtemp(path))
        return -1;
    keep = (struct vir_keep)VIR_KEEP_INIT("definition", false);
    status = (struct vir_keep)VIR_KEEP_INIT("status file", true);
    return vir_keep_open(&keep, path, "config/things", "autostart") < 0 ||
        vir_keep_open(&status, path, "run/things", NULL) < 0 ? -1 : 0;
}

static int
teardown(void **state)
{
    char command[100];

    (void)state;
    vir_keep_close(&keep);
    vir_keep_close(&status);
    snprintf(command, sizeof(command), "rm -rf %s", path);
    return system(command);
}

/* Refuses texts that begin with "bad"; notes the others. */
static int
note(const char *name, const char *text, void *opaque)
{
    if (strncmp(text, "bad", 3) == 0)
        return vir_error(VIR_ERR_XML_ERROR, "it is bad");
    vir_buf_addf(opaque, "%s=%s%s;", name, text, vir_keep_autostart(&keep, name) ? "*" : "");
    return 0;
}

static void
assert_loads(const struct vir_keep *from, const char *expected)
{
    struct vir_buf seen = { 0 };
    char *text;

    vir_keep_load(from, note, &seen);
    text = vir_buf_steal(&seen);
    assert_string_equal(text, expected);
    free(text);
    assert_null(virGetLastError());
}

static bool
is_there(const struct vir_keep *in, const char *file)
{
    return faccessat(in->dir.fd, file, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static void
written_and_read(void **state)
{
    (void)state;
    assert_loads(&keep, "");
    assert_int_equal(vir_keep_write(&keep, "one", "1"), 0);
    assert_int_equal(vir_keep_write(&keep, ".two", "2"), 0);
    assert_int_equal(vir_keep_write(&keep, "../three", "3"), -1);
    virResetLastError();
    assert_int_equal(vir_keep_write(&keep, "one", "uno"), 0);
    assert_int_equal(vir_keep_set_autostart(&keep, "one", true), 0);
    assert_int_equal(vir_keep_set_autostart(&keep, "one", true), 0);
    assert_loads(&keep, ".two=2;one=uno*;");
    assert_int_equal(vir_keep_set_autostart(&keep, "one", false), 0);
    assert_int_equal(vir_keep_set_autostart(&keep, ".two", true), 0);
    assert_loads(&keep, ".two=2*;one=uno;");
    assert_int_equal(vir_keep_remove(&keep, ".two"), 0);
    assert_int_equal(vir_keep_remove(&keep, ".two"), 0);
    assert_int_equal(vir_keep_write(&keep, ".two", "2"), 0);
    assert_loads(&keep, ".two=2;one=uno;");
}

static void
too_long(void **state)
{
    char *text = malloc(VIR_KEEP_MAX + 2);

    (void)state;
    memset(text, 'x', VIR_KEEP_MAX + 1);
    text[VIR_KEEP_MAX + 1] = '\0';
    assert_int_equal(vir_keep_write(&keep, "long", text), -1);
    assert_error(VIR_ERR_OPERATION_FAILED, "can be read again");
    virResetLastError();
    assert_false(is_there(&keep, "long.xml"));
    free(text);
}

/* Nothing of it is lost, also not when another is defined in its place. */
static void
bad_definition(void **state)
{
    char *text;

    (void)state;
    assert_int_equal(vir_keep_write(&keep, "one", "bad, but mine"), 0);
    assert_int_equal(vir_keep_write(&keep, "two", "2"), 0);
    for (int i = 0; i < 2; i++) {
        assert_loads(&keep, "two=2;");
        assert_true(is_there(&keep, "one.xml"));
    }
    assert_int_equal(vir_keep_write(&keep, "one", "new"), 0);
    assert_loads(&keep, "one=new;two=2;");
    assert_int_equal(vir_file_read(keep.dir.fd, "one.xml.bad", 100, &text, NULL), 0);
    assert_string_equal(text, "bad, but mine");
    free(text);
}

static void
bad_status(void **state)
{
    (void)state;
    assert_int_equal(vir_keep_write(&status, "one", "bad"), 0);
    assert_loads(&status, "");
    assert_false(is_there(&status, "one.xml"));
    assert_true(is_there(&status, "one.xml.bad"));
}

static void
no_files(void **state)
{
    (void)state;
    assert_int_equal(mkfifoat(keep.dir.fd, "fifo.xml", 0600), 0);
    assert_int_equal(mkdirat(keep.dir.fd, "dir.xml", 0700), 0);
    assert_int_equal(vir_file_write(keep.links.fd, "elsewhere", "there", 5, 0600), 0);
    assert_int_equal(symlinkat("autostart/elsewhere", keep.dir.fd, "link.xml"), 0);
    assert_int_equal(symlinkat("nowhere", keep.dir.fd, "dangling.xml"), 0);
    assert_loads(&keep, "link=there;");
    assert_int_equal(symlinkat("/etc/passwd", status.dir.fd, "link.xml"), 0);   /* nobody makes links here */
    assert_loads(&status, "");
}

static void
one_at_a_time(void **state)
{
    int lock = vir_keep_lock(&status.dir, "the things"), again;

    (void)state;
    assert_true(lock >= 0);
    assert_int_equal(vir_keep_lock(&status.dir, "the things"), -1);
    assert_error(VIR_ERR_OPERATION_FAILED, "another daemon runs the things of");
    virResetLastError();
    close(lock);
    again = vir_keep_lock(&status.dir, "the things");
    assert_true(again >= 0);
    close(again);
    assert_true(vir_keep_first_since_boot(&status.dir));
    assert_false(vir_keep_first_since_boot(&status.dir));
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(written_and_read), EACH(too_long), EACH(bad_definition), EACH(bad_status), EACH(no_files),
        EACH(one_at_a_time),
    };

    return cmocka_run_group_tests_name("unit/keep", tests, NULL, NULL);
}
