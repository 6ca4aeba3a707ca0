/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The public event loop: virEvent* hand through to an implementation that the
 * program registers, or to the default one here.  The default one is poll(2):
 * any descriptor, several watches on one descriptor, changes from any thread.
 * No callback runs under the lock, and what is removed while it runs is freed
 * after it.
 */
#include "error.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lock.h"
#include "vector.h"

/* ---- the registered implementation ---- */

static struct implementation {
    virEventAddHandleFunc add_handle;
    virEventUpdateHandleFunc update_handle;
    virEventRemoveHandleFunc remove_handle;
    virEventAddTimeoutFunc add_timeout;
    virEventUpdateTimeoutFunc update_timeout;
    virEventRemoveTimeoutFunc remove_timeout;
} impl;

void
virEventRegisterImpl(virEventAddHandleFunc addHandle, virEventUpdateHandleFunc updateHandle,
                     virEventRemoveHandleFunc removeHandle, virEventAddTimeoutFunc addTimeout,
                     virEventUpdateTimeoutFunc updateTimeout, virEventRemoveTimeoutFunc removeTimeout)
{
    if (impl.add_handle) {
        vir_log(VIR_LOG_WARN, "core.event", __FILE__, __func__, __LINE__,
                "an event loop is registered already; the second is ignored");
        return;
    }
    impl = (struct implementation){
        addHandle, updateHandle, removeHandle, addTimeout, updateTimeout, removeTimeout
    };
}

int
virEventAddHandle(int fd, int events, virEventHandleCallback cb, void *opaque, virFreeCallback ff)
{
    return impl.add_handle ? impl.add_handle(fd, events, cb, opaque, ff) : -1;
}

void
virEventUpdateHandle(int watch, int events)
{
    if (impl.update_handle)
        impl.update_handle(watch, events);
}

int
virEventRemoveHandle(int watch)
{
    return impl.remove_handle ? impl.remove_handle(watch) : -1;
}

int
virEventAddTimeout(int timeout, virEventTimeoutCallback cb, void *opaque, virFreeCallback ff)
{
    return impl.add_timeout ? impl.add_timeout(timeout, cb, opaque, ff) : -1;
}

void
virEventUpdateTimeout(int timer, int timeout)
{
    if (impl.update_timeout)
        impl.update_timeout(timer, timeout);
}

int
virEventRemoveTimeout(int timer)
{
    return impl.remove_timeout ? impl.remove_timeout(timer) : -1;
}

/* ---- the default implementation ---- */

/* A watch of a descriptor, or a timer. */
struct source {
    int number;
    bool gone;                          /* removed; freed when the loop does not use it */
    int fd;                             /* watches */
    int events;                         /* VIR_EVENT_HANDLE_* */
    int interval;                       /* timers: ms, -1: off */
    int64_t due;                        /* vir_now_ms() */
    union { virEventHandleCallback watch; virEventTimeoutCallback timer; } call;
    void *opaque;
    virFreeCallback freecb;
};

struct VIR_VECTOR(sources, struct source *);

static struct {
    pthread_mutex_t lock;
    struct sources watches, timers;
    int next_number;                    /* of both; never given twice */
    int wake[2];                        /* pipe that ends a poll of another thread */
    bool ready;
    bool polling;                       /* somebody waits in poll */
    int running;                        /* depth of virEventRunDefaultImpl */
} loop = { .lock = PTHREAD_MUTEX_INITIALIZER, .next_number = 1, .wake = { -1, -1 } };

/* Called with the lock, after any change. */
static void
wake_loop(void)
{
    ssize_t ignored;

    if (!loop.polling)
        return;
    ignored = write(loop.wake[1], "", 1);
    (void)ignored;                      /* full: it wakes anyway */
}

static struct source *
find_source(const struct sources *list, int number)
{
    for (size_t i = 0; i < list->n; i++)
        if (list->items[i]->number == number && !list->items[i]->gone)
            return list->items[i];
    return NULL;
}

static int
add_source(struct sources *list, struct source *source)
{
    VIR_LOCKED(&loop.lock);

    source->number = loop.next_number++;
    vir_vector_add(list, source);
    wake_loop();
    return source->number;
}

