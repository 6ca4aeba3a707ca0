/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Growing text: what XML, command lines and messages are written into. */
#include <libvirt/module-base.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

static bool
buf_try_grow(struct vir_buf *buf, size_t room)
{
    char *text = vir_try_alloc(room, 1, SIZE_MAX);

    if (!text) {
        buf->failed = true;
        buf->room = buf->len;           /* nothing fits */
        return false;
    }
    if (buf->len)
        memcpy(text, buf->text, buf->len);
    free(buf->text);
    buf->text = text;
    buf->room = room;
    return true;
}

/* Makes room for N more bytes and the terminating NUL. */
static bool
buf_grow(struct vir_buf *buf, size_t n)
{
    size_t need, room;

    if (buf->failed)
        return false;
    if (n > SIZE_MAX / 4 - buf->len)
        abort();
    need = buf->len + n + 1;
    if (need <= buf->room)
        return true;
    room = buf->room ? buf->room * 2 : 128;
    while (room < need)
        room *= 2;
    if (buf->may_fail)
        return buf_try_grow(buf, room);
    buf->text = vir_realloc_array(buf->text, room, 1);
    buf->room = room;
    return true;
}

static void
buf_append(struct vir_buf *buf, const void *bytes, size_t n)
{
    if (!buf_grow(buf, n))
        return;
    if (n)
        memcpy(buf->text + buf->len, bytes, n);
    buf->len += n;
    buf->text[buf->len] = '\0';
}

/* Indents, if what comes next begins a line. */
static void
buf_begin(struct vir_buf *buf)
{
    if (buf->indent <= 0 || (buf->len && buf->text[buf->len - 1] != '\n'))
        return;
    if (!buf_grow(buf, (size_t)buf->indent))
        return;
    memset(buf->text + buf->len, ' ', (size_t)buf->indent);
    buf->len += (size_t)buf->indent;
    buf->text[buf->len] = '\0';
}

void
vir_buf_add_mem(struct vir_buf *buf, const void *bytes, size_t n)
{
    if (!n)
        return;
    buf_begin(buf);
    buf_append(buf, bytes, n);
}

void
vir_buf_add(struct vir_buf *buf, const char *text)
{
    vir_buf_add_mem(buf, text, strlen(text));
}

void
vir_buf_addf(struct vir_buf *buf, const char *fmt, ...)
{
    va_list args;
    int len;

    buf_begin(buf);
    if (!buf_grow(buf, 64))
        return;
    va_start(args, fmt);
    len = vsnprintf(buf->text + buf->len, buf->room - buf->len, fmt, args);
    va_end(args);
    if (len < 0)
        abort();
    if ((size_t)len >= buf->room - buf->len) {
        if (!buf_grow(buf, (size_t)len))
            return;
        va_start(args, fmt);
        vsnprintf(buf->text + buf->len, buf->room - buf->len, fmt, args);
        va_end(args);
    }
    buf->len += (size_t)len;
}

void
vir_buf_add_escaped(struct vir_buf *buf, const char *text)
{
    buf_begin(buf);
    for (;;) {
        size_t plain = strcspn(text, "&<>'\"");
        const char *with;

        buf_append(buf, text, plain);
        text += plain;
        switch (*text++) {
        case '&': with = "&amp;"; break;
        case '<': with = "&lt;"; break;
        case '>': with = "&gt;"; break;
        case '\'': with = "&apos;"; break;
        case '"': with = "&quot;"; break;
        default: return;
        }
        buf_append(buf, with, strlen(with));
    }
}

void
vir_buf_add_printable(struct vir_buf *buf, const char *text, size_t n)
{
    buf_begin(buf);
    while (n > 0) {
        uint32_t c = 0;
        size_t len = vir_utf8_decode(text, n, &c);
        bool plain = len > 0 && !vir_utf8_is_control(c) && !vir_utf8_turns_text(c);

        if (plain)
            buf_append(buf, text, len);
        len = len ? len : 1;
        for (size_t i = 0; !plain && i < len; i++)
            vir_buf_addf(buf, "\\x%02x", (unsigned char)text[i]);
        text += len;
        n -= len;
    }
}

char *
vir_buf_steal(struct vir_buf *buf)
{
    char *text = buf->text ? buf->text : vir_strdup("");

    memset(buf, 0, sizeof(*buf));
    return text;
}

void
vir_buf_free(struct vir_buf *buf)
{
    free(buf->text);
    memset(buf, 0, sizeof(*buf));
}
