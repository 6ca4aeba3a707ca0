/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the encoder and the decoder. */
#ifndef RPC_XDR_PRIVATE_H
#define RPC_XDR_PRIVATE_H

#define VIR_MODULE_DOMAIN VIR_FROM_RPC
#define VIR_LOG_SOURCE "rpc.xdr"

#include <endian.h>

#include <libvirt/module.h>

#include "rpc/xdr.h"

#define XDR_PADDED(n) (((size_t)(n) + 3) & ~(size_t)3)

/* The integer of WIDTH bytes at AT, without sign. */
uint64_t xdr_get_uint(const void *at, unsigned int width);

/* A negative int count becomes huge and fails every limit. */
static inline size_t
xdr_count(const struct xdr_field *field, const void *value)
{
    return (size_t)xdr_get_uint((const char *)value + field->count, field->width);
}

#endif