/* Called with the lock, outside of any callback: moves what is gone to GONE. */
static void
collect_gone(struct sources *list, struct sources *gone)
{
    for (size_t i = 0; i < list->n; )
        if (list->items[i]->gone) {
            vir_vector_add(gone, list->items[i]);
            vir_vector_remove(list, i);
        } else {
            i++;
        }
}

static int
remove_source(struct sources *list, int number)
{
    struct source *source;
    VIR_LOCKED(&loop.lock);

    source = find_source(list, number);
    if (!source)
        return -1;
    source->gone = true;
    wake_loop();
    return 0;
}

/* Frees what was removed; from the loop only, as its programs expect. */
static void
sweep(void)
{
    struct sources gone = { 0 };

    pthread_mutex_lock(&loop.lock);
    if (loop.running == 1) {
        collect_gone(&loop.watches, &gone);
        collect_gone(&loop.timers, &gone);
    }
    pthread_mutex_unlock(&loop.lock);
    for (size_t i = 0; i < gone.n; i++) {
        if (gone.items[i]->freecb)
            gone.items[i]->freecb(gone.items[i]->opaque);
        free(gone.items[i]);
    }
    vir_vector_clear(&gone);
}

static int
default_add_handle(int fd, int events, virEventHandleCallback cb, void *opaque, virFreeCallback ff)
{
    struct source *source = VIR_NEW(struct source);

    *source = (struct source){
        .fd = fd, .events = events, .call.watch = cb, .opaque = opaque, .freecb = ff
    };
    return add_source(&loop.watches, source);
}

static void
default_update_handle(int watch, int events)
{
    struct source *source;
    VIR_LOCKED(&loop.lock);

    source = find_source(&loop.watches, watch);
    if (source && source->events != events) {
        source->events = events;
        wake_loop();
    }
}

static int
default_remove_handle(int watch)
{
    return remove_source(&loop.watches, watch);
}

static void
set_interval(struct source *timer, int interval)
{
    timer->interval = interval;
    timer->due = interval < 0 ? INT64_MAX : vir_now_ms() + interval;
}

static int
default_add_timeout(int timeout, virEventTimeoutCallback cb, void *opaque, virFreeCallback ff)
{
    struct source *source = VIR_NEW(struct source);

    *source = (struct source){ .call.timer = cb, .opaque = opaque, .freecb = ff };
    set_interval(source, timeout);
    return add_source(&loop.timers, source);
}

static void
default_update_timeout(int timer, int timeout)
{
    struct source *source;
    VIR_LOCKED(&loop.lock);

    source = find_source(&loop.timers, timer);
    if (source) {
        set_interval(source, timeout);
        wake_loop();
    }
}

static int
default_remove_timeout(int timer)
{
    return remove_source(&loop.timers, timer);
}

int
virEventRegisterDefaultImpl(void)
{
    virResetLastError();
    pthread_mutex_lock(&loop.lock);
    if (!loop.ready && pipe2(loop.wake, O_CLOEXEC | O_NONBLOCK) < 0) {
        int err = errno;

        pthread_mutex_unlock(&loop.lock);
        vir_raise_errno(VIR_FROM_EVENT, err, "cannot set up the event loop");
        vir_error_dispatch(NULL);
        return -1;
    }
    loop.ready = true;
    pthread_mutex_unlock(&loop.lock);
    if (impl.add_handle != default_add_handle)
        virEventRegisterImpl(default_add_handle, default_update_handle, default_remove_handle,
                             default_add_timeout, default_update_timeout, default_remove_timeout);
    return 0;
}

/* ---- one turn ---- */

static const struct { int event; short poll; } bits[] = {
    { VIR_EVENT_HANDLE_READABLE, POLLIN },
    { VIR_EVENT_HANDLE_WRITABLE, POLLOUT },
    { VIR_EVENT_HANDLE_ERROR, POLLERR | POLLNVAL },
    { VIR_EVENT_HANDLE_HANGUP, POLLHUP },
};

static short
to_poll(int events)
{
    short mask = 0;

    for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++)
        mask |= events & bits[i].event ? bits[i].poll : 0;
    return mask;
}

static int
from_poll(short mask)
{
    int events = 0;

    for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++)
        events |= mask & bits[i].poll ? bits[i].event : 0;
    return events;
}

/* What one turn waits for: entry 0 is the pipe, the others belong to NUMBERS. */
struct turn {
    struct pollfd *fds;
    int *numbers;
    size_t n;
    int wait_ms;
};

