/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public event loop's default implementation. */
#include "core-unit.h"

#include <pthread.h>
#include <unistd.h>

static int calls, freed;

static void
on_fd(int watch, int fd, int events, void *opaque)
{
    (void)watch;
    calls++;
    if (events & VIR_EVENT_HANDLE_READABLE) {
        char byte;

        if (opaque)
            assert_int_equal(read(fd, &byte, 1), 1);
    }
}

static void
on_free(void *opaque)
{
    (void)opaque;
    freed++;
}

static void
on_timer(int timer, void *opaque)
{
    (void)opaque;
    calls++;
    virEventUpdateTimeout(timer, -1);
}

static int
setup(void **state)
{
    (void)state;
    calls = freed = 0;
    return 0;
}

/* Turns the loop; a guard keeps it from waiting for ever. */
static void
turn(void)
{
    int guard = virEventAddTimeout(2000, on_timer, NULL, NULL);

    assert_int_equal(virEventRunDefaultImpl(), 0);
    virEventRemoveTimeout(guard);
}

static void
several_watches_on_one_fd(void **state)
{
    int fds[2], readers[2], writer;

    (void)state;
    assert_int_equal(pipe(fds), 0);
    readers[0] = virEventAddHandle(fds[0], VIR_EVENT_HANDLE_READABLE, on_fd, NULL, on_free);
    readers[1] = virEventAddHandle(fds[0], VIR_EVENT_HANDLE_READABLE, on_fd, NULL, on_free);
    writer = virEventAddHandle(fds[1], 0, on_fd, NULL, on_free);
    assert_true(readers[0] >= 0 && readers[1] >= 0 && readers[0] != readers[1]);
    assert_int_equal(write(fds[1], "x", 1), 1);
    turn();
    assert_int_equal(calls, 2);         /* both, and not the watch without events */
    virEventUpdateHandle(readers[0], 0);
    virEventUpdateHandle(writer, VIR_EVENT_HANDLE_WRITABLE);
    turn();
    assert_int_equal(calls, 4);
    assert_int_equal(virEventRemoveHandle(readers[0]), 0);
    assert_int_equal(virEventRemoveHandle(readers[0]), -1);
    assert_int_equal(virEventRemoveHandle(readers[1]), 0);
    assert_int_equal(virEventRemoveHandle(writer), 0);
    assert_int_equal(freed, 0);         /* from the loop only */
    turn();
    assert_int_equal(freed, 3);
    close(fds[0]);
    close(fds[1]);
}

static void
hangup_is_told(void **state)
{
    int fds[2], watch;

    (void)state;
    assert_int_equal(pipe(fds), 0);
    watch = virEventAddHandle(fds[0], VIR_EVENT_HANDLE_READABLE, on_fd, NULL, NULL);
    close(fds[1]);
    turn();
    assert_int_equal(calls, 1);
    virEventRemoveHandle(watch);
    close(fds[0]);
}

static void
closed_fd_is_an_error_event(void **state)
{
    int fds[2], watch;

    (void)state;
    assert_int_equal(pipe(fds), 0);
    watch = virEventAddHandle(fds[0], VIR_EVENT_HANDLE_READABLE, on_fd, NULL, NULL);
    close(fds[0]);
    close(fds[1]);
    turn();
    assert_int_equal(calls, 1);
    virEventRemoveHandle(watch);
}

static void
timers(void **state)
{
    int64_t start = vir_now_ms();
    int now, later, never;

    (void)state;
    now = virEventAddTimeout(0, on_timer, NULL, on_free);
    never = virEventAddTimeout(-1, on_timer, NULL, on_free);
    turn();
    assert_int_equal(calls, 1);
    later = virEventAddTimeout(30, on_timer, NULL, on_free);
    turn();
    if (calls == 1)
        turn();
    assert_int_equal(calls, 2);
    assert_true(vir_now_ms() - start >= 29);
    assert_true(vir_now_ms() - start < 1500);
    virEventRemoveTimeout(now);
    virEventRemoveTimeout(later);
    virEventRemoveTimeout(never);
    assert_int_equal(virEventRemoveTimeout(never), -1);
    virEventAddTimeout(0, on_timer, NULL, NULL);
    turn();
    assert_int_equal(freed, 3);
}

/* A callback that removes itself is freed after it returned. */
static void
remove_me(int timer, void *opaque)
{
    calls++;
    assert_int_equal(virEventRemoveTimeout(timer), 0);
    assert_int_equal(freed, 0);
    assert_ptr_equal(opaque, &calls);
}

static void
removal_inside_a_callback(void **state)
{
    (void)state;
    assert_true(virEventAddTimeout(0, remove_me, &calls, on_free) >= 0);
    turn();
    assert_int_equal(calls, 1);
    assert_int_equal(freed, 1);
}

static void *
add_from_thread(void *opaque)
{
    (void)opaque;
    usleep(50000);
    virEventAddTimeout(0, remove_me, &calls, on_free);
    return NULL;
}

/* A loop that waits hears of what another thread adds. */
static void
other_threads_wake_the_loop(void **state)
{
    int64_t start = vir_now_ms();
    pthread_t thread;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, add_from_thread, NULL), 0);
    while (!calls && vir_now_ms() - start < 3000)
        turn();
    pthread_join(thread, NULL);
    assert_int_equal(calls, 1);
    assert_true(vir_now_ms() - start < 1500);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(several_watches_on_one_fd, setup),
        cmocka_unit_test_setup(hangup_is_told, setup),
        cmocka_unit_test_setup(closed_fd_is_an_error_event, setup),
        cmocka_unit_test_setup(timers, setup),
        cmocka_unit_test_setup(removal_inside_a_callback, setup),
        cmocka_unit_test_setup(other_threads_wake_the_loop, setup),
    };

    virSetErrorFunc(NULL, keep_silent);
    assert_int_equal(virEventRunDefaultImpl(), -1);     /* not registered yet */
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_OPERATION_INVALID);
    assert_int_equal(virEventAddTimeout(0, on_timer, NULL, NULL), -1);
    assert_int_equal(virEventRegisterDefaultImpl(), 0);
    assert_int_equal(virEventRegisterDefaultImpl(), 0);
    return cmocka_run_group_tests_name("eventloop", tests, NULL, NULL);
}
