/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Time as all waits of the tree measure it: by a clock that nobody sets.
 */
#include <libvirt/module-base.h>

#include <errno.h>
#include <limits.h>
#include <time.h>

int64_t
vir_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t
vir_deadline(int ms)
{
    return vir_now_ms() + (ms > 0 ? ms : 0);
}

int
vir_deadline_left(int64_t deadline)
{
    int64_t left = deadline - vir_now_ms();

    return left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

void
vir_cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t attr;

    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &attr);
    pthread_condattr_destroy(&attr);
}

bool
vir_cond_wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t deadline)
{
    struct timespec until = { .tv_sec = deadline / 1000, .tv_nsec = deadline % 1000 * 1000000 };

    return pthread_cond_timedwait(cond, lock, &until) != ETIMEDOUT;
}
