/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Streams on a table of slots that counts and fails as it is told: what the
 * loops over whole files do with a failure, and how often it is told. */
#include "core-unit.h"

#include <unistd.h>

const char vir_module_key = 0;

static struct {
    int code;                           /* what send and receive return */
    int aborted, finished, told;
} now;

static int
slot_send(virStreamPtr stream, const char *data, size_t nbytes)
{
    (void)stream, (void)data;
    return now.code < 0 ? vir_error(VIR_ERR_RPC, "the line is cut") : (int)nbytes;
}

static int
slot_receive(virStreamPtr stream, char *data, size_t nbytes, unsigned int flags)
{
    (void)stream, (void)data, (void)nbytes, (void)flags;
    return now.code < 0 ? vir_error(VIR_ERR_RPC, "the line is cut") : now.code;
}

/* As module.h has it: the stream's data goes, and that is all. */
static int
slot_abort(virStreamPtr stream)
{
    now.aborted++;
    free(vir_stream_data(stream));
    return 0;
}

static int
slot_finish(virStreamPtr stream)
{
    now.finished++;
    assert_int_equal(virStreamAbort(stream), -1);       /* as from another thread */
    free(vir_stream_data(stream));
    return now.code < 0 ? vir_error(VIR_ERR_RPC, "the line is cut") : 0;
}

static const struct vir_stream_ops ops = {
    VIR_OPS(vir_stream_ops),
    .stream_send = { slot_send, 0, 0 },
    .stream_recv_flags = { slot_receive, 0, 0 },
    .stream_abort = { slot_abort, 0, 0 },
    .stream_finish = { slot_finish, 0, 0 },
};

static void
count(void *opaque, virErrorPtr error)
{
    (void)opaque, (void)error;
    now.told++;
}

/* A stream that is open, in a connection of STATE; CODE as above. */
static virStreamPtr
stream_new(void **state, int code)
{
    virStreamPtr stream = virStreamNew(*state, 0);

    now = (__typeof__(now)){ .code = code };
    vir_stream_set_ops(stream, &ops, malloc(1));
    return stream;
}

static int
setup(void **state)
{
    *state = virConnectOpen("test:///default");
    if (!*state)
        skip();
    return 0;
}

static int
teardown(void **state)
{
    return virConnectClose(*state);
}

static int
source(virStreamPtr stream, char *data, size_t nbytes, void *opaque)
{
    (void)stream, (void)data, (void)nbytes;
    return *(int *)opaque;
}

static int
sink(virStreamPtr stream, const char *data, size_t nbytes, void *opaque)
{
    (void)stream, (void)data, (void)nbytes;
    return *(int *)opaque;
}

static void
a_failure_is_told_once(void **state)
{
    virStreamPtr stream = stream_new(state, -1);
    char byte;

    assert_int_equal(virStreamRecv(stream, &byte, 1), -1);
    assert_int_equal(now.told, 1);
    assert_int_equal(virStreamRecvFlags(stream, &byte, 1, 1 << 7), -1);
    assert_int_equal(now.told, 2);
    assert_int_equal(virStreamSend(stream, &byte, 1), -1);
    assert_int_equal(now.told, 3);
    assert_int_equal(virStreamFree(stream), 0);
    assert_int_equal(now.aborted, 1);
}

/* Its data would be freed twice. */
static void
a_stream_ends_once(void **state)
{
    for (int code = -1; code <= 0; code++) {
        virStreamPtr stream = stream_new(state, code);
        char byte;

        assert_int_equal(virStreamFinish(stream), code);
        assert_int_equal(now.told, code < 0 ? 2 : 1);
        assert_int_equal(virStreamFinish(stream), -1);
        assert_error(VIR_ERR_NO_SUPPORT, "virStreamFinish");
        assert_int_equal(virStreamSend(stream, &byte, 1), -1);
        assert_int_equal(virStreamAbort(stream), 0);
        assert_int_equal(virStreamFree(stream), 0);
        assert_int_equal(now.finished, 1);
        assert_int_equal(now.aborted, 0);
    }
}

static void
loops_abort_a_broken_stream(void **state)
{
    virStreamPtr stream = stream_new(state, -1);
    int one = 1;

    assert_int_equal(virStreamSendAll(stream, source, &one), -1);
    assert_error(VIR_ERR_RPC, "cut");
    assert_int_equal(now.aborted, 1);
    virStreamFree(stream);

    stream = stream_new(state, -1);
    assert_int_equal(virStreamRecvAll(stream, sink, &one), -1);
    assert_error(VIR_ERR_RPC, "cut");
    assert_int_equal(now.aborted, 1);
    assert_int_equal(now.told, 1);
    virStreamFree(stream);
    assert_int_equal(now.aborted, 1);
}

static void
loops_abort_when_the_program_fails(void **state)
{
    virStreamPtr stream = stream_new(state, 1);
    int failed = -1;

    assert_int_equal(virStreamSendAll(stream, source, &failed), -1);
    assert_error(VIR_ERR_SYSTEM_ERROR, "Input/output error");
    assert_int_equal(now.aborted, 1);
    virStreamFree(stream);

    stream = stream_new(state, 1);
    assert_int_equal(virStreamRecvAll(stream, sink, &failed), -1);
    assert_error(VIR_ERR_SYSTEM_ERROR, "data sink");
    assert_int_equal(now.aborted, 1);
    assert_int_equal(now.told, 1);
    virStreamFree(stream);
}

/* More bytes than there was room for. */
static void
a_source_that_boasts(void **state)
{
    virStreamPtr stream = stream_new(state, 1);
    int much = 1 << 20;

    alarm(20);
    assert_int_equal(virStreamSendAll(stream, source, &much), -1);
    alarm(0);
    assert_error(VIR_ERR_SYSTEM_ERROR, "data source");
    assert_int_equal(now.aborted, 1);
    virStreamFree(stream);
}

static int
always_data(virStreamPtr stream, int *in_data, long long *length, void *opaque)
{
    (void)stream, (void)opaque;
    *in_data = 1;
    *length = 4096;
    return 0;
}

static int
skip_nothing(virStreamPtr stream, long long length, void *opaque)
{
    (void)stream, (void)length, (void)opaque;
    return 0;
}

/* A file that was cut while it is sent: its end is the end, whatever was announced. */
static void
a_source_that_ends_early(void **state)
{
    virStreamPtr stream = stream_new(state, 1);
    int nothing = 0;

    alarm(20);
    assert_int_equal(virStreamSparseSendAll(stream, source, always_data, skip_nothing, &nothing), 0);
    alarm(0);
    virStreamFree(stream);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_failure_is_told_once, setup, teardown),
        cmocka_unit_test_setup_teardown(a_stream_ends_once, setup, teardown),
        cmocka_unit_test_setup_teardown(loops_abort_a_broken_stream, setup, teardown),
        cmocka_unit_test_setup_teardown(loops_abort_when_the_program_fails, setup, teardown),
        cmocka_unit_test_setup_teardown(a_source_that_boasts, setup, teardown),
        cmocka_unit_test_setup_teardown(a_source_that_ends_early, setup, teardown),
    };

    virSetErrorFunc(NULL, count);
    return cmocka_run_group_tests_name("streams", tests, NULL, NULL);
}
