/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The error struct of a reply.  Its domain and network are not used by anyone
 * any more: they are sent as absent and skipped when they come.
 */
#include <stdlib.h>
#include <string.h>

#include "rpc/xdr-private.h"
#include "rpc/error.h"
#include "rpc/xdr-table.h"

#define RPC_TEXT_MAX 4194304            /* bytes of a string on the wire */

struct rpc_error_object {
    char *name;
    unsigned char uuid[VIR_UUID_BUFLEN];
    int id;
};

struct rpc_error {
    int code, domain, level;
    char *message;
    struct rpc_error_object *dom, *net;
    char *str1, *str2, *str3;
    int int1, int2;
};

#define NUMBER(m) XDR_NUMBER(XDR_INT, struct rpc_error, m)
#define TEXT(m) XDR_TEXT_OR_NULL(struct rpc_error, m, RPC_TEXT_MAX)

static const struct xdr_field rpc_error_object_fields[] = {
    XDR_TEXT(struct rpc_error_object, name, RPC_TEXT_MAX),
    XDR_PLACE(XDR_OPAQUE, struct rpc_error_object, uuid),
    XDR_NUMBER(XDR_INT, struct rpc_error_object, id),
};

static const struct xdr_type rpc_error_domain =
    XDR_TYPE(struct rpc_error_object, 24, true, rpc_error_object_fields);

static const struct xdr_type rpc_error_network = {      /* without the id */
    sizeof(struct rpc_error_object), 20, 2, true, rpc_error_object_fields
};

static const struct xdr_field rpc_error_fields[] = {
    NUMBER(code), NUMBER(domain), TEXT(message), NUMBER(level),
    XDR_MAYBE(struct rpc_error, dom, &rpc_error_domain),
    TEXT(str1), TEXT(str2), TEXT(str3), NUMBER(int1), NUMBER(int2),
    XDR_MAYBE(struct rpc_error, net, &rpc_error_network),
};

static const struct xdr_type rpc_error_type = XDR_TYPE(struct rpc_error, 44, true, rpc_error_fields);

static char *
rpc_error_text(const char *text)
{
    return text ? strndup(text, RPC_TEXT_MAX) : NULL;
}

int
rpc_error_encode(struct rpc_buf *buf, const virError *error)
{
    struct rpc_error wire = {
        .code = VIR_ERR_INTERNAL_ERROR, .domain = VIR_FROM_RPC, .level = VIR_ERR_ERROR,
    };
    int rc;

    if (error && error->code != VIR_ERR_OK) {
        wire = (struct rpc_error){
            .code = error->code, .domain = error->domain, .level = (int)error->level,
            .message = rpc_error_text(error->message),
            .str1 = rpc_error_text(error->str1),
            .str2 = rpc_error_text(error->str2),
            .str3 = rpc_error_text(error->str3),
            .int1 = error->int1, .int2 = error->int2,
        };
    } else {
        wire.message = strdup("internal error: call failed without an error");
    }
    rc = xdr_encode(buf, &rpc_error_type, &wire);
    xdr_free(&rpc_error_type, &wire);
    return rc;
}

int
rpc_error_raise(const void *bytes, size_t n)
{
    struct rpc_error wire;
    virError error = { 0 };

    if (xdr_decode(bytes, n, &rpc_error_type, &wire) < 0)
        return -1;
    error.code = wire.code ? wire.code : VIR_ERR_RPC;
    error.domain = wire.domain;
    error.message = wire.message;
    error.level = (virErrorLevel)wire.level;
    error.str1 = wire.str1;
    error.str2 = wire.str2;
    error.str3 = wire.str3;
    error.int1 = wire.int1;
    error.int2 = wire.int2;
    vir_raise_raw(&error);
    xdr_free(&rpc_error_type, &wire);
    return -1;
}
