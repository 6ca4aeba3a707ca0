/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * XDR (RFC 4506) by tables.  A `struct xdr_type` says where each item of a C
 * struct lies and how it looks on the wire; one encoder and one decoder run
 * over these tables.  The tables are printed from api/, most of them straight
 * onto the public structs, so that a decoded reply needs no second copy.
 *
 * The decoder trusts nothing: a length is compared with its limit and with the
 * bytes that are left before anything is allocated, and what it allocates in all
 * is bounded by the message's size.  Where nothing depends on it, it takes what
 * libvirt 9.0.0 takes: any number but 0 for true, any padding, bytes behind the end.
 */
#ifndef RPC_XDR_H
#define RPC_XDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One message while it is written.  All zeroes is an empty buffer. */
struct rpc_buf {
    unsigned char *data;
    size_t len, room;
    size_t max;                         /* never longer than this; 0: RPC_BUF_MAX */
};

/* Length word, header and payload of the longest message of the protocol. */
#define RPC_BUF_MAX ((size_t)4 + 33554432)

/* Makes room for N more bytes; the caller writes them and adds to len.  NULL with an error set. */
unsigned char *rpc_buf_reserve(struct rpc_buf *buf, size_t n);
void rpc_buf_free(struct rpc_buf *buf);

enum xdr_kind {
    XDR_INT,            /* int, 4 bytes; an integer of `width` bytes in C */
    XDR_UINT,           /* unsigned int */
    XDR_ENUM,           /* int from 0 to `max` */
    XDR_HYPER,          /* 8 bytes */
    XDR_UHYPER,         /* also double: the bits are the same */
    XDR_STRING,         /* char *, at most `max` bytes */
    XDR_NAME,           /* string; in C a char array of `max` + 1 bytes */
    XDR_CHARS,          /* `max` chars of 4 bytes each; in C a char array */
    XDR_CHAR_LIST,      /* variable number of such chars; in C a NUL-terminated array of `max` */
    XDR_CHAR_BYTES,     /* variable number of such chars; in C a pointer and a count */
    XDR_OPAQUE,         /* `max` bytes in place */
    XDR_BYTES,          /* pointer and count, at most `max` bytes */
    XDR_STRUCT,         /* another type in place */
    XDR_ARRAY,          /* pointer to elements and count, at most `max` */
    XDR_POINTER_ARRAY,  /* the same, in C an array of pointers to elements */
    XDR_OPTIONAL,       /* pointer to another type, or NULL */
    XDR_UNION,          /* integer at `count` chooses the field type->fields[it - 1] */
};

/* A string that may be NULL: on the wire a boolean comes first. */
#define XDR_NULLABLE 1
/* An array of handles' structs: the texts inside are no memory of their own.  The
 * decoder puts them behind the elements; who encodes it lends them. */
#define XDR_PACKED 2

struct xdr_field {
    uint8_t kind;                       /* enum xdr_kind */
    uint8_t width;                      /* bytes of the C integer; of the count for arrays */
    uint16_t flags;
    uint16_t offset;
    uint16_t count;                     /* offset of the element count */
    uint32_t max;                       /* limit of the protocol */
    const struct xdr_type *type;
};

struct xdr_type {
    uint16_t size;                      /* of the C struct */
    uint16_t min;                       /* fewest bytes on the wire */
    uint8_t nfields;
    bool owns;                          /* has members that xdr_free releases */
    const struct xdr_field *fields;
};

/* A type of NULL has no bytes at all: calls without arguments or results. */

/* Appends VALUE.  Fails (-1, error set) when it breaks a limit of TYPE or of BUF; BUF is then as before. */
int xdr_encode(struct rpc_buf *buf, const struct xdr_type *type, const void *value);

/* Reads N bytes into VALUE (type->size bytes, overwritten).  Every pointer
 * in it, but for texts inside XDR_PACKED, is malloc'ed: release with xdr_free, or take members out and set them to
 * NULL before.  On failure (-1, error set) VALUE is all zeroes and owns nothing. */
int xdr_decode(const void *bytes, size_t n, const struct xdr_type *type, void *value);

/* Frees what VALUE owns and sets it to zeroes.  VALUE may be all zeroes or half decoded. */
void xdr_free(const struct xdr_type *type, void *value);

#endif
