/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One call from its header to its reply: which procedure, whether this client
 * may, where it is served, decode, serve, encode.  A call is served in the
 * loop only if the module that answers it says that it cannot wait; one that
 * does nevertheless is served by the pool until it is quick there.
 */
#include "daemon/daemon.h"
#include "daemon/turn.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/private.h"
#include "daemon/access/guard.h"
#include "daemon/client/slow.h"
#include "rpc/error.h"
#include "wire/protocol.h"

#define REPLY_KEEP (256 * 1024)         /* a bigger buffer is given back after its reply */

struct program {
    const struct rpc_program *program;
    const daemon_serve_fn *serve;
    enum daemon_server server;          /* that has it */
};

static const struct program programs[] = {
    { &rpc_remote_program, daemon_remote_serve, DAEMON_MAIN },
    { &rpc_qemu_program, daemon_qemu_serve, DAEMON_MAIN },
    { &rpc_lxc_program, daemon_lxc_serve, DAEMON_MAIN },
    { &rpc_admin_program, daemon_admin_serve, DAEMON_ADMIN },
};

struct daemon_job *
daemon_job_new(struct daemon_client *client, const struct rpc_packet *packet)
{
    struct daemon_job *job = malloc(sizeof(*job) + packet->len);

    if (!job) {
        vir_error(VIR_ERR_NO_MEMORY, "%zu bytes for a call", packet->len);
        rpc_fds_close((int *)packet->fds, packet->n_fds);
        return NULL;
    }
    memset(job, 0, sizeof(*job));
    daemon_client_ref(client);
    daemon_client_take(client, (ssize_t)packet->len);       /* whether it is too much is seen when all has been read */
    daemon_client_hold(client, DAEMON_FDS, (int)packet->n_fds);
    job->client = client;
    job->header = packet->header;
    job->n_fds = job->came_with = packet->n_fds;
    memcpy(job->fds, packet->fds, packet->n_fds * sizeof(int));
    job->len = packet->len;
    memcpy(job->body, packet->body, packet->len);
    return job;
}

struct daemon_job *
daemon_job_free(struct daemon_job *job)
{
    if (!job)
        return NULL;
    daemon_client_take(job->client, -(ssize_t)job->len);
    rpc_fds_close(job->fds, job->n_fds);
    daemon_memory_give_back(job->memory);
    daemon_client_hold(job->client, DAEMON_FDS, -(int)job->came_with);
    if (job->admitted)
        xdr_free(job->procedure->args, job->admitted);
    free(job->admitted);
    daemon_client_unref(job->client);
    if (!job->procedure || job->procedure->flags & RPC_BYTES)
        explicit_bzero(job->body, job->len);
    free(job);
    return NULL;
}

/* ---- the reply -------------------------------------------------------------- */

/* Puts the reply into BUF: RET, or the thread's last error if RESULT says so. */
static int
encode_reply(struct rpc_buf *buf, const struct rpc_header *call, const struct rpc_procedure *procedure,
             int result, const void *ret, bool with_fd)
{
    struct rpc_header header = rpc_header_of(0, call->program, call->procedure,
                                             with_fd ? RPC_TYPE_REPLY_WITH_FDS : RPC_TYPE_REPLY,
                                             call->serial, RPC_STATUS_OK);
    size_t start = RPC_HEADER_SIZE + (with_fd ? 4 : 0);

    header.version = call->version;
    buf->len = 0;
    if (!rpc_buf_reserve(buf, start))
        return -1;
    buf->len = start;
    if (with_fd)
        rpc_put32(buf->data + RPC_HEADER_SIZE, 1);
    if (result == 0 && procedure->ret && xdr_encode(buf, procedure->ret, ret) < 0)
        result = -1;
    if (result < 0) {
        header.status = RPC_STATUS_ERROR;
        buf->len = start;
        if (rpc_error_encode(buf, virGetLastError()) < 0)
            return -1;
    }
    header.length = (uint32_t)buf->len;
    rpc_header_put(buf->data, &header);
    if (with_fd) {                      /* the byte that carries the descriptor lies behind the message */
        unsigned char *byte = rpc_buf_reserve(buf, 1);

        if (!byte)
            return -1;
        *byte = 0;
    }
    return 0;
}

