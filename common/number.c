/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers from text. */
#include "number.h"

static int
digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 16;
}

int
vir_parse_uint(const char *text, uint64_t max, uint64_t *ret)
{
    unsigned int base = 10;
    uint64_t value = 0;

    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        base = 16;
        text += 2;
    }
    if (!*text)
        return -1;
    for (; *text; text++) {
        unsigned int digit = (unsigned int)digit_value(*text);

        if (digit >= base || __builtin_mul_overflow(value, base, &value) ||
            __builtin_add_overflow(value, digit, &value))
            return -1;
    }
    if (value > max)
        return -1;
    *ret = value;
    return 0;
}

int
vir_parse_int(const char *text, int64_t min, int64_t max, int64_t *ret)
{
    int negative = *text == '-';
    uint64_t size;
    int64_t value;

    if (*text == '-' || *text == '+')
        text++;
    if (vir_parse_uint(text, negative ? (uint64_t)INT64_MAX + 1 : INT64_MAX, &size) < 0)
        return -1;
    value = negative ? (int64_t)(0 - size) : (int64_t)size;
    if (value < min || value > max)
        return -1;
    *ret = value;
    return 0;
}
