/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Characters of UTF-8, and which of them do something to a terminal. */
#ifndef COMMON_UTF8_H
#define COMMON_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The character of which at most N bytes lie at TEXT: its length; 0: it is none.  A NUL ends it as well. */
static inline size_t
vir_utf8_decode(const char *text, size_t n, uint32_t *ret)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    const unsigned char *at = (const unsigned char *)text;
    size_t len = at[0] < 0x80 ? 1 : at[0] >= 0xc2 && at[0] < 0xe0 ? 2 : (at[0] & 0xf0) == 0xe0 ? 3 :
        at[0] >= 0xf0 && at[0] < 0xf5 ? 4 : 0;
    uint32_t c = len == 1 ? at[0] : at[0] & (0x7fu >> len);

    if (len == 0 || len > n)
        return 0;
    for (size_t i = 1; i < len; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (at[i] & 0x3f);
    }
    *ret = c;
    return c < least[len] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ? 0 : len;
}

/* Controls of C0 and C1. */
static inline bool
vir_utf8_is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

/* Line and paragraph separators, and marks, embeddings, overrides and isolates of the direction of text. */
static inline bool
vir_utf8_turns_text(uint32_t c)
{
    return c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
        (c >= 0x2066 && c <= 0x2069);
}

#endif
