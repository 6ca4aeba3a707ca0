/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The part tls, opened for the first connection that needs it. */
#include "tls.h"

#include "common/part.h"

const struct rpc_tls_part *
rpc_tls_part(const char **ret_reason)
{
    static const struct rpc_tls_part *opened;
    const struct rpc_tls_part *part = __atomic_load_n(&opened, __ATOMIC_ACQUIRE);

    if (part)
        return part;
    part = vir_part_open("tls", RPC_TLS_VERSION, ret_reason);
    if (part)
        __atomic_store_n(&opened, part, __ATOMIC_RELEASE);
    return part;
}
