/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The slots of a stream that a remote call has opened.  Callbacks are driven
 * by a timer of the event loop, which is set off when something arrives.
 */
#include "modules/remote/remote.h"

#include <stdlib.h>

struct remote_stream {
    struct rpc_stream *rpc;
    virStreamPtr stream;                /* borrowed: it owns us */
    bool wait;                          /* not VIR_STREAM_NONBLOCK */

    pthread_mutex_t lock;               /* all below; never held while a callback runs */
    int refs;                           /* the stream's, and the timer's */
    int timer;                          /* -1: no callback */
    int events;                         /* virStreamEventType that the program wants */
    virStreamEventCallback callback;
    void *opaque;
    virFreeCallback release;
};

static void
unref(void *opaque)
{
    struct remote_stream *rs = opaque;
    bool last;

    pthread_mutex_lock(&rs->lock);
    last = --rs->refs == 0;
    pthread_mutex_unlock(&rs->lock);
    if (!last)
        return;
    pthread_mutex_destroy(&rs->lock);
    free(rs);
}

/* ---- callbacks ------------------------------------------------------------------ */

static int
events_now(struct remote_stream *rs)
{
    int events = 0;

    if (rs->rpc && rpc_stream_readable(rs->rpc))
        events |= VIR_STREAM_EVENT_READABLE;
    if (rs->rpc)
        events |= VIR_STREAM_EVENT_WRITABLE;
    return events & rs->events;
}

static void
run_callback(int timer, void *opaque)
{
    struct remote_stream *rs = opaque;
    virStreamEventCallback callback = NULL;
    void *callback_opaque = NULL;
    int events;

    pthread_mutex_lock(&rs->lock);
    events = rs->timer == timer ? events_now(rs) : 0;
    if (events) {
        callback = rs->callback;
        callback_opaque = rs->opaque;
    } else {
        virEventUpdateTimeout(timer, -1);
    }
    pthread_mutex_unlock(&rs->lock);
    if (callback)
        callback(rs->stream, events, callback_opaque);
}

/* Something has arrived: by whoever reads the socket. */
static void
set_off(void *opaque)
{
    struct remote_stream *rs = opaque;
    int timer = __atomic_load_n(&rs->timer, __ATOMIC_ACQUIRE);

    if (timer >= 0)
        virEventUpdateTimeout(timer, 0);
}

static int
remote_stream_event_add_callback(virStreamPtr stream, int events, virStreamEventCallback cb, void *opaque,
                                 virFreeCallback ff)
{
    struct remote_stream *rs = vir_stream_data(stream);
    int timer;

    if (rs->timer >= 0)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "this stream has a callback already");
    timer = virEventAddTimeout(-1, run_callback, rs, unref);
    if (timer < 0)
        return vir_error(VIR_ERR_INTERNAL_ERROR,
                         "stream callbacks need an event loop, and this program has none");
    pthread_mutex_lock(&rs->lock);
    rs->refs++;
    rs->events = events;
    rs->callback = cb;
    rs->opaque = opaque;
    rs->release = ff;
    __atomic_store_n(&rs->timer, timer, __ATOMIC_RELEASE);
    pthread_mutex_unlock(&rs->lock);
    rpc_stream_set_notify(rs->rpc, set_off, rs);
    virEventUpdateTimeout(timer, 0);
    return 0;
}

static int
remote_stream_event_update_callback(virStreamPtr stream, int events)
{
    struct remote_stream *rs = vir_stream_data(stream);

    if (rs->timer < 0)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "this stream has no callback");
    pthread_mutex_lock(&rs->lock);
    rs->events = events;
    pthread_mutex_unlock(&rs->lock);
    virEventUpdateTimeout(rs->timer, 0);
    return 0;
}

