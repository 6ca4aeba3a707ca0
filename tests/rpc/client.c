/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The client's end against a server of three lines: many threads on one
 * connection, replies out of order, a server that dies, lies or stays silent.
 */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include <libvirt/module.h>

#include "rpc/client.h"
#include "rpc/stream.h"
#include "wire/protocol.h"

#define THREADS 8
#define CALLS 2000

static const struct rpc_procedure *const feature = &remote_procedures[REMOTE_PROC_CONNECT_SUPPORTS_FEATURE];

struct end {
    struct rpc_client *client;
    int sock;                           /* the server's end */
    int closed, messages;
    pthread_t server;
};

static void
on_message(uint32_t program, int procedure, const unsigned char *body, size_t len, void *opaque)
{
    struct end *end = opaque;

    (void)program;
    (void)procedure;
    (void)body;
    (void)len;
    end->messages++;
}

static void
on_closed(int reason, void *opaque)
{
    struct end *end = opaque;

    end->closed = reason + 1;
}

static void
start(struct end *end, void *(*serve)(void *))
{
    const struct rpc_client_events events = { on_message, on_closed, end };
    int ends[2];

    memset(end, 0, sizeof(*end));
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    end->client = rpc_client_new(rpc_transport_of_socket(ends[0]), "the test", &events);
    end->sock = ends[1];
    if (serve)
        assert_int_equal(pthread_create(&end->server, NULL, serve, end), 0);
}

static void
stop(struct end *end)
{
    rpc_client_close(end->client);
    if (end->server)
        pthread_join(end->server, NULL);
    rpc_client_unref(end->client);
    close(end->sock);
}

/* Answers feature N with N.  The client may have closed its end by now, as for all that a server sends here. */
static void
reply(int sock, const unsigned char *call)
{
    unsigned char bytes[32];

    memcpy(bytes, call, 32);
    rpc_put32(bytes + 16, RPC_TYPE_REPLY);
    if (send(sock, bytes, 32, MSG_NOSIGNAL) != 32)
        return;
}

static void
event(int sock)
{
    struct rpc_header header = rpc_header_of(28, RPC_PROGRAM_REMOTE, 107, RPC_TYPE_MESSAGE, 0, RPC_STATUS_OK);
    unsigned char bytes[28];

    rpc_header_put(bytes, &header);
    if (send(sock, bytes, 28, MSG_NOSIGNAL) != 28)
        return;
}

/* Collects calls and answers each lot in reverse, with an event in between. */
static void *
serve_reversed(void *opaque)
{
    struct end *end = opaque;
    unsigned char calls[64 * 32];
    size_t have = 0;
    ssize_t n;

    while ((n = read(end->sock, calls + have, sizeof(calls) - have)) > 0) {
        have += (size_t)n;
        for (size_t i = have / 32; i > 0; i--)
            reply(end->sock, calls + (i - 1) * 32);
        event(end->sock);
        memmove(calls, calls + have / 32 * 32, have % 32);
        have %= 32;
    }
    return NULL;
}

static void *
call_often(void *opaque)
{
    struct end *end = opaque;

    for (int i = 0; i < CALLS; i++) {
        struct remote_connect_supports_feature_args args = { .feature = i };
        struct remote_connect_supports_feature_ret ret = { -1 };

        if (rpc_client_call(end->client, feature, &args, &ret) < 0 || ret.supported != i)
            return end;
    }
    return NULL;
}

static void
test_threads(void **state)
{
    pthread_t threads[THREADS];
    struct end end;

    (void)state;
    start(&end, serve_reversed);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, call_often, &end), 0);
    for (int i = 0; i < THREADS; i++) {
        void *failed;

        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    assert_true(end.messages > 0);
    assert_int_equal(end.closed, 0);
    stop(&end);
    assert_int_equal(end.closed, 0);
}

/* A descriptor that is none is an error of the call, and the connection stays. */
static void
test_bad_descriptor(void **state)
{
    struct remote_connect_supports_feature_args args = { .feature = 7 };
    struct remote_connect_supports_feature_ret ret;
    int fds[2] = { STDERR_FILENO, 999999 };
    struct end end;

    (void)state;
    start(&end, serve_reversed);
    assert_int_equal(rpc_client_call_fds(end.client, feature, &args, &ret, fds, 2, NULL, NULL), -1);
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_SYSTEM_ERROR);
    assert_non_null(strstr(virGetLastErrorMessage(), "descriptor 999999"));
    assert_int_equal(rpc_client_call(end.client, feature, &args, &ret), 0);
    assert_int_equal(ret.supported, 7);
    assert_int_equal(end.closed, 0);
    stop(&end);
}

