/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Releases what the decoder made, led by the same tables. */
#include <stdlib.h>
#include <string.h>

#include "rpc/xdr-private.h"

static void
xdr_free_array(const struct xdr_field *field, void *value, char *items)
{
    size_t n = items ? xdr_count(field, value) : 0;

    if (field->kind == XDR_POINTER_ARRAY) {
        for (size_t i = 0; i < n; i++) {
            void *item = ((void **)(void *)items)[i];

            if (item)
                xdr_free(field->type, item);
            free(item);
        }
    } else if (field->type->owns && !(field->flags & XDR_PACKED)) {
        for (size_t i = 0; i < n; i++)
            xdr_free(field->type, items + i * field->type->size);
    }
    free(items);
}

static void
xdr_free_field(const struct xdr_field *field, void *value)
{
    void *at = (char *)value + field->offset;
    void *pointer;
    uint64_t arm;

    switch ((enum xdr_kind)field->kind) {
    case XDR_BYTES:                     /* may be a secret */
        memcpy(&pointer, at, sizeof(pointer));
        if (pointer)
            explicit_bzero(pointer, xdr_count(field, value));
        free(pointer);
        break;
    case XDR_STRING:
    case XDR_CHAR_BYTES:
        memcpy(&pointer, at, sizeof(pointer));
        free(pointer);
        break;
    case XDR_STRUCT:
        xdr_free(field->type, at);
        break;
    case XDR_ARRAY:
    case XDR_POINTER_ARRAY:
        memcpy(&pointer, at, sizeof(pointer));
        xdr_free_array(field, value, pointer);
        break;
    case XDR_OPTIONAL:
        memcpy(&pointer, at, sizeof(pointer));
        if (pointer)
            xdr_free(field->type, pointer);
        free(pointer);
        break;
    case XDR_UNION:
        arm = xdr_get_uint((char *)value + field->count, field->width);
        if (arm >= 1 && arm <= field->type->nfields)
            xdr_free_field(&field->type->fields[arm - 1], at);
        break;
    case XDR_INT:
    case XDR_UINT:
    case XDR_ENUM:
    case XDR_HYPER:
    case XDR_UHYPER:
    case XDR_NAME:
    case XDR_CHARS:
    case XDR_CHAR_LIST:
    case XDR_OPAQUE:
        break;
    }
}

void
xdr_free(const struct xdr_type *type, void *value)
{
    if (!type)
        return;
    if (type->owns) {
        for (size_t i = 0; i < type->nfields; i++)
            xdr_free_field(&type->fields[i], value);
    }
    memset(value, 0, type->size);
}
