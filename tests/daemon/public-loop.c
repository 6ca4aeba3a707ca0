/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public event loop on top of the daemon's: what it says when it cannot watch,
 * and that changing a timer waits for nobody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
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
    assert_int_equal(virEventRemoveTimeout(timer), 0);
    while (!__atomic_load_n(&freed, __ATOMIC_ACQUIRE))
        usleep(1000);
    alarm(0);
    assert_true(guarded.calls > 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_watched),
        cmocka_unit_test(set_off_under_a_lock),
    };
    int failed;

    the_daemon.loop = vir_loop_new("loop");
    daemon_public_loop();
    failed = cmocka_run_group_tests_name("public loop", tests, NULL, NULL);
    vir_loop_free(the_daemon.loop);
    return failed;
}
