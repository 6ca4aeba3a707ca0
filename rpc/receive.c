/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the thread that reads does with the messages it finds: its own reply is
 * decoded where it lies, other threads' replies are copied and handed over,
 * events go to whoever made the connection, a PING is answered.
 */
#include "client-private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "rpc/error.h"
#include "rpc/stream-queue.h"

int
rpc_client_answer(const struct rpc_procedure *procedure, const struct rpc_packet *packet, void *ret)
{
    if (packet->header.status == RPC_STATUS_ERROR)
        return rpc_error_raise(packet->body, packet->len);
    if (packet->header.status != RPC_STATUS_OK)
        return vir_raise(VIR_FROM_RPC, VIR_ERR_RPC, "reply to %s has the unknown status %u",
                         procedure->name, packet->header.status);
    if (!procedure->ret)
        return 0;
    return xdr_decode(packet->body, packet->len, procedure->ret, ret);
}

/* Hands a reply over to the thread that waits for it. */
static void
hand_over(struct rpc_client *client, struct rpc_packet *packet)
{
    struct rpc_request *request;

    pthread_mutex_lock(&client->lock);
    for (request = client->requests; request; request = request->next) {
        if (request->serial == packet->header.serial && !request->waits_for && !request->decoded)
            break;
    }
    if (request) {
        request->body = malloc(packet->len + 1);
        if (request->body)
            memcpy(request->body, packet->body, packet->len);
        request->reply = *packet;
        request->reply.body = request->body;
        packet->n_fds = 0;
        rpc_request_settle(request, request->body ? RPC_REQUEST_ANSWERED : RPC_REQUEST_LOST);
    }
    pthread_mutex_unlock(&client->lock);
    if (!request)
        vir_debug("reply with serial %u from %s, which nobody waits for",
                  packet->header.serial, client->peer);
}

static void
take_stream_packet(struct rpc_client *client, const struct rpc_packet *packet)
{
    struct rpc_stream *stream;
    virErrorPtr error = NULL;

    if (packet->header.status == RPC_STATUS_ERROR) {
        virErrorPtr own = vir_error_take();

        rpc_error_raise(packet->body, packet->len);
        error = vir_error_take();
        vir_error_restore(own);
    }
    pthread_mutex_lock(&client->lock);
    stream = rpc_stream_find(client, packet->header.serial);
    if (stream) {
        rpc_stream_take(stream, packet, vir_steal(&error));
        rpc_requests_wake(client, stream);
    }
    pthread_mutex_unlock(&client->lock);
    virFreeError(error);
}

/* Returns whether PACKET is the reply to OWN, which is left for later. */
static bool
take_message(struct rpc_client *client, struct rpc_request *own, struct rpc_packet *packet)
{
    const struct rpc_header *header = &packet->header;

    switch (header->type) {
    case RPC_TYPE_REPLY:
    case RPC_TYPE_REPLY_WITH_FDS:
        if (own && header->serial == own->serial && !own->decoded && !own->waits_for)
            return true;
        hand_over(client, packet);
        break;
    case RPC_TYPE_MESSAGE:
        if (header->program != RPC_PROGRAM_KEEPALIVE)
            client->events.message(header->program, header->procedure, packet->body, packet->len,
                                   client->events.opaque);
        else if (header->procedure == RPC_KEEPALIVE_PING)
            rpc_client_send_pong(client);
        break;
    case RPC_TYPE_STREAM:
    case RPC_TYPE_STREAM_HOLE:
        take_stream_packet(client, packet);
        break;
    default:
        vir_debug("message of type %u from %s ignored", header->type, client->peer);
    }
    rpc_fds_close(packet->fds, packet->n_fds);
    return false;
}

/* Takes all whole messages; the own reply last, so that what it raises stays. */
static void
take_messages(struct rpc_client *client, struct rpc_request *own)
{
    struct rpc_packet packet;
    const char *why = NULL;
    enum rpc_frame frame;
    bool answered = false;

    while ((frame = rpc_input_next(&client->input, RPC_MESSAGE_MAX, &packet, &why)) == RPC_FRAME_WHOLE) {
        if (take_message(client, own, &packet)) {
            own->reply = packet;
            answered = own->decoded = true;
        }
    }
    if (answered)
        own->result = rpc_client_answer(own->procedure, &own->reply, own->ret);
    if (frame == RPC_FRAME_BAD)
        rpc_client_break(client, VIR_CONNECT_CLOSE_REASON_ERROR, why);
}

void
rpc_client_receive(struct rpc_client *client, struct rpc_request *own, int flags, bool *ret_more)
{
    ssize_t n = rpc_input_receive(&client->input, client->transport, flags, ret_more);

    if (n > 0) {
        __atomic_store_n(&client->heard, true, __ATOMIC_RELAXED);
        take_messages(client, own);
        return;
    }
    *ret_more = false;
    if (n == 0)
        rpc_client_break(client, VIR_CONNECT_CLOSE_REASON_EOF, "the other end closed it");
    else if (errno != EAGAIN && errno != EINTR)
        rpc_client_break(client, VIR_CONNECT_CLOSE_REASON_ERROR, strerror(errno));
    else if (!(flags & MSG_DONTWAIT))
        rpc_client_ping_if_due(client);
}
