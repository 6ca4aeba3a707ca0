/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Text of guests, files and hypervisors that must not steer the terminal of
 * whoever reads it: control characters, and those that turn the direction of
 * the text, are shown as the bytes that they are.
 */
#include <string.h>

#include "virsh.h"

static bool
is_control(const unsigned char *p, bool lines)
{
    return lines && (*p == '\n' || *p == '\t') ? false : *p < 0x20 || *p == 0x7f;
}

/* U+0080 to U+009F. */
static size_t
long_control(const unsigned char *p)
{
    return p[0] == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f ? 2 : 0;
}

/* U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069. */
static size_t
direction(const unsigned char *p)
{
    if (p[0] == 0xd8)
        return p[1] == 0x9c ? 2 : 0;
    if (p[0] != 0xe2)
        return 0;
    if (p[1] == 0x80)
        return p[2] == 0x8e || p[2] == 0x8f || (p[2] >= 0xaa && p[2] <= 0xae) ? 3 : 0;
    return p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9 ? 3 : 0;
}

char *
virsh_escaped(const char *text, unsigned int how)
{
    struct vir_buf buf = { 0 };

    for (const unsigned char *p = (const unsigned char *)text; *p; ) {
        size_t n = is_control(p, how & VIRSH_KEEP_LINES) ? 1 : long_control(p);

        if (n == 0 && !(how & VIRSH_KEEP_DIRECTION))
            n = direction(p);
        if (n == 0)
            vir_buf_add_mem(&buf, (const char *)p++, 1);
        for (; n > 0; n--)
            vir_buf_addf(&buf, "\\x%02x", *p++);
    }
    return vir_buf_steal(&buf);
}
