/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows of the tables of xdr.h; S is the C struct, M a member.  For printed tables. */
#ifndef RPC_XDR_TABLE_H
#define RPC_XDR_TABLE_H

#include "rpc/xdr.h"

#define XDR_MEMBER_SIZE(S, m) sizeof(((S *)NULL)->m)

/* An integer or a double. */
#define XDR_NUMBER(kind, S, m) \
    { kind, XDR_MEMBER_SIZE(S, m), 0, offsetof(S, m), 0, 0, NULL }
#define XDR_TEXT(S, m, max) \
    { XDR_STRING, 0, 0, offsetof(S, m), 0, max, NULL }
#define XDR_TEXT_OR_NULL(S, m, max) \
    { XDR_STRING, 0, XDR_NULLABLE, offsetof(S, m), 0, max, NULL }
/* Something of as many bytes as the C array has. */
#define XDR_PLACE(kind, S, m) \
    { kind, 0, 0, offsetof(S, m), 0, XDR_MEMBER_SIZE(S, m), NULL }
#define XDR_SHORT_NAME(S, m) \
    { XDR_NAME, 0, 0, offsetof(S, m), 0, XDR_MEMBER_SIZE(S, m) - 1, NULL }
/* A pointer and its count in the member N. */
#define XDR_LIST(kind, S, m, n, max, type) \
    { kind, XDR_MEMBER_SIZE(S, n), 0, offsetof(S, m), offsetof(S, n), max, type }
#define XDR_PACKED_LIST(S, m, n, max, type) \
    { XDR_ARRAY, XDR_MEMBER_SIZE(S, n), XDR_PACKED, offsetof(S, m), offsetof(S, n), max, type }
#define XDR_INSIDE(S, m, type) \
    { XDR_STRUCT, 0, 0, offsetof(S, m), 0, 0, type }
#define XDR_MAYBE(S, m, type) \
    { XDR_OPTIONAL, 0, 0, offsetof(S, m), 0, 0, type }
/* The member WHICH says which field of TYPE stands in M. */
#define XDR_CHOICE(S, m, which, type) \
    { XDR_UNION, XDR_MEMBER_SIZE(S, which), 0, offsetof(S, m), offsetof(S, which), 0, type }

/* A type whose fields are the array F. */
#define XDR_TYPE(S, min, owns, f) \
    { sizeof(S), min, sizeof(f) / sizeof((f)[0]), owns, f }

/* xdr_IDENT, the type of the C struct S (a macro of the caller), with its rows. */
#define XDR_TABLE(ident, min, owns, ...)                                      \
    static const struct xdr_field ident##_fields[] = { __VA_ARGS__ };         \
    static const struct xdr_type xdr_##ident = XDR_TYPE(S, min, owns, ident##_fields)

#endif
