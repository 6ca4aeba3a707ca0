/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The decoder: reads XDR into C structs, led by the tables of xdr.h, and frees
 * what it made.  All its input comes from strangers.
 */
#include <stdlib.h>
#include <string.h>

#include "rpc/xdr-private.h"

/* Memory for a message of N bytes.  The densest honest content, short typed
 * parameters, takes less than eight times its size on the wire; security
 * labels take 4 KiB each, but there are few. */
#define XDR_BUDGET(n) ((n) * 8 + 524288)

struct xdr_in {
    const unsigned char *start, *at, *end;
    size_t budget;                      /* bytes that may still be allocated */
    char *texts;                        /* where the next text of a packed array goes; NULL: none is read */
};

static int xdr_take_fields(struct xdr_in *in, const struct xdr_field *fields, size_t n, void *value);

static inline int
xdr_take(struct xdr_in *in, const struct xdr_type *type, void *value)
{
    return xdr_take_fields(in, type->fields, type->nfields, value);
}

static int
xdr_bad(const struct xdr_in *in, const char *what)
{
    vir_error(VIR_ERR_RPC, "Unable to decode message payload: %s at byte %zu of %zu",
              what, (size_t)(in->at - in->start), (size_t)(in->end - in->start));
    return -1;                          /* said here so that the compiler sees it */
}

static int
xdr_bad_count(const struct xdr_in *in, const char *of, uint32_t n, uint32_t max)
{
    vir_error(VIR_ERR_RPC, "Unable to decode message payload: %u %s at byte %zu, the limit is %u",
              n, of, (size_t)(in->at - in->start) - 4, max);
    return -1;
}

static inline size_t
xdr_left(const struct xdr_in *in)
{
    return (size_t)(in->end - in->at);
}

/* Zeroed, but for TEXTS more bytes at the end; NULL with an error set. */
static void *
xdr_alloc_with(struct xdr_in *in, size_t n, size_t texts)
{
    void *p;

    if (n + texts > in->budget) {
        xdr_bad(in, "content too large in memory");
        return NULL;
    }
    in->budget -= n + texts;
    p = texts ? malloc(n + texts) : calloc(1, n);
    if (!p)
        vir_error(VIR_ERR_NO_MEMORY, "%zu bytes of a message", n + texts);
    else if (texts)
        memset(p, 0, n);
    return p;
}

static void *
xdr_alloc(struct xdr_in *in, size_t n)
{
    return xdr_alloc_with(in, n, 0);
}

static inline int
xdr_take_32(struct xdr_in *in, uint32_t *ret)
{
    uint32_t word = 0;

    if (xdr_left(in) < 4)
        return xdr_bad(in, "message ends too early");
    memcpy(&word, in->at, 4);
    in->at += 4;
    *ret = be32toh(word);
    return 0;
}

static inline int
xdr_take_64(struct xdr_in *in, uint64_t *ret)
{
    uint64_t wide = 0;

    if (xdr_left(in) < 8)
        return xdr_bad(in, "message ends too early");
    memcpy(&wide, in->at, 8);
    in->at += 8;
    *ret = be64toh(wide);
    return 0;
}

static int
xdr_take_bool(struct xdr_in *in, bool *ret)
{
    uint32_t word = 0;

    if (xdr_take_32(in, &word) < 0)
        return -1;
    *ret = word != 0;                   /* some clients write it in the wrong order of bytes */
    return 0;
}

/* A count of things that take at least MIN bytes each. */
static inline int
xdr_take_count(struct xdr_in *in, const char *of, uint32_t max, size_t min, uint32_t *ret)
{
    uint32_t n = 0;

    if (xdr_take_32(in, &n) < 0)
        return -1;
    if (n > max)
        return xdr_bad_count(in, of, n, max);
    if ((uint64_t)n * min > xdr_left(in))
        return xdr_bad(in, "message ends too early");
    *ret = n;
    return 0;
}

/* N bytes that xdr_take_count found to be there, and their padding. */
static inline int
xdr_take_bytes(struct xdr_in *in, void *to, size_t n)
{
    if (XDR_PADDED(n) > xdr_left(in))
        return xdr_bad(in, "message ends too early");
    if (n)
        memcpy(to, in->at, n);
    in->at += XDR_PADDED(n);
    return 0;
}

