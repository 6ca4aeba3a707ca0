/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The xenstore, asked with a deadline.  libxenstore waits for the store's
 * daemon as long as that takes, so a thread of our own does the asking and the
 * caller waits for it with a limit.  A thread that overran its limit is left to
 * itself: it ends when the daemon answers at last, and the next question gets
 * a new thread and a new connection.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xenstore.h>

#include "xen.h"

/* Threads that may hang at one time; then questions are refused at once. */
#define MAX_THREADS 4

/* Shared by the caller and the thread; the last one to let go frees it.  All
 * of a queue wait equally long, so the one in the thread's hands is the first
 * to overrun. */
struct question {
    struct question *next;
    int refs;
    bool list;                          /* names below the path, else its value */
    bool answered;
    int error;                          /* errno of the answer */
    char path[XEN_STORE_PATH_MAX];
    void *answer;
    unsigned int n;                     /* bytes of the value, or number of names */
};

/* One thread and its connection, which only the thread touches. */
struct asker {
    struct xs_handle *xs;
    struct question *first, **last;
    bool leave;                         /* nobody waits for it any more */
};

/* Protects everything in this file but the connections; never held across a question. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t asked = PTHREAD_COND_INITIALIZER;
static pthread_cond_t changed;          /* a question answered, a thread ended */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct asker *current;           /* takes new questions; NULL: none yet */
static int n_threads;

static void
make_clock(void)
{
    vir_cond_init(&changed);
}

static void
question_unref(struct question *q)
{
    if (--q->refs > 0)
        return;
    free(q->answer);
    free(q);
}

/* The daemon's own answers; anything else means that the connection broke. */
static bool
is_answer(int err)
{
    return err == ENOENT || err == EACCES || err == EINVAL || err == E2BIG || err == ENOMEM;
}

static int
ask_once(struct asker *a, struct question *q)
{
    if (!a->xs)
        a->xs = xs_open(0);
    if (!a->xs)
        return errno ? errno : ENOENT;
    q->answer = q->list ? (void *)xs_directory(a->xs, XBT_NULL, q->path, &q->n)
                        : xs_read(a->xs, XBT_NULL, q->path, &q->n);
    return q->answer ? 0 : errno;
}

/* Asks, and asks once more over a new connection when the old one broke:
 * the daemon may have been restarted. */
static int
ask(struct asker *a, struct question *q)
{
    for (int attempt = 0; ; attempt++) {
        bool fresh = !a->xs;
        int err = ask_once(a, q);

        if (err && !a->xs)
            return EHOSTDOWN;           /* no store to be opened */
        if (!err || is_answer(err))
            return err;
        xs_close(a->xs);
        a->xs = NULL;
        if (fresh || attempt > 0)
            return err;
    }
}

static void *
asker_main(void *opaque)
{
    struct asker *a = opaque;
    struct question *q;

    pthread_mutex_lock(&lock);
    while (!a->leave) {
        q = a->first;
        if (!q) {
            pthread_cond_wait(&asked, &lock);
            continue;
        }
        a->first = q->next;
        if (!a->first)
            a->last = &a->first;
        pthread_mutex_unlock(&lock);
        int err = ask(a, q);
        pthread_mutex_lock(&lock);
        q->error = err;
        q->answered = true;
        question_unref(q);
        pthread_cond_broadcast(&changed);
    }
    pthread_mutex_unlock(&lock);
    if (a->xs)
        xs_close(a->xs);
    free(a);
    pthread_mutex_lock(&lock);
    n_threads--;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    return NULL;
}

/* With the lock held. */
static int
asker_start(void)
{
    sigset_t all, old;
    pthread_t thread;
    int err;

    if (n_threads >= MAX_THREADS)
        return vir_error(VIR_ERR_OPERATION_TIMEOUT, "xenstored left %d questions unanswered", n_threads);
    current = VIR_NEW(struct asker);
    current->last = &current->first;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    err = pthread_create(&thread, NULL, asker_main, current);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (err) {
        free(current);
        current = NULL;
        return vir_error_errno(err, "cannot start a thread for xenstore");
    }
    pthread_detach(thread);
    n_threads++;
    return 0;
}

/* With the lock held: the current thread gets no more questions, and those
 * that it has not begun are given up. */
