/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls: a request is put on the list of those in flight, sent, and waited
 * for.  The thread that finds nobody reading reads; all others sleep until
 * their reply is handed to them or the reading is.
 */
#include "client-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "rpc/stream-queue.h"

void
rpc_client_close(struct rpc_client *client)
{
    pthread_mutex_lock(&client->lock);
    client->closed = true;
    pthread_mutex_unlock(&client->lock);
    rpc_client_break(client, VIR_CONNECT_CLOSE_REASON_CLIENT, "closed");
    pthread_mutex_lock(&client->lock);
    /* who is told of the end may close in answer */
    while (client->reading || (client->telling && !pthread_equal(client->teller, pthread_self())))
        pthread_cond_wait(&client->quiet, &client->lock);
    pthread_mutex_unlock(&client->lock);
}

/* Nobody reads now: wakes one that waits, to read for the others.  Under lock. */
static void
pass_reading(struct rpc_client *client)
{
    if (client->closed)
        pthread_cond_broadcast(&client->quiet);
    for (struct rpc_request *request = client->requests; request; request = request->next) {
        if (request->sleeps) {
            pthread_cond_signal(&request->wake);
            break;
        }
    }
}

/* ---- one call ------------------------------------------------------------ */

int
rpc_request_start(struct rpc_client *client, struct rpc_request *request,
                  const struct rpc_procedure *procedure, const void *args, const int *fds, size_t n_fds)
{
    struct rpc_header header;
    int ret;

    request->procedure = procedure;

    pthread_mutex_lock(&client->send_lock);
    pthread_mutex_lock(&client->lock);
    if (client->broken) {
        pthread_mutex_unlock(&client->lock);
        pthread_mutex_unlock(&client->send_lock);
        return vir_raise(VIR_FROM_RPC, VIR_ERR_INTERNAL_ERROR, "client socket is closed: %s: %s",
                         client->peer, client->why);
    }
    request->serial = client->next_serial++;
    rpc_request_enlist(client, request);
    if (request->stream)
        rpc_stream_attach(request->stream, request->serial);
    pthread_mutex_unlock(&client->lock);

    header = rpc_header_of(0, procedure->program, procedure->number,
                           n_fds ? RPC_TYPE_CALL_WITH_FDS : RPC_TYPE_CALL, request->serial, RPC_STATUS_OK);
    ret = rpc_client_send(client, header, procedure->args, args, fds, n_fds);
    rpc_client_send_done(client);
    if (ret < 0) {
        pthread_mutex_lock(&client->lock);
        if (request->link)
            rpc_request_settle(request, RPC_REQUEST_LOST);
        pthread_mutex_unlock(&client->lock);
        rpc_client_tell(client);
    }
    return ret;
}

/* Sleeps until woken or DEADLINE (vir_now_ms; 0: none).  Under lock. */
static void
sleep_until_woken(struct rpc_client *client, struct rpc_request *request, int64_t deadline)
{
    if (!request->sleeps) {
        vir_cond_init(&request->wake);
        request->sleeps = true;
    }
    if (deadline)
        vir_cond_wait_until(&request->wake, &client->lock, deadline);
    else
        pthread_cond_wait(&request->wake, &client->lock);
}

/* Of what the transport has inside no poll of the program's event loop would tell. */
static void
read_pending(struct rpc_client *client, struct rpc_request *own)
{
    bool more = true;

    while (more && rpc_transport_pending(client->transport)) {
        virErrorPtr error = own->decoded ? vir_error_take() : NULL;     /* what its reply raised stays */

        rpc_client_receive(client, own, MSG_DONTWAIT, &more);
        if (error)
            vir_error_restore(error);
    }
}

