/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether the program's event loop hears a connection: not while one of its streams
 * holds more than the program fetches.  Then the server's PINGs are not read either,
 * and it is told without them that we live.
 */
#include "client-private.h"

#include "rpc/stream-queue.h"

#define ALIVE_MS 2000                   /* servers ask every 5 s, and wait for some more */

static void
say_alive(int timer, void *opaque)
{
    (void)timer;
    rpc_client_send_pong(opaque);
}

static void
release(void *opaque)
{
    rpc_client_unref(opaque);
}

static void
start_timer(struct rpc_client *client)
{
    client->alive_timer = virEventAddTimeout(ALIVE_MS, say_alive, rpc_client_ref(client), release);
    if (client->alive_timer < 0)
        rpc_client_unref(client);       /* the caller has a hold on it */
}

static void
stop_timer(struct rpc_client *client)
{
    virEventRemoveTimeout(client->alive_timer);
    client->alive_timer = -1;
}

void
rpc_client_listen(struct rpc_client *client)
{
    bool listens = client->watch >= 0, full = !client->broken && rpc_streams_full(client);
    /* a dead descriptor, or one from which nothing is taken, would be readable for ever */
    bool deaf = client->broken || full;

    if (listens && full && client->alive_timer < 0)
        start_timer(client);
    else if (client->alive_timer >= 0 && !(listens && full))
        stop_timer(client);
    if (!listens || deaf == client->deaf)
        return;
    virEventUpdateHandle(client->watch, deaf ? 0 : VIR_EVENT_HANDLE_READABLE);
    client->deaf = deaf;
}
