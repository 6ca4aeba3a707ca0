/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* UUIDs: random ones, and their text. */
#include "report.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "number.h"

#define UUID_LEN 16

int
vir_uuid_generate(unsigned char *uuid)
{
    unsigned char bytes[UUID_LEN];

    if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
        return vir_fail(VIR_REPORT_SYSTEM, errno, "cannot get random bytes for a UUID");
    bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40);       /* version 4: random */
    bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
    memcpy(uuid, bytes, sizeof(bytes));
    return 0;
}

/* Dashes may stand anywhere between two digits' pairs, or be left out; spaces
 * around the whole are ignored. */
int
vir_uuid_parse(const char *text, unsigned char *uuid)
{
    unsigned char bytes[UUID_LEN];
    size_t n = 0;

    while (*text == ' ' || *text == '\t' || *text == '\n')
        text++;
    while (n < UUID_LEN) {
        int high, low;

        if (*text == '-' && n) {
            text++;
            continue;
        }
        high = vir_hex_digit(text[0]);
        if (high < 0)
            return -1;
        low = vir_hex_digit(text[1]);
        if (low < 0)
            return -1;
        bytes[n++] = (unsigned char)(high << 4 | low);
        text += 2;
    }
    while (*text == ' ' || *text == '\t' || *text == '\n')
        text++;
    if (*text)
        return -1;
    memcpy(uuid, bytes, sizeof(bytes));
    return 0;
}

void
vir_uuid_format(const unsigned char *uuid, char *text)
{
    static const char digits[] = "0123456789abcdef";

    for (int i = 0; i < UUID_LEN; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *text++ = '-';
        *text++ = digits[uuid[i] >> 4];
        *text++ = digits[uuid[i] & 15];
    }
    *text = '\0';
}
