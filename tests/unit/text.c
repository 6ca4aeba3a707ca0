/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory, growing text, numbers, UUIDs, nearest names. */
#include "unit.h"

#include "nearest.h"
#include "number.h"
#include "vector.h"

static void
buf_grows_and_indents(void **state)
{
    struct vir_buf buf = { 0 };
    char *text;

    (void)state;
    text = vir_buf_steal(&buf);
    assert_string_equal(text, "");
    free(text);
    buf.indent = 2;
    vir_buf_add(&buf, "a");
    vir_buf_addf(&buf, "%d\n", 1);
    vir_buf_add_escaped(&buf, "<&>'\"");
    assert_string_equal(buf.text, "  a1\n  &lt;&amp;&gt;&apos;&quot;");
    buf.indent = 0;
    for (int i = 0; i < 10000; i++)
        vir_buf_addf(&buf, "%s", "0123456789");
    assert_int_equal(buf.len, strlen(buf.text));
    assert_string_equal(buf.text + buf.len - 12, "890123456789");
    vir_buf_free(&buf);
    vir_buf_free(&buf);
}

static void
printable_text(void **state)
{
    static const struct { const char *text, *shown; } rows[] = {
        { "", "" },
        { "plain gr\xc3\xbc\xc3\x9f" "e \xe2\x82\xac \xf0\x9f\x98\x80", "plain gr\xc3\xbc\xc3\x9f" "e \xe2\x82\xac \xf0\x9f\x98\x80" },
        { "\x1b[31m\a\n\x7f", "\\x1b[31m\\x07\\x0a\\x7f" },
        { "\xc2\x9b[31m", "\\xc2\\x9b[31m" },                       /* CSI of C1 */
        { "a\xe2\x80\xae" "b\xe2\x81\xa6", "a\\xe2\\x80\\xae" "b\\xe2\\x81\\xa6" },  /* right to left */
        { "\xff\xc3", "\\xff\\xc3" },
        { "\xc0\x8a\xe0\x80\x8a", "\\xc0\\x8a\\xe0\\x80\\x8a" },       /* a newline, too long */
        { "\xed\xa0\x80\xf4\x90\x80\x80", "\\xed\\xa0\\x80\\xf4\\x90\\x80\\x80" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct vir_buf buf = { 0 };
        char *text;

        vir_buf_add_printable(&buf, rows[i].text, strlen(rows[i].text));
        text = vir_buf_steal(&buf);
        assert_string_equal(text, rows[i].shown);
        free(text);
    }
}

static void
try_alloc_has_limits(void **state)
{
    void *p;

    (void)state;
    p = vir_try_alloc(10, 10, 100);
    assert_non_null(p);
    free(p);
    assert_null(vir_try_alloc(10, 11, 100));
    assert_int_equal(reported_kind, VIR_REPORT_MEMORY);
    assert_null(vir_try_alloc(SIZE_MAX / 2, 4, SIZE_MAX));
}

static void
numbers_are_strict(void **state)
{
    static const char *const bad[] = { "", " 1", "1 ", "+1", "-1", "1x", "0x", "0xg", "18446744073709551616",
                                      "1.0" };
    uint64_t u;
    int64_t i;

    (void)state;
    for (size_t n = 0; n < sizeof(bad) / sizeof(bad[0]); n++)
        assert_int_equal(vir_parse_uint(bad[n], UINT64_MAX, &u), -1);
    assert_int_equal(vir_parse_uint("18446744073709551615", UINT64_MAX, &u), 0);
    assert_true(u == UINT64_MAX);
    assert_int_equal(vir_parse_uint("0xfF", 255, &u), 0);
    assert_true(u == 255);
    assert_int_equal(vir_parse_uint("256", 255, &u), -1);
    assert_int_equal(vir_parse_int("-9223372036854775808", INT64_MIN, INT64_MAX, &i), 0);
    assert_true(i == INT64_MIN);
    assert_int_equal(vir_parse_int("9223372036854775808", INT64_MIN, INT64_MAX, &i), -1);
    assert_int_equal(vir_parse_int("-2", -1, 1, &i), -1);
    assert_int_equal(vir_parse_int("--2", -9, 9, &i), -1);
}

static void
numbers_like_strtoul(void **state)
{
    static const struct { const char *text; unsigned int radix; uint64_t value; } good[] = {
        { "10", 10, 10 }, { "010", 10, 10 }, { " +7", 10, 7 }, { "10", 0, 10 }, { "010", 0, 8 }, { "0", 0, 0 },
        { "0X1f", 0, 31 }, { "10", 16, 16 }, { "0x10", 16, 16 }, { "ff", 16, 255 },
    };
    static const struct { const char *text; unsigned int radix; } bad[] = {
        { "", 10 }, { " ", 0 }, { "5 ", 10 }, { "0x10", 10 }, { "-1", 10 }, { "09", 0 }, { "0x", 0 }, { "0x", 16 },
        { "++1", 10 }, { "+ 1", 10 }, { "1g", 16 }, { "1001", 10 }, { "18446744073709551616", 10 },
    };
    uint64_t u;

    (void)state;
    for (size_t n = 0; n < sizeof(good) / sizeof(good[0]); n++) {
        assert_int_equal(vir_parse_radix(good[n].text, good[n].radix, 1000, &u), 0);
        assert_true(u == good[n].value);
    }
    for (size_t n = 0; n < sizeof(bad) / sizeof(bad[0]); n++)
        assert_int_equal(vir_parse_radix(bad[n].text, bad[n].radix, 1000, &u), -1);
}

static void
uuid_round_trip(void **state)
{
    static const char *const bad[] = { "", "-", "6695eb01-f6a4-8304-79aa-97f2502e193",
                                      "6695eb01f6a4830479aa97f2502e193ff",
                                       "6695eb01-f6a4-8304-79aa-97f2502e193g",
                                       "6-695eb01f6a4830479aa97f2502e193f" };
    unsigned char uuid[16], other[16];
    char text[37];

    (void)state;
    assert_int_equal(vir_uuid_parse("6695EB01f6a4-8304-79aa-97f2502e193f", uuid), 0);
    vir_uuid_format(uuid, text);
    assert_string_equal(text, "6695eb01-f6a4-8304-79aa-97f2502e193f");
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(vir_uuid_parse(bad[i], uuid), -1);
    assert_int_equal(vir_uuid_generate(uuid), 0);
    assert_int_equal(vir_uuid_generate(other), 0);
    assert_memory_not_equal(uuid, other, 16);
    vir_uuid_format(uuid, text);
    assert_int_equal(text[14], '4');
    assert_int_equal(vir_uuid_parse(text, other), 0);
    assert_memory_equal(uuid, other, 16);
}

static void
nearest_names(void **state)
{
    static const char *const known[] = { "virtio", "ide", "scsi", "memballoon", "max_clients", NULL };

    (void)state;
    assert_string_equal(vir_nearest_name("virito", known), "virtio");
    assert_string_equal(vir_nearest_name("IDE", known), "ide");
    assert_string_equal(vir_nearest_name("memballon", known), "memballoon");
    assert_string_equal(vir_nearest_name("max_client", known), "max_clients");
    assert_null(vir_nearest_name("floppy", known));
    assert_null(vir_nearest_name("", known));
    assert_null(vir_nearest_name("a word that is much longer than anything that we would ever look at, ever",
                                 known));
}

static void
vectors(void **state)
{
    struct VIR_VECTOR(, int) numbers = { 0 };

    (void)state;
    for (int i = 0; i < 100; i++)
        vir_vector_add(&numbers, i);
    vir_vector_remove(&numbers, 0);
    vir_vector_remove(&numbers, 98);
    assert_int_equal(numbers.n, 98);
    assert_int_equal(numbers.items[0], 1);
    assert_int_equal(numbers.items[97], 98);
    vir_vector_clear(&numbers);
    assert_null(numbers.items);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buf_grows_and_indents), cmocka_unit_test(printable_text), cmocka_unit_test(try_alloc_has_limits),
        cmocka_unit_test(numbers_are_strict), cmocka_unit_test(numbers_like_strtoul), cmocka_unit_test(uuid_round_trip),
        cmocka_unit_test(nearest_names), cmocka_unit_test(vectors),
    };

    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
