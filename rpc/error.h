/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a libvirt error travels in a reply. */
#ifndef RPC_ERROR_H
#define RPC_ERROR_H

#include <libvirt/virterror.h>

#include "rpc/xdr.h"

/* Appends ERROR; NULL: the caller failed without saying why, which is an
 * internal error.  Texts that are too long for the wire are cut. */
int rpc_error_encode(struct rpc_buf *buf, const virError *error);

/* Makes the error in a reply the thread's.  Returns -1, whatever the bytes are. */
int rpc_error_raise(const void *bytes, size_t n);

#endif