/* Whether VALUE is the same after a stay in an integer of WIDTH bytes. */
static inline bool
xdr_fits(int64_t value, unsigned int width, bool has_sign)
{
    unsigned int bits = width * 8;

    if (width >= 8)
        return true;
    return has_sign ? value >= -(INT64_C(1) << (bits - 1)) && value < INT64_C(1) << (bits - 1)
                    : (uint64_t)value < UINT64_C(1) << bits;
}

static inline int
xdr_set_int(struct xdr_in *in, void *at, unsigned int width, uint64_t value, bool has_sign)
{
    if (!xdr_fits((int64_t)value, width, has_sign))
        return xdr_bad(in, "number out of range");
    switch (width) {
    case 1:
        *(uint8_t *)at = (uint8_t)value;
        break;
    case 2:
        *(uint16_t *)at = (uint16_t)value;
        break;
    case 4:
        *(uint32_t *)at = (uint32_t)value;
        break;
    default:
        *(uint64_t *)at = value;
    }
    return 0;
}

static int
xdr_take_int(struct xdr_in *in, const struct xdr_field *field, void *at)
{
    uint32_t word = 0;

    if (xdr_take_32(in, &word) < 0)
        return -1;
    if (field->kind == XDR_ENUM && word > field->max)
        return xdr_bad(in, "unknown enum value");
    if (field->kind == XDR_UINT)
        return xdr_set_int(in, at, field->width, word, false);
    return xdr_set_int(in, at, field->width, (uint64_t)(int64_t)(int32_t)word, true);
}

static int
xdr_take_hyper(struct xdr_in *in, const struct xdr_field *field, void *at)
{
    uint64_t wide = 0;

    if (xdr_take_64(in, &wide) < 0)
        return -1;
    return xdr_set_int(in, at, field->width, wide, field->kind == XDR_HYPER);
}

static int
xdr_take_string(struct xdr_in *in, const struct xdr_field *field, char **ret)
{
    bool there = true;
    uint32_t n = 0;
    char *text;

    if ((field->flags & XDR_NULLABLE) && xdr_take_bool(in, &there) < 0)
        return -1;
    if (!there)
        return 0;
    if (xdr_take_count(in, "bytes in a string", field->max, 1, &n) < 0)
        return -1;
    if (memchr(in->at, '\0', n))
        return xdr_bad(in, "NUL byte inside a string");
    if (in->texts) {
        text = in->texts;
        text[n] = '\0';
        in->texts += n + 1;
    } else {
        text = xdr_alloc(in, (size_t)n + 1);
        if (!text)
            return -1;
    }
    *ret = text;
    return xdr_take_bytes(in, text, n);
}

static int
xdr_take_name(struct xdr_in *in, const struct xdr_field *field, char *at)
{
    uint32_t n = 0;

    if (xdr_take_count(in, "bytes in a name", field->max, 1, &n) < 0)
        return -1;
    at[n] = '\0';
    return xdr_take_bytes(in, at, n);
}

static int
xdr_take_chars(struct xdr_in *in, char *to, size_t n)
{
    if (n > xdr_left(in) / 4)
        return xdr_bad(in, "message ends too early");
    for (size_t i = 0; i < n; i++) {
        uint32_t word;

        memcpy(&word, in->at + i * 4, 4);
        to[i] = (char)be32toh(word);
    }
    in->at += n * 4;
    return 0;
}

/* The last char may be a NUL or not; in C it always is. */
static int
xdr_take_char_list(struct xdr_in *in, const struct xdr_field *field, char *at)
{
    uint32_t n = 0;

    if (xdr_take_count(in, "chars", field->max, 4, &n) < 0 || xdr_take_chars(in, at, n) < 0)
        return -1;
    if (n == field->max && at[n - 1] != '\0')
        return xdr_bad(in, "text without an end");
    return 0;
}

static int
xdr_take_counted(struct xdr_in *in, const struct xdr_field *field, void *value)
{
    bool chars = field->kind == XDR_CHAR_BYTES;
    unsigned char *bytes;
    uint32_t n = 0;

    if (xdr_take_count(in, "bytes", field->max, chars ? 4 : 1, &n) < 0)
        return -1;
    if (!n)
        return 0;
    bytes = xdr_alloc(in, n);
    if (!bytes)
        return -1;
    memcpy((char *)value + field->offset, &bytes, sizeof(bytes));
    xdr_set_int(in, (char *)value + field->count, field->width, n, false);
    return chars ? xdr_take_chars(in, (char *)bytes, n) : xdr_take_bytes(in, bytes, n);
}

static int
xdr_take_items(struct xdr_in *in, const struct xdr_type *type, char *items, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (xdr_take(in, type, items + i * type->size) < 0)
            return -1;
    return 0;
}