static void
test_pipelined(void **state)
{
    struct rpc_request requests[20];
    struct end end;

    (void)state;
    start(&end, serve_reversed);
    memset(requests, 0, sizeof(requests));
    for (int i = 0; i < 20; i++) {
        struct remote_connect_supports_feature_args args = { .feature = i };

        assert_int_equal(rpc_request_start(end.client, &requests[i], feature, &args, NULL, 0), 0);
    }
    for (int i = 0; i < 20; i++) {
        struct remote_connect_supports_feature_ret ret;

        assert_int_equal(rpc_request_finish(end.client, &requests[i], &ret), 0);
        assert_int_equal(ret.supported, i);
    }
    stop(&end);
}

static void
expect_failure(struct end *end, int code, const char *word)
{
    struct remote_connect_supports_feature_args args = { 0 };
    struct remote_connect_supports_feature_ret ret;

    assert_int_equal(rpc_client_call(end->client, feature, &args, &ret), -1);
    assert_int_equal(virGetLastError()->code, code);
    assert_non_null(strstr(virGetLastErrorMessage(), word));
}

static void *
hang_up(void *opaque)
{
    struct end *end = opaque;
    unsigned char call[32];

    if (read(end->sock, call, sizeof(call)) > 0)
        shutdown(end->sock, SHUT_RDWR);
    return NULL;
}

static void
test_death(void **state)
{
    struct end end;

    (void)state;
    start(&end, hang_up);
    assert_true(rpc_client_alive(end.client));
    expect_failure(&end, VIR_ERR_SYSTEM_ERROR, "the other end closed it");
    assert_int_equal(end.closed, VIR_CONNECT_CLOSE_REASON_EOF + 1);
    assert_false(rpc_client_alive(end.client));
    expect_failure(&end, VIR_ERR_INTERNAL_ERROR, "client socket is closed");
    stop(&end);
}

static void *
send_rubbish(void *opaque)
{
    struct end *end = opaque;
    unsigned char call[32];

    if (read(end->sock, call, sizeof(call)) > 0 && write(end->sock, "\377\377\377\377", 4) < 0)
        return NULL;
    return NULL;
}

static void
test_rubbish(void **state)
{
    struct end end;

    (void)state;
    start(&end, send_rubbish);
    expect_failure(&end, VIR_ERR_SYSTEM_ERROR, "length above the limit");
    assert_int_equal(end.closed, VIR_CONNECT_CLOSE_REASON_ERROR + 1);
    stop(&end);
}

static void
test_deadline(void **state)
{
    struct end end;

    (void)state;
    start(&end, NULL);
    rpc_client_set_deadline(end.client, 1000);
    expect_failure(&end, VIR_ERR_OPERATION_TIMEOUT, "connect_supports_feature");
    assert_true(rpc_client_alive(end.client));
    stop(&end);
}

static void *
serve_pings_only(void *opaque)
{
    struct end *end = opaque;
    unsigned char bytes[32];

    /* the call, then two PINGs that stay without an answer */
    if (recv(end->sock, bytes, 32, MSG_WAITALL) == 32 && recv(end->sock, bytes, 28, MSG_WAITALL) == 28 &&
        rpc_get32(bytes + 4) == RPC_PROGRAM_KEEPALIVE && rpc_get32(bytes + 12) == RPC_KEEPALIVE_PING &&
        recv(end->sock, bytes, 28, MSG_WAITALL) == 28)
        end->messages = 100;
    return NULL;
}

static void
test_keepalive(void **state)
{
    struct end end;

    (void)state;
    start(&end, serve_pings_only);
    rpc_client_set_keepalive(end.client, 1, 2);
    expect_failure(&end, VIR_ERR_SYSTEM_ERROR, "no sign of life");
    assert_int_equal(end.closed, VIR_CONNECT_CLOSE_REASON_KEEPALIVE + 1);
    stop(&end);
    assert_int_equal(end.messages, 100);
}

