/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sends a client's messages, each as a whole, in the thread that has one to
 * send.  The socket blocks, but never longer than a second at a time, so that
 * a connection found dead meanwhile ends the wait.
 */
#include "client-private.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#define SEND_KEEP (256 * 1024)          /* a bigger buffer is given back after its message */

/* Whether a failed send is worth another try. */
static bool
try_again(struct rpc_client *client)
{
    bool broken, ping;

    if (errno == EINTR)
        return true;
    if (errno != EAGAIN)
        return false;
    rpc_client_keepalive(client, &ping);        /* a PING would come into the middle of this message */
    pthread_mutex_lock(&client->lock);
    broken = client->broken;
    pthread_mutex_unlock(&client->lock);
    return !broken;
}

static int
send_all(struct rpc_client *client, const unsigned char *data, size_t len, const int *fds, size_t n_fds)
{
    while (len > 0) {
        ssize_t n = rpc_transport_send(client->transport, data, len, -1, 0);

        if (n < 0 && !try_again(client))
            goto lost;
        if (n > 0) {
            data += n;
            len -= (size_t)n;
        }
    }
    while (rpc_transport_unsent(client->transport))     /* taken, but nothing else may come that makes it go */
        if (rpc_transport_send(client->transport, "", 0, -1, 0) < 0 && !try_again(client))
            goto lost;
    while (n_fds > 0) {                 /* one byte for each, after the message */
        if (rpc_transport_send(client->transport, "", 1, *fds, 0) == 1) {
            fds++;
            n_fds--;
        } else if (!try_again(client)) {
            goto lost;
        }
    }
    return 0;

lost:
    rpc_client_break(client, VIR_CONNECT_CLOSE_REASON_ERROR, strerror(errno));
    return rpc_client_raise_broken(client);
}

static int
send_out(struct rpc_client *client, struct rpc_header *header, const int *fds, size_t n_fds)
{
    int ret;

    header->length = (uint32_t)client->out.len;
    rpc_header_put(client->out.data, header);
    ret = send_all(client, client->rest, client->n_rest, NULL, 0);
    client->n_rest = 0;
    if (ret == 0)
        ret = send_all(client, client->out.data, client->out.len, fds, n_fds);
    if (client->out.room > SEND_KEEP)
        rpc_buf_free(&client->out);
    return ret;
}

static int
begin(struct rpc_client *client, bool with_fds, size_t n_fds)
{
    client->out.len = 0;
    if (!rpc_buf_reserve(&client->out, RPC_HEADER_SIZE + 4))
        return -1;
    client->out.len = RPC_HEADER_SIZE;
    if (with_fds) {
        rpc_put32(client->out.data + RPC_HEADER_SIZE, (uint32_t)n_fds);
        client->out.len += 4;
    }
    return 0;
}

int
rpc_client_send(struct rpc_client *client, struct rpc_header header, const struct xdr_type *type,
                const void *payload, const int *fds, size_t n_fds)
{
    if (begin(client, rpc_type_has_fds(header.type), n_fds) < 0)
        return -1;
    if (type && xdr_encode(&client->out, type, payload) < 0)
        return -1;
    return send_out(client, &header, fds, n_fds);
}

int
rpc_client_send_bytes(struct rpc_client *client, struct rpc_header header, const void *bytes, size_t n)
{
    unsigned char *room;

    if (begin(client, false, 0) < 0)
        return -1;
    room = rpc_buf_reserve(&client->out, n);
    if (!room)
        return -1;
    if (n)
        memcpy(room, bytes, n);
    client->out.len += n;
    return send_out(client, &header, NULL, 0);
}

/* What fits of a keepalive message that did not fit as a whole; false: some is left. */
static bool
send_rest(struct rpc_client *client)
{
    ssize_t n = client->n_rest ? rpc_transport_send(client->transport, client->rest, client->n_rest, -1, MSG_DONTWAIT) : 0;

    if (n > 0) {
        client->n_rest -= (size_t)n;
        memmove(client->rest, client->rest + n, client->n_rest);
    }
    return client->n_rest == 0;
}

/* A message that is a header alone, if there is room for it.  Under send_lock. */
static void
send_header(struct rpc_client *client, struct rpc_header header)
{
    unsigned char bytes[RPC_HEADER_SIZE];

    header.length = sizeof(bytes);
    rpc_header_put(bytes, &header);
    /* Where 28 bytes do not fit, plenty is on its way: the other end is alive
     * or will be missed. */
    if (!send_rest(client))
        return;
    memcpy(client->rest, bytes, sizeof(bytes));
    client->n_rest = sizeof(bytes);
    send_rest(client);
    if (client->n_rest == sizeof(bytes)) {
        client->n_rest = 0;             /* not one of them: the next PING is as good */
        vir_debug("no room for a short message to %s: %s", client->peer, strerror(errno));
    }
}

static void
send_keepalive(struct rpc_client *client, int procedure)
{
    send_header(client, rpc_header_of(0, RPC_PROGRAM_KEEPALIVE, procedure, RPC_TYPE_MESSAGE, 0, RPC_STATUS_OK));
}

void
rpc_client_send_done(struct rpc_client *client)
{
    bool due = __atomic_exchange_n(&client->pong_due, 0, __ATOMIC_ACQ_REL);

    if (due)
        send_keepalive(client, RPC_KEEPALIVE_PONG);
    pthread_mutex_unlock(&client->send_lock);
    if (__atomic_load_n(&client->pong_due, __ATOMIC_ACQUIRE))
        rpc_client_send_pong(client);
}

/* Whoever reads must not wait for whoever sends: the sender may itself wait for
 * the server, which waits until somebody reads. */
void
rpc_client_send_pong(struct rpc_client *client)
{
    __atomic_store_n(&client->pong_due, 1, __ATOMIC_RELEASE);
    if (pthread_mutex_trylock(&client->send_lock) == 0)
        rpc_client_send_done(client);
}

void
rpc_client_tell_end(struct rpc_client *client, const struct rpc_procedure *procedure)
{
    if (!rpc_client_alive(client) || pthread_mutex_trylock(&client->send_lock) != 0)
        return;
    send_header(client, rpc_header_of(0, procedure->program, procedure->number, RPC_TYPE_CALL, 0, RPC_STATUS_OK));
    rpc_client_send_done(client);
}

int
rpc_client_ping_if_due(struct rpc_client *client)
{
    bool due;
    int next = rpc_client_keepalive(client, &due);

    if (due && pthread_mutex_trylock(&client->send_lock) == 0) {
        send_keepalive(client, RPC_KEEPALIVE_PING);
        rpc_client_send_done(client);
    }
    return next;
}
