/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Text of guests, files and hypervisors that must not steer the terminal of
 * whoever reads it: control characters, and those that turn the direction of
 * the text, are shown as the bytes that they are.
 */
#include "utf8.h"
#include "shell.h"

static bool
is_shown(uint32_t c, unsigned int how)
{
    if (how & SHELL_KEEP_LINES && (c == '\n' || c == '\t'))
        return true;
    return !vir_utf8_is_control(c) && (how & SHELL_KEEP_DIRECTION || !vir_utf8_turns_text(c));
}

/* What is no UTF-8 stays: in another encoding it may be a letter. */
char *
shell_escaped(const char *text, unsigned int how)
{
    struct vir_buf buf = { 0 };

    while (*text) {
        uint32_t c = 0;
        size_t n = vir_utf8_decode(text, 4, &c);

        if (n == 0 || is_shown(c, how)) {
            n = n ? n : 1;
            vir_buf_add_mem(&buf, text, n);
            text += n;
        } else {
            for (; n > 0; n--)
                vir_buf_addf(&buf, "\\x%02x", (unsigned char)*text++);
        }
    }
    return vir_buf_steal(&buf);
}