/* Called with the lock. */
static void
prepare(struct turn *turn)
{
    int64_t now = vir_now_ms(), first = INT64_MAX;

    turn->fds = vir_alloc_array(loop.watches.n + 1, sizeof(*turn->fds));
    turn->numbers = vir_alloc_array(loop.watches.n + 1, sizeof(*turn->numbers));
    turn->fds[0] = (struct pollfd){ .fd = loop.wake[0], .events = POLLIN };
    turn->n = 1;
    for (size_t i = 0; i < loop.watches.n; i++) {
        const struct source *watch = loop.watches.items[i];

        if (watch->gone || !watch->events)
            continue;
        turn->fds[turn->n] = (struct pollfd){ .fd = watch->fd, .events = to_poll(watch->events) };
        turn->numbers[turn->n++] = watch->number;
    }
    for (size_t i = 0; i < loop.timers.n; i++)
        if (!loop.timers.items[i]->gone && loop.timers.items[i]->due < first)
            first = loop.timers.items[i]->due;
    if (first == INT64_MAX)
        turn->wait_ms = -1;
    else if (first <= now)
        turn->wait_ms = 0;
    else
        turn->wait_ms = first - now > INT_MAX ? INT_MAX : (int)(first - now);
}

static void
empty_pipe(void)
{
    char bytes[64];

    while (read(loop.wake[0], bytes, sizeof(bytes)) == (ssize_t)sizeof(bytes))
        ;
}

static void
run_watches(const struct turn *turn)
{
    for (size_t i = 1; i < turn->n; i++) {
        virEventHandleCallback call = NULL;
        struct source *watch;
        void *opaque = NULL;
        int fd = -1;

        if (!turn->fds[i].revents)
            continue;
        pthread_mutex_lock(&loop.lock);
        watch = find_source(&loop.watches, turn->numbers[i]);
        if (watch && watch->events) {   /* a callback before this one may have changed it */
            call = watch->call.watch;
            opaque = watch->opaque;
            fd = watch->fd;
        }
        pthread_mutex_unlock(&loop.lock);
        if (call)
            call(turn->numbers[i], fd, from_poll(turn->fds[i].revents), opaque);
    }
}

/* The timers that are due when this begins, each once. */
static void
run_timers(void)
{
    int64_t now = vir_now_ms();
    int last;

    pthread_mutex_lock(&loop.lock);
    last = loop.next_number;
    for (size_t i = 0; i < loop.timers.n; i++) {
        struct source *timer = loop.timers.items[i];

        if (timer->gone || timer->due > now || timer->number >= last)
            continue;
        set_interval(timer, timer->interval);
        pthread_mutex_unlock(&loop.lock);
        timer->call.timer(timer->number, timer->opaque);
        pthread_mutex_lock(&loop.lock);
    }
    pthread_mutex_unlock(&loop.lock);
}

int
virEventRunDefaultImpl(void)
{
    struct turn turn = { 0 };
    int found, err;

    virResetLastError();
    pthread_mutex_lock(&loop.lock);
    if (!loop.ready) {
        pthread_mutex_unlock(&loop.lock);
        vir_raise(VIR_FROM_EVENT, VIR_ERR_OPERATION_INVALID, "virEventRegisterDefaultImpl was not called");
        vir_error_dispatch(NULL);
        return -1;
    }
    loop.running++;
    prepare(&turn);
    loop.polling = true;
    pthread_mutex_unlock(&loop.lock);
    found = poll(turn.fds, turn.n, turn.wait_ms);
    err = errno;
    pthread_mutex_lock(&loop.lock);
    loop.polling = false;
    pthread_mutex_unlock(&loop.lock);
    if (found > 0 && turn.fds[0].revents)
        empty_pipe();
    run_timers();
    if (found > 0)
        run_watches(&turn);
    sweep();
    free(turn.fds);
    free(turn.numbers);
    pthread_mutex_lock(&loop.lock);
    loop.running--;
    pthread_mutex_unlock(&loop.lock);
    if (found >= 0 || err == EINTR || err == EAGAIN)
        return 0;
    vir_raise_errno(VIR_FROM_EVENT, err, "cannot wait for events");
    vir_error_dispatch(NULL);
    return -1;
}