static void
send_reply(struct daemon_client *client, struct rpc_buf *buf, const struct rpc_header *header,
           const struct rpc_procedure *procedure, int result, const void *ret, int fd)
{
    __atomic_add_fetch(&the_daemon.calls, 1, __ATOMIC_RELAXED);
    if (result < 0)
        __atomic_add_fetch(&the_daemon.calls_failed, 1, __ATOMIC_RELAXED);
    if (encode_reply(buf, header, procedure, result, ret, fd >= 0) < 0) {
        daemon_client_doom(client, "no memory for a reply");
        if (fd >= 0)
            close(fd);
        daemon_client_finished(client);
        return;
    }
    daemon_client_send(client, buf, fd, true, false);
    if (procedure && procedure->flags & RPC_BYTES)
        explicit_bzero(buf->data, buf->len);
    if (buf->room > REPLY_KEEP)
        rpc_buf_free(buf);
}

/* ---- serving ----------------------------------------------------------------- */

/* Descriptors that nobody kept are closed here. */
static int
serve_decoded(struct daemon_call *call, const struct access_needs *needs, daemon_serve_fn serve, void *args, void *ret,
              struct rpc_buf *buf, const struct rpc_header *header)
{
    const struct rpc_procedure *procedure = call->procedure;
    int result;

    if (procedure->ret)
        memset(ret, 0, procedure->ret->size);
    result = needs ? daemon_access_serve(call, needs, serve, args, ret) : serve(call, args, ret);
    if (call->stream)
        daemon_stream_settle(call->stream, result == 0);
    send_reply(call->client, buf, header, procedure, result, ret, result == 0 ? call->reply_fd : -1);
    if (result < 0 && call->reply_fd >= 0)
        close(call->reply_fd);
    if (procedure->ret)                 /* of a call that failed, too: room for what it was to bring */
        xdr_free(procedure->ret, ret);
    daemon_call_end(call);
    return result;
}

static struct daemon_call
call_of(struct daemon_client *client, const struct rpc_header *header, const struct rpc_procedure *procedure)
{
    struct daemon_call call = { .client = client, .procedure = procedure, .serial = header->serial,
                                .reply_fd = -1 };

    pthread_mutex_lock(&client->lock);
    call.conn = client->closing ? NULL : client->conn;
    pthread_mutex_unlock(&client->lock);
    virResetLastError();
    return call;
}

static void
serve_call(struct daemon_client *client, const struct rpc_header *header,
           const struct rpc_procedure *procedure, daemon_serve_fn serve,
           const unsigned char *body, size_t len, int *fds, size_t n_fds, struct rpc_buf *buf)
{
    struct daemon_call call = call_of(client, header, procedure);
    union rpc_any_args args;
    union rpc_any_ret ret;

    memcpy(call.fds, fds, n_fds * sizeof(int));
    call.n_fds = n_fds;
    if (xdr_decode(body, len, procedure->args, &args) < 0) {
        send_reply(client, buf, header, procedure, -1, NULL, -1);
    } else {
        serve_decoded(&call, NULL, serve, &args, &ret, buf, header);
        xdr_free(procedure->args, &args);
    }
    rpc_fds_close(call.fds, call.n_fds);
}

/* The same for a call that was admitted. */
static void
serve_admitted(struct daemon_job *job, struct rpc_buf *buf)
{
    struct daemon_call call = call_of(job->client, &job->header, job->procedure);
    union rpc_any_ret ret;

    memcpy(call.fds, job->fds, job->n_fds * sizeof(int));
    call.n_fds = job->n_fds;
    job->n_fds = 0;
    serve_decoded(&call, job->needs, job->serve, job->admitted, &ret, buf, &job->header);
    rpc_fds_close(call.fds, call.n_fds);
}