static void
test_ping(void **state)
{
    struct rpc_header header = rpc_header_of(28, RPC_PROGRAM_KEEPALIVE, RPC_KEEPALIVE_PING,
                                             RPC_TYPE_MESSAGE, 0, RPC_STATUS_OK);
    unsigned char bytes[28];
    struct end end;

    (void)state;
    start(&end, NULL);
    rpc_header_put(bytes, &header);
    assert_int_equal(write(end.sock, bytes, 28), 28);
    rpc_client_read(end.client);
    assert_int_equal(recv(end.sock, bytes, 28, MSG_WAITALL), 28);
    assert_int_equal(rpc_get32(bytes + 12), RPC_KEEPALIVE_PONG);
    stop(&end);
}

/* Waits until the thread TID of this process waits for something. */
static void
until_asleep(pid_t tid)
{
    char path[64], state = 'R';

    snprintf(path, sizeof(path), "/proc/self/task/%d/stat", (int)tid);
    while (state != 'S') {
        FILE *file = fopen(path, "r");

        assert_non_null(file);
        assert_int_equal(fscanf(file, "%*d (%*[^)]) %c", &state), 1);
        fclose(file);
    }
}

static void *
close_soon(void *opaque)
{
    struct end *end = opaque;

    until_asleep(getpid());
    rpc_client_close(end->client);
    return NULL;
}

/* Closing from another thread ends a call that waits. */
static void
test_close_while_waiting(void **state)
{
    struct end end;

    (void)state;
    start(&end, close_soon);
    expect_failure(&end, VIR_ERR_SYSTEM_ERROR, "closed");
    assert_int_equal(end.closed, 0);
    stop(&end);
}

static struct { bool began, closing, ended; } telling;  /* atomic */

static void
be_told_slowly(int reason, void *opaque)
{
    (void)reason;
    (void)opaque;
    __atomic_store_n(&telling.began, true, __ATOMIC_RELEASE);
    while (!__atomic_load_n(&telling.closing, __ATOMIC_ACQUIRE)) {}
    until_asleep(getpid());
    __atomic_store_n(&telling.ended, true, __ATOMIC_RELEASE);
}

static void *
read_to_the_end(void *opaque)
{
    rpc_client_read(opaque);
    return NULL;
}

/* A client without a server; TOLD hears of that. */
static struct rpc_client *
client_alone(void (*told)(int reason, void *opaque))
{
    struct rpc_client_events events = { on_message, told, NULL };
    int ends[2];

    telling.began = telling.closing = telling.ended = false;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    close(ends[1]);
    return rpc_client_new(rpc_transport_of_socket(ends[0]), "nobody", &events);
}

/* Another thread is being told that the other end is gone: closing waits for that. */
static void
test_close_while_telling(void **state)
{
    struct rpc_client *client = client_alone(be_told_slowly);
    pthread_t other;

    (void)state;
    assert_int_equal(pthread_create(&other, NULL, read_to_the_end, client), 0);
    while (!__atomic_load_n(&telling.began, __ATOMIC_ACQUIRE)) {}
    __atomic_store_n(&telling.closing, true, __ATOMIC_RELEASE);
    rpc_client_close(client);
    assert_true(__atomic_load_n(&telling.ended, __ATOMIC_ACQUIRE));
    pthread_join(other, NULL);
    rpc_client_unref(client);
}

static void
make_a_call(int reason, void *opaque)
{
    (void)reason;
    (void)opaque;
    virResetLastError();                /* as every public call does */
}

/* Who is told may make calls: the one that found it broken fails with its own error. */
static void
test_error_when_told(void **state)
{
    struct remote_connect_supports_feature_args args = { .feature = 1 };
    struct remote_connect_supports_feature_ret ret;
    struct rpc_client *client = client_alone(make_a_call);

    (void)state;
    assert_int_equal(rpc_client_call(client, feature, &args, &ret), -1);
    assert_non_null(strstr(virGetLastErrorMessage(), "connection to nobody is lost"));
    rpc_client_close(client);
    rpc_client_unref(client);
}

static struct rpc_client *lone;

