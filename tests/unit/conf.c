/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Configuration files: what is read, and what is said about what is wrong. */
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static struct vir_conf *
parse(const char *text)
{
    reported_clear();
    return vir_conf_parse(text, strlen(text), "test.conf");
}

static void
good_file(void **state)
{
    struct vir_conf *conf = parse("# comment\n"
                                  "a = \"one\"   # behind\n"
                                  "b=12\n"
                                  "  c = 'it''s'\n");
    const char *text;

    (void)state;
    assert_null(conf);                  /* 'it''s' is a text with something behind it */
    assert_string_equal(reported, "test.conf:4: unexpected text behind the value of 'c'");
    conf = parse("a = \"one\"\nb=12\nflag = 1\nm = \"\"\"two\nlines\"\"\"\n"
                 "list = [ \"x\", # first\n  'y',\n ]\nempty = []\na = \"last\"\nneg = -1\nhex = 0x10");
    assert_non_null(conf);
    assert_int_equal(vir_conf_get_string(conf, "a", &text), 1);
    assert_string_equal(text, "last");
    assert_int_equal(vir_conf_get_string(conf, "m", &text), 1);
    assert_string_equal(text, "two\nlines");
    assert_int_equal(vir_conf_get_string(conf, "neg", &text), 1);
    assert_string_equal(text, "-1");
    assert_int_equal(vir_conf_get_string(conf, "absent", &text), 0);
    vir_conf_free(conf);
}

static void
types(void **state)
{
    struct vir_conf *conf = parse("n = 300\nt = \"x\"\nl = [\"a\", \"b\"]\nyes = 1\ntwo = 2\n");
    const char *const *list, *text;
    unsigned long long n;
    size_t count;
    bool flag;

    (void)state;
    assert_int_equal(vir_conf_get_uint(conf, "n", 300, &n), 1);
    assert_int_equal(n, 300);
    assert_int_equal(vir_conf_get_uint(conf, "n", 299, &n), -1);
    assert_string_equal(reported, "test.conf:1: 'n' is 300, but can be 299 at most");
    assert_int_equal(vir_conf_get_uint(conf, "t", 9, &n), -1);
    assert_string_equal(reported, "test.conf:2: 't' must be a number");
    assert_int_equal(vir_conf_get_string(conf, "l", &text), -1);
    assert_int_equal(vir_conf_get_bool(conf, "yes", &flag), 1);
    assert_true(flag);
    assert_int_equal(vir_conf_get_bool(conf, "two", &flag), -1);
    assert_int_equal(vir_conf_get_list(conf, "l", &list, &count), 1);
    assert_int_equal(count, 2);
    assert_string_equal(list[1], "b");
    assert_null(list[2]);
    assert_int_equal(vir_conf_get_list(conf, "t", &list, &count), 1);
    assert_string_equal(list[0], "x");
    assert_int_equal(vir_conf_get_list(conf, "n", &list, &count), -1);
    assert_int_equal(vir_conf_get_list(conf, "absent", &list, &count), 0);
    assert_int_equal(vir_conf_get_string(conf, "t", &text), 1);
    assert_int_equal(vir_conf_line(conf, "l"), 3);
    assert_int_equal(vir_conf_line(conf, "absent"), 0);
    vir_conf_free(conf);
}

static void
errors_name_the_line(void **state)
{
    static const char *const cases[][2] = {
        { "a = 1\nb\n", "test.conf:2: expected = behind 'b'" },
        { "a = 1\n= 2\n", "test.conf:2: expected `key = value`" },
        { "a =\n", "test.conf:1: 'a =' has no value" },
        { "\n\na = \"x\n", "test.conf:3: the text that begins here has no closing \"" },
        { "a = \"\"\"x\n\n", "test.conf:1: the text that begins here has no closing \"\"\"" },
        { "a = [ \"x\"\n\n", "test.conf:1: the list that begins here has no closing ]" },
        { "a = [ 1 ]\n", "test.conf:1: an item of a list must be a text in quotes" },
        { "a = [ \"x\" \"y\" ]\n", "test.conf:1: expected , or ] behind an item of a list" },
        { "a = yes\n", "test.conf:1: 'yes' is not a number that can be used here (texts need quotes)" },
        { "a = 99999999999999999999\n",
          "test.conf:1: '99999999999999999999' is not a number that can be used here (texts need quotes)" },
        { "a = 1 b = 2\n", "test.conf:1: unexpected text behind the value of 'a'" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_null(parse(cases[i][0]));
        assert_int_equal(reported_kind, VIR_REPORT_CONFIG);
        assert_string_equal(reported, cases[i][1]);
    }
}

static void
unknown_settings_are_warned_about(void **state)
{
    static const char *const known[] = { "max_clients", "log_level", NULL };
    struct vir_conf *conf = parse("log_level = 1\nmax_client = 5\n");

    (void)state;
    vir_conf_warn_unknown(conf, known);
    assert_int_equal(n_warned, 1);
    assert_string_equal(warned,
                        "test.conf:2: unknown setting 'max_client' is ignored (did you mean 'max_clients'?)");
    vir_conf_free(conf);
}

static void
hostile_files(void **state)
{
    size_t len = 2 * 1024 * 1024;
    char *big = malloc(len);
    struct vir_buf buf = { 0 };

    (void)state;
    memset(big, 'a', len);
    assert_null(vir_conf_parse(big, len, "test.conf"));
    assert_null(vir_conf_parse("a = 1\0b", 7, "test.conf"));
    for (int i = 0; i < 5000; i++)
        vir_buf_addf(&buf, "k%d = 1\n", i);
    assert_null(parse(buf.text));
    vir_buf_free(&buf);
    vir_buf_add(&buf, "l = [");
    for (int i = 0; i < 5000; i++)
        vir_buf_add(&buf, "\"\",");
    assert_null(parse(buf.text));
    vir_buf_free(&buf);
    free(big);
}

static void
from_disk(void **state)
{
    char dir[256], path[300];
    int fd = temp_dir(dir, sizeof(dir));
    struct vir_conf *conf;
    unsigned long long n;

    (void)state;
    snprintf(path, sizeof(path), "%s/absent.conf", dir);
    conf = vir_conf_read(path);
    assert_non_null(conf);
    assert_int_equal(vir_conf_get_uint(conf, "a", 1, &n), 0);
    vir_conf_free(conf);
    assert_int_equal(vir_file_write(fd, "real", "a = 1\n", 6, 0600), 0);
    assert_int_equal(symlinkat("real", fd, "link.conf"), 0);
    snprintf(path, sizeof(path), "%s/link.conf", dir);
    conf = vir_conf_read(path);
    assert_non_null(conf);
    assert_int_equal(vir_conf_get_uint(conf, "a", 1, &n), 1);
    vir_conf_free(conf);
    assert_int_equal(mkfifoat(fd, "fifo.conf", 0600), 0);
    snprintf(path, sizeof(path), "%s/fifo.conf", dir);
    assert_null(vir_conf_read(path));
    close(fd);
    temp_dir_remove(dir);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_file), cmocka_unit_test(types), cmocka_unit_test(errors_name_the_line),
        cmocka_unit_test(unknown_settings_are_warned_about), cmocka_unit_test(hostile_files),
        cmocka_unit_test(from_disk),
    };

    return cmocka_run_group_tests_name("conf", tests, NULL, NULL);
}