/* In a thread of the pool. */
static void
work_off(struct daemon_work *work)
{
    struct daemon_job *job = (struct daemon_job *)work;
    struct rpc_buf buf = { 0 };
    size_t n_fds = job->n_fds;
    int64_t began = vir_now_ms();

    if (job->admitted) {
        serve_admitted(job, &buf);
    } else {
        job->n_fds = 0;
        serve_call(job->client, &job->header, job->procedure, job->serve, job->body, job->len,
                   job->fds, n_fds, &buf);
    }
    rpc_buf_free(&buf);
    if (job->slow && daemon_slow_served(job->slow, vir_now_ms() - began))
        vir_info("%s is quick again: the event loop serves it", job->procedure->name);
    daemon_job_free(job);
}

static void
drop_work(struct daemon_work *work)
{
    daemon_job_free((struct daemon_job *)work);
}

/* ---- where to ------------------------------------------------------------------ */

static bool
has_slot(const struct rpc_procedure *procedure)
{
    return (procedure->flags & RPC_HAS_SLOT) && !(procedure->flags & RPC_BEFORE_OPEN);
}

/* What is slow or not: the call in this module, not in all of them. */
static const void *
culprit(const struct daemon_client *client, const struct rpc_procedure *procedure)
{
    const void *row = client->conn && has_slot(procedure) ?
                      vir_core.connect_slot_row(client->conn, procedure->table, procedure->slot) : NULL;

    return row ? row : procedure;
}

static void
judge(const struct daemon_client *client, const struct rpc_procedure *procedure, int64_t took)
{
    if (took <= DAEMON_TURN_US)
        return;
    daemon_slow_add(culprit(client, procedure));
    vir_warn("%s (%s) held up the event loop for %lld ms: the pool serves it from now on, until it is quick there",
             procedure->name, client->conn ? vir_connect_uri_text(client->conn) : "no connection yet", (long long)took / 1000);
}

/* Serves a call in the loop and watches how long that took. */
static void
serve_in_place(struct daemon_client *client, const struct rpc_procedure *procedure, daemon_serve_fn serve,
               struct rpc_packet *packet)
{
    int64_t began = daemon_turn_begin();

    serve_call(client, &packet->header, procedure, serve, packet->body, packet->len,
               packet->fds, packet->n_fds, &the_daemon.reply);
    judge(client, procedure, daemon_turn_took(began));
}

/* Calls by hand that touch what belongs to the loop: always served there. */
static const struct { const struct rpc_program *program; uint16_t number; } in_loop[] = {
    { &rpc_remote_program, REMOTE_PROC_CONNECT_CLOSE },
    { &rpc_remote_program, REMOTE_PROC_CONNECT_SUPPORTS_FEATURE },
    { &rpc_remote_program, REMOTE_PROC_AUTH_LIST },
    { &rpc_remote_program, REMOTE_PROC_CONNECT_DOMAIN_EVENT_REGISTER },
    { &rpc_remote_program, REMOTE_PROC_CONNECT_DOMAIN_EVENT_DEREGISTER },
    { &rpc_remote_program, REMOTE_PROC_CONNECT_DOMAIN_EVENT_REGISTER_ANY },
    { &rpc_remote_program, REMOTE_PROC_CONNECT_DOMAIN_EVENT_DEREGISTER_ANY },
    { &rpc_remote_program, REMOTE_PROC_CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY },
    { &rpc_remote_program, REMOTE_PROC_CONNECT_DOMAIN_EVENT_CALLBACK_DEREGISTER_ANY },
    { &rpc_remote_program, REMOTE_PROC_CONNECT_NETWORK_EVENT_REGISTER_ANY },
    { &rpc_remote_program, REMOTE_PROC_CONNECT_NETWORK_EVENT_DEREGISTER_ANY },
    { &rpc_remote_program, REMOTE_PROC_CONNECT_STORAGE_POOL_EVENT_REGISTER_ANY },
    { &rpc_remote_program, REMOTE_PROC_CONNECT_STORAGE_POOL_EVENT_DEREGISTER_ANY },
    { &rpc_remote_program, REMOTE_PROC_CONNECT_NODE_DEVICE_EVENT_REGISTER_ANY },
    { &rpc_remote_program, REMOTE_PROC_CONNECT_NODE_DEVICE_EVENT_DEREGISTER_ANY },
    { &rpc_remote_program, REMOTE_PROC_CONNECT_SECRET_EVENT_REGISTER_ANY },
    { &rpc_remote_program, REMOTE_PROC_CONNECT_SECRET_EVENT_DEREGISTER_ANY },
    { &rpc_remote_program, REMOTE_PROC_CONNECT_REGISTER_CLOSE_CALLBACK },
    { &rpc_remote_program, REMOTE_PROC_CONNECT_UNREGISTER_CLOSE_CALLBACK },
    { &rpc_qemu_program, QEMU_PROC_CONNECT_DOMAIN_MONITOR_EVENT_REGISTER },
    { &rpc_qemu_program, QEMU_PROC_CONNECT_DOMAIN_MONITOR_EVENT_DEREGISTER },
};

