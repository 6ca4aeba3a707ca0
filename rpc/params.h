/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of remote_typed_param, onto the public virTypedParameter. */
#ifndef RPC_PARAMS_H
#define RPC_PARAMS_H

#include "rpc/xdr.h"

extern const struct xdr_type xdr_remote_typed_param;

#endif
