/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The XDR decoder over the messages of all procedures.  Input: a byte for the
 * program (bit 7: results instead of arguments), two for the number, the body.
 * What decodes must encode again.
 */
#include <stdint.h>
#include <stdlib.h>

#include "wire/protocol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static union { union rpc_any_args args; union rpc_any_ret ret; char room[8192]; } value;

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct rpc_program *const programs[] = {
        &rpc_remote_program, &rpc_qemu_program, &rpc_lxc_program, &rpc_admin_program,
    };
    const struct rpc_procedure *proc;
    const struct xdr_type *type;
    struct rpc_buf again = { 0 };

    if (size < 3)
        return 0;
    proc = rpc_procedure_find(programs[(data[0] & 0x7f) % (sizeof(programs) / sizeof(programs[0]))], data[1] << 8 | data[2]);
    if (!proc)
        return 0;
    type = data[0] & 0x80 ? proc->ret : proc->args;
    if (xdr_decode(data + 3, size - 3, type, &value) < 0 || !type)
        return 0;
    if (xdr_encode(&again, type, &value) < 0)
        abort();
    rpc_buf_free(&again);
    xdr_free(type, &value);
    return 0;
}