static bool
belongs_to_loop(const struct rpc_procedure *procedure)
{
    for (size_t i = 0; i < sizeof(in_loop) / sizeof(in_loop[0]); i++) {
        if (in_loop[i].program->id == procedure->program && in_loop[i].number == procedure->number)
            return true;
    }
    return false;
}

/* An administrator's call that asks for users by name, or for files; all others touch what belongs to the loop. */
static bool
waits_for_others(int number)
{
    return number == ADMIN_PROC_CLIENT_GET_INFO || number == ADMIN_PROC_CONNECT_SET_LOGGING_OUTPUTS ||
        number == ADMIN_PROC_SERVER_UPDATE_TLS_FILES;
}

/* *RET_SLOW: why not, if it is that. */
static bool
is_quick(const struct daemon_client *client, const struct rpc_procedure *procedure,
         const struct rpc_packet *packet, struct daemon_slow **ret_slow)
{
    *ret_slow = daemon_slow_find(culprit(client, procedure));
    return !*ret_slow && !daemon_memory_is_large(packet->len);
}

/* Does the module promise not to wait in a slot with TRAITS, for what PACKET says? */
static bool
is_promised(uint32_t traits, const struct rpc_packet *packet)
{
    uint32_t waits_with = traits >> 16, flags = 0;

    if (waits_with && packet->len >= sizeof(flags))
        memcpy(&flags, packet->body + packet->len - sizeof(flags), sizeof(flags));
    return traits & VIR_SLOT_NONBLOCKING && !(ntohl(flags) & waits_with);
}

/* Whether the call is served in the loop: the module says that it cannot wait,
 * or it is one of ours. */
static bool
served_in_place(struct daemon_client *client, const struct program *program,
                const struct rpc_procedure *procedure, const struct rpc_packet *packet, struct daemon_slow **ret_slow)
{
    if (program->program == &rpc_remote_program && procedure->number == REMOTE_PROC_CONNECT_OPEN)
        return !daemon_access_guards(client) && is_quick(client, procedure, packet, ret_slow) &&
               daemon_open_in_place(packet->body, packet->len);
    if (has_slot(procedure))            /* first the traits: they alone are told without joining a module */
        return client->conn && is_promised(vir_connect_slot_traits(client->conn, procedure->table, procedure->slot), packet) &&
               is_quick(client, procedure, packet, ret_slow);
    if (client->server == DAEMON_ADMIN)
        return !waits_for_others(procedure->number);
    return belongs_to_loop(procedure);
}

/* The object that the arguments begin with, if they do: name and uuid, or a
 * name and such an object (a snapshot).  Its uuid is the key. */
static bool
find_key(const struct xdr_type *type, const unsigned char *body, size_t len, unsigned char *ret_key)
{
    while (type && type->nfields > 0) {
        const struct xdr_field *field = &type->fields[0];
        size_t skip;

        if (field->kind == XDR_STRUCT) {
            type = field->type;
            continue;
        }
        if (field->kind != XDR_STRING || (field->flags & XDR_NULLABLE) || type->nfields < 2 || len < 4)
            return false;
        skip = (size_t)rpc_get32(body) + 3;
        if (skip < 3 || skip - 3 > len)
            return false;
        skip = 4 + (skip & ~(size_t)3);
        if (len < skip + VIR_UUID_BUFLEN)
            return false;
        body += skip;
        len -= skip;
        if (type->fields[1].kind == XDR_OPAQUE && type->fields[1].max == VIR_UUID_BUFLEN) {
            memcpy(ret_key, body, VIR_UUID_BUFLEN);
            return true;
        }
        if (type->fields[1].kind != XDR_STRUCT)
            return false;
        type = type->fields[1].type;
    }
    return false;
}

