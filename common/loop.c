/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A loop of descriptors (epoll) and timers.  Callbacks run one at a time in the
 * loop's thread, without the loop's lock; whoever removes one from another
 * thread waits until it is not running any more.  An urgent descriptor is known
 * to a second epoll, too, which is looked at between the callbacks of a long turn.
 */
#include "loop.h"
#include "report.h"
#include "vector.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define EVENTS_PER_TURN 64
#define URGENT_AT_ONCE 16
#define TIMERS_MS 5                     /* for timers in one turn, when there are many */
#define OTHERS_SHARE 3                  /* of four parts of the time, while there is something urgent all the time */

struct loop_watch {
    vir_loop_fd_fn fn;                  /* NULL: not watched */
    void *opaque;
    uint32_t generation;                /* an event of an earlier watch of the same number is stale */
    bool urgent;
};

struct loop_timer {
    int id;
    int64_t due_ms;
    vir_loop_timer_fn fn;
    void *opaque;
};

struct vir_loop {
    int epoll_fd, wake_fd;
    int urgent_fd;                      /* an epoll of what is urgent; -1: nothing ever was */
    bool stop;                          /* atomic */
    bool own_thread;                    /* started by vir_loop_new */
    bool running;
    pthread_t thread;                   /* who runs the loop, while running */
    char name[16];

    pthread_mutex_t lock;               /* all below */
    pthread_cond_t idle;                /* the callback that ran has returned */
    struct VIR_VECTOR(, struct loop_watch) watches;     /* by descriptor */
    struct VIR_VECTOR(, struct loop_timer) timers;      /* a heap: the next one first */
    uint32_t generation;
    int64_t look_ms;                    /* then it is time again for what is urgent */
    int last_timer;
    int busy_fd, busy_timer;            /* whose callback runs now; -1, 0: none */
};

/* ---- timers: a binary heap ------------------------------------------------- */

static void
timer_swap(struct loop_timer *a, struct loop_timer *b)
{
    struct loop_timer t = *a;

    *a = *b;
    *b = t;
}

static void
timer_rise(struct loop_timer *heap, size_t i)
{
    for (; i && heap[i].due_ms < heap[(i - 1) / 2].due_ms; i = (i - 1) / 2)
        timer_swap(&heap[i], &heap[(i - 1) / 2]);
}

static void
timer_sink(struct loop_timer *heap, size_t n, size_t i)
{
    for (;;) {
        size_t least = i;

        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < n; child++)
            if (heap[child].due_ms < heap[least].due_ms)
                least = child;
        if (least == i)
            return;
        timer_swap(&heap[i], &heap[least]);
        i = least;
    }
}

static void
timer_take_out(struct vir_loop *loop, size_t i)
{
    struct loop_timer *heap = loop->timers.items;
    size_t n = --loop->timers.n;

    if (i == n)
        return;
    heap[i] = heap[n];
    timer_sink(heap, n, i);
    timer_rise(heap, i);
}

/* ---- making and ending ----------------------------------------------------- */

struct vir_loop *
vir_loop_make(void)
{
    struct vir_loop *loop = VIR_NEW(struct vir_loop);
    struct epoll_event event = { .events = EPOLLIN, .data.u64 = UINT64_MAX };

    pthread_mutex_init(&loop->lock, NULL);
    pthread_cond_init(&loop->idle, NULL);
    loop->busy_fd = loop->urgent_fd = -1;
    loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    loop->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (loop->epoll_fd < 0 || loop->wake_fd < 0 ||
        epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, loop->wake_fd, &event) < 0) {
        vir_fail(VIR_REPORT_SYSTEM, errno, "cannot make an event loop");
        return vir_loop_free(loop);
    }
    return loop;
}

static void
loop_wake(struct vir_loop *loop)
{
    uint64_t one = 1;
    ssize_t ignored = write(loop->wake_fd, &one, sizeof(one));

    (void)ignored;
}

void
vir_loop_stop(struct vir_loop *loop)
{
    __atomic_store_n(&loop->stop, true, __ATOMIC_RELEASE);
    loop_wake(loop);
}

