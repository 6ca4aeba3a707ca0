/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Streams: the front end of the table that whoever opened the stream set, and
 * the loops that move a whole file.
 */
#include "../call.h"
#include "../connect.h"
#include "../error.h"
#include "core/calls.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK (256 * 1024)              /* bytes in one step of the loops: a message of the wire */
#define RECV_FLAGS VIR_STREAM_RECV_STOP_AT_HOLE

/* A slot of the table OPS; NULL if it is empty, or nobody has opened the stream. */
#define SLOT_OF(ops, slot) \
    ((ops) && (ops)->size >= offsetof(struct vir_stream_ops, slot) + 8 ? (ops)->slot.call : NULL)
/* The same with an error.  The table is read once: another thread may end the stream meanwhile. */
#define SLOT(stream, call_number, slot)                         \
    __extension__ ({                                            \
        const struct vir_stream_ops *_ops = ops_of(stream);     \
        if (!SLOT_OF(_ops, slot))                               \
            vir_call_no_support(call_number, stream);           \
        SLOT_OF(_ops, slot);                                    \
    })

static const struct vir_stream_ops *
ops_of(virStreamPtr stream)
{
    return __atomic_load_n(&stream->ops, __ATOMIC_ACQUIRE);
}

/* Lets the module end the stream, well or not: once, and then it has nothing to do with it any
 * more.  DATA is released there. */
static int
end_by(unsigned int number, virStreamPtr stream, bool well)
{
    const struct vir_stream_ops *ops;
    int (*call)(virStreamPtr);
    int rc = -1;

    if (__atomic_exchange_n(&stream->ending, true, __ATOMIC_ACQUIRE))
        return vir_call_int(stream, vir_raise(VIR_FROM_STREAMS, VIR_ERR_OPERATION_INVALID,
                                              "another thread ends this stream"));
    ops = ops_of(stream);
    call = well ? SLOT_OF(ops, stream_finish) : SLOT_OF(ops, stream_abort);
    if (call) {
        rc = call(stream);
        vir_stream_set_ops(stream, NULL, NULL);
    }
    __atomic_store_n(&stream->ending, false, __ATOMIC_RELEASE);
    return call ? vir_call_int(stream, rc) : vir_call_no_support(number, stream);
}

/* The last handle goes while the stream is open: the other end hears of it. */
static void
end(void *handle)
{
    virStreamPtr stream = handle;
    int (*call)(virStreamPtr) = SLOT_OF(ops_of(stream), stream_abort);
    virErrorPtr error;

    if (!call)
        return;
    error = vir_error_take();
    /* Whole for the module, which may look at the handle. */
    __atomic_store_n(&stream->object.refs, 1, __ATOMIC_RELAXED);
    call(stream);
    vir_error_restore(error);
}

virStreamPtr
virStreamNew(virConnectPtr conn, unsigned int flags)
{
    virStreamPtr stream;

    if (vir_call_check(VIR_CALL_virStreamNew, conn, flags) < 0)
        return NULL;
    if (flags & ~(unsigned int)VIR_STREAM_NONBLOCK) {
        vir_raise(VIR_FROM_STREAMS, VIR_ERR_INVALID_ARG, "unsupported flags (0x%x) in function virStreamNew",
                  flags & ~(unsigned int)VIR_STREAM_NONBLOCK);
        return vir_call_ptr(conn, NULL);
    }
    stream = vir_object_new(VIR_KIND_STREAM, sizeof(*stream), conn);
    stream->object.end = end;
    stream->flags = flags;
    return stream;
}

static int
check_bytes(unsigned int call, virStreamPtr stream, const void *data, size_t nbytes)
{
    if (vir_call_check(call, stream, 0) < 0)
        return -1;
    if (!data)
        return vir_call_bad(call, stream, "data", VIR_BAD_NULL);
    if (nbytes > INT_MAX)
        return vir_call_bad(call, stream, "nbytes", VIR_BAD_TOO_BIG);
    return 0;
}