/* Who asked has gone, and nothing was to change.  The loop's: it alone ends clients. */
static bool
is_over(const struct daemon_work *work)
{
    const struct daemon_job *job = (const struct daemon_job *)work;

    return job->client->closed && !(job->procedure->flags & RPC_WRITES);
}

static bool
asks_inside(const struct daemon_job *job)
{
    return has_slot(job->procedure) && job->client->conn &&
        vir_connect_slot_traits(job->client->conn, job->procedure->table, job->procedure->slot) & VIR_SLOT_INSIDE;
}

/* The pool serves it, in the queue of its guest. */
static int
push_job(struct daemon_job *job)
{
    job->work.run = work_off;
    job->work.drop = drop_work;
    job->work.high = job->procedure->flags & RPC_HIGH;
    job->work.has_key = find_key(job->procedure->args, job->body, job->len, job->work.key);
    if (asks_inside(job))
        job->work.key[0] ^= 0xff;       /* a queue of its own */
    if (job->procedure == &remote_procedures[REMOTE_PROC_AUTH_POLKIT] ||
        (job->procedure == &remote_procedures[REMOTE_PROC_CONNECT_OPEN] && daemon_access_guards(job->client)) ||
        (job->needs && job->needs->items))      /* it is asked about when it is there */
        daemon_user_queue(job->client->user, &job->work);
    return daemon_pool_push(daemon_server_pool(job->client->server), &job->work);
}

/* ---- permissions ------------------------------------------------------------- */

/* The loop's own calls, once they were admitted. */
static void
serve_in_loop(struct vir_loop *loop, void *opaque)
{
    struct daemon_job *job = opaque;

    (void)loop;
    if (!job->client->closed)           /* what it would hold then nobody would give back */
        serve_admitted(job, &the_daemon.reply);
    daemon_job_free(job);
}

/* 0: the call goes on. */
static int
admit(struct daemon_job *job)
{
    struct daemon_call call = call_of(job->client, &job->header, job->procedure);
    union rpc_any_args *args = vir_alloc(sizeof(*args));

    if (xdr_decode(job->body, job->len, job->procedure->args, args) < 0) {
        free(args);
        return -1;
    }
    job->admitted = args;
    if (daemon_access_admit(&call, job->needs, args) < 0)
        return -1;
    if (!job->in_loop)
        return push_job(job);
    vir_loop_add_timer(the_daemon.loop, 0, serve_in_loop, job);
    return 0;
}

/* In a thread of the pool. */
static void
ask_first(struct daemon_work *work)
{
    struct daemon_job *job = (struct daemon_job *)work;
    struct rpc_buf buf = { 0 };

    if (admit(job) == 0)
        return;
    send_reply(job->client, &buf, &job->header, job->procedure, -1, NULL, -1);
    rpc_buf_free(&buf);
    daemon_job_free(job);
}

static int
push_call(struct daemon_client *client, const struct rpc_procedure *procedure, daemon_serve_fn serve,
          const struct access_needs *needs, struct daemon_slow *slow, struct rpc_packet *packet)
{
    struct daemon_job *job;
    int rc;

    if (!(procedure->flags & RPC_FDS_CALL)) {
        rpc_fds_close(packet->fds, packet->n_fds);
        packet->n_fds = 0;
    }
    job = daemon_job_new(client, packet);
    packet->n_fds = 0;
    if (!job)
        return -1;
    if (daemon_memory_set_aside(packet->len, &job->memory) < 0) {
        daemon_job_free(job);
        return -1;
    }
    job->procedure = procedure;
    job->serve = serve;
    job->needs = needs;
    job->slow = slow;
    job->work.is_over = is_over;
    job->work.lanes = client->server == DAEMON_MAIN ? client->user->lanes : NULL;
    if (needs) {
        job->in_loop = belongs_to_loop(procedure);
        job->work.run = ask_first;
        job->work.drop = drop_work;
        daemon_user_queue(client->user, &job->work);
    }
    rc = needs ? daemon_pool_push(daemon_server_pool(client->server), &job->work) : push_job(job);
    if (rc < 0)
        daemon_job_free(job);
    return rc;
}