static void
asker_abandon(void)
{
    struct question *q;

    while ((q = current->first)) {
        current->first = q->next;
        q->error = ETIMEDOUT;
        q->answered = true;
        question_unref(q);
    }
    current->leave = true;
    current = NULL;
    pthread_cond_broadcast(&asked);
    pthread_cond_broadcast(&changed);
}

/* Waits for the answer, with the lock held; the question's error or ETIMEDOUT. */
static int
wait_for(struct question *q)
{
    int64_t end = vir_deadline(XEN_STORE_DEADLINE_MS);
    struct asker *a = current;

    while (!q->answered) {
        if (!vir_cond_wait_until(&changed, &lock, end) && !q->answered) {
            if (current == a)           /* else it was abandoned already */
                asker_abandon();
            return ETIMEDOUT;
        }
    }
    return q->error;
}

/* Hands the question to the thread and waits: 0 or an errno value, or -1 with
 * an error set. */
static int
put_question(struct question *q)
{
    int err = -1;

    pthread_once(&once, make_clock);
    pthread_mutex_lock(&lock);
    if (current || asker_start() == 0) {
        q->refs++;
        *current->last = q;
        current->last = &q->next;
        pthread_cond_broadcast(&asked);
        err = wait_for(q);
    }
    pthread_mutex_unlock(&lock);
    return err;
}

static int
raise_failure(const struct question *q, int err)
{
    switch (err) {
    case EHOSTDOWN:
        vir_error(VIR_ERR_NO_XENSTORE, "(neither /run/xenstored/socket nor /dev/xen/xenbus can be opened)");
        vir_error_hint("run this as root in domain 0 of a Xen host where xenstored runs");
        return -1;
    case ETIMEDOUT:
        return vir_error(VIR_ERR_OPERATION_TIMEOUT, "xenstored did not answer within %d ms when asked for %s",
                         XEN_STORE_DEADLINE_MS, q->path);
    default:
        return vir_error_errno(err, "xenstore: cannot read %s", q->path);
    }
}

/* Asks, takes the answer out and lets go of the question: 1, 0 or -1 as xen_store_read. */
static int
answer_of(struct question *q, void **ret_answer, size_t *ret_n)
{
    int err = put_question(q), ret = -1;

    if (err == 0) {
        *ret_answer = vir_steal(&q->answer);
        *ret_n = q->n;
        ret = 1;
    } else if (err == ENOENT) {
        ret = 0;
    } else if (err > 0) {
        raise_failure(q, err);
    }
    pthread_mutex_lock(&lock);
    question_unref(q);
    pthread_mutex_unlock(&lock);
    return ret;
}

static struct question *
question_new(bool list, const char *format, va_list args)
{
    struct question *q = VIR_NEW(struct question);
    int len = vsnprintf(q->path, sizeof(q->path), format, args);

    q->refs = 1;
    q->list = list;
    if (len >= 0 && (size_t)len < sizeof(q->path))
        return q;
    free(q);
    return vir_error_null(VIR_ERR_INTERNAL_ERROR, "a path of the xenstore is longer than %d bytes",
                          XEN_STORE_PATH_MAX);
}

int
xen_store_read(char **ret_value, const char *path_format, ...)
{
    VIR_AUTO_FREE void *answer = NULL;
    struct question *q;
    size_t n;
    va_list args;
    int r;

    va_start(args, path_format);
    q = question_new(false, path_format, args);
    va_end(args);
    if (!q)
        return -1;
    r = answer_of(q, &answer, &n);
    if (r <= 0)
        return r;
    if (strlen(answer) != n)            /* libxenstore adds a NUL; one inside is no text */
        return 0;
    *ret_value = vir_steal(&answer);
    return 1;
}

int
xen_store_list(char ***ret_names, size_t *ret_n, const char *path_format, ...)
{
    struct question *q;
    void *answer;
    va_list args;
    int r;

    va_start(args, path_format);
    q = question_new(true, path_format, args);
    va_end(args);
    if (!q)
        return -1;
    r = answer_of(q, &answer, ret_n);
    if (r > 0)
        *ret_names = answer;
    return r;
}

void
xen_store_stop(void)
{
    int64_t end = vir_deadline(100);

    pthread_once(&once, make_clock);
    pthread_mutex_lock(&lock);
    if (current)
        asker_abandon();
    while (n_threads > 0 && vir_cond_wait_until(&changed, &lock, end))
        continue;
    pthread_mutex_unlock(&lock);
}
