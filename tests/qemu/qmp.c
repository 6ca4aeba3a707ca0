/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The QMP reader and parser on good, broken and hostile input, in pieces of
 * every size.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../modules/qemu/qmp/qmp.h"

/* Feeds TEXT in pieces of SIZE bytes and counts whole lines; -1: refused. */
static int
feed(struct qmp_reader *reader, const char *text, size_t len, size_t size)
{
    int lines = 0;
    size_t line_len;

    while (len > 0) {
        size_t room, n;
        char *at;

        if (qmp_reader_space(reader, &at, &room) < 0)
            return -1;
        n = size < room ? size : room;
        n = n < len ? n : len;
        memcpy(at, text, n);
        qmp_reader_added(reader, n);
        text += n;
        len -= n;
        while (qmp_reader_line(reader, &line_len))
            lines++;
    }
    return lines;
}

static void
lines_in_pieces(void **state)
{
    static const char text[] = "{\"a\":1}\r\n\n{\"b\":2}\n{\"unfinished\"";

    (void)state;
    for (size_t size = 1; size < sizeof(text); size++) {
        struct qmp_reader reader = { 0 };

        assert_int_equal(feed(&reader, text, sizeof(text) - 1, size), 3);
        qmp_reader_free(&reader);
    }
}

static void
line_ends_are_cut(void **state)
{
    struct qmp_reader reader = { 0 };
    const char *line;
    size_t room, len;
    char *at;

    (void)state;
    assert_int_equal(qmp_reader_space(&reader, &at, &room), 0);
    memcpy(at, "one\r\ntwo\n", 9);
    qmp_reader_added(&reader, 9);
    line = qmp_reader_line(&reader, &len);
    assert_int_equal(len, 3);
    assert_memory_equal(line, "one", 3);
    line = qmp_reader_line(&reader, &len);
    assert_int_equal(len, 3);
    assert_memory_equal(line, "two", 3);
    assert_null(qmp_reader_line(&reader, &len));
    qmp_reader_free(&reader);
}

static void
long_line_is_refused(void **state)
{
    struct qmp_reader reader = { 0 };
    char *text = malloc(QMP_MAX_LINE + 1000);

    (void)state;
    memset(text, 'x', QMP_MAX_LINE + 1000);
    assert_int_equal(feed(&reader, text, QMP_MAX_LINE + 1000, 65536), -1);
    assert_true(reader.room <= QMP_MAX_LINE);
    qmp_reader_free(&reader);

    text[QMP_MAX_LINE - 2] = '\n';      /* the longest that is allowed, and its memory goes back */
    assert_int_equal(feed(&reader, text, QMP_MAX_LINE - 1, 65536), 1);
    assert_int_equal(feed(&reader, "{}\n", 3, 3), 1);
    assert_true(reader.room <= 65536);
    qmp_reader_free(&reader);
    free(text);
}

static int
parse(const char *text, struct qmp_message *message)
{
    const char *why = NULL;
    int ret = qmp_parse(text, strlen(text), message, &why);

    assert_true(ret == 0 || why != NULL);
    return ret;
}

static void
messages(void **state)
{
    struct qmp_message message;

    (void)state;
    assert_int_equal(parse("{\"QMP\":{\"version\":{},\"capabilities\":[]}}", &message), 0);
    assert_int_equal(message.kind, QMP_GREETING);
    qmp_message_free(&message);
    assert_int_equal(parse("{\"return\":{\"x\":1},\"id\":7}", &message), 0);
    assert_int_equal(message.kind, QMP_RETURN);
    assert_int_equal(message.id, 7);
    assert_int_equal(qmp_get_uint(message.value, "x", 10, 99), 1);
    qmp_message_free(&message);
    assert_int_equal(parse("{\"event\":\"STOP\",\"timestamp\":{}}", &message), 0);
    assert_int_equal(message.kind, QMP_EVENT);
    assert_string_equal(message.name, "STOP");
    qmp_message_free(&message);
    assert_int_equal(parse("{\"error\":{\"class\":\"C\",\"desc\":\"D\"},\"id\":1}", &message), 0);
    assert_int_equal(message.kind, QMP_ERROR);
    assert_string_equal(message.text, "D");
    qmp_message_free(&message);
    assert_int_equal(parse("{\"error\":{}}", &message), 0);
    assert_non_null(message.text);
    qmp_message_free(&message);
}

static void
strange_ids(void **state)
{
    static const char *const ids[] = { "-1", "1.5", "\"7\"", "null", "[7]", "99999999999999999999" };
    char text[128];

    (void)state;
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        struct qmp_message message;

        snprintf(text, sizeof(text), "{\"return\":{},\"id\":%s}", ids[i]);
        assert_int_equal(parse(text, &message), 0);
        assert_true(message.id == 0 || message.id > 1000000);
        qmp_message_free(&message);
    }
}