static void *
loop_main(void *opaque)
{
    struct vir_loop *loop = opaque;

    pthread_setname_np(pthread_self(), loop->name);
    vir_loop_run(loop);
    return NULL;
}

struct vir_loop *
vir_loop_new(const char *thread_name)
{
    struct vir_loop *loop = vir_loop_make();
    sigset_t all, old;
    int err;

    if (!loop)
        return NULL;
    for (size_t i = 0; i < sizeof(loop->name) - 1 && thread_name[i]; i++)
        loop->name[i] = thread_name[i];
    /* The program's signals belong to the program's threads. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    err = pthread_create(&loop->thread, NULL, loop_main, loop);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (err) {
        vir_fail(VIR_REPORT_SYSTEM, err, "cannot start the thread '%s'", thread_name);
        return vir_loop_free(loop);
    }
    loop->own_thread = true;
    return loop;
}

struct vir_loop *
vir_loop_free(struct vir_loop *loop)
{
    if (!loop)
        return NULL;
    if (loop->own_thread) {
        pthread_t thread;

        vir_loop_stop(loop);
        pthread_mutex_lock(&loop->lock);
        thread = loop->thread;
        pthread_mutex_unlock(&loop->lock);
        pthread_join(thread, NULL);
    }
    if (loop->epoll_fd >= 0)
        close(loop->epoll_fd);
    if (loop->wake_fd >= 0)
        close(loop->wake_fd);
    if (loop->urgent_fd >= 0)
        close(loop->urgent_fd);
    vir_vector_clear(&loop->watches);
    vir_vector_clear(&loop->timers);
    pthread_cond_destroy(&loop->idle);
    pthread_mutex_destroy(&loop->lock);
    free(loop);
    return NULL;
}

/* ---- descriptors ----------------------------------------------------------- */

static bool
in_loop_thread(const struct vir_loop *loop)
{
    return loop->running && pthread_equal(loop->thread, pthread_self());
}

/* An event carries descriptor and generation. */
static struct epoll_event
watch_event(int fd, uint32_t generation, uint32_t events)
{
    return (struct epoll_event){ .events = events, .data.u64 = (uint64_t)generation << 32 | (uint32_t)fd };
}

/* Under lock. */
static bool
add_urgent(struct vir_loop *loop, int fd, struct epoll_event *event)
{
    if (loop->urgent_fd < 0)
        loop->urgent_fd = epoll_create1(EPOLL_CLOEXEC);
    return loop->urgent_fd >= 0 && epoll_ctl(loop->urgent_fd, EPOLL_CTL_ADD, fd, event) == 0;
}

static int
add_fd(struct vir_loop *loop, int fd, uint32_t epoll_events, vir_loop_fd_fn fn, void *opaque, bool urgent)
{
    struct epoll_event event;
    int rc = 0;

    if (fd < 0)
        return vir_fail(VIR_REPORT_INVALID, 0, "descriptor %d cannot be watched", fd);
    pthread_mutex_lock(&loop->lock);
    while (loop->watches.n <= (size_t)fd)
        vir_vector_add(&loop->watches, (struct loop_watch){ 0 });
    if (++loop->generation == UINT32_MAX)
        loop->generation = 0;
    event = watch_event(fd, loop->generation, epoll_events);
    if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
        rc = vir_fail(VIR_REPORT_SYSTEM, errno, "cannot watch descriptor %d", fd);
    else    /* where it cannot be both it waits for its turn */
        loop->watches.items[fd] = (struct loop_watch){ .fn = fn, .opaque = opaque, .generation = loop->generation,
                                                       .urgent = urgent && add_urgent(loop, fd, &event) };
    pthread_mutex_unlock(&loop->lock);
    return rc;
}

int
vir_loop_add_fd(struct vir_loop *loop, int fd, uint32_t epoll_events, vir_loop_fd_fn fn, void *opaque)
{
    return add_fd(loop, fd, epoll_events, fn, opaque, false);
}

int
vir_loop_add_urgent_fd(struct vir_loop *loop, int fd, uint32_t epoll_events, vir_loop_fd_fn fn, void *opaque)
{
    return add_fd(loop, fd, epoll_events, fn, opaque, true);
}

static struct loop_watch *
find_watch(struct vir_loop *loop, int fd)
{
    if (fd < 0 || (size_t)fd >= loop->watches.n || !loop->watches.items[fd].fn)
        return NULL;
    return &loop->watches.items[fd];
}

int
vir_loop_update_fd(struct vir_loop *loop, int fd, uint32_t epoll_events)
{
    const struct loop_watch *watch;
    struct epoll_event event;
    int rc = 0;

    pthread_mutex_lock(&loop->lock);
    watch = find_watch(loop, fd);
    if (watch) {
        event = watch_event(fd, watch->generation, epoll_events);
        if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_MOD, fd, &event) < 0 ||
            (watch->urgent && epoll_ctl(loop->urgent_fd, EPOLL_CTL_MOD, fd, &event) < 0))
            rc = vir_fail(VIR_REPORT_SYSTEM, errno, "cannot watch descriptor %d", fd);
    } else {
        rc = vir_fail(VIR_REPORT_INVALID, 0, "descriptor %d is not watched", fd);
    }
    pthread_mutex_unlock(&loop->lock);
    return rc;
}

