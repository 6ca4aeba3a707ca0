/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A client that wants to know whether the server lives sends a PING after some
 * silence, and gives the connection up after several of them without a sign of
 * life.  Driven by the event loop's timer and by whoever waits for a reply.
 */
#include "client-private.h"

#include "rpc/stream-queue.h"

void
rpc_client_set_keepalive(struct rpc_client *client, int interval, unsigned int count)
{
    pthread_mutex_lock(&client->lock);
    client->keepalive_ms = interval > 0 && interval <= 1000000 ? interval * 1000 : 0;
    client->keepalive_count = count;
    client->keepalive_missed = 0;
    pthread_mutex_unlock(&client->lock);
    __atomic_store_n(&client->heard, true, __ATOMIC_RELAXED);
}

int
rpc_client_keepalive(struct rpc_client *client, bool *ret_ping)
{
    int64_t now = vir_now_ms(), due;
    bool dead = false;

    *ret_ping = false;
    pthread_mutex_lock(&client->lock);
    if (!client->keepalive_ms || client->broken) {
        pthread_mutex_unlock(&client->lock);
        return -1;
    }
    if (__atomic_exchange_n(&client->heard, false, __ATOMIC_RELAXED) || rpc_streams_full(client)) {
        /* something came, or what would tell of life is not read;
         * the exact moment does not matter: a tick late at most */
        client->keepalive_missed = 0;
        client->keepalive_due = now + client->keepalive_ms;
    }
    if (now >= client->keepalive_due + client->keepalive_ms)
        client->keepalive_missed = 0;       /* this program stood still: what came meanwhile is not read yet */
    if (now >= client->keepalive_due) {
        dead = client->keepalive_missed >= client->keepalive_count;
        *ret_ping = !dead;
        client->keepalive_missed++;
        client->keepalive_due = now + client->keepalive_ms;
    }
    due = client->keepalive_due;
    pthread_mutex_unlock(&client->lock);
    if (dead) {
        rpc_client_break(client, VIR_CONNECT_CLOSE_REASON_KEEPALIVE, "no sign of life for too long");
        return -1;
    }
    return (int)(due - now > 1 ? due - now : 1);
}