static void
broken_messages(void **state)
{
    static const char *const broken[] = {
        "", "{", "}", "[]", "7", "null", "\"text\"", "{}", "{\"QMP\":null}", "{\"event\":7}",
            "{\"return\":{}} x",
        "{\"return\":{}", "{\"a\":\"\xff\xfe\"}", "\xff", "{\"return\":tru}", "HTTP/1.1 400",
    };
    struct qmp_message message;

    (void)state;
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
        if (parse(broken[i], &message) == 0)
            fail_msg("taken for a message: %s", broken[i]);
}

static void
depth_is_limited(void **state)
{
    enum { DEPTH = 100000 };
    char *text = malloc(DEPTH + 100);
    struct qmp_message message;
    const char *why;

    (void)state;
    strcpy(text, "{\"return\":");
    memset(text + 10, '[', DEPTH);
    assert_int_equal(qmp_parse(text, 10 + DEPTH, &message, &why), -1);
    free(text);
}

/* Ten million bytes of small values would take gigabytes. */
static void
values_are_limited(void **state)
{
    static const char *const values[] = { "{},", "[],", "1,", "\"\":0,", "{\"a\":[[{}]]}," };
    enum { LENGTH = 9 * 1024 * 1024 };
    char *text = malloc(LENGTH + 100);
    struct qmp_message message;
    const char *why = NULL;

    (void)state;
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        size_t len = (size_t)sprintf(text, "{\"return\":["), step = strlen(values[i]);

        for (; len < LENGTH; len += step)
            memcpy(text + len, values[i], step + 1);
        assert_int_equal(qmp_parse(text, len, &message, &why), -1);
        assert_string_equal(why, "a message has too many values");
    }
    free(text);
}

/* What counts is not what stands in texts, and a long answer is allowed. */
static void
long_answers(void **state)
{
    enum { LENGTH = 9 * 1024 * 1024, ITEMS = 30000 };
    char *text = malloc(LENGTH + 100), *at = text;
    struct qmp_message message;
    const char *why;

    (void)state;
    at += sprintf(at, "{\"return\":\"\\\"");
    memset(at, '{', LENGTH);
    strcpy(at + LENGTH, "\"}");
    assert_int_equal(qmp_parse(text, strlen(text), &message, &why), 0);
    qmp_message_free(&message);
    at = text + sprintf(text, "{\"return\":[");
    for (int i = 0; i < ITEMS; i++)
        at += sprintf(at, "{\"name\":\"member%d\",\"type\":\"str\",\"default\":null},", i);
    strcpy(at - 1, "]}");
    assert_int_equal(qmp_parse(text, strlen(text), &message, &why), 0);
    assert_int_equal(json_object_array_length(message.value), ITEMS);
    qmp_message_free(&message);
    free(text);
}

static void
commands(void **state)
{
    struct json_object *args = json_object_new_object();
    struct vir_buf buf = { 0 };
    char *text;

    (void)state;
    json_object_object_add(args, "command-line", json_object_new_string("a\"b\n"));
    qmp_format(&buf, "stop", NULL, 1);
    qmp_format(&buf, "human-monitor-command", args, 2);
    text = vir_buf_steal(&buf);
    assert_string_equal(text, "{\"execute\":\"stop\",\"id\":1}\r\n"
                              "{\"execute\":\"human-monitor-command\",\"arguments\":{\"command-line\":\"a\\\"b\\n\"},"
                              "\"id\":2}\r\n");
    free(text);
    json_object_put(args);
}

static void
typed_access(void **state)
{
    struct json_object *object = json_tokener_parse("{\"n\":5,\"big\":18446744073709551615,\"neg\":-1,\"s\":\"x\",\"b\":true}");

    (void)state;
    assert_int_equal(qmp_get_uint(object, "n", 10, 0), 5);
    assert_int_equal(qmp_get_uint(object, "n", 4, 9), 9);
    assert_int_equal(qmp_get_uint(object, "neg", 10, 3), 3);
    assert_int_equal(qmp_get_uint(object, "s", 10, 3), 3);
    assert_int_equal(qmp_get_uint(NULL, "n", 10, 3), 3);
    assert_null(qmp_get_string(object, "n"));
    assert_null(qmp_get_string(object, "none"));
    assert_true(qmp_get_bool(object, "b"));
    assert_false(qmp_get_bool(object, "n"));
    json_object_put(object);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_in_pieces), cmocka_unit_test(line_ends_are_cut),
        cmocka_unit_test(long_line_is_refused), cmocka_unit_test(messages), cmocka_unit_test(strange_ids),
        cmocka_unit_test(broken_messages), cmocka_unit_test(depth_is_limited),
        cmocka_unit_test(values_are_limited), cmocka_unit_test(long_answers), cmocka_unit_test(commands),
        cmocka_unit_test(typed_access),
    };

    return cmocka_run_group_tests_name("qemu/qmp", tests, NULL, NULL);
}
