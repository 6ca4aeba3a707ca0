/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages that the daemon sends by itself: events, and that its own connection closed. */
#include "modules/remote/wire.h"
#include "wire/receive.h"

static int
connection_closed(struct remote_connect *rc, const void *bytes, size_t n)
{
    const struct rpc_procedure *proc = &remote_procedures[REMOTE_PROC_CONNECT_EVENT_CONNECTION_CLOSED];
    struct remote_connect_event_connection_closed_msg msg;

    if (xdr_decode(bytes, n, proc->args, &msg) < 0)
        return -1;
    vir_connect_closed(rc->conn, msg.reason);
    return 0;
}

static remote_receive_fn
find_receiver(uint32_t program, int number)
{
    if (number < 0)
        return NULL;
    if (program == rpc_remote_program.id && number < remote_n_receivers)
        return remote_receivers[number];
    if (program == rpc_qemu_program.id && number < qemu_n_receivers)
        return qemu_receivers[number];
    return NULL;
}

int
remote_event(struct remote_connect *rc, uint32_t program, int number, const void *bytes, size_t n)
{
    const struct rpc_procedure *procedures =
        program == rpc_remote_program.id ? remote_procedures : qemu_procedures;
    remote_receive_fn receive = find_receiver(program, number);
    union remote_any_event msg;
    struct vir_event *event;

    if (program == rpc_remote_program.id && number == REMOTE_PROC_CONNECT_EVENT_CONNECTION_CLOSED)
        return connection_closed(rc, bytes, n);
    if (!receive)
        return vir_error(VIR_ERR_RPC, "message %d of program 0x%x is no event", number, program);
    if (xdr_decode(bytes, n, procedures[number].args, &msg) < 0)
        return -1;
    event = receive(&msg);
    xdr_free(procedures[number].args, &msg);
    vir_connect_emit(rc->conn, event);
    return 0;
}