static void
close_in_answer(int reason, void *opaque)
{
    (void)reason;
    (void)opaque;
    rpc_client_close(lone);
    lone = rpc_client_unref(lone);
}

/* Who is told may close and let go at once. */
static void
test_close_when_told(void **state)
{
    (void)state;
    lone = client_alone(close_in_answer);
    alarm(20);                          /* it waited for itself */
    rpc_client_read(lone);
    alarm(0);
    assert_null(lone);
}

static struct rpc_stream *shared;       /* of test_abort_while_waiting */

/* Opens whatever stream is asked for, and says nothing on it. */
static void *
open_and_be_silent(void *opaque)
{
    const struct end *end = opaque;
    unsigned char bytes[256];
    ssize_t n = read(end->sock, bytes, sizeof(bytes));

    if (n < 28)
        return NULL;
    rpc_put32(bytes, 28);
    rpc_put32(bytes + 16, RPC_TYPE_REPLY);
    if (send(end->sock, bytes, 28, MSG_NOSIGNAL) != 28)
        return NULL;
    return NULL;
}

static struct rpc_stream *
open_stream(struct end *end)
{
    struct remote_domain_open_console_args args = { .dom = { .name = (char *)"guest" } };
    struct rpc_stream *stream = rpc_stream_new(end->client, &remote_procedures[REMOTE_PROC_DOMAIN_OPEN_CONSOLE]);

    assert_int_equal(rpc_stream_open(stream, &args, NULL), 0);
    return stream;
}

static void *
abort_soon(void *opaque)
{
    (void)opaque;
    until_asleep(getpid());
    rpc_stream_abort(shared);
    rpc_stream_free(shared);
    return NULL;
}

/* A thread that waits for a stream's data returns when another one aborts and frees it. */
static void
test_abort_while_waiting(void **state)
{
    pthread_t other;
    struct end end;
    char byte;

    (void)state;
    start(&end, open_and_be_silent);
    shared = open_stream(&end);
    assert_int_equal(pthread_create(&other, NULL, abort_soon, NULL), 0);
    alarm(20);                          /* it waited for ever */
    assert_int_equal(rpc_stream_receive_data(shared, &byte, 1, true, false), -1);
    alarm(0);
    pthread_join(other, NULL);
    stop(&end);
}

/* The same for a thread that waits for the server to confirm the end. */
static void
test_abort_while_finishing(void **state)
{
    pthread_t other;
    struct end end;

    (void)state;
    start(&end, open_and_be_silent);
    shared = open_stream(&end);
    assert_int_equal(pthread_create(&other, NULL, abort_soon, NULL), 0);
    alarm(20);
    assert_int_equal(rpc_stream_finish(shared), -1);
    alarm(0);
    assert_non_null(strstr(virGetLastErrorMessage(), "it was aborted"));
    pthread_join(other, NULL);
    stop(&end);
}

/* What the server says on the first stream of a connection. */
static void
say_on_stream(const struct end *end, enum rpc_type type, const void *bytes, size_t n)
{
    struct rpc_header header = rpc_header_of(RPC_HEADER_SIZE + n, RPC_PROGRAM_REMOTE,
                                             REMOTE_PROC_DOMAIN_OPEN_CONSOLE, type, 0, RPC_STATUS_CONTINUE);
    unsigned char message[RPC_HEADER_SIZE + 64];

    rpc_header_put(message, &header);
    memcpy(message + RPC_HEADER_SIZE, bytes, n);
    assert_int_equal(send(end->sock, message, RPC_HEADER_SIZE + n, MSG_NOSIGNAL), RPC_HEADER_SIZE + n);
}

static pid_t receivers[2];              /* atomic */

static void *
receive_one(void *opaque)
{
    static int n;
    char byte;

    __atomic_store_n(&receivers[__atomic_fetch_add(&n, 1, __ATOMIC_RELAXED) % 2], gettid(), __ATOMIC_RELEASE);
    return rpc_stream_receive_data(opaque, &byte, 1, true, false) == 1 ? opaque : NULL;
}

