/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The threads that serve calls which may wait.  They start when there is work
 * and leave when there is none.  Calls about one guest share a queue: only so
 * many of them run at once, so that a guest that does not answer holds up its
 * own callers and nobody else.  High-priority calls have threads set aside and
 * pass the queues.  What is urgent, which root's calls are, need not wait for a thread until
 * others' calls, which have them all, end; nor do those wait for ever for what is urgent.
 */
#define VIR_LOG_SOURCE "daemon"
#include <libvirt/module.h>

#include "daemon/pool.h"

#include "daemon/heap.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PER_GUEST 4                     /* calls about one guest at a time; one when most threads are busy */
#define IDLE_S 10                       /* a thread without work leaves */
#define STUCK_MS 1000                   /* when no call was begun for so long, a thread more comes */
#define URGENT_MORE 4                   /* threads beyond max_workers for urgent work, if others have as many */
#define STUCK_FACTOR 4                  /* up to so many times max_workers */
#define NO_THREAD_LOG_MS 10000          /* threads that could not be had are logged this often */
#define STACK_BYTES (1024 * 1024)
#define BUCKETS 64

/* The calls about one guest; exists while there are any. */
struct daemon_queue {
    struct daemon_queue *next;          /* in its bucket */
    unsigned char key[VIR_UUID_BUFLEN];
    unsigned int running, total;        /* total: running, ready and held */
    struct daemon_work *held, **held_tail;
};

/* The lanes that have work, in the order of their turns. */
struct line {
    struct daemon_lane *first, **tail;
    unsigned int n;
    int64_t begun_ms;                   /* when a thread last took a call of it */
};

/* One that works; the C library would keep many a stack of threads that have left, and pages of each. */
struct worker {
    struct daemon_pool *pool;
    bool prio;
    pthread_t thread;
    void *stack;                        /* STACK_BYTES, and a page below that nobody may touch */
};

struct daemon_pool {
    pthread_mutex_t lock;               /* all below */
    pthread_cond_t work, prio_work, left;       /* left: a thread has */
    struct line ready, urgent, high;
    struct daemon_queue *queues[BUCKETS];
    unsigned int threads, idle;         /* ordinary ones */
    unsigned int prio_threads, prio_idle;
    unsigned int running, others;       /* others: calls that lay ready, and are neither urgent nor of high priority */
    unsigned int relief;                /* so many more of the others may run: those that do are stuck */
    bool urgent_was_last;               /* was taken, and not what is ready */
    struct daemon_pool_limits limits;
    int64_t no_thread_said;             /* when it was logged that none could be had */
    bool ending;
    bool resting;                       /* one thread is enough, */
    bool rested;                        /* and that one has given back what was kept for it */
    struct worker *last_left;           /* at its end, and nobody has joined it; each joins the one before it */
    struct daemon_lane nobodys[2];      /* work that belongs to no user */
};

void
daemon_lanes_init(struct daemon_lane *lanes, bool urgent)
{
    for (size_t i = 0; i < 2; i++)
        lanes[i] = (struct daemon_lane){ .tail = &lanes[i].first, .urgent = urgent };
}

static struct daemon_lane *
lane_of(struct daemon_pool *pool, const struct daemon_work *work)
{
    return &(work->lanes ? work->lanes : pool->nobodys)[work->high];
}

static struct line *
line_of(struct daemon_pool *pool, const struct daemon_work *work)
{
    return work->high ? &pool->high : lane_of(pool, work)->urgent ? &pool->urgent : &pool->ready;
}

static void
line_append(struct line *line, struct daemon_lane *lane)
{
    lane->next = NULL;
    *line->tail = lane;
    line->tail = &lane->next;
}

static void
line_add(struct daemon_pool *pool, struct daemon_work *work)
{
    struct daemon_lane *lane = lane_of(pool, work);
    struct line *line = line_of(pool, work);

    if (!lane->first)
        line_append(line, lane);
    work->next = NULL;
    *lane->tail = work;
    lane->tail = &work->next;
    line->n++;
}

