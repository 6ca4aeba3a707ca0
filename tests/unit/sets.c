/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hash tables and bitmaps. */
#include "unit.h"

#include <stdio.h>

#include <libvirt/module-base.h>

#include "hash.h"

enum { N = 5000 };

static char keys[N][16];

static void
hash_against_a_list(void **state)
{
    struct vir_hash hash = { 0 };
    bool there[N] = { false };
    size_t count = 0;

    (void)state;
    srand(1);
    for (int i = 0; i < N; i++)
        snprintf(keys[i], sizeof(keys[i]), "key%d", i);
    for (int i = 0; i < 20 * N; i++) {
        int k = rand() % N;
        void *before = there[k] ? keys[k] : NULL;

        if (rand() % 2) {
            assert_ptr_equal(vir_hash_set_text(&hash, keys[k], keys[k]), before);
            there[k] = true;
        } else {
            assert_ptr_equal(vir_hash_remove_text(&hash, keys[k]), before);
            there[k] = false;
        }
    }
    for (int i = 0; i < N; i++) {
        assert_ptr_equal(vir_hash_get_text(&hash, keys[i]), there[i] ? keys[i] : NULL);
        count += there[i];
    }
    assert_int_equal(hash.count, count);
    for (size_t pos = 0; vir_hash_next(&hash, &pos);)
        count--;
    assert_int_equal(count, 0);
    vir_hash_clear(&hash);
    assert_null(vir_hash_get_text(&hash, "key1"));
    assert_null(vir_hash_remove_text(&hash, "key1"));
}

static void
hash_keys_are_bytes(void **state)
{
    struct vir_hash hash = { 0 };

    (void)state;
    vir_hash_set(&hash, "a\0b", 3, "one");
    vir_hash_set(&hash, "a\0c", 3, "two");
    vir_hash_set(&hash, "a", 1, "three");
    assert_string_equal(vir_hash_get(&hash, "a\0b", 3), "one");
    assert_string_equal(vir_hash_get(&hash, "a\0c", 3), "two");
    assert_string_equal(vir_hash_get_text(&hash, "a"), "three");
    assert_null(vir_hash_get(&hash, "a\0", 2));
    vir_hash_clear(&hash);
}

static void
bitmap_texts(void **state)
{
    static const char *const good[][2] = {
        { "0", "0" }, { "0-3", "0-3" }, { "3,1,2", "1-3" }, { "0-7,^2", "0-1,3-7" }, { " 5 , 9 ", "5,9" },
        { "0-1,^1", "0" }, { "127", "127" }, { "1,", "1" }, { "^1,1", "1" },
        { "0-127", "0-127" }, { "63-64", "63-64" }, { "1-62,64-126", "1-62,64-126" }, { "0-63,^5", "0-4,6-63" },
    };
    static const char *const bad[] = { "", ",", ",1", "1,,2", "a", "1-", "-1", "3-1", "128", "0-128", "^", "^1-2",
                                      "1 2",
                                       "99999999999999999999999" };

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        struct vir_bitmap *bitmap = vir_bitmap_parse(good[i][0], 128);
        char *text;

        assert_non_null(bitmap);
        text = vir_bitmap_format(bitmap);
        assert_string_equal(text, good[i][1]);
        free(text);
        vir_bitmap_free(bitmap);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_null(vir_bitmap_parse(bad[i], 128));
}

static void
bitmap_bits(void **state)
{
    struct vir_bitmap *bitmap = vir_bitmap_new(100);

    (void)state;
    assert_int_equal(vir_bitmap_set(bitmap, 99, true), 0);
    assert_int_equal(vir_bitmap_set(bitmap, 100, true), -1);
    assert_false(vir_bitmap_get(bitmap, 1000));
    assert_int_equal(vir_bitmap_count(bitmap), 1);
    assert_int_equal(vir_bitmap_set(bitmap, 64, true), 0);
    assert_int_equal(vir_bitmap_next(bitmap, 0), 64);
    assert_int_equal(vir_bitmap_next(bitmap, 64), 64);
    assert_int_equal(vir_bitmap_next(bitmap, 65), 99);
    assert_int_equal(vir_bitmap_next(bitmap, 100), 100);
    assert_null(vir_bitmap_free(bitmap));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hash_against_a_list), cmocka_unit_test(hash_keys_are_bytes),
        cmocka_unit_test(bitmap_texts), cmocka_unit_test(bitmap_bits),
    };

    return cmocka_run_group_tests_name("sets", tests, NULL, NULL);
}
