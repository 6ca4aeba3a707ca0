/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A descriptor as a stream: bytes, events, and its ends. */
#include "unit-driver.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

static virStreamPtr stream;
static struct vir_fdstream *data;
static int peer, n_closed, events_seen, n_freed;

static void
closed(void *opaque)
{
    assert_ptr_equal(opaque, &n_closed);
    n_closed++;
}

static int
setup(void **state)
{
    virConnectPtr conn = virConnectOpen("test:///default");
    int pair[2];

    (void)state;
    if (!conn)
        skip();
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair), 0);
    peer = pair[1];
    n_closed = events_seen = n_freed = 0;
    stream = virStreamNew(conn, VIR_STREAM_NONBLOCK);
    data = vir_fdstream_open(stream, pair[0], "pipe 'x'", closed, &n_closed);
    virConnectClose(conn);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    if (stream)
        virStreamFree(stream);
    stream = NULL;
    close(peer);
    return 0;
}

static void
bytes(void **state)
{
    char text[100];

    (void)state;
    assert_int_equal(virStreamRecv(stream, text, sizeof(text)), -2);
    assert_int_equal(virStreamSend(stream, "hello", 5), 5);
    assert_int_equal(read(peer, text, sizeof(text)), 5);
    assert_memory_equal(text, "hello", 5);
    assert_int_equal(write(peer, "good bye", 8), 8);
    assert_int_equal(virStreamRecv(stream, text, 4), 4);
    assert_int_equal(virStreamRecv(stream, text + 4, sizeof(text) - 4), 4);
    assert_memory_equal(text, "good bye", 8);
    shutdown(peer, SHUT_WR);
    assert_int_equal(virStreamRecv(stream, text, sizeof(text)), 0);
    while (virStreamSend(stream, text, sizeof(text)) == sizeof(text))
        ;
    assert_int_equal(virStreamSend(stream, text, sizeof(text)), -2);    /* it is full */
    assert_int_equal(n_closed, 0);
    assert_int_equal(virStreamFinish(stream), 0);
    assert_int_equal(n_closed, 1);
    while (read(peer, text, sizeof(text)) > 0)
        ;
    assert_int_equal(read(peer, text, sizeof(text)), 0);                /* the descriptor is closed */
}

static void
ended_by_another(void **state)
{
    char text[10];

    (void)state;
    assert_int_equal(write(peer, "lost", 4), 4);
    vir_fdstream_end(data, "was taken over");
    assert_int_equal(virStreamRecv(stream, text, sizeof(text)), 0);
    assert_int_equal(virStreamSend(stream, "x", 1), -1);
    assert_error(VIR_ERR_OPERATION_FAILED, "pipe 'x' was taken over");
    assert_int_equal(virStreamAbort(stream), 0);
    assert_int_equal(n_closed, 1);
}

static void
last_handle(void **state)
{
    (void)state;
    assert_int_equal(virStreamFree(stream), 0);
    stream = NULL;
    assert_int_equal(n_closed, 1);
}

static void
note(virStreamPtr where, int events, void *opaque)
{
    char text[100];

    assert_ptr_equal(where, stream);
    assert_ptr_equal(opaque, &events_seen);
    events_seen |= events;
    if (events & VIR_STREAM_EVENT_READABLE)
        virStreamRecv(where, text, sizeof(text));
}

static void
freed(void *opaque)
{
    assert_ptr_equal(opaque, &events_seen);
    n_freed++;
}

/* Until EVENT was told. */
static void
run_until(int event)
{
    int64_t deadline = vir_deadline(10000);

    events_seen = 0;
    while (!(events_seen & event) && vir_deadline_left(deadline) > 0)
        virEventRunDefaultImpl();
    assert_true(events_seen & event);
}

static void
told(void **state)
{
    (void)state;
    assert_int_equal(virStreamEventUpdateCallback(stream, VIR_STREAM_EVENT_READABLE), -1);
    assert_int_equal(virStreamEventAddCallback(stream, VIR_STREAM_EVENT_WRITABLE, note, &events_seen, freed), 0);
    assert_int_equal(virStreamEventAddCallback(stream, VIR_STREAM_EVENT_WRITABLE, note, &events_seen, freed), -1);
    run_until(VIR_STREAM_EVENT_WRITABLE);
    assert_int_equal(virStreamEventUpdateCallback(stream, VIR_STREAM_EVENT_READABLE), 0);
    assert_int_equal(write(peer, "x", 1), 1);
    run_until(VIR_STREAM_EVENT_READABLE);
    vir_fdstream_end(data, "was taken over");
    run_until(VIR_STREAM_EVENT_HANGUP);
    assert_int_equal(virStreamEventUpdateCallback(stream, 0), 0);
    assert_int_equal(virStreamEventUpdateCallback(stream, VIR_STREAM_EVENT_READABLE), 0);
    run_until(VIR_STREAM_EVENT_HANGUP);         /* who comes back hears it again */
    assert_int_equal(n_freed, 0);
    assert_int_equal(virStreamAbort(stream), 0);
    assert_int_equal(n_freed, 1);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(bytes), EACH(ended_by_another), EACH(last_handle), EACH(told),
    };

    virEventRegisterDefaultImpl();
    return cmocka_run_group_tests_name("unit/fdstream", tests, NULL, NULL);
}
