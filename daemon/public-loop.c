/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The public event loop (virEventRegisterImpl) of this process: watches and
 * timers that the library and modules add are served by the daemon's loop.
 * epoll knows a descriptor once, so each watch has a duplicate of its own.
 */
#include "daemon/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

struct watch {
    int id, fd, copy;
    int events;                         /* VIR_EVENT_HANDLE_*; atomic */
    virEventHandleCallback callback;
    void *opaque;
    virFreeCallback release;
};

struct timer {
    int id, interval_ms;
    int setting, loop_id;               /* the last one, and the loop's timer for it; 0: off */
    virEventTimeoutCallback callback;
    void *opaque;
    virFreeCallback release;
};

static struct {
    pthread_mutex_t lock;
    struct watch **watches;
    struct timer **timers;
    size_t n_watches, n_timers;
    int last_id, last_setting;
} public = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* epoll always tells that the other end is gone; who wants nothing would hear it for ever: EPOLLET. */
static uint32_t
epoll_events(int events)
{
    return (events ? 0 : EPOLLET) |
           (events & VIR_EVENT_HANDLE_READABLE ? EPOLLIN : 0) |
           (events & VIR_EVENT_HANDLE_WRITABLE ? EPOLLOUT : 0);
}

static int
public_events(uint32_t events)
{
    return (events & EPOLLIN ? VIR_EVENT_HANDLE_READABLE : 0) |
           (events & EPOLLOUT ? VIR_EVENT_HANDLE_WRITABLE : 0) |
           (events & EPOLLERR ? VIR_EVENT_HANDLE_ERROR : 0) |
           (events & EPOLLHUP ? VIR_EVENT_HANDLE_HANGUP : 0);
}

/* ---- watches ------------------------------------------------------------------- */

static void
watch_event(struct vir_loop *loop, int fd, uint32_t events, void *opaque)
{
    struct watch *watch = opaque;

    (void)loop;
    (void)fd;
    if (!__atomic_load_n(&watch->events, __ATOMIC_ACQUIRE))
        return;
    watch->callback(watch->id, watch->fd, public_events(events), watch->opaque);
}

static int
add_handle(int fd, int events, virEventHandleCallback callback, void *opaque, virFreeCallback release)
{
    struct watch *watch = VIR_NEW(struct watch);
    int id;

    *watch = (struct watch){ .fd = fd, .events = events, .callback = callback, .opaque = opaque,
                             .release = release };
    watch->copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (watch->copy < 0) {
        vir_error_errno(errno, "cannot watch descriptor %d", fd);
        free(watch);
        return -1;
    }
    pthread_mutex_lock(&public.lock);
    id = watch->id = public.last_id + 1;
    if (vir_loop_add_fd(the_daemon.loop, watch->copy, epoll_events(events), watch_event, watch) < 0) {
        pthread_mutex_unlock(&public.lock);
        close(watch->copy);
        free(watch);
        return -1;
    }
    public.last_id = id;
    public.watches = vir_realloc_array(public.watches, public.n_watches + 1, sizeof(struct watch *));
    public.watches[public.n_watches++] = watch;
    pthread_mutex_unlock(&public.lock);
    return id;
}

/* Under lock. */
static struct watch **
find_watch(int id)
{
    for (size_t i = 0; i < public.n_watches; i++) {
        if (public.watches[i]->id == id)
            return &public.watches[i];
    }
    return NULL;
}

static void
update_handle(int id, int events)
{
    struct watch **place;

    pthread_mutex_lock(&public.lock);
    place = find_watch(id);
    if (place) {
        __atomic_store_n(&(*place)->events, events, __ATOMIC_RELEASE);
        vir_loop_update_fd(the_daemon.loop, (*place)->copy, epoll_events(events));
    }
    pthread_mutex_unlock(&public.lock);
}

/* The rest of a removal, from the loop, where no callback of it can be running. */
static void
release_watch(struct vir_loop *loop, void *opaque)
{
    struct watch *watch = opaque;

    (void)loop;
    if (watch->release)
        watch->release(watch->opaque);
    free(watch);
}