/* Takes from the first lane; what is left of it stands behind the others then. */
static struct daemon_work *
line_take(struct line *line)
{
    struct daemon_lane *lane = line->first;
    struct daemon_work *work;

    if (!lane)
        return NULL;
    line->first = lane->next;
    if (!line->first)
        line->tail = &line->first;
    work = lane->first;
    lane->first = work->next;
    if (lane->first)
        line_append(line, lane);
    else
        lane->tail = &lane->first;
    line->n--;
    line->begun_ms = vir_now_ms();
    return work;
}

void
daemon_pool_limit(struct daemon_pool *pool, struct daemon_pool_limits limits)
{
    pthread_mutex_lock(&pool->lock);
    pool->limits = limits;
    /* who is too many now leaves */
    pthread_cond_broadcast(&pool->work);
    pthread_cond_broadcast(&pool->prio_work);
    pthread_mutex_unlock(&pool->lock);
}

struct daemon_pool *
daemon_pool_new(struct daemon_pool_limits limits)
{
    struct daemon_pool *pool = VIR_NEW(struct daemon_pool);

    pthread_mutex_init(&pool->lock, NULL);
    pool->limits = limits;
    vir_cond_init(&pool->work);
    vir_cond_init(&pool->prio_work);
    vir_cond_init(&pool->left);
    daemon_lanes_init(pool->nobodys, false);
    pool->ready.tail = &pool->ready.first;
    pool->urgent.tail = &pool->urgent.first;
    pool->high.tail = &pool->high.first;
    return pool;
}

/* ---- queues of guests; all under lock --------------------------------------- */

static struct daemon_queue **
queue_place(struct daemon_pool *pool, const unsigned char *key)
{
    unsigned int hash = key[0] ^ key[5] << 1 ^ key[10] << 2 ^ key[15];
    struct daemon_queue **place = &pool->queues[hash % BUCKETS];

    while (*place && memcmp((*place)->key, key, VIR_UUID_BUFLEN) != 0)
        place = &(*place)->next;
    return place;
}

static unsigned int
per_guest(const struct daemon_pool *pool)
{
    return pool->running < pool->limits.most / 2 ? PER_GUEST : 1;
}

/* Puts a call into its guest's queue; true if it may run now. */
static bool
queue_enter(struct daemon_pool *pool, struct daemon_work *work)
{
    struct daemon_queue **place = queue_place(pool, work->key), *queue = *place;

    if (!queue) {
        queue = *place = VIR_NEW(struct daemon_queue);
        memcpy(queue->key, work->key, VIR_UUID_BUFLEN);
        queue->held_tail = &queue->held;
    }
    work->queue = queue;
    queue->total++;
    if (queue->running < per_guest(pool)) {
        queue->running++;
        return true;
    }
    work->next = NULL;
    *queue->held_tail = work;
    queue->held_tail = &work->next;
    return false;
}

/* A call of the queue has ended: returns the one that may run now, or NULL. */
static struct daemon_work *
queue_leave(struct daemon_pool *pool, struct daemon_queue *queue)
{
    struct daemon_work *work = queue->held;

    queue->running--;
    if (--queue->total == 0) {
        *queue_place(pool, queue->key) = queue->next;
        free(queue);
        return NULL;
    }
    if (!work || queue->running >= per_guest(pool))
        return NULL;
    queue->held = work->next;
    if (!queue->held)
        queue->held_tail = &queue->held;
    queue->running++;
    return work;
}

/* ---- threads ------------------------------------------------------------------ */

/* How many more of the others may run.  Under lock. */
static unsigned int
room_for_others(const struct daemon_pool *pool)
{
    const unsigned int most = pool->limits.most + pool->relief;

    return pool->others < most ? most - pool->others : 0;
}

/* Lets go of the lock meanwhile. */
static void
run(struct daemon_pool *pool, struct daemon_work *work)
{
    struct daemon_queue *queue = work->queue;
    bool other = line_of(pool, work) == &pool->ready;
    struct daemon_work *next;

    pool->running++;
    pool->others += other;
    pthread_mutex_unlock(&pool->lock);
    work->run(work);
    pthread_mutex_lock(&pool->lock);
    pool->running--;
    pool->others -= other;
    if (room_for_others(pool) > pool->relief)
        pool->relief = 0;
    next = queue ? queue_leave(pool, queue) : NULL;
    if (next)
        line_add(pool, next);
    if (other && pool->ready.n > 0 && pool->idle > 0)   /* there is room now, and this thread may take what is urgent */
        pthread_cond_signal(&pool->work);
}

