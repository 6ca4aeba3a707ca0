/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the program's event loop does for a connection.  Without an event loop
 * a connection works, but hears nothing by itself.
 */
#include "client-private.h"

#include "rpc/watch.h"

static void
release(void *opaque)
{
    rpc_client_unref(opaque);
}

static void
readable(int watch, int fd, int events, void *opaque)
{
    (void)watch;
    (void)fd;
    (void)events;
    rpc_client_read(opaque);
}

void
rpc_watch_start(struct rpc_client *client)
{
    int watch = virEventAddHandle(rpc_client_socket(client), VIR_EVENT_HANDLE_READABLE, readable,
                                  rpc_client_ref(client), release);

    if (watch < 0) {
        rpc_client_unref(client);
        virResetLastError();
        return;
    }
    pthread_mutex_lock(&client->lock);
    client->watch = watch;
    rpc_client_listen(client);           /* it may have broken already */
    pthread_mutex_unlock(&client->lock);
}

void
rpc_watch_stop(struct rpc_client *client)
{
    int watch;

    pthread_mutex_lock(&client->lock);
    watch = client->watch;
    client->watch = -1;
    rpc_client_listen(client);
    pthread_mutex_unlock(&client->lock);
    if (watch >= 0)
        virEventRemoveHandle(watch);
}
