/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Once a second, while there are clients: who has taken too long to log in or
 * to finish a message, who gave no sign of life; and what those left who went.  When all
 * have gone the threads leave, too, and then memory goes back to the system.
 */
#include "daemon/daemon.h"

#include "daemon/heap.h"

#include <stdlib.h>

#define SWEEP_MS 1000
#define CLOSED_MS 5000                  /* for a client to hang up after CONNECT_CLOSE */

static void
ask_for_life(struct daemon_client *client)
{
    daemon_client_send_keepalive(client, RPC_KEEPALIVE_PING);
    client->missed++;
}

/* Why the client must go; NULL: it may stay. */
static const char *
overdue(struct daemon_client *client, int64_t now)
{
    int64_t interval = (int64_t)client->limits->keepalive_interval * 1000;
    bool opened, closing;

    pthread_mutex_lock(&client->lock);
    opened = client->opened || client->opening;
    closing = client->closing;
    pthread_mutex_unlock(&client->lock);
    if (!opened && now > __atomic_load_n(&client->login_until, __ATOMIC_RELAXED))
        return "did not open a connection in time";
    if (client->part_since_ms && now - client->part_since_ms > DAEMON_MESSAGE_MS)
        return "did not finish a message in time";
    /* a PING would lie behind what the client has not fetched yet: it is slow, and not silent */
    if (!client->heard_ms || daemon_streams_behind(client)) {
        client->heard_ms = now;
        client->missed = 0;
    }
    if (closing && now - client->heard_ms > CLOSED_MS)
        return "did not hang up after closing its connection";
    if (!client->keepalive || interval <= 0 || now - client->heard_ms < interval * (client->missed + 1))
        return NULL;
    if (client->missed >= client->limits->keepalive_count)
        return "gave no sign of life";
    ask_for_life(client);
    return NULL;
}

static void
sweep(struct vir_loop *loop, void *opaque)
{
    int64_t now = vir_now_ms();
    struct daemon_client *client, *next;

    (void)loop;
    (void)opaque;
    the_daemon.sweep_timer = 0;
    daemon_clients_forget_gone();
    daemon_servers_relieve();
    for (client = the_daemon.clients; client; client = next) {
        const char *why = overdue(client, now);

        next = client->next;
        if (why)
            daemon_client_close(client, why);
    }
    if (the_daemon.clients) {
        daemon_sweep_start();
    } else if (daemon_servers_rest()) {
        daemon_sweep_start();           /* when they have left */
    } else {
        daemon_clients_free_buffers();
        daemon_heap_rest();
    }
}

void
daemon_sweep_start(void)
{
    if (!the_daemon.sweep_timer)
        the_daemon.sweep_timer = vir_loop_add_timer(the_daemon.loop, SWEEP_MS, sweep, NULL);
}