/* -2: it would have to wait; -3: there is a hole where data was asked for.  No errors. */
static int
moved(virStreamPtr stream, int ret)
{
    if (ret == -1)
        vir_call_failed(stream);
    return ret;
}

int
virStreamSend(virStreamPtr stream, const char *data, size_t nbytes)
{
    int (*call)(virStreamPtr, const char *, size_t);

    if (check_bytes(VIR_CALL_virStreamSend, stream, data, nbytes) < 0)
        return -1;
    call = SLOT(stream, VIR_CALL_virStreamSend, stream_send);
    return call ? moved(stream, call(stream, data, nbytes)) : -1;
}

static int
receive(unsigned int number, virStreamPtr stream, char *data, size_t nbytes, unsigned int flags)
{
    int (*call)(virStreamPtr, char *, size_t, unsigned int);

    if (check_bytes(number, stream, data, nbytes) < 0)
        return -1;
    if (flags & ~(unsigned int)RECV_FLAGS)
        return vir_call_bad(number, stream, "flags", VIR_BAD_UNKNOWN);
    call = SLOT(stream, number, stream_recv_flags);
    return call ? moved(stream, call(stream, data, nbytes, flags)) : -1;
}

int
virStreamRecv(virStreamPtr stream, char *data, size_t nbytes)
{
    return receive(VIR_CALL_virStreamRecv, stream, data, nbytes, 0);
}

int
virStreamRecvFlags(virStreamPtr stream, char *data, size_t nbytes, unsigned int flags)
{
    return receive(VIR_CALL_virStreamRecvFlags, stream, data, nbytes, flags);
}

int
virStreamSendHole(virStreamPtr stream, long long length, unsigned int flags)
{
    int (*call)(virStreamPtr, long long, unsigned int);

    if (vir_call_check(VIR_CALL_virStreamSendHole, stream, flags) < 0)
        return -1;
    if (length <= 0)
        return vir_call_bad(VIR_CALL_virStreamSendHole, stream, "length", VIR_BAD_ZERO);
    call = SLOT(stream, VIR_CALL_virStreamSendHole, stream_send_hole);
    return call ? vir_call_int(stream, call(stream, length, flags)) : -1;
}

int
virStreamRecvHole(virStreamPtr stream, long long *length, unsigned int flags)
{
    int (*call)(virStreamPtr, long long *, unsigned int);

    if (vir_call_check(VIR_CALL_virStreamRecvHole, stream, flags) < 0)
        return -1;
    if (!length)
        return vir_call_bad(VIR_CALL_virStreamRecvHole, stream, "length", VIR_BAD_NULL);
    call = SLOT(stream, VIR_CALL_virStreamRecvHole, stream_recv_hole);
    return call ? vir_call_int(stream, call(stream, length, flags)) : -1;
}

int
virStreamEventAddCallback(virStreamPtr stream, int events, virStreamEventCallback cb, void *opaque,
                          virFreeCallback ff)
{
    int (*call)(virStreamPtr, int, virStreamEventCallback, void *, virFreeCallback);

    if (vir_call_check(VIR_CALL_virStreamEventAddCallback, stream, 0) < 0)
        return -1;
    if (!cb)
        return vir_call_bad(VIR_CALL_virStreamEventAddCallback, stream, "cb", VIR_BAD_NULL);
    call = SLOT(stream, VIR_CALL_virStreamEventAddCallback, stream_event_add_callback);
    return call ? vir_call_int(stream, call(stream, events, cb, opaque, ff)) : -1;
}

int
virStreamEventUpdateCallback(virStreamPtr stream, int events)
{
    int (*call)(virStreamPtr, int);

    if (vir_call_check(VIR_CALL_virStreamEventUpdateCallback, stream, 0) < 0)
        return -1;
    call = SLOT(stream, VIR_CALL_virStreamEventUpdateCallback, stream_event_update_callback);
    return call ? vir_call_int(stream, call(stream, events)) : -1;
}

