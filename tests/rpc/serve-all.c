/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every dispatch function of libvirtd with random arguments, on the test
 * driver, without a connection and on a read-only one: whatever it answers, it
 * must not crash or leak (run it under ASan), what it gives must encode, and
 * what writes is denied to readers.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/dispatch.h"
#include "wire-gen.h"
#include "wire/dispatch.h"
#include "wire/protocol.h"

/* What comes with these calls is not here. */
#define CARRIES_MORE (RPC_FDS_CALL | RPC_STREAM_READ | RPC_STREAM_WRITE)

#define ROUNDS 32                       /* calls of each procedure */

static uint64_t state = 77;
static virConnectPtr conn, reader;
static union { union rpc_any_args any; char room[8192]; } args;
static union { union rpc_any_ret any; char room[8192]; } ret;
static int served, answered;

/* ---- what the dispatch functions need of the daemon --------------------------- */

virStreamPtr
daemon_call_stream(struct daemon_call *call)
{
    (void)call;
    vir_raise(VIR_FROM_RPC, VIR_ERR_NO_SUPPORT, "streams");
    return NULL;
}

/* The calls about the client itself are tested with the daemon. */
#define ELSEWHERE VIR_ERR_AUTH_UNAVAILABLE
#define NOT_HERE(name)                                                        \
    int                                                                       \
    daemon_serve_##name(struct daemon_call *call, const void *a, void *r)     \
    {                                                                         \
        (void)call; (void)a; (void)r;                                         \
        return vir_raise(VIR_FROM_RPC, ELSEWHERE, #name);                     \
    }
NOT_HERE(auth_list)
NOT_HERE(auth_polkit)
NOT_HERE(auth_sasl_init)
NOT_HERE(auth_sasl_start)
NOT_HERE(auth_sasl_step)
NOT_HERE(connect_open)
NOT_HERE(connect_close)
NOT_HERE(connect_supports_feature)
NOT_HERE(connect_register_close_callback)
NOT_HERE(connect_unregister_close_callback)
NOT_HERE(connect_domain_event_register)
NOT_HERE(connect_domain_event_deregister)
NOT_HERE(connect_domain_event_register_any)
NOT_HERE(connect_domain_event_deregister_any)
NOT_HERE(connect_domain_event_callback_register_any)
NOT_HERE(connect_domain_event_callback_deregister_any)
NOT_HERE(connect_network_event_register_any)
NOT_HERE(connect_network_event_deregister_any)
NOT_HERE(connect_storage_pool_event_register_any)
NOT_HERE(connect_storage_pool_event_deregister_any)
NOT_HERE(connect_node_device_event_register_any)
NOT_HERE(connect_node_device_event_deregister_any)
NOT_HERE(connect_secret_event_register_any)
NOT_HERE(connect_secret_event_deregister_any)
NOT_HERE(qemu_connect_domain_monitor_event_register)
NOT_HERE(qemu_connect_domain_monitor_event_deregister)
NOT_HERE(admin_client_close)
NOT_HERE(admin_client_get_info)
NOT_HERE(admin_connect_close)
NOT_HERE(admin_connect_get_lib_version)
NOT_HERE(admin_connect_get_logging_filters)
NOT_HERE(admin_connect_get_logging_outputs)
NOT_HERE(admin_connect_list_servers)
NOT_HERE(admin_connect_lookup_server)
NOT_HERE(admin_connect_open)
NOT_HERE(admin_connect_set_daemon_timeout)
NOT_HERE(admin_connect_set_logging_filters)
NOT_HERE(admin_connect_set_logging_outputs)
NOT_HERE(admin_server_get_client_limits)
NOT_HERE(admin_server_get_threadpool_parameters)
NOT_HERE(admin_server_list_clients)
NOT_HERE(admin_server_lookup_client)
NOT_HERE(admin_server_set_client_limits)
NOT_HERE(admin_server_set_threadpool_parameters)
NOT_HERE(admin_server_update_tls_files)

/* ---- the test ------------------------------------------------------------------ */

static void
die(const struct rpc_procedure *proc, const char *what)
{
    fprintf(stderr, "serve-all: %s: %s (%s)\n", proc->name, what, virGetLastErrorMessage());
    exit(1);
}

/* Returns the code of its error, VIR_ERR_OK for an answer. */
static int
serve(const struct rpc_procedure *proc, daemon_serve_fn fn, virConnectPtr with)
{
    struct daemon_call call = { .conn = with, .procedure = proc, .reply_fd = -1 };
    struct rpc_buf wire = { 0 };
    int code = VIR_ERR_OK;

    gen_value(&wire, proc->args, &state);
    if (xdr_decode(wire.data, wire.len, proc->args, &args) < 0)
        die(proc, "random arguments do not decode");
    wire.len = 0;
    memset(&ret, 0, sizeof(ret));
    virResetLastError();
    if (fn(&call, &args, &ret) == 0) {
        answered++;
        if (xdr_encode(&wire, proc->ret, &ret) < 0)
            die(proc, "its answer does not encode");
    } else {
        code = virGetLastErrorCode();
        if (code == VIR_ERR_OK)
            die(proc, "fails without an error");
    }
    served++;
    xdr_free(proc->args, &args);
    xdr_free(proc->ret, &ret);
    daemon_call_end(&call);
    if (call.reply_fd >= 0)
        close(call.reply_fd);
    rpc_buf_free(&wire);
    return code;
}

/* On a read-only connection: what writes is never done, and denied whenever
 * nothing else is wrong; what only reads is not denied. */
static void
serve_reader(const struct rpc_procedure *proc, daemon_serve_fn fn)
{
    bool writes = proc->flags & RPC_WRITES;
    int denied = 0;

    for (int round = 0; round < ROUNDS; round++) {
        int code = serve(proc, fn, reader);

        if (code == ELSEWHERE)
            return;
        if (code == VIR_ERR_OPERATION_DENIED)
            denied++;
        if (writes && code == VIR_ERR_OK)
            die(proc, "writes on a read-only connection");
    }
    if (writes && !denied && fn != daemon_serve_internal && !(proc->flags & CARRIES_MORE))
        die(proc, "is not denied on a read-only connection");
    if (!writes && !proc->write_flags && denied)
        die(proc, "only reads, but is denied on a read-only connection");
}

static void
serve_program(const struct rpc_program *program, const daemon_serve_fn *functions)
{
    for (int i = 0; i < program->count; i++) {
        const struct rpc_procedure *proc = rpc_procedure_find(program, i);

        if (!proc || proc->flags & RPC_EVENT)
            continue;
        if (!functions[i])
            die(proc, "nobody serves it");
        serve(proc, functions[i], NULL);
        for (int round = 0; round < ROUNDS; round++)
            serve(proc, functions[i], conn);
        serve_reader(proc, functions[i]);
    }
}

/* Half of the names are those of a domain that exists. */
static void
name_domain(void)
{
    static unsigned char uuid[VIR_UUID_BUFLEN];
    virDomainPtr dom = virDomainLookupByName(conn, "test");

    if (dom && virDomainGetUUID(dom, uuid) == 0) {
        gen_word = "test";
        gen_uuid = uuid;
    }
    if (dom)
        virDomainFree(dom);
}

static void
quiet(void *opaque, virErrorPtr error)
{
    (void)opaque;
    (void)error;
}

int
main(void)
{
    virSetErrorFunc(NULL, quiet);
    conn = virConnectOpen("test:///default");
    reader = virConnectOpenReadOnly("test:///default");
    if (!conn || !reader) {
        fprintf(stderr, "serve-all: %s\n", virGetLastErrorMessage());
        return 1;
    }
    name_domain();
    serve_program(&rpc_remote_program, daemon_remote_serve);
    serve_program(&rpc_qemu_program, daemon_qemu_serve);
    serve_program(&rpc_lxc_program, daemon_lxc_serve);
    virConnectClose(reader);
    virConnectClose(conn);
    printf("%d calls served, %d with an answer\n", served, answered);
    return served > 3000 && answered > 10 ? 0 : 1;
}