void
vir_loop_remove_fd(struct vir_loop *loop, int fd)
{
    struct loop_watch *watch;

    pthread_mutex_lock(&loop->lock);
    watch = find_watch(loop, fd);
    if (watch) {
        epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
        if (watch->urgent)
            epoll_ctl(loop->urgent_fd, EPOLL_CTL_DEL, fd, NULL);
        watch->fn = NULL;
    }
    while (loop->busy_fd == fd && !in_loop_thread(loop))
        pthread_cond_wait(&loop->idle, &loop->lock);
    pthread_mutex_unlock(&loop->lock);
}

/* ---- timers ---------------------------------------------------------------- */

int
vir_loop_add_timer(struct vir_loop *loop, int delay_ms, vir_loop_timer_fn fn, void *opaque)
{
    int64_t due = vir_now_ms() + (delay_ms > 0 ? delay_ms : 0);
    bool first;
    int id;

    pthread_mutex_lock(&loop->lock);
    id = loop->last_timer = loop->last_timer == INT_MAX ? 1 : loop->last_timer + 1;
    first = !loop->timers.n || due < loop->timers.items[0].due_ms;
    vir_vector_add(&loop->timers, ((struct loop_timer){ id, due, fn, opaque }));
    timer_rise(loop->timers.items, loop->timers.n - 1);
    pthread_mutex_unlock(&loop->lock);
    if (first)
        loop_wake(loop);
    return id;
}

void
vir_loop_remove_timer(struct vir_loop *loop, int id)
{
    pthread_mutex_lock(&loop->lock);
    for (size_t i = 0; i < loop->timers.n; i++) {
        if (loop->timers.items[i].id == id) {
            timer_take_out(loop, i);
            break;
        }
    }
    while (id > 0 && loop->busy_timer == id && !in_loop_thread(loop))
        pthread_cond_wait(&loop->idle, &loop->lock);
    pthread_mutex_unlock(&loop->lock);
}

/* ---- running --------------------------------------------------------------- */

static bool
is_to_stop(const struct vir_loop *loop)
{
    return __atomic_load_n(&loop->stop, __ATOMIC_ACQUIRE);
}

/* Called with the lock; the callback runs without it. */
static inline void
serve_fd(struct vir_loop *loop, const struct epoll_event *event)
{
    int fd = (int)(uint32_t)event->data.u64;
    const struct loop_watch *watch = find_watch(loop, fd);
    vir_loop_fd_fn fn;
    void *opaque;

    if (!watch || watch->generation != (uint32_t)(event->data.u64 >> 32))
        return;
    fn = watch->fn;
    opaque = watch->opaque;
    loop->busy_fd = fd;
    pthread_mutex_unlock(&loop->lock);
    fn(loop, fd, event->events, opaque);
    pthread_mutex_lock(&loop->lock);
    loop->busy_fd = -1;
    pthread_cond_broadcast(&loop->idle);
}

