/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What both ends know about a remote procedure.  The rows are printed from
 * api/ into rpc_remote_program and its neighbours (protocol.h).
 */
#ifndef RPC_PROCEDURE_H
#define RPC_PROCEDURE_H

#include "rpc/xdr.h"

enum rpc_procedure_flags {
    RPC_CALL         = 1 << 0,          /* a client may call it */
    RPC_EVENT        = 1 << 1,          /* server to client only */
    RPC_HIGH         = 1 << 2,          /* never waits behind calls that talk to a hypervisor */
    RPC_BEFORE_LOGIN = 1 << 3,          /* allowed before authentication */
    RPC_BEFORE_OPEN  = 1 << 4,          /* allowed before the hypervisor connection is opened */
    RPC_WRITES       = 1 << 5,          /* refused on a read-only connection */
    RPC_STREAM_READ  = 1 << 6,          /* opens a stream, daemon to client */
    RPC_STREAM_WRITE = 1 << 7,          /* opens a stream, client to daemon */
    RPC_FDS_CALL     = 1 << 8,          /* descriptors travel with the call */
    RPC_FDS_REPLY    = 1 << 9,
    RPC_HAS_SLOT     = 1 << 10,         /* table and slot are valid */
    RPC_BYTES        = 1 << 11,         /* carries bytes that may be a secret: overwritten when they were of use */
};

struct rpc_procedure {
    uint32_t program;
    uint16_t number;
    uint16_t flags;                     /* enum rpc_procedure_flags; 0: no such procedure */
    uint16_t slot;                      /* numbers of the driver table, for vir_connect_slot_traits() */
    uint8_t table;
    uint32_t write_flags;               /* with one of these flags it is refused there too */
    const char *name;                   /* in lower case: "domain_get_info" */
    const struct xdr_type *args, *ret;  /* NULL: none */
};

struct rpc_program {
    uint32_t id, version;
    const char *name;
    const struct rpc_procedure *procedures;     /* index = number, from 0 */
    uint16_t count;                             /* numbers below this */
};

/* NULL when the program has no procedure of that number. */
static inline const struct rpc_procedure *
rpc_procedure_find(const struct rpc_program *program, int number)
{
    if (number < 0 || number >= program->count || !program->procedures[number].flags)
        return NULL;
    return &program->procedures[number];
}

#endif