/* What lies ready and what is urgent take turns; NULL: nothing, or others have all that they may.  Under lock. */
static struct daemon_work *
take_ordinary(struct daemon_pool *pool)
{
    bool ready = pool->ready.n > 0 && room_for_others(pool) > 0;

    pool->urgent_was_last = pool->urgent.n > 0 && !(ready && pool->urgent_was_last);
    return pool->urgent_was_last ? line_take(&pool->urgent) : ready ? line_take(&pool->ready) : NULL;
}

/* The pool rests, the limits are lower than they were, or a thread had come because all were stuck; one of those
 * may wait for work.  Under lock. */
static bool
is_too_many(const struct daemon_pool *pool, bool prio)
{
    if (prio)
        return pool->resting || pool->prio_threads > pool->limits.high;
    return (pool->resting && pool->threads > 1) || (pool->threads > pool->limits.most && pool->idle > 0);
}

/* Waits for work; NULL when the thread shall leave.  Under lock. */
static struct daemon_work *
next_work(struct daemon_pool *pool, bool prio)
{
    unsigned int *idle = prio ? &pool->prio_idle : &pool->idle;
    int64_t until = vir_deadline(IDLE_S * 1000);
    bool in_time = true;

    while (!pool->ending) {
        struct daemon_work *work = line_take(&pool->high);

        if (!work && !prio)
            work = take_ordinary(pool);
        if (work)
            return work;
        if (is_too_many(pool, prio) || (!in_time && (prio || pool->threads > pool->limits.least)))
            return NULL;
        if (pool->resting && !pool->rested) {
            pool->rested = true;
            pthread_mutex_unlock(&pool->lock);
            daemon_heap_rest();
            pthread_mutex_lock(&pool->lock);
            continue;
        }
        if (!in_time)
            until = vir_deadline(60 * IDLE_S * 1000);
        (*idle)++;
        in_time = vir_cond_wait_until(prio ? &pool->prio_work : &pool->work, &pool->lock, until);
        (*idle)--;
    }
    return NULL;
}

