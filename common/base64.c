/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Base64: three bytes are four characters. */
#include "base64.h"

#include <stdint.h>
#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t
vir_base64_length(size_t n)
{
    return (n + 2) / 3 * 4;
}

void
vir_base64_encode(const void *bytes, size_t n, char *ret_text)
{
    const unsigned char *in = bytes;

    for (size_t i = 0; i < n; i += 3) {
        const size_t left = n - i;
        const uint32_t three = (uint32_t)in[i] << 16 | (left > 1 ? (uint32_t)in[i + 1] << 8 : 0) |
                               (left > 2 ? in[i + 2] : 0);

        *ret_text++ = digits[three >> 18];
        *ret_text++ = digits[three >> 12 & 63];
        *ret_text++ = left > 1 ? digits[three >> 6 & 63] : '=';
        *ret_text++ = left > 2 ? digits[three & 63] : '=';
    }
}

/* How many characters are digits; the rest may stand at the end. -1: something else is there. */
static ssize_t
digits_of(const char *text, size_t len)
{
    size_t n = 0;

    while (n < len && text[n] != '=' && text[n] != '\n')
        n++;
    for (size_t i = n; i < len; i++)
        if (text[i] != '=' && text[i] != '\n')
            return -1;
    return n % 4 == 1 ? -1 : (ssize_t)n;
}

ssize_t
vir_base64_decode(const char *text, size_t len, void *ret_bytes)
{
    unsigned char *out = ret_bytes;
    const ssize_t count = digits_of(text, len);
    uint32_t bits = 0;
    ssize_t n = 0;

    for (ssize_t i = 0; i < count; i++) {
        const char *digit = text[i] ? strchr(digits, text[i]) : NULL;

        if (!digit)
            return -1;
        bits = bits << 6 | (uint32_t)(digit - digits);
        if (i % 4 != 0)
            out[n++] = (unsigned char)(bits >> (6 - 2 * (i % 4)));
    }
    return count < 0 ? -1 : n;
}
