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
    __atomic_store_n(&client->silent_since, 0, __ATOMIC_RELAXED);
}

int
rpc_client_keepalive(struct rpc_client *client, bool *ret_ping)
{
    int64_t now = vir_now_ms(), since = __atomic_load_n(&client->silent_since, __ATOMIC_RELAXED), due;
    bool dead = false;

    *ret_ping = false;
    pthread_mutex_lock(&client->lock);
    if (!client->keepalive_ms || client->broken) {
        pthread_mutex_unlock(&client->lock);
        return -1;
    }
    if (since == 0 || rpc_streams_full(client)) {       /* what would tell of life is not read */
        /* the exact moment does not matter: a tick late at most */
        client->keepalive_missed = 0;
        since = now;
        __atomic_store_n(&client->silent_since, now, __ATOMIC_RELAXED);
    }
    due = since + (int64_t)client->keepalive_ms * (client->keepalive_missed + 1);
    if (now >= due) {
        dead = client->keepalive_missed >= client->keepalive_count;
        *ret_ping = !dead;
        client->keepalive_missed++;
        due += client->keepalive_ms;
    }
    pthread_mutex_unlock(&client->lock);
    if (dead) {
        rpc_client_break(client, VIR_CONNECT_CLOSE_REASON_KEEPALIVE, "no sign of life for too long");
        return -1;
    }
    return (int)(due - now > 1 ? due - now : 1);
}
