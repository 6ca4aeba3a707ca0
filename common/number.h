/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers from text, strictly: the whole text, no sign where none belongs, no overflow. */
#ifndef COMMON_NUMBER_H
#define COMMON_NUMBER_H

#include <stdint.h>

/* As strtoul reads it, but wholly and without overflow: white space and a plus
 * may stand in front.  RADIX 10; 16, where 0x may stand in front; or 0: what 0x
 * (16) or 0 (8) in front of the digits says.  -1: not such a number. */
int vir_parse_radix(const char *text, unsigned int radix, uint64_t max, uint64_t *ret);
/* Decimal, or hexadecimal after 0x, at most MAX.  -1: not such a number (no error is set). */
int vir_parse_uint(const char *text, uint64_t max, uint64_t *ret);
/* Decimal between MIN and MAX, with an optional sign. */
int vir_parse_int(const char *text, int64_t min, int64_t max, int64_t *ret);

/* The value of a hexadecimal digit; -1: it is none. */
static inline int
vir_hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

#endif