static size_t
guard_bytes(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

static struct worker *
worker_free(struct worker *self)
{
    if (self)
        munmap((char *)self->stack - guard_bytes(), guard_bytes() + STACK_BYTES);
    free(self);
    return NULL;
}

/* Waits for one that is at its end; NULL: there is none. */
static void
worker_join(struct worker *self)
{
    if (self)
        pthread_join(self->thread, NULL);
    worker_free(self);
}

static void *
work_off(void *opaque)
{
    struct worker *self = opaque, *before;
    struct daemon_pool *pool = self->pool;
    struct daemon_work *work;
    bool alone;

    pthread_mutex_lock(&pool->lock);
    while ((work = next_work(pool, self->prio)))
        run(pool, work);
    (*(self->prio ? &pool->prio_threads : &pool->threads))--;
    alone = !pool->ending && !pool->resting;
    before = pool->last_left;
    pool->last_left = self;
    pthread_cond_signal(&pool->left);
    pthread_mutex_unlock(&pool->lock);
    worker_join(before);
    if (alone)
        malloc_trim(0);
    return NULL;
}

/* NULL, with errno: there is no room for its stack. */
static struct worker *
worker_new(struct daemon_pool *pool, bool prio)
{
    char *room = mmap(NULL, guard_bytes() + STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    struct worker *self;

    if (room == MAP_FAILED)
        return NULL;
    if (mprotect(room, guard_bytes(), PROT_NONE) < 0) {
        munmap(room, guard_bytes() + STACK_BYTES);
        return NULL;
    }
    self = VIR_NEW(struct worker);
    *self = (struct worker){ .pool = pool, .prio = prio, .stack = room + guard_bytes() };
    return self;
}

/* Threads that cannot be had may be asked for with every call. */
static void
log_no_thread(struct daemon_pool *pool, const char *why)
{
    int64_t now = vir_now_ms();

    if (pool->no_thread_said && now - pool->no_thread_said < NO_THREAD_LOG_MS)
        return;
    pool->no_thread_said = now;
    vir_warn("cannot start a worker thread: %s", why);
}

/* Under lock; an errno. */
static int
start_thread(struct daemon_pool *pool, bool prio)
{
    unsigned int *count = prio ? &pool->prio_threads : &pool->threads;
    struct worker *one = worker_new(pool, prio);
    pthread_attr_t attr;
    int err = errno;

    if (one) {
        pthread_attr_init(&attr);
        pthread_attr_setstack(&attr, one->stack, STACK_BYTES);
        err = pthread_create(&one->thread, &attr, work_off, one);
        pthread_attr_destroy(&attr);
        if (err)
            worker_free(one);
    }
    if (err) {
        log_no_thread(pool, strerror(err));
        return err;
    }
    pthread_setname_np(one->thread, prio ? "prio-worker" : "worker");
    (*count)++;
    return 0;
}

/* Somebody must come for what lies ready.  0, or an errno: nobody will.  Under lock. */
static int
call_worker(struct daemon_pool *pool, bool high, bool urgent)
{
    const unsigned int room = room_for_others(pool), more = pool->others < URGENT_MORE ? pool->others : URGENT_MORE;
    const unsigned int most = pool->limits.most + (urgent ? more : 0);
    int err = 0;

    /* every idle thread has been called for one call at most */
    if (pool->high.n + pool->urgent.n + (pool->ready.n < room ? pool->ready.n : room) <= pool->idle)
        pthread_cond_signal(&pool->work);
    else if (pool->threads < most && (err = start_thread(pool, false)) == 0)
        return 0;
    else if (high && pool->high.n <= pool->prio_idle)
        pthread_cond_signal(&pool->prio_work);
    else if (high && pool->prio_threads < pool->limits.high)
        err = start_thread(pool, true);
    return pool->threads || (high && pool->prio_threads) ? 0 : err;
}

int
daemon_pool_push(struct daemon_pool *pool, struct daemon_work *work)
{
    int err = 0;

    pthread_mutex_lock(&pool->lock);
    if (pool->ending) {
        pthread_mutex_unlock(&pool->lock);
        work->drop(work);
        return 0;
    }
    pool->resting = pool->rested = false;
    work->queue = NULL;
    if (work->high || !work->has_key || queue_enter(pool, work)) {
        line_add(pool, work);
        err = call_worker(pool, work->high, lane_of(pool, work)->urgent);
    }
    if (err) {
        line_take(line_of(pool, work)); /* where no thread is, nothing else lies */
        if (work->queue)
            queue_leave(pool, work->queue);
    }
    pthread_mutex_unlock(&pool->lock);
    return err ? vir_error_errno(err, "no thread can be had for this") : 0;
}

/* Under lock. */
static bool
is_stuck(const struct line *line)
{
    return line->n > 0 && vir_now_ms() - line->begun_ms >= STUCK_MS;
}

void
daemon_pool_relieve(struct daemon_pool *pool)
{
    unsigned int most;

    pthread_mutex_lock(&pool->lock);
    most = pool->limits.most * STUCK_FACTOR;
    if (is_stuck(&pool->ready) && room_for_others(pool) == 0 && pool->limits.most + pool->relief < most)
        pool->relief++;
    if (pool->idle > 0)
        pthread_cond_signal(&pool->work);
    else if ((is_stuck(&pool->ready) || is_stuck(&pool->urgent)) && pool->threads < most)
        start_thread(pool, false);
    pthread_mutex_unlock(&pool->lock);
}

bool
daemon_pool_rest(struct daemon_pool *pool)
{
    bool some_leave;

    pthread_mutex_lock(&pool->lock);
    pool->resting = true;
    some_leave = pool->prio_idle > 0 || (pool->threads > 1 && pool->idle > 0);
    pthread_cond_broadcast(&pool->work);
    pthread_cond_broadcast(&pool->prio_work);
    pthread_mutex_unlock(&pool->lock);
    return some_leave;
}

/* ---- work that is over ---------------------------------------------------------- */

static bool
is_over(const struct daemon_work *work)
{
    return work->is_over && work->is_over(work);
}

/* Moves what is over from the list to *DROPPED; how many.  Under lock. */
static unsigned int
take_over(struct daemon_work **list, struct daemon_work ***ret_tail, struct daemon_work **dropped)
{
    unsigned int n = 0;

    while (*list) {
        struct daemon_work *work = *list;

        if (!is_over(work)) {
            list = &work->next;
            continue;
        }
        *list = work->next;
        work->next = *dropped;
        *dropped = work;
        n++;
    }
    *ret_tail = list;
    return n;
}

/* What waits for others about the same guest.  Under lock. */
static void
forget_held(struct daemon_pool *pool, struct daemon_work **dropped)
{
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct daemon_queue *queue = pool->queues[i]; queue; queue = queue->next)
            queue->total -= take_over(&queue->held, &queue->held_tail, dropped);
}

/* What lies ready; its guest's queue goes on with another one.  Under lock. */
static void
forget_ready(struct daemon_pool *pool, struct line *line, struct daemon_work **dropped)
{
    struct daemon_lane *lane = line->first, *next;
    struct daemon_work *gone = NULL;

    line->first = NULL;
    line->tail = &line->first;
    for (; lane; lane = next) {
        next = lane->next;
        line->n -= take_over(&lane->first, &lane->tail, &gone);
        if (lane->first)
            line_append(line, lane);
    }
    while (gone) {
        struct daemon_work *work = gone, *follows = work->queue ? queue_leave(pool, work->queue) : NULL;

        gone = work->next;
        work->next = *dropped;
        *dropped = work;
        if (follows)
            line_add(pool, follows);
    }
}

void
daemon_pool_forget(struct daemon_pool *pool)
{
    struct daemon_work *dropped = NULL;

    pthread_mutex_lock(&pool->lock);
    forget_held(pool, &dropped);
    forget_ready(pool, &pool->high, &dropped);
    forget_ready(pool, &pool->urgent, &dropped);
    forget_ready(pool, &pool->ready, &dropped);
    pthread_mutex_unlock(&pool->lock);
    while (dropped) {
        struct daemon_work *work = dropped;

        dropped = work->next;
        work->drop(work);
    }
}

/* Calls that wait for others about the same guest.  Under lock. */
static unsigned int
count_held(const struct daemon_pool *pool)
{
    unsigned int n = 0;

    for (size_t i = 0; i < BUCKETS; i++)
        for (const struct daemon_queue *queue = pool->queues[i]; queue; queue = queue->next)
            n += queue->total - queue->running;
    return n;
}

struct daemon_pool_figures
daemon_pool_look(struct daemon_pool *pool)
{
    struct daemon_pool_figures figures;

    pthread_mutex_lock(&pool->lock);
    figures = (struct daemon_pool_figures){
        .threads = pool->threads, .idle = pool->idle,
        .waiting = pool->high.n + pool->urgent.n + pool->ready.n + count_held(pool),
    };
    pthread_mutex_unlock(&pool->lock);
    return figures;
}

/* What a guest's queue holds is dropped; what of it lies ready is found there. */
static void
give_up_queue(struct daemon_queue **place)
{
    struct daemon_queue *queue = *place;

    *place = queue->next;
    while (queue->held) {
        struct daemon_work *work = queue->held;

        queue->held = work->next;
        work->drop(work);
    }
    free(queue);
}

int
daemon_pool_end(struct daemon_pool *pool, int64_t deadline)
{
    struct daemon_work *work;
    bool in_time = true;

    pthread_mutex_lock(&pool->lock);
    pool->ending = true;
    pthread_cond_broadcast(&pool->work);
    pthread_cond_broadcast(&pool->prio_work);
    while (pool->threads + pool->prio_threads > 0 && in_time)
        in_time = vir_cond_wait_until(&pool->left, &pool->lock, deadline);
    pthread_mutex_unlock(&pool->lock);
    if (!in_time)
        return -1;
    worker_join(pool->last_left);
    /* nobody else is there any more */
    for (size_t i = 0; i < BUCKETS; i++)
        while (pool->queues[i])
            give_up_queue(&pool->queues[i]);
    while ((work = line_take(&pool->high)) || (work = line_take(&pool->urgent)) || (work = line_take(&pool->ready)))
        work->drop(work);
    return 0;
}
