/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers from text. */
#include "number.h"

#include <string.h>

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

static int
parse_digits(const char *text, unsigned int base, uint64_t max, uint64_t *ret)
{
    uint64_t value = 0;

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

static int
has_0x(const char *text)
{
    return text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
}

int
vir_parse_uint(const char *text, uint64_t max, uint64_t *ret)
{
    return has_0x(text) ? parse_digits(text + 2, 16, max, ret) : parse_digits(text, 10, max, ret);
}

int
vir_parse_radix(const char *text, unsigned int radix, uint64_t max, uint64_t *ret)
{
    if (*text <= ' ')
        text += strspn(text, " \t\r\n");
    text += *text == '+';
    if (radix != 10 && has_0x(text))
        return parse_digits(text + 2, 16, max, ret);
    return parse_digits(text, radix ? radix : *text == '0' ? 8 : 10, max, ret);
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
