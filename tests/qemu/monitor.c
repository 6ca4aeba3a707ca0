/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The end of a monitor, seen from two threads: the loop's, which finds the
 * socket closed, and the caller's, which lets go of the monitor.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../modules/qemu/qmp/monitor.h"

enum { CALLBACK_MS = 50, DEADLINE_MS = 5000 };

static struct {
    bool closed;                        /* qemu_monitor_close has returned; atomic, like LATE */
    bool late;                          /* a callback ended after that */
} seen;

static void
event(struct qmp_message *message, void *opaque)
{
    (void)message;
    (void)opaque;
}

static void
slowly_broken(const char *why, void *opaque)
{
    (void)why;
    (void)opaque;
    usleep(CALLBACK_MS * 1000);
    if (__atomic_load_n(&seen.closed, __ATOMIC_ACQUIRE))
        __atomic_store_n(&seen.late, true, __ATOMIC_RELEASE);
}

/* The caller hears that the monitor is broken before the loop's thread is done with it. */
static void
no_callback_outlives_it(void **state)
{
    static const struct qemu_monitor_ops ops = { event, slowly_broken };
    struct vir_loop *loop = vir_loop_new("loop");
    struct qemu_monitor *monitor;
    int pair[2];

    (void)state;
    assert_non_null(loop);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    monitor = qemu_monitor_open(loop, pair[0], "guest", &ops, NULL);
    assert_non_null(monitor);
    close(pair[1]);
    assert_int_equal(qemu_monitor_call(monitor, "stop", NULL, DEADLINE_MS, NULL), -1);
    assert_false(qemu_monitor_usable(monitor));
    qemu_monitor_close(monitor, "enough");
    __atomic_store_n(&seen.closed, true, __ATOMIC_RELEASE);
    qemu_monitor_unref(monitor);
    vir_loop_free(loop);                /* waits for a callback under way */
    assert_false(seen.late);
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(no_callback_outlives_it) };

    return cmocka_run_group_tests_name("qemu/monitor", tests, NULL, NULL);
}