static int
xdr_take_pointers(struct xdr_in *in, const struct xdr_type *type, void **items, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        items[i] = xdr_alloc(in, type->size);
        if (!items[i] || xdr_take(in, type, items[i]) < 0)
            return -1;
    }
    return 0;
}

/* The count is set first, so that a half-read array can be freed. */
static int
xdr_take_array(struct xdr_in *in, const struct xdr_field *field, void *value)
{
    const struct xdr_type *type = field->type;
    bool pointers = field->kind == XDR_POINTER_ARRAY, packed = field->flags & XDR_PACKED;
    uint32_t n = 0;
    size_t size;
    char *items;
    int rc;

    if (xdr_take_count(in, "elements", field->max, type->min, &n) < 0)
        return -1;
    if (!n)
        return 0;
    size = n * (pointers ? sizeof(void *) : (size_t)type->size);
    /* a text takes less than its length word and its bytes */
    items = xdr_alloc_with(in, size, packed ? xdr_left(in) : 0);
    if (!items)
        return -1;
    memcpy((char *)value + field->offset, &items, sizeof(items));
    xdr_set_int(in, (char *)value + field->count, field->width, n, false);
    in->texts = packed ? items + size : NULL;
    rc = pointers ? xdr_take_pointers(in, type, (void **)(void *)items, n) : xdr_take_items(in, type, items, n);
    in->texts = NULL;
    return rc;
}

static int
xdr_take_optional(struct xdr_in *in, const struct xdr_type *type, void **ret)
{
    bool there;

    if (xdr_take_bool(in, &there) < 0)
        return -1;
    if (!there)
        return 0;
    *ret = xdr_alloc(in, type->size);
    return *ret ? xdr_take(in, type, *ret) : -1;
}

static int
xdr_take_union(struct xdr_in *in, const struct xdr_field *field, void *value)
{
    uint32_t arm = 0;

    if (xdr_take_32(in, &arm) < 0)
        return -1;
    if (arm < 1 || arm > field->type->nfields)
        return xdr_bad(in, "value of unknown type");
    xdr_set_int(in, (char *)value + field->count, field->width, arm, true);
    return xdr_take_fields(in, &field->type->fields[arm - 1], 1, (char *)value + field->offset);
}

/* Inside the loop, and not a call for each number: a list has thousands. */
static inline __attribute__((always_inline)) int
xdr_take_field(struct xdr_in *in, const struct xdr_field *field, void *value)
{
    void *at = (char *)value + field->offset;

    switch ((enum xdr_kind)field->kind) {
    case XDR_INT:
    case XDR_UINT:
    case XDR_ENUM:
        return xdr_take_int(in, field, at);
    case XDR_HYPER:
    case XDR_UHYPER:
        return xdr_take_hyper(in, field, at);
    case XDR_STRING:
        return xdr_take_string(in, field, at);
    case XDR_NAME:
        return xdr_take_name(in, field, at);
    case XDR_CHARS:
        return xdr_take_chars(in, at, field->max);
    case XDR_CHAR_LIST:
        return xdr_take_char_list(in, field, at);
    case XDR_OPAQUE:
        return xdr_take_bytes(in, at, field->max);
    case XDR_BYTES:
    case XDR_CHAR_BYTES:
        return xdr_take_counted(in, field, value);
    case XDR_STRUCT:
        return xdr_take(in, field->type, at);
    case XDR_ARRAY:
    case XDR_POINTER_ARRAY:
        return xdr_take_array(in, field, value);
    case XDR_OPTIONAL:
        return xdr_take_optional(in, field->type, at);
    case XDR_UNION:
        return xdr_take_union(in, field, value);
    }
    return vir_error(VIR_ERR_INTERNAL_ERROR, "unknown kind %u in an XDR table", field->kind);
}

static int
xdr_take_fields(struct xdr_in *in, const struct xdr_field *fields, size_t n, void *value)
{
    for (size_t i = 0; i < n; i++) {
        if (xdr_take_field(in, &fields[i], value) < 0)
            return -1;
    }
    return 0;
}

int
xdr_decode(const void *bytes, size_t n, const struct xdr_type *type, void *value)
{
    struct xdr_in in = { bytes, bytes, (const unsigned char *)bytes + n, XDR_BUDGET(n), NULL };

    if (!type)
        return 0;
    memset(value, 0, type->size);
    if (xdr_take(&in, type, value) == 0)
        return 0;
    xdr_free(type, value);
    return -1;
}
