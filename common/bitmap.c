/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sets of small numbers. */
#include <libvirt/module-base.h>

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"

#define WORD_BITS (sizeof(unsigned long) * CHAR_BIT)

struct vir_bitmap *
vir_bitmap_new(size_t n_bits)
{
    struct vir_bitmap *bitmap = VIR_NEW(struct vir_bitmap);

    bitmap->n_bits = n_bits;
    bitmap->words = vir_alloc_array((n_bits + WORD_BITS - 1) / WORD_BITS, sizeof(unsigned long));
    return bitmap;
}

struct vir_bitmap *
vir_bitmap_free(struct vir_bitmap *bitmap)
{
    if (bitmap)
        free(bitmap->words);
    free(bitmap);
    return NULL;
}

int
vir_bitmap_set(struct vir_bitmap *bitmap, size_t bit, bool value)
{
    unsigned long mask = 1UL << bit % WORD_BITS;

    if (bit >= bitmap->n_bits)
        return -1;
    if (value)
        bitmap->words[bit / WORD_BITS] |= mask;
    else
        bitmap->words[bit / WORD_BITS] &= ~mask;
    return 0;
}

bool
vir_bitmap_get(const struct vir_bitmap *bitmap, size_t bit)
{
    return bit < bitmap->n_bits && (bitmap->words[bit / WORD_BITS] >> bit % WORD_BITS & 1);
}

size_t
vir_bitmap_next(const struct vir_bitmap *bitmap, size_t from)
{
    while (from < bitmap->n_bits) {
        unsigned long word = bitmap->words[from / WORD_BITS] >> from % WORD_BITS;

        if (word)
            return from + (size_t)__builtin_ctzl(word);
        from = (from / WORD_BITS + 1) * WORD_BITS;
    }
    return bitmap->n_bits;
}

size_t
vir_bitmap_count(const struct vir_bitmap *bitmap)
{
    size_t count = 0;

    for (size_t i = 0; i < (bitmap->n_bits + WORD_BITS - 1) / WORD_BITS; i++)
        count += (size_t)__builtin_popcountl(bitmap->words[i]);
    return count;
}

/* A decimal number below LIMIT; moves *TEXT behind it. */
static int
take_number(const char **text, size_t limit, size_t *ret)
{
    char digits[24];
    size_t n = strspn(*text, "0123456789");
    uint64_t value;

    if (!n || n >= sizeof(digits) || !limit)
        return -1;
    memcpy(digits, *text, n);
    digits[n] = '\0';
    if (vir_parse_uint(digits, limit - 1, &value) < 0)
        return -1;
    *text += n;
    *ret = (size_t)value;
    return 0;
}

/* By words: a document may hold a long text of nothing but ranges. */
static void
set_range(struct vir_bitmap *bitmap, size_t first, size_t last)
{
    unsigned long *low = &bitmap->words[first / WORD_BITS], *high = &bitmap->words[last / WORD_BITS];
    unsigned long from_first = ~0UL << first % WORD_BITS;
    unsigned long to_last = ~0UL >> (WORD_BITS - 1 - last % WORD_BITS);

    if (low == high) {
        *low |= from_first & to_last;
        return;
    }
    *low |= from_first;
    memset(low + 1, 0xff, (size_t)(high - low - 1) * sizeof(*low));
    *high |= to_last;
}

static int
parse_into(struct vir_bitmap *bitmap, const char *text)
{
    for (;;) {
        size_t first, last;
        bool value = true;

        text += strspn(text, " \t\n");
        if (*text == '^') {
            value = false;
            text++;
        }
        if (take_number(&text, bitmap->n_bits, &first) < 0)
            return -1;
        last = first;
        if (*text == '-') {
            text++;
            if (!value || take_number(&text, bitmap->n_bits, &last) < 0 || last < first)
                return -1;
        }
        if (value)
            set_range(bitmap, first, last);
        else
            vir_bitmap_set(bitmap, first, false);
        text += strspn(text, " \t\n");
        if (!*text)
            return 0;
        if (*text++ != ',')
            return -1;
        if (!text[strspn(text, " \t\n")])
            return 0;                   /* the comma may stand behind the last, too */
    }
}

struct vir_bitmap *
vir_bitmap_parse(const char *text, size_t n_bits)
{
    struct vir_bitmap *bitmap = vir_bitmap_new(n_bits);

    if (parse_into(bitmap, text) < 0)
        return vir_bitmap_free(bitmap);
    return bitmap;
}

/* The first bit from BIT on that has VALUE; n_bits: none. */
static size_t
next_bit(const struct vir_bitmap *bitmap, size_t bit, bool value)
{
    unsigned long flip = value ? 0 : ~0UL;

    while (bit < bitmap->n_bits) {
        unsigned long word = (bitmap->words[bit / WORD_BITS] ^ flip) >> bit % WORD_BITS;

        if (word) {
            bit += (size_t)__builtin_ctzl(word);
            return bit < bitmap->n_bits ? bit : bitmap->n_bits;
        }
        bit += WORD_BITS - bit % WORD_BITS;
    }
    return bitmap->n_bits;
}

char *
vir_bitmap_format(const struct vir_bitmap *bitmap)
{
    struct vir_buf buf = { 0 };
    size_t end;

    for (size_t bit = next_bit(bitmap, 0, true); bit < bitmap->n_bits; bit = next_bit(bitmap, end, true)) {
        end = next_bit(bitmap, bit, false);
        vir_buf_addf(&buf, end == bit + 1 ? "%s%zu" : "%s%zu-%zu", buf.len ? "," : "", bit, end - 1);
    }
    return vir_buf_steal(&buf);
}
