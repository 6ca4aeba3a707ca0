/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The encoder: writes C structs as XDR, led by the tables of xdr.h.  The
 * decoder and xdr_free are in xdr-decode.c.
 */
#include <stdlib.h>
#include <string.h>

#include "rpc/xdr-private.h"

#define RPC_BUF_FIRST 512               /* most calls and replies fit */

static unsigned char *
grow(struct rpc_buf *buf, size_t n)
{
    size_t max = buf->max ? buf->max : RPC_BUF_MAX;
    size_t room = buf->room ? buf->room : RPC_BUF_FIRST;
    unsigned char *data;

    if (n > max - buf->len) {
        vir_error(VIR_ERR_RPC, "message would be longer than %zu bytes", max);
        return NULL;
    }
    while (room - buf->len < n)
        room *= 2;
    if (room > max)
        room = max;
    data = realloc(buf->data, room);
    if (!data) {
        vir_error(VIR_ERR_NO_MEMORY, "%zu bytes for a message", room);
        return NULL;
    }
    buf->data = data;
    buf->room = room;
    return data + buf->len;
}

static inline unsigned char *
reserve(struct rpc_buf *buf, size_t n)
{
    return n <= buf->room - buf->len ? buf->data + buf->len : grow(buf, n);
}

unsigned char *
rpc_buf_reserve(struct rpc_buf *buf, size_t n)
{
    return reserve(buf, n);
}

void
rpc_buf_free(struct rpc_buf *buf)
{
    free(buf->data);
    *buf = (struct rpc_buf){ .max = buf->max };
}

uint64_t
xdr_get_uint(const void *at, unsigned int width)
{
    uint32_t word;
    uint64_t wide;

    switch (width) {
    case 1:
        return *(const uint8_t *)at;
    case 2:
        return *(const uint16_t *)at;
    case 4:
        memcpy(&word, at, 4);
        return word;
    default:
        memcpy(&wide, at, 8);
        return wide;
    }
}

static int64_t
xdr_get_int(const void *at, unsigned int width)
{
    switch (width) {
    case 1:
        return *(const int8_t *)at;
    case 2:
        return *(const int16_t *)at;
    case 4:
        return (int32_t)xdr_get_uint(at, 4);
    default:
        return (int64_t)xdr_get_uint(at, 8);
    }
}

static inline int
xdr_put_32(struct rpc_buf *buf, uint32_t value)
{
    unsigned char *p = reserve(buf, 4);

    if (!p)
        return -1;
    value = htobe32(value);
    memcpy(p, &value, 4);
    buf->len += 4;
    return 0;
}

static int
xdr_put_64(struct rpc_buf *buf, uint64_t value)
{
    unsigned char *p = reserve(buf, 8);

    if (!p)
        return -1;
    value = htobe64(value);
    memcpy(p, &value, 8);
    buf->len += 8;
    return 0;
}

/* Bytes and the zeroes that fill them up to a multiple of four. */
static inline int
xdr_put_bytes(struct rpc_buf *buf, const void *bytes, size_t n)
{
    size_t padded = XDR_PADDED(n);
    unsigned char *p = reserve(buf, padded);

    if (!p)
        return -1;
    if (padded)
        memset(p + padded - 4, 0, 4);
    if (n)
        memcpy(p, bytes, n);
    buf->len += padded;
    return 0;
}

static inline int
xdr_put_count(struct rpc_buf *buf, size_t n, uint32_t max, const char *of)
{
    if (n > max)
        return vir_error(VIR_ERR_RPC, "%zu %s where the protocol allows %u", n, of, max);
    return xdr_put_32(buf, (uint32_t)n);
}

static inline int
xdr_put_counted_bytes(struct rpc_buf *buf, const void *bytes, size_t n, uint32_t max)
{
    if (n && !bytes)
        return vir_error(VIR_ERR_RPC, "%zu bytes announced, none given", n);
    if (xdr_put_count(buf, n, max, "bytes") < 0)
        return -1;
    return xdr_put_bytes(buf, bytes, n);
}

static int
xdr_put_chars(struct rpc_buf *buf, const char *chars, size_t n)
{
    unsigned char *p = reserve(buf, n * 4);

    if (!p)
        return -1;
    for (size_t i = 0; i < n; i++) {
        uint32_t word = htobe32((uint32_t)(int32_t)(signed char)chars[i]);

        memcpy(p + i * 4, &word, 4);
    }
    buf->len += n * 4;
    return 0;
}

static int
xdr_put_string(struct rpc_buf *buf, const struct xdr_field *field, const char *text)
{
    if (field->flags & XDR_NULLABLE) {
        if (xdr_put_32(buf, text != NULL) < 0)
            return -1;
        if (!text)
            return 0;
    } else if (!text) {
        return vir_error(VIR_ERR_RPC, "%s", "a string that the protocol needs is missing");
    }
    return xdr_put_counted_bytes(buf, text, strlen(text), field->max);
}

