/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A client's connection as all its parts know it: who has a hold on it, what
 * waits for an answer, and that it broke, which ends all of that.
 */
#include "client-private.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rpc/stream-queue.h"

struct rpc_client *
rpc_client_new(struct rpc_transport *transport, const char *peer, const struct rpc_client_events *events)
{
    struct rpc_client *client = VIR_NEW(struct rpc_client);
    const struct timeval second = { .tv_sec = 1 };

    client->refs = 1;
    client->transport = transport;
    client->peer = vir_strdup(peer);
    client->events = *events;
    client->watch = client->alive_timer = -1;
    pthread_mutex_init(&client->send_lock, NULL);
    pthread_mutex_init(&client->lock, NULL);
    pthread_cond_init(&client->quiet, NULL);
    setsockopt(transport->sock, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof(second));
    setsockopt(transport->sock, SOL_SOCKET, SO_SNDTIMEO, &second, sizeof(second));
    return client;
}

struct rpc_client *
rpc_client_ref(struct rpc_client *client)
{
    __atomic_add_fetch(&client->refs, 1, __ATOMIC_RELAXED);
    return client;
}

struct rpc_client *
rpc_client_unref(struct rpc_client *client)
{
    if (!client || __atomic_sub_fetch(&client->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return NULL;
    rpc_transport_free(client->transport);
    rpc_input_clear(&client->input);
    rpc_buf_free(&client->out);
    pthread_cond_destroy(&client->quiet);
    pthread_mutex_destroy(&client->lock);
    pthread_mutex_destroy(&client->send_lock);
    free(client->peer);
    free(client);
    return NULL;
}

bool
rpc_client_alive(struct rpc_client *client)
{
    bool alive;

    pthread_mutex_lock(&client->lock);
    alive = !client->broken;
    pthread_mutex_unlock(&client->lock);
    return alive;
}

int
rpc_client_socket(struct rpc_client *client)
{
    return client->transport->sock;
}

unsigned int
rpc_client_bits(struct rpc_client *client)
{
    return rpc_transport_bits(client->transport);
}

int
rpc_client_wrap(struct rpc_client *client, struct rpc_transport *(*wrap)(void *opaque, struct rpc_transport *way),
                void *opaque)
{
    if (client->input.start != client->input.end)
        return vir_raise(VIR_FROM_RPC, VIR_ERR_RPC, "%s said more before its encryption began", client->peer);
    client->transport = wrap(opaque, client->transport);
    return 0;
}

void
rpc_client_set_deadline(struct rpc_client *client, int deadline_ms)
{
    pthread_mutex_lock(&client->lock);
    client->deadline_ms = deadline_ms;
    pthread_mutex_unlock(&client->lock);
}

/* ---- what waits ------------------------------------------------------------- */

void
rpc_request_enlist(struct rpc_client *client, struct rpc_request *request)
{
    request->state = RPC_REQUEST_WAITING;
    request->sleeps = request->decoded = false;
    request->next = client->requests;
    request->link = &client->requests;
    if (request->next)
        request->next->link = &request->next;
    client->requests = request;
}

void
rpc_request_settle(struct rpc_request *request, int state)
{
    *request->link = request->next;
    if (request->next)
        request->next->link = request->link;
    request->link = NULL;
    request->state = state;
    if (request->sleeps)
        pthread_cond_signal(&request->wake);
}

void
rpc_requests_wake(struct rpc_client *client, const struct rpc_stream *stream)
{
    struct rpc_request *request, *next;

    for (request = client->requests; request; request = next) {
        next = request->next;
        if (request->waits_for == stream)
            rpc_request_settle(request, RPC_REQUEST_ANSWERED);
    }
}

/* ---- the end ---------------------------------------------------------------- */

int
rpc_client_raise_broken(struct rpc_client *client)
{
    const char *why;

    pthread_mutex_lock(&client->lock);
    why = client->why;
    pthread_mutex_unlock(&client->lock);
    return vir_raise(VIR_FROM_RPC, VIR_ERR_SYSTEM_ERROR, "connection to %s is lost: %s", client->peer,
                     why ? why : "closed");
}

void
rpc_client_break(struct rpc_client *client, int reason, const char *why)
{
    pthread_mutex_lock(&client->lock);
    if (!client->broken) {
        client->broken = true;
        client->reason = reason;
        client->why = why;
        shutdown(client->transport->sock, SHUT_RDWR);
    }
    while (client->requests)
        rpc_request_settle(client->requests, RPC_REQUEST_LOST);
    rpc_streams_break(client);
    pthread_mutex_unlock(&client->lock);
}

void
rpc_client_tell(struct rpc_client *client)
{
    struct rpc_client_events events;
    virErrorPtr error;
    int reason;

    pthread_mutex_lock(&client->lock);
    if (!client->broken || client->told || client->closed) {
        pthread_mutex_unlock(&client->lock);
        return;
    }
    client->told = client->telling = true;
    client->teller = pthread_self();
    events = client->events;
    reason = client->reason;
    pthread_mutex_unlock(&client->lock);
    rpc_client_ref(client);             /* told of the end, its owner may let it go */
    error = vir_error_take();           /* of the call that found it broken */
    if (events.closed)
        events.closed(reason, events.opaque);
    vir_error_restore(error);
    pthread_mutex_lock(&client->lock);
    client->telling = false;
    pthread_cond_broadcast(&client->quiet);
    pthread_mutex_unlock(&client->lock);
    rpc_client_unref(client);
}