int
virStreamEventRemoveCallback(virStreamPtr stream)
{
    int (*call)(virStreamPtr);

    if (vir_call_check(VIR_CALL_virStreamEventRemoveCallback, stream, 0) < 0)
        return -1;
    call = SLOT(stream, VIR_CALL_virStreamEventRemoveCallback, stream_event_remove_callback);
    return call ? vir_call_int(stream, call(stream)) : -1;
}

int
virStreamFinish(virStreamPtr stream)
{
    if (vir_call_check(VIR_CALL_virStreamFinish, stream, 0) < 0)
        return -1;
    return end_by(VIR_CALL_virStreamFinish, stream, true);
}

int
virStreamAbort(virStreamPtr stream)
{
    if (vir_call_check(VIR_CALL_virStreamAbort, stream, 0) < 0)
        return -1;
    if (!ops_of(stream))
        return 0;                       /* nobody opened it: nothing to give up */
    return end_by(VIR_CALL_virStreamAbort, stream, false);
}

/* ---- whole files ---- */

/* What the loops share: they block, and end a broken transfer. */
static int
begin_loop(unsigned int call, virStreamPtr stream, bool complete)
{
    if (vir_call_check(call, stream, 0) < 0)
        return -1;
    if (!complete)
        return vir_call_bad(call, stream, "a handler", VIR_BAD_NULL);
    if (stream->flags & VIR_STREAM_NONBLOCK) {
        vir_raise(VIR_FROM_STREAMS, VIR_ERR_OPERATION_INVALID,
                  "data sources cannot be used for non-blocking streams");
        return vir_call_int(stream, -1);
    }
    return 0;
}

/* Gives the stream up; the error that was the reason stays. */
static int
give_up(virStreamPtr stream)
{
    virErrorPtr error = vir_error_take();

    virStreamAbort(stream);
    vir_error_restore(error);
    return -1;
}

/* The same after a function of the program failed, which may have set errno. */
static int
program_failed(virStreamPtr stream, const char *what)
{
    if (!virGetLastErrorCode())
        vir_raise_errno(VIR_FROM_STREAMS, errno ? errno : EIO, "the program's %s failed", what);
    vir_call_failed(stream);
    return give_up(stream);
}

static int
send_chunk(virStreamPtr stream, const char *data, size_t nbytes)
{
    for (size_t sent = 0; sent < nbytes; ) {
        int ret = virStreamSend(stream, data + sent, nbytes - sent);

        if (ret < 0)
            return give_up(stream);
        sent += (size_t)ret;
    }
    return 0;
}

int
virStreamSendAll(virStreamPtr stream, virStreamSourceFunc handler, void *opaque)
{
    VIR_AUTO_FREE char *chunk = vir_alloc(CHUNK);
    int got;

    if (begin_loop(VIR_CALL_virStreamSendAll, stream, handler) < 0)
        return -1;
    for (;;) {
        errno = 0;
        got = handler(stream, chunk, CHUNK, opaque);
        if (got < 0 || got > CHUNK)
            return program_failed(stream, "data source");
        if (got == 0)
            return 0;
        if (send_chunk(stream, chunk, (size_t)got) < 0)
            return -1;
    }
}

/* Sends the data section of LENGTH bytes: 1; 0: the source has ended before. */
static int
send_section(virStreamPtr stream, char *chunk, long long length, virStreamSourceFunc handler, void *opaque)
{
    while (length > 0) {
        size_t want = length < CHUNK ? (size_t)length : CHUNK;
        int got;

        errno = 0;
        got = handler(stream, chunk, want, opaque);
        if (got < 0 || (size_t)got > want)
            return program_failed(stream, "data source");
        if (got == 0)
            return 0;
        if (send_chunk(stream, chunk, (size_t)got) < 0)
            return -1;
        length -= got;
    }
    return 1;
}