static int
drop_callback(struct remote_stream *rs)
{
    virFreeCallback release;
    void *opaque;
    int timer;

    rpc_stream_set_notify(rs->rpc, NULL, NULL);
    pthread_mutex_lock(&rs->lock);
    timer = rs->timer;
    release = rs->release;
    opaque = rs->opaque;
    __atomic_store_n(&rs->timer, -1, __ATOMIC_RELEASE);
    pthread_mutex_unlock(&rs->lock);
    if (timer < 0)
        return -1;
    virEventRemoveTimeout(timer);
    if (release)
        release(opaque);
    return 0;
}

static int
remote_stream_event_remove_callback(virStreamPtr stream)
{
    if (drop_callback(vir_stream_data(stream)) < 0)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "this stream has no callback");
    return 0;
}

/* ---- data -------------------------------------------------------------------------- */

static int
remote_stream_send(virStreamPtr stream, const char *data, size_t nbytes)
{
    struct remote_stream *rs = vir_stream_data(stream);

    return rpc_stream_send(rs->rpc, data, nbytes);
}

static int
remote_stream_recv_flags(virStreamPtr stream, char *data, size_t nbytes, unsigned int flags)
{
    struct remote_stream *rs = vir_stream_data(stream);

    return rpc_stream_receive_data(rs->rpc, data, nbytes, rs->wait, flags & VIR_STREAM_RECV_STOP_AT_HOLE);
}

static int
remote_stream_send_hole(virStreamPtr stream, long long length, unsigned int flags)
{
    struct remote_stream *rs = vir_stream_data(stream);

    (void)flags;
    return rpc_stream_send_hole(rs->rpc, length);
}

static int
remote_stream_recv_hole(virStreamPtr stream, long long *length, unsigned int flags)
{
    struct remote_stream *rs = vir_stream_data(stream);

    (void)flags;
    return rpc_stream_receive_hole(rs->rpc, length);
}

/* ---- the end ------------------------------------------------------------------------- */

static int
end(virStreamPtr stream, int (*how)(struct rpc_stream *rpc))
{
    struct remote_stream *rs = vir_stream_data(stream);
    struct rpc_stream *rpc;
    int rc;

    drop_callback(rs);
    rc = how(rs->rpc);
    pthread_mutex_lock(&rs->lock);
    rpc = vir_steal(&rs->rpc);
    pthread_mutex_unlock(&rs->lock);
    rpc_stream_free(rpc);
    unref(rs);
    return rc;
}

static int
remote_stream_finish(virStreamPtr stream)
{
    return end(stream, rpc_stream_finish);
}

static int
remote_stream_abort(virStreamPtr stream)
{
    return end(stream, rpc_stream_abort);
}

static const struct vir_stream_ops stream_ops = {
    VIR_OPS(vir_stream_ops),
    .stream_abort = { remote_stream_abort, 0, 0 },
    .stream_event_add_callback = { remote_stream_event_add_callback, 0, 0 },
    .stream_event_remove_callback = { remote_stream_event_remove_callback, 0, 0 },
    .stream_event_update_callback = { remote_stream_event_update_callback, 0, 0 },
    .stream_finish = { remote_stream_finish, 0, 0 },
    .stream_send = { remote_stream_send, 0, 0 },
    .stream_recv_flags = { remote_stream_recv_flags, ~0u, 0 },
    .stream_recv_hole = { remote_stream_recv_hole, ~0u, 0 },
    .stream_send_hole = { remote_stream_send_hole, ~0u, 0 },
};

int
remote_stream_open(struct remote_connect *rc, const struct rpc_procedure *procedure, const void *args,
                   void *ret, virStreamPtr stream)
{
    struct rpc_stream *rpc = rpc_stream_new(rc->client, procedure);
    struct remote_stream *rs;

    if (rpc_stream_open(rpc, args, ret) < 0) {
        rpc_stream_free(rpc);
        return -1;
    }
    rs = VIR_NEW(struct remote_stream);
    rs->rpc = rpc;
    rs->stream = stream;
    rs->wait = !vir_stream_nonblock(stream);
    rs->refs = 1;
    rs->timer = -1;
    pthread_mutex_init(&rs->lock, NULL);
    vir_stream_set_ops(stream, &stream_ops, rs);
    return 0;
}