static int xdr_put_fields(struct rpc_buf *buf, const struct xdr_field *fields, size_t n, const void *value);

static inline int
xdr_put(struct rpc_buf *buf, const struct xdr_type *type, const void *value)
{
    return xdr_put_fields(buf, type->fields, type->nfields, value);
}

static int
xdr_put_array(struct rpc_buf *buf, const struct xdr_field *field, const void *value)
{
    const char *base = (const char *)value;
    size_t n = xdr_count(field, value);
    const char *items;

    memcpy(&items, base + field->offset, sizeof(items));
    if (xdr_put_count(buf, n, field->max, "elements") < 0)
        return -1;
    if (n && !items)
        return vir_error(VIR_ERR_RPC, "%zu elements announced, none given", n);
    for (size_t i = 0; i < n; i++) {
        const void *item = items + i * field->type->size;

        if (field->kind == XDR_POINTER_ARRAY)
            item = ((const void *const *)(const void *)items)[i];
        if (xdr_put(buf, field->type, item) < 0)
            return -1;
    }
    return 0;
}

static int
xdr_put_optional(struct rpc_buf *buf, const struct xdr_type *type, const void *item)
{
    if (xdr_put_32(buf, item != NULL) < 0)
        return -1;
    return item ? xdr_put(buf, type, item) : 0;
}

static int
xdr_put_union(struct rpc_buf *buf, const struct xdr_field *field, const void *value)
{
    const char *base = (const char *)value;
    int64_t arm = xdr_get_int(base + field->count, field->width);

    if (arm < 1 || arm > field->type->nfields)
        return vir_error(VIR_ERR_RPC, "value of unknown type %lld", (long long)arm);
    if (xdr_put_32(buf, (uint32_t)arm) < 0)
        return -1;
    return xdr_put_fields(buf, &field->type->fields[arm - 1], 1, base + field->offset);
}

/* Inside the loop, and not a call for each number: a list has thousands. */
static inline __attribute__((always_inline)) int
xdr_put_field(struct rpc_buf *buf, const struct xdr_field *field, const void *value)
{
    const char *base = (const char *)value;
    const char *at = base + field->offset;
    const void *pointer;

    switch ((enum xdr_kind)field->kind) {
    case XDR_INT:
    case XDR_ENUM:
        return xdr_put_32(buf, (uint32_t)xdr_get_int(at, field->width));
    case XDR_UINT:
        return xdr_put_32(buf, (uint32_t)xdr_get_uint(at, field->width));
    case XDR_HYPER:
        return xdr_put_64(buf, (uint64_t)xdr_get_int(at, field->width));
    case XDR_UHYPER:
        return xdr_put_64(buf, xdr_get_uint(at, field->width));
    case XDR_STRING:
        memcpy(&pointer, at, sizeof(pointer));
        return xdr_put_string(buf, field, pointer);
    case XDR_NAME:
        return xdr_put_counted_bytes(buf, at, strnlen(at, field->max), field->max);
    case XDR_CHARS:
        return xdr_put_chars(buf, at, field->max);
    case XDR_CHAR_LIST: {
        size_t n = strnlen(at, field->max - 1) + 1;

        if (xdr_put_32(buf, (uint32_t)n) < 0)
            return -1;
        return xdr_put_chars(buf, at, n);
    }
    case XDR_CHAR_BYTES:
        memcpy(&pointer, at, sizeof(pointer));
        if (xdr_put_count(buf, xdr_count(field, value), field->max, "bytes") < 0)
            return -1;
        return xdr_put_chars(buf, pointer, xdr_count(field, value));
    case XDR_OPAQUE:
        return xdr_put_bytes(buf, at, field->max);
    case XDR_BYTES:
        memcpy(&pointer, at, sizeof(pointer));
        return xdr_put_counted_bytes(buf, pointer, xdr_count(field, value), field->max);
    case XDR_STRUCT:
        return xdr_put(buf, field->type, at);
    case XDR_ARRAY:
    case XDR_POINTER_ARRAY:
        return xdr_put_array(buf, field, value);
    case XDR_OPTIONAL:
        memcpy(&pointer, at, sizeof(pointer));
        return xdr_put_optional(buf, field->type, pointer);
    case XDR_UNION:
        return xdr_put_union(buf, field, value);
    }
    return vir_error(VIR_ERR_INTERNAL_ERROR, "unknown kind %u in an XDR table", field->kind);
}

static int
xdr_put_fields(struct rpc_buf *buf, const struct xdr_field *fields, size_t n, const void *value)
{
    for (size_t i = 0; i < n; i++) {
        if (xdr_put_field(buf, &fields[i], value) < 0)
            return -1;
    }
    return 0;
}

int
xdr_encode(struct rpc_buf *buf, const struct xdr_type *type, const void *value)
{
    size_t before = buf->len;

    if (!type)
        return 0;
    if (xdr_put(buf, type, value) < 0) {
        buf->len = before;
        return -1;
    }
    return 0;
}