/* What has been served is none of LEFT any more: of what is new the next turn tells. */
static void
take_from_turn(uint64_t what, struct epoll_event *left, int n_left)
{
    for (int i = 0; i < n_left; i++)
        if (left[i].data.u64 == what)
            left[i] = watch_event(-1, 0, 0);
}

/* Of the processor, by this thread: it may have waited for one as well. */
static int64_t
used_us(void)
{
    struct timespec used;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return (int64_t)used.tv_sec * 1000000 + used.tv_nsec / 1000;
}

/* Between the callbacks of a turn, of which N_LEFT events are LEFT: once a millisecond, and less often where there is much
 * to serve.  Under lock, which it lets go of. */
static void
serve_urgent(struct vir_loop *loop, struct epoll_event *left, int n_left)
{
    struct epoll_event events[URGENT_AT_ONCE];
    int64_t began, used;
    int n;

    if (loop->urgent_fd < 0 || (began = vir_now_ms()) < loop->look_ms)
        return;
    loop->look_ms = began + 1;
    n = epoll_wait(loop->urgent_fd, events, URGENT_AT_ONCE, 0);
    if (n <= 0)
        return;
    used = used_us();
    for (int i = 0; i < n && !is_to_stop(loop); i++) {
        take_from_turn(events[i].data.u64, left, n_left);
        serve_fd(loop, &events[i]);
    }
    loop->look_ms += (used_us() - used) * OTHERS_SHARE / 1000;
}

/* One turn serves the timers that were due when it began, and not for long: neither a
 * timer that sets itself anew with no delay nor many of them keep the descriptors waiting. */
static void
serve_timers(struct vir_loop *loop)
{
    int64_t now = vir_now_ms();
    int last = loop->last_timer;

    while (loop->timers.n && loop->timers.items[0].due_ms <= now && loop->timers.items[0].id <= last) {
        struct loop_timer timer = loop->timers.items[0];

        if (vir_now_ms() - now >= TIMERS_MS)
            break;
        timer_take_out(loop, 0);
        loop->busy_timer = timer.id;
        pthread_mutex_unlock(&loop->lock);
        timer.fn(loop, timer.opaque);
        pthread_mutex_lock(&loop->lock);
        loop->busy_timer = 0;
        pthread_cond_broadcast(&loop->idle);
        serve_urgent(loop, NULL, 0);
    }
}

/* Milliseconds until the next timer; -1: none. */
static int
next_timer(const struct vir_loop *loop)
{
    return loop->timers.n ? vir_deadline_left(loop->timers.items[0].due_ms) : -1;
}

static void
drain_wake(struct vir_loop *loop)
{
    uint64_t count;
    ssize_t ignored = read(loop->wake_fd, &count, sizeof(count));

    (void)ignored;
}

int
vir_loop_run(struct vir_loop *loop)
{
    struct epoll_event events[EVENTS_PER_TURN];
    int rc = 0;

    pthread_mutex_lock(&loop->lock);
    loop->thread = pthread_self();
    loop->running = true;
    while (!is_to_stop(loop)) {
        int timeout = next_timer(loop), n;

        pthread_mutex_unlock(&loop->lock);
        n = epoll_wait(loop->epoll_fd, events, EVENTS_PER_TURN, timeout);
        pthread_mutex_lock(&loop->lock);
        if (n < 0 && errno != EINTR) {
            rc = vir_fail(VIR_REPORT_SYSTEM, errno, "the event loop cannot wait");
            break;
        }
        for (int i = 0; i < n && !is_to_stop(loop); i++) {
            if (i > 0)
                serve_urgent(loop, &events[i], n - i);
            if (events[i].data.u64 == UINT64_MAX)
                drain_wake(loop);
            else
                serve_fd(loop, &events[i]);
        }
        serve_timers(loop);
    }
    loop->running = false;
    loop->stop = false;
    pthread_mutex_unlock(&loop->lock);
    return rc;
}
