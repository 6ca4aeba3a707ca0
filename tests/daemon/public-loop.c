/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public event loop on top of the daemon's: what it says when it cannot watch,
 * that who wants nothing hears nothing, and that changing a timer waits for nobody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/daemon.h"

struct daemon the_daemon;

static void
on_fd(int watch, int fd, int events, void *opaque)
{
    (void)watch, (void)fd, (void)events, (void)opaque;
}

static void
on_free(void *opaque)
{
    __atomic_add_fetch((int *)opaque, 1, __ATOMIC_RELEASE);
}

/* epoll watches no regular files. */
static void
what_cannot_be_watched(void **state)
{
    char path[] = "/tmp/public-loop.XXXXXX";
    int fd = mkstemp(path), freed = 0;

    (void)state;
    assert_true(fd >= 0);
    unlink(path);
    assert_int_equal(virEventAddHandle(fd, VIR_EVENT_HANDLE_READABLE, on_fd, &freed, on_free), -1);
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_SYSTEM_ERROR);
    assert_int_equal(freed, 0);
    close(fd);
}

static void
on_hangup(int watch, int fd, int events, void *opaque)
{
    (void)watch, (void)fd, (void)events;
    __atomic_add_fetch((int *)opaque, 1, __ATOMIC_RELEASE);
}

static int64_t
processor_ms(void)
{
    struct timespec used;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return used.tv_sec * 1000 + used.tv_nsec / 1000000;
}

/* A pipe that nobody reads any more: told to who watches it, and a burden to nobody else. */
static void
nothing_wanted_of_the_dead(void **state)
{
    int ends[2], calls = 0, watch, heard;
    int64_t used;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    watch = virEventAddHandle(ends[1], VIR_EVENT_HANDLE_READABLE, on_hangup, &calls, NULL);
    assert_true(watch >= 0);
    for (int i = 0; i < 5000 && !__atomic_load_n(&calls, __ATOMIC_ACQUIRE); i++)
        usleep(1000);
    assert_true(calls > 0);
    virEventUpdateHandle(watch, 0);
    usleep(20000);                      /* one may be running */
    heard = __atomic_load_n(&calls, __ATOMIC_ACQUIRE);
    used = processor_ms();
    usleep(200000);
    assert_int_equal(__atomic_load_n(&calls, __ATOMIC_ACQUIRE), heard);
    assert_true(processor_ms() - used < 20);
    virEventUpdateHandle(watch, VIR_EVENT_HANDLE_READABLE);
    for (int i = 0; i < 5000 && __atomic_load_n(&calls, __ATOMIC_ACQUIRE) == heard; i++)
        usleep(1000);
    assert_true(calls > heard);
    virEventRemoveHandle(watch);
    close(ends[1]);
}

static struct { pthread_mutex_t lock; int calls; } guarded = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void
on_guarded(int timer, void *opaque)
{
    (void)opaque;
    virEventUpdateTimeout(timer, -1);
    pthread_mutex_lock(&guarded.lock);
    guarded.calls++;
    pthread_mutex_unlock(&guarded.lock);
}

static int
calls_of_guarded(void)
{
    pthread_mutex_lock(&guarded.lock);
    int calls = guarded.calls;
    pthread_mutex_unlock(&guarded.lock);
    return calls;
}

/* A module may set a timer off under a lock that the timer's function takes. */
static void
set_off_under_a_lock(void **state)
{
    int freed = 0, timer = virEventAddTimeout(-1, on_guarded, &freed, on_free);

    (void)state;
    alarm(30);                          /* each waited for the other */
    for (int i = 0; i < 100000; i++) {
        pthread_mutex_lock(&guarded.lock);
        virEventUpdateTimeout(timer, 0);
        pthread_mutex_unlock(&guarded.lock);
    }
    while (!calls_of_guarded())         /* the loop's thread may not have had a processor yet */
        usleep(1000);
    assert_int_equal(virEventRemoveTimeout(timer), 0);
    while (!__atomic_load_n(&freed, __ATOMIC_ACQUIRE))
        usleep(1000);
    alarm(0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_watched),
        cmocka_unit_test(nothing_wanted_of_the_dead),
        cmocka_unit_test(set_off_under_a_lock),
    };
    int failed;

    the_daemon.loop = vir_loop_new("loop");
    daemon_public_loop();
    failed = cmocka_run_group_tests_name("public loop", tests, NULL, NULL);
    vir_loop_free(the_daemon.loop);
    return failed;
}