int
virStreamSparseSendAll(virStreamPtr stream, virStreamSourceFunc handler, virStreamSourceHoleFunc holeHandler,
                       virStreamSourceSkipFunc skipHandler, void *opaque)
{
    VIR_AUTO_FREE char *chunk = vir_alloc(CHUNK);

    if (begin_loop(VIR_CALL_virStreamSparseSendAll, stream, handler && holeHandler && skipHandler) < 0)
        return -1;
    for (;;) {
        long long length = 0;
        int in_data = 0;

        errno = 0;
        if (holeHandler(stream, &in_data, &length, opaque) < 0)
            return program_failed(stream, "hole detector");
        if (!in_data && length > 0) {
            if (virStreamSendHole(stream, length, 0) < 0)
                return give_up(stream);
            errno = 0;
            if (skipHandler(stream, length, opaque) < 0)
                return program_failed(stream, "skip function");
        } else if (length > 0) {
            int more = send_section(stream, chunk, length, handler, opaque);

            if (more <= 0)
                return more;
        } else {
            return 0;
        }
    }
}

/* Hands NBYTES to the program. */
static int
sink_chunk(virStreamPtr stream, const char *data, size_t nbytes, virStreamSinkFunc handler, void *opaque)
{
    for (size_t done = 0; done < nbytes; ) {
        int ret;

        errno = 0;
        ret = handler(stream, data + done, nbytes - done, opaque);
        if (ret <= 0 || (size_t)ret > nbytes - done)
            return program_failed(stream, "data sink");
        done += (size_t)ret;
    }
    return 0;
}

int
virStreamRecvAll(virStreamPtr stream, virStreamSinkFunc handler, void *opaque)
{
    VIR_AUTO_FREE char *chunk = vir_alloc(CHUNK);
    int got;

    if (begin_loop(VIR_CALL_virStreamRecvAll, stream, handler) < 0)
        return -1;
    while ((got = virStreamRecv(stream, chunk, CHUNK)) > 0)
        if (sink_chunk(stream, chunk, (size_t)got, handler, opaque) < 0)
            return -1;
    return got < 0 ? give_up(stream) : 0;
}

int
virStreamSparseRecvAll(virStreamPtr stream, virStreamSinkFunc handler, virStreamSinkHoleFunc holeHandler,
                       void *opaque)
{
    VIR_AUTO_FREE char *chunk = vir_alloc(CHUNK);

    if (begin_loop(VIR_CALL_virStreamSparseRecvAll, stream, handler && holeHandler) < 0)
        return -1;
    for (;;) {
        int got = virStreamRecvFlags(stream, chunk, CHUNK, VIR_STREAM_RECV_STOP_AT_HOLE);
        long long length;

        if (got == -3) {
            if (virStreamRecvHole(stream, &length, 0) < 0)
                return give_up(stream);
            errno = 0;
            if (holeHandler(stream, length, opaque) < 0)
                return program_failed(stream, "hole sink");
        } else if (got <= 0) {
            return got < 0 ? give_up(stream) : 0;
        } else if (sink_chunk(stream, chunk, (size_t)got, handler, opaque) < 0) {
            return -1;
        }
    }
}

/* ---- for modules ---- */

virConnectPtr
vir_stream_connect(virStreamPtr stream)
{
    return stream->object.conn;
}

void *
vir_stream_data(virStreamPtr stream)
{
    return stream->data;
}

bool
vir_stream_nonblock(virStreamPtr stream)
{
    return stream->flags & VIR_STREAM_NONBLOCK;
}

void
vir_stream_set_ops(virStreamPtr stream, const struct vir_stream_ops *ops, void *data)
{
    stream->data = data;
    __atomic_store_n(&stream->ops, ops, __ATOMIC_RELEASE);
}