/* Two threads wait for data of one stream: each gets some. */
static void
test_two_receivers(void **state)
{
    struct rpc_stream *stream;
    pthread_t threads[2];
    struct end end;
    void *got;

    (void)state;
    start(&end, open_and_be_silent);
    stream = open_stream(&end);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, receive_one, stream), 0);
    alarm(20);                          /* one of them waited for ever */
    for (int i = 0; i < 2; i++) {
        pid_t tid;

        while (!(tid = __atomic_load_n(&receivers[i], __ATOMIC_ACQUIRE))) {}
        until_asleep(tid);
    }
    for (int i = 0; i < 2; i++) {
        say_on_stream(&end, RPC_TYPE_STREAM, "x", 1);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], &got);
        assert_ptr_equal(got, stream);
    }
    alarm(0);
    rpc_stream_free(stream);
    stop(&end);
}

/* Holes of a negative length, and without one. */
static void
test_wrong_holes(void **state)
{
    static const unsigned char negative[RPC_HOLE_SIZE] = { 0x80 };
    static const size_t sizes[] = { RPC_HOLE_SIZE, 4 };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct rpc_stream *stream;
        struct end end;
        char bytes[16];

        start(&end, open_and_be_silent);
        stream = open_stream(&end);
        say_on_stream(&end, RPC_TYPE_STREAM_HOLE, negative, sizes[i]);
        assert_int_equal(rpc_stream_receive_data(stream, bytes, sizeof(bytes), true, false), -1);
        assert_non_null(strstr(virGetLastErrorMessage(), "hole that cannot be"));
        rpc_stream_free(stream);
        stop(&end);
    }
}

/* Holes that nobody fetches have no bytes, but take memory: the loop stops reading. */
static void
test_many_holes(void **state)
{
    static const unsigned char one[RPC_HOLE_SIZE] = { [RPC_HOLE_SIZE - 5] = 1 };
    struct rpc_stream *stream;
    struct pollfd unread = { .events = POLLIN };
    struct end end;

    (void)state;
    start(&end, open_and_be_silent);
    stream = open_stream(&end);
    unread.fd = rpc_client_socket(end.client);
    for (int i = 0; i < 20000 && poll(&unread, 1, 0) == 0; i++) {
        for (int j = 0; j < 50; j++)
            say_on_stream(&end, RPC_TYPE_STREAM_HOLE, one, sizeof(one));
        rpc_client_read(end.client);
    }
    assert_int_equal(poll(&unread, 1, 0), 1);
    rpc_stream_free(stream);
    stop(&end);
}

/* Answers each call twice, at once; the second answer is another one. */
static void *
serve_twice(void *opaque)
{
    const struct end *end = opaque;
    unsigned char bytes[64];

    while (read(end->sock, bytes, 32) == 32) {
        rpc_put32(bytes + 16, RPC_TYPE_REPLY);
        memcpy(bytes + 32, bytes, 32);
        rpc_put32(bytes + 60, 77);
        if (send(end->sock, bytes, 64, MSG_NOSIGNAL) != 64)
            break;
    }
    return NULL;
}

/* The first answer counts. */
static void
test_two_answers(void **state)
{
    struct remote_connect_supports_feature_args args = { .feature = 5 };
    struct remote_connect_supports_feature_ret ret;
    struct end end;

    (void)state;
    start(&end, serve_twice);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(rpc_client_call(end.client, feature, &args, &ret), 0);
        assert_int_equal(ret.supported, 5);
    }
    stop(&end);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_bad_descriptor),
        cmocka_unit_test(test_pipelined),
        cmocka_unit_test(test_death),
        cmocka_unit_test(test_rubbish),
        cmocka_unit_test(test_deadline),
        cmocka_unit_test(test_keepalive),
        cmocka_unit_test(test_ping),
        cmocka_unit_test(test_close_while_waiting),
        cmocka_unit_test(test_close_while_telling),
        cmocka_unit_test(test_close_when_told),
        cmocka_unit_test(test_error_when_told),
        cmocka_unit_test(test_abort_while_waiting),
        cmocka_unit_test(test_abort_while_finishing),
        cmocka_unit_test(test_two_receivers),
        cmocka_unit_test(test_wrong_holes),
        cmocka_unit_test(test_many_holes),
        cmocka_unit_test(test_two_answers),
    };

    if (virInitialize() < 0)
        return 1;
    virSetErrorFunc(NULL, NULL);
    return cmocka_run_group_tests_name("rpc/client", tests, NULL, NULL);
}
