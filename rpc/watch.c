/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the program's event loop does for a connection.  Without an event loop
 * a connection works, but hears nothing by itself.
 */
#include "rpc/watch.h"

#include <libvirt/module.h>

static void
release(void *opaque)
{
    rpc_client_unref(opaque);
}

static void
readable(int watch, int fd, int events, void *opaque)
{
    struct rpc_client *client = opaque;

    (void)fd;
    (void)events;
    rpc_client_read(client);
    /* a dead descriptor would be readable for ever */
    if (!rpc_client_alive(client))
        virEventUpdateHandle(watch, 0);
}

int
rpc_watch_start(struct rpc_client *client)
{
    int watch = virEventAddHandle(rpc_client_socket(client), VIR_EVENT_HANDLE_READABLE, readable,
                                  rpc_client_ref(client), release);

    if (watch < 0) {
        rpc_client_unref(client);
        virResetLastError();
    }
    return watch;
}

void
rpc_watch_stop(int watch)
{
    if (watch >= 0)
        virEventRemoveHandle(watch);
}
