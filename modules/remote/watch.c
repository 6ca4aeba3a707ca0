/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The program's event loop takes in events while no call is waiting, and sends PINGs. */
#include "modules/remote/remote.h"

#include "rpc/watch.h"
#include "wire/stubs.h"

static void
release(void *opaque)
{
    remote_connect_unref(opaque);
}

static struct remote_connect *
ref(struct remote_connect *rc)
{
    __atomic_add_fetch(&rc->refs, 1, __ATOMIC_RELAXED);
    return rc;
}

static void
stop_keepalive(struct remote_connect *rc)
{
    int timer;

    pthread_mutex_lock(&rc->lock);
    timer = rc->keepalive_timer;
    rc->keepalive_timer = -1;
    pthread_mutex_unlock(&rc->lock);
    if (timer >= 0)
        virEventRemoveTimeout(timer);
}

void
remote_watch_stop(struct remote_connect *rc)
{
    stop_keepalive(rc);
    rpc_watch_stop(rc->client);
}

/* ---- keepalive ------------------------------------------------------------------ */

static void
tick(int timer, void *opaque)
{
    struct remote_connect *rc = opaque;
    int next = rpc_client_tick(rc->client);

    virEventUpdateTimeout(timer, next);
}

int
remote_connect_set_keep_alive(virConnectPtr conn, int interval, unsigned int count)
{
    struct remote_connect *rc = vir_connect_data(conn);
    int timer;

    if (!rc->keepalive_known)
        return 1;
    stop_keepalive(rc);
    rpc_client_set_keepalive(rc->client, interval, count);
    if (interval <= 0)
        return 0;
    timer = virEventAddTimeout(rpc_client_tick(rc->client), tick, ref(rc), release);
    if (timer < 0) {
        remote_connect_unref(rc);
        rpc_client_set_keepalive(rc->client, 0, 0);
        return vir_error(VIR_ERR_INTERNAL_ERROR,
                         "keepalive needs an event loop, and this program has registered none");
    }
    pthread_mutex_lock(&rc->lock);
    rc->keepalive_timer = timer;
    pthread_mutex_unlock(&rc->lock);
    return 0;
}
