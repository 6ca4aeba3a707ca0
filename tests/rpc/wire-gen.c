/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Valid random messages and shapes, from the XDR tables alone; see wire-gen.h. */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "wire-gen.h"

const char *gen_word;
const unsigned char *gen_uuid;

#define FEW 4                           /* elements of a random array */

uint32_t
gen_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

static uint32_t
at_most(uint64_t *state, uint32_t max)
{
    return max < UINT32_MAX ? gen_random(state) % (max + 1) : gen_random(state);
}

static uint32_t
few(uint64_t *state, uint32_t max)
{
    return at_most(state, max < FEW ? max : FEW);
}

static void
put(struct rpc_buf *buf, const void *bytes, size_t n)
{
    unsigned char *p = rpc_buf_reserve(buf, n + 3);

    if (!p)
        abort();
    memcpy(p, bytes, n);
    memset(p + n, 0, 3);
    buf->len += (n + 3) / 4 * 4;
}

static void
put_32(struct rpc_buf *buf, uint32_t value)
{
    value = htobe32(value);
    put(buf, &value, 4);
}

static void
put_64(struct rpc_buf *buf, uint64_t value)
{
    value = htobe64(value);
    put(buf, &value, 8);
}

static void
put_text(struct rpc_buf *buf, uint32_t max, uint64_t *state)
{
    char text[40];
    uint32_t n = at_most(state, max < sizeof(text) ? max : sizeof(text));

    for (uint32_t i = 0; i < n; i++)
        text[i] = (char)('!' + gen_random(state) % 90);
    if (gen_word && gen_random(state) % 2) {
        n = (uint32_t)strlen(gen_word);
        memcpy(text, gen_word, n);
    }
    put_32(buf, n);
    put(buf, text, n);
}

static void
put_bytes(struct rpc_buf *buf, uint32_t n, uint64_t *state)
{
    unsigned char bytes[64];

    for (uint32_t i = 0; i < n; i++)
        bytes[i] = (unsigned char)gen_random(state);
    if (gen_uuid && n == 16 && gen_random(state) % 2)
        memcpy(bytes, gen_uuid, n);
    put(buf, bytes, n);
}

/* A number that fits into the C integer behind it. */
static void
put_number(struct rpc_buf *buf, const struct xdr_field *field, uint64_t *state)
{
    uint64_t high = gen_random(state), middle = gen_random(state);
    uint64_t value = high << 40 ^ middle << 20 ^ gen_random(state);
    bool wide = field->kind == XDR_HYPER || field->kind == XDR_UHYPER;

    if (gen_random(state) % 2)
        value %= 16;                    /* a count that a call can serve */
    if (field->kind == XDR_ENUM)
        value %= field->max + 1;
    else if (field->width == 1)
        value %= field->kind == XDR_INT ? 128 : 256;
    else if (field->width == 2)
        value %= 32768;
    else if (field->width == 4 && wide)
        value %= 1u << 31;
    if (wide)
        put_64(buf, value);
    else
        put_32(buf, (uint32_t)value);
}

static void
put_field(struct rpc_buf *buf, const struct xdr_field *field, uint64_t *state)
{
    uint32_t n;

    switch ((enum xdr_kind)field->kind) {
    case XDR_INT:
    case XDR_UINT:
    case XDR_ENUM:
    case XDR_HYPER:
    case XDR_UHYPER:
        put_number(buf, field, state);
        break;
    case XDR_STRING:
        if (field->flags & XDR_NULLABLE) {
            n = gen_random(state) % 2;
            put_32(buf, n);
            if (!n)
                break;
        }
        put_text(buf, field->max, state);
        break;
    case XDR_NAME:
        put_text(buf, field->max, state);
        break;
    case XDR_CHARS:
        for (n = 0; n < field->max; n++)
            put_32(buf, gen_random(state) % 128);
        break;
    case XDR_CHAR_LIST:                 /* text and its NUL, as our encoder writes it */
        n = at_most(state, 20);
        put_32(buf, n + 1);
        while (n--)
            put_32(buf, 'a' + gen_random(state) % 26);
        put_32(buf, 0);
        break;
    case XDR_CHAR_BYTES:
        n = few(state, field->max);
        put_32(buf, n);
        while (n--)
            put_32(buf, gen_random(state) % 128);
        break;
    case XDR_OPAQUE:
        put_bytes(buf, field->max, state);
        break;
    case XDR_BYTES:
        n = at_most(state, field->max < 40 ? field->max : 40);
        put_32(buf, n);
        put_bytes(buf, n, state);
        break;
    case XDR_STRUCT:
        gen_value(buf, field->type, state);
        break;
    case XDR_ARRAY:
    case XDR_POINTER_ARRAY:
        n = few(state, field->max);
        put_32(buf, n);
        while (n--)
            gen_value(buf, field->type, state);
        break;
    case XDR_OPTIONAL:
        n = gen_random(state) % 2;
        put_32(buf, n);
        if (n)
            gen_value(buf, field->type, state);
        break;
    case XDR_UNION:
        n = at_most(state, field->type->nfields - 1u);
        put_32(buf, n + 1);
        put_field(buf, &field->type->fields[n], state);
        break;
    }
}

void
gen_value(struct rpc_buf *buf, const struct xdr_type *type, uint64_t *state)
{
    for (size_t i = 0; type && i < type->nfields; i++)
        put_field(buf, &type->fields[i], state);
}

/* ---- shapes ------------------------------------------------------------------ */

static void
shape_of(FILE *out, const struct xdr_field *field)
{
    static const char *const names[] = {
        [XDR_INT] = "int", [XDR_UINT] = "uint", [XDR_HYPER] = "hyper", [XDR_UHYPER] = "uhyper",
    };

    switch ((enum xdr_kind)field->kind) {
    case XDR_INT:
    case XDR_UINT:
    case XDR_HYPER:
    case XDR_UHYPER:
        fputs(names[field->kind], out);
        break;
    case XDR_ENUM:
        fprintf(out, "enum%u", field->max);
        break;
    case XDR_STRING:
        fprintf(out, "string%s<%u>", field->flags & XDR_NULLABLE ? "?" : "", field->max);
        break;
    case XDR_NAME:
        fprintf(out, "name<%u>", field->max);
        break;
    case XDR_CHARS:
        fprintf(out, "char[%u]", field->max);
        break;
    case XDR_CHAR_LIST:
    case XDR_CHAR_BYTES:
        fprintf(out, "char<%u>", field->max);
        break;
    case XDR_OPAQUE:
        fprintf(out, "opaque[%u]", field->max);
        break;
    case XDR_BYTES:
        fprintf(out, "opaque<%u>", field->max);
        break;
    case XDR_STRUCT:
        gen_shape(out, field->type);
        break;
    case XDR_ARRAY:
    case XDR_POINTER_ARRAY:
        fputc('(', out);
        gen_shape(out, field->type);
        fprintf(out, ")<%u>", field->max);
        break;
    case XDR_OPTIONAL:
        fputc('(', out);
        gen_shape(out, field->type);
        fputs(")?", out);
        break;
    case XDR_UNION:
        fputs("{", out);
        for (size_t i = 0; i < field->type->nfields; i++) {
            fprintf(out, "%s%zu:", i ? " " : "", i + 1);
            shape_of(out, &field->type->fields[i]);
        }
        fputs("}", out);
        break;
    }
}

void
gen_shape(FILE *out, const struct xdr_type *type)
{
    if (!type)
        fputc('-', out);
    for (size_t i = 0; type && i < type->nfields; i++) {
        if (i)
            fputc(' ', out);
        shape_of(out, &type->fields[i]);
    }
}