/* Finds the procedure of a call and refuses what this client may not call. */
static const struct rpc_procedure *
check_call(struct daemon_client *client, const struct program *program, const struct rpc_header *header)
{
    const struct rpc_procedure *procedure;
    int number = header->procedure;

    procedure = rpc_procedure_find(program->program, number);
    if (!procedure || !program->serve[number])
        return vir_error_null(VIR_ERR_RPC, "unknown procedure: %d", number);
    if (header->status != RPC_STATUS_OK)
        return vir_error_null(VIR_ERR_RPC, "Unexpected message status %u", header->status);
    if (!client->logged_in && !(procedure->flags & RPC_BEFORE_LOGIN))
        return vir_error_null(VIR_ERR_RPC, "authentication required");
    if (!client->opened && !(procedure->flags & RPC_BEFORE_OPEN))
        return vir_error_null(VIR_ERR_INTERNAL_ERROR, "hypervisor connection not open");
    if (!client->readonly || !(procedure->flags & RPC_WRITES))
        return procedure;
    if (procedure->flags & RPC_HAS_SLOT)
        vir_core.call_deny_slot(procedure->table, procedure->slot, procedure->name);
    else
        vir_error(VIR_ERR_OPERATION_DENIED, "%s needs a read-write connection", procedure->name);
    return NULL;
}

static const struct program *
find_program(const struct daemon_client *client, const struct rpc_header *header)
{
    for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
        if (programs[i].program->id == header->program && programs[i].program->version == header->version &&
            programs[i].server == client->server)
            return &programs[i];
    }
    return vir_error_null(VIR_ERR_RPC, "Cannot find program %u version %u", header->program, header->version);
}

/* No other call of the client begins beside one that opens its connection, or logs it in. */
static void
keep_others_off(struct daemon_client *client, const struct program *program, const struct rpc_procedure *procedure,
                bool off)
{
    pthread_mutex_lock(&client->lock);
    if (program->program == &rpc_remote_program && procedure->number == REMOTE_PROC_CONNECT_OPEN)
        client->opening = off;
    else if (procedure->flags & RPC_BEFORE_LOGIN)
        client->alone = off;
    daemon_client_watch(client);
    pthread_mutex_unlock(&client->lock);
}

/* Serves it, or has it served; PROCEDURE may be NULL: it is refused. */
static void
begin_call(struct daemon_client *client, const struct program *program, const struct rpc_procedure *procedure,
           struct rpc_packet *packet)
{
    const struct access_needs *needs;
    struct daemon_slow *slow = NULL;
    daemon_serve_fn serve;

    if (!procedure || daemon_memory_check(packet->len) < 0)
        goto refused;
    serve = program->serve[procedure->number];
    needs = daemon_access_needs(client, procedure);
    if (!needs && served_in_place(client, program, procedure, packet, &slow)) {
        serve_in_place(client, procedure, serve, packet);
        return;
    }
    keep_others_off(client, program, procedure, true);
    if (push_call(client, procedure, serve, needs, slow, packet) == 0)
        return;
    keep_others_off(client, program, procedure, false);

refused:
    send_reply(client, &the_daemon.reply, &packet->header, procedure, -1, NULL, -1);
    rpc_fds_close(packet->fds, packet->n_fds);
}

void
daemon_call_begin(struct daemon_client *client, struct rpc_packet *packet)
{
    const struct program *program = find_program(client, &packet->header);
    const struct rpc_procedure *procedure = program ? check_call(client, program, &packet->header) : NULL;

    begin_call(client, program, procedure, packet);
    if (!procedure || procedure->flags & RPC_BYTES)
        explicit_bzero((unsigned char *)packet->body, packet->len);
}
