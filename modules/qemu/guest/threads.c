/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Threads of our own, for what no call asks for now: guests are started, what went is
 * cleared away, what an earlier daemon began is ended.  The driver's end waits for them,
 * so that nothing is left half done.
 */
#include "qemu.h"

#include <stdlib.h>

struct task {
    void (*fn)(void *opaque);
    void *opaque;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;        /* for all below */
static pthread_cond_t last_ended = PTHREAD_COND_INITIALIZER;
static unsigned int running;
static bool leaving = true;

static void *
thread_main(void *opaque)
{
    struct task *task = opaque;

    task->fn(task->opaque);
    free(task);
    pthread_mutex_lock(&lock);
    if (--running == 0)
        pthread_cond_broadcast(&last_ended);
    pthread_mutex_unlock(&lock);
    return NULL;
}

/* With the lock. */
static int
start(struct task *task)
{
    pthread_t thread;
    int err;

    if (leaving)
        return vir_error(VIR_ERR_OPERATION_FAILED, "the driver ends");
    err = pthread_create(&thread, NULL, thread_main, task);
    if (err)
        return vir_error_errno(err, "a thread of the driver's own");
    pthread_detach(thread);
    running++;
    return 0;
}

int
qemu_thread_start(void (*fn)(void *opaque), void *opaque)
{
    struct task *task = VIR_NEW(struct task);
    int ret;

    *task = (struct task){ fn, opaque };
    pthread_mutex_lock(&lock);
    ret = start(task);
    pthread_mutex_unlock(&lock);
    if (ret < 0)
        free(task);
    return ret;
}

void
qemu_threads_begin(void)
{
    pthread_mutex_lock(&lock);
    leaving = false;
    pthread_mutex_unlock(&lock);
}

bool
qemu_threads_leaving(void)
{
    bool ret;

    pthread_mutex_lock(&lock);
    ret = leaving;
    pthread_mutex_unlock(&lock);
    return ret;
}

void
qemu_threads_end(void)
{
    pthread_mutex_lock(&lock);
    leaving = true;
    while (running > 0)                 /* each wait of theirs has its own deadline */
        pthread_cond_wait(&last_ended, &lock);
    pthread_mutex_unlock(&lock);
}