static int
remove_handle(int id)
{
    struct watch *watch = NULL, **place;

    pthread_mutex_lock(&public.lock);
    place = find_watch(id);
    if (place) {
        watch = *place;
        *place = public.watches[--public.n_watches];
    }
    pthread_mutex_unlock(&public.lock);
    if (!watch)
        return -1;
    vir_loop_remove_fd(the_daemon.loop, watch->copy);
    close(watch->copy);
    vir_loop_add_timer(the_daemon.loop, 0, release_watch, watch);
    return 0;
}

/* ---- timers ---------------------------------------------------------------------- */
/* The loop's timers know a setting of ours by its number only: one that fires when its
 * timer was set anew or removed finds nothing, and so nobody who does that waits for a
 * callback. */

static void timer_event(struct vir_loop *loop, void *opaque);

/* Sets the timer anew; the loop's timer that has to go, for after the lock.  Under lock. */
static int
set_timer(struct timer *timer, int interval_ms)
{
    int old = timer->loop_id;

    timer->interval_ms = interval_ms;
    timer->setting = ++public.last_setting;
    timer->loop_id = interval_ms < 0 ? 0 : vir_loop_add_timer(the_daemon.loop, interval_ms, timer_event,
                                                              (void *)(intptr_t)timer->setting);
    return old;
}

/* Under lock. */
static struct timer **
find_timer(int id)
{
    for (size_t i = 0; i < public.n_timers; i++) {
        if (public.timers[i]->id == id)
            return &public.timers[i];
    }
    return NULL;
}

/* Under lock. */
static struct timer *
find_setting(int setting)
{
    for (size_t i = 0; i < public.n_timers; i++) {
        if (public.timers[i]->setting == setting)
            return public.timers[i];
    }
    return NULL;
}

static void
timer_event(struct vir_loop *loop, void *opaque)
{
    virEventTimeoutCallback callback = NULL;
    void *callback_opaque = NULL;
    struct timer *timer;
    int id = 0;

    (void)loop;
    pthread_mutex_lock(&public.lock);
    timer = find_setting((int)(intptr_t)opaque);
    if (timer) {
        id = timer->id;
        set_timer(timer, timer->interval_ms);
        callback = timer->callback;
        callback_opaque = timer->opaque;
    }
    pthread_mutex_unlock(&public.lock);
    if (callback)
        callback(id, callback_opaque);
}

static int
add_timeout(int interval_ms, virEventTimeoutCallback callback, void *opaque, virFreeCallback release)
{
    struct timer *timer = VIR_NEW(struct timer);
    int id;

    *timer = (struct timer){ .callback = callback, .opaque = opaque, .release = release };
    pthread_mutex_lock(&public.lock);
    id = timer->id = ++public.last_id;
    public.timers = vir_realloc_array(public.timers, public.n_timers + 1, sizeof(struct timer *));
    public.timers[public.n_timers++] = timer;
    set_timer(timer, interval_ms);
    pthread_mutex_unlock(&public.lock);
    return id;
}

static void
update_timeout(int id, int interval_ms)
{
    struct timer **place;
    int old = 0;

    pthread_mutex_lock(&public.lock);
    place = find_timer(id);
    if (place)
        old = set_timer(*place, interval_ms);
    pthread_mutex_unlock(&public.lock);
    if (old)
        vir_loop_remove_timer(the_daemon.loop, old);
}

static void
release_timer(struct vir_loop *loop, void *opaque)
{
    struct timer *timer = opaque;

    (void)loop;
    if (timer->release)
        timer->release(timer->opaque);
    free(timer);
}

static int
remove_timeout(int id)
{
    struct timer *timer = NULL, **place;

    pthread_mutex_lock(&public.lock);
    place = find_timer(id);
    if (place) {
        timer = *place;
        *place = public.timers[--public.n_timers];
    }
    pthread_mutex_unlock(&public.lock);
    if (!timer)
        return -1;
    vir_loop_remove_timer(the_daemon.loop, timer->loop_id);
    vir_loop_add_timer(the_daemon.loop, 0, release_timer, timer);
    return 0;
}

void
daemon_public_loop(void)
{
    virEventRegisterImpl(add_handle, update_handle, remove_handle,
                         add_timeout, update_timeout, remove_timeout);
}
