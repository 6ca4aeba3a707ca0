/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The loop: descriptors, timers, and what removing promises. */
#include "unit.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "loop.h"

static int calls, order[8];

static void
read_one(struct vir_loop *loop, int fd, uint32_t events, void *opaque)
{
    char c;

    (void)loop;
    (void)opaque;
    assert_true(events & EPOLLIN);
    assert_int_equal(read(fd, &c, 1), 1);
    __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST);
}

static void
wait_calls(int n)
{
    int64_t start = vir_now_ms();

    while (__atomic_load_n(&calls, __ATOMIC_SEQ_CST) < n && ms_since(start) < 5000)
        usleep(1000);
    assert_int_equal(__atomic_load_n(&calls, __ATOMIC_SEQ_CST), n);
}

static void
descriptors(void **state)
{
    struct vir_loop *loop = vir_loop_new("unit-loop");
    int fds[2];

    (void)state;
    calls = 0;
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(vir_loop_add_fd(loop, fds[0], EPOLLIN, read_one, NULL), 0);
    assert_int_equal(vir_loop_add_fd(loop, -1, EPOLLIN, read_one, NULL), -1);
    assert_int_equal(write(fds[1], "ab", 2), 2);
    wait_calls(2);
    assert_int_equal(vir_loop_update_fd(loop, fds[0], 0), 0);
    assert_int_equal(write(fds[1], "c", 1), 1);
    usleep(20000);
    wait_calls(2);
    assert_int_equal(vir_loop_update_fd(loop, fds[0], EPOLLIN), 0);
    wait_calls(3);
    vir_loop_remove_fd(loop, fds[0]);
    vir_loop_remove_fd(loop, fds[0]);
    assert_int_equal(vir_loop_update_fd(loop, fds[0], EPOLLIN), -1);
    assert_int_equal(write(fds[1], "d", 1), 1);
    usleep(20000);
    wait_calls(3);
    close(fds[0]);
    close(fds[1]);
    assert_null(vir_loop_free(loop));
}

static void
note(struct vir_loop *loop, void *opaque)
{
    order[calls++] = (int)(intptr_t)opaque;
    if (calls == 3)
        vir_loop_stop(loop);
}

static void
timers_in_order(void **state)
{
    struct vir_loop *loop = vir_loop_make();
    int64_t start = vir_now_ms();
    int gone;

    (void)state;
    calls = 0;
    vir_loop_add_timer(loop, 60, note, (void *)3);
    vir_loop_add_timer(loop, 20, note, (void *)2);
    gone = vir_loop_add_timer(loop, 10, note, (void *)9);
    vir_loop_add_timer(loop, 0, note, (void *)1);
    vir_loop_remove_timer(loop, gone);
    vir_loop_remove_timer(loop, 12345);
    assert_int_equal(vir_loop_run(loop), 0);
    assert_int_equal(order[0], 1);
    assert_int_equal(order[1], 2);
    assert_int_equal(order[2], 3);
    assert_true(ms_since(start) >= 59 && ms_since(start) < 2000);
    vir_loop_free(loop);
}

static bool running;

static void
slow(struct vir_loop *loop, void *opaque)
{
    (void)loop;
    __atomic_store_n((bool *)opaque, true, __ATOMIC_SEQ_CST);
    usleep(100000);
    __atomic_store_n((bool *)opaque, false, __ATOMIC_SEQ_CST);
}

static void
removing_waits(void **state)
{
    struct vir_loop *loop = vir_loop_new("unit-loop");
    int id = vir_loop_add_timer(loop, 0, slow, &running);
    int64_t start = vir_now_ms();

    (void)state;
    while (!__atomic_load_n(&running, __ATOMIC_SEQ_CST) && ms_since(start) < 5000)
        usleep(100);
    vir_loop_remove_timer(loop, id);
    assert_false(__atomic_load_n(&running, __ATOMIC_SEQ_CST));
    vir_loop_free(loop);
}

/* A callback removes itself and adds its descriptor's number anew: no deadlock,
 * no stale event. */
static void
renew(struct vir_loop *loop, int fd, uint32_t events, void *opaque)
{
    vir_loop_remove_fd(loop, fd);
    assert_int_equal(vir_loop_add_fd(loop, fd, EPOLLIN, read_one, opaque), 0);
    read_one(loop, fd, events, opaque);
}

static void
from_inside(void **state)
{
    struct vir_loop *loop = vir_loop_new("unit-loop");
    int fds[2];

    (void)state;
    calls = 0;
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(vir_loop_add_fd(loop, fds[0], EPOLLIN, renew, NULL), 0);
    assert_int_equal(write(fds[1], "abc", 3), 3);
    wait_calls(3);
    vir_loop_free(loop);
    close(fds[0]);
    close(fds[1]);
}

static void
again(struct vir_loop *loop, void *opaque)
{
    if (++*(int *)opaque < 1000)
        vir_loop_add_timer(loop, 0, again, opaque);
    else
        vir_loop_stop(loop);
}

static void
many_timers(void **state)
{
    struct vir_loop *loop = vir_loop_make();
    int n = 0;

    (void)state;
    for (int i = 0; i < 1000; i++)
        vir_loop_add_timer(loop, 100000 + i, note, NULL);
    vir_loop_add_timer(loop, 0, again, &n);
    assert_int_equal(vir_loop_run(loop), 0);
    assert_int_equal(n, 1000);
    vir_loop_free(loop);
}

#define CROWD 20

static int served;                      /* of the crowd */

static void
keep_loop(struct vir_loop *loop, int fd, uint32_t events, void *opaque)
{
    (void)opaque;
    assert_true(events & EPOLLIN);
    usleep(2000);
    served++;
    vir_loop_update_fd(loop, fd, 0);
}

static void
note_urgent(struct vir_loop *loop, int fd, uint32_t events, void *opaque)
{
    eventfd_t value;

    (void)loop;
    (void)opaque;
    assert_true(events & EPOLLIN);
    assert_int_equal(eventfd_read(fd, &value), 0);
    order[calls++] = served;
}

static void
stop(struct vir_loop *loop, void *opaque)
{
    (void)opaque;
    vir_loop_stop(loop);
}

/* What is ready behind a crowd is served in its midst, and no second time where its turn would have come. */
static void
urgent_comes_first(void **state)
{
    struct vir_loop *loop = vir_loop_make();
    int fds[CROWD + 1];

    (void)state;
    calls = served = 0;
    for (int i = 0; i <= CROWD; i++) {
        fds[i] = eventfd(1, EFD_NONBLOCK);
        assert_int_equal((i < CROWD ? vir_loop_add_fd : vir_loop_add_urgent_fd)(
                             loop, fds[i], EPOLLIN, i < CROWD ? keep_loop : note_urgent, NULL), 0);
    }
    vir_loop_add_timer(loop, 0, stop, NULL);            /* when all have had their turn */
    assert_int_equal(vir_loop_run(loop), 0);
    assert_int_equal(served, CROWD);
    assert_int_equal(calls, 1);
    assert_true(order[0] < CROWD / 2);
    for (int i = 0; i <= CROWD; i++)
        close(fds[i]);
    vir_loop_free(loop);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(descriptors), cmocka_unit_test(timers_in_order), cmocka_unit_test(removing_waits),
        cmocka_unit_test(from_inside), cmocka_unit_test(many_timers),
        cmocka_unit_test(urgent_comes_first),
    };

    return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