bool
rpc_client_wait(struct rpc_client *client, struct rpc_request *request)
{
    int64_t deadline = client->deadline_ms ? vir_now_ms() + client->deadline_ms : 0;
    bool more, in_time;

    while (request->state == RPC_REQUEST_WAITING) {
        if (deadline && vir_now_ms() >= deadline)
            break;
        if (client->reading) {
            sleep_until_woken(client, request, deadline);
            continue;
        }
        client->reading = true;
        pthread_mutex_unlock(&client->lock);
        rpc_client_receive(client, request, 0, &more);
        if (more && rpc_transport_pending(client->transport))
            read_pending(client, request);
        pthread_mutex_lock(&client->lock);
        client->reading = false;
        if (request->decoded && request->link)
            rpc_request_settle(request, RPC_REQUEST_ANSWERED);
    }
    in_time = !request->link;
    if (!in_time)
        rpc_request_settle(request, RPC_REQUEST_LOST);
    if (request->sleeps)
        pthread_cond_destroy(&request->wake);
    if (!client->reading)
        pass_reading(client);
    return in_time;
}

int
rpc_request_finish(struct rpc_client *client, struct rpc_request *request, void *ret)
{
    bool in_time, broken;

    request->ret = ret;
    pthread_mutex_lock(&client->lock);
    in_time = rpc_client_wait(client, request);
    broken = client->broken;
    pthread_mutex_unlock(&client->lock);
    if (broken)
        rpc_client_tell(client);
    if (!in_time)
        return vir_raise(VIR_FROM_RPC, VIR_ERR_OPERATION_TIMEOUT, "no answer to %s from %s in %d s",
                         request->procedure->name, client->peer, client->deadline_ms / 1000);
    if (request->decoded)
        return request->result;
    if (request->state == RPC_REQUEST_LOST)
        return rpc_client_raise_broken(client);
    request->result = rpc_client_answer(request->procedure, &request->reply, ret);
    free(request->body);
    return request->result;
}

/* Descriptors of our own: one that is none must be found before the message begins, for half of
 * it would end the connection. */
static int
copy_fds(const int *fds, size_t n, int *ret)
{
    for (size_t i = 0; i < n; i++) {
        ret[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 0);
        if (ret[i] < 0) {
            int err = errno;

            rpc_fds_close(ret, i);
            return vir_raise_errno(VIR_FROM_RPC, err, "descriptor %d cannot be passed", fds[i]);
        }
    }
    return 0;
}

int
rpc_client_call_fds(struct rpc_client *client, const struct rpc_procedure *procedure,
                    const void *args, void *ret, const int *fds, size_t n_fds,
                    int *ret_fds, size_t *ret_n_fds)
{
    struct rpc_request request = { 0 };
    int own[RPC_FDS_MAX], result;

    if (copy_fds(fds, n_fds, own) < 0)
        return -1;
    result = rpc_request_start(client, &request, procedure, args, own, n_fds);
    rpc_fds_close(own, n_fds);
    if (result < 0)
        return -1;
    result = rpc_request_finish(client, &request, ret);
    if (ret_fds && result == 0) {
        memcpy(ret_fds, request.reply.fds, request.reply.n_fds * sizeof(int));
        *ret_n_fds = request.reply.n_fds;
    } else if (request.reply.n_fds) {
        rpc_fds_close(request.reply.fds, request.reply.n_fds);
    }
    return result;
}

int
rpc_client_call(struct rpc_client *client, const struct rpc_procedure *procedure, const void *args, void *ret)
{
    return rpc_client_call_fds(client, procedure, args, ret, NULL, 0, NULL, NULL);
}

void
rpc_client_read(struct rpc_client *client)
{
    bool more = true, broken;

    pthread_mutex_lock(&client->lock);
    if (client->reading || client->broken) {
        rpc_client_listen(client);
        pthread_mutex_unlock(&client->lock);
        return;
    }
    client->reading = true;
    /* of what the transport has inside nobody would tell again */
    while (more && (!rpc_streams_full(client) || rpc_transport_pending(client->transport))) {
        pthread_mutex_unlock(&client->lock);
        rpc_client_receive(client, NULL, MSG_DONTWAIT, &more);
        pthread_mutex_lock(&client->lock);
    }
    client->reading = false;
    pass_reading(client);
    rpc_client_listen(client);
    broken = client->broken;
    pthread_mutex_unlock(&client->lock);
    if (broken)
        rpc_client_tell(client);
}

int
rpc_client_tick(struct rpc_client *client)
{
    int next = rpc_client_ping_if_due(client);

    rpc_client_tell(client);
    return next;
}
