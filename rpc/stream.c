/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The client's end of streams: opened by a call, written like one, read from
 * the queue, or waited for as for a reply.
 */
#include "client-private.h"

#include <stdlib.h>
#include <string.h>

#include "rpc/stream-queue.h"
#include "rpc/stream.h"

struct rpc_stream *
rpc_stream_new(struct rpc_client *client, const struct rpc_procedure *procedure)
{
    struct rpc_stream *stream = VIR_NEW(struct rpc_stream);

    stream->refs = 1;
    stream->client = rpc_client_ref(client);
    stream->procedure = procedure;
    stream->tail = &stream->pieces;
    return stream;
}

/* Drops a reference, after what may have made room.  Under lock, which it releases. */
static void
let_go(struct rpc_stream *stream)
{
    struct rpc_client *client = stream->client;
    bool last = --stream->refs == 0;

    rpc_client_listen(client);
    pthread_mutex_unlock(&client->lock);
    if (!last)
        return;
    while (stream->pieces)
        rpc_stream_drop_piece(stream);
    virFreeError(stream->error);
    free(stream);
    rpc_client_unref(client);
}

struct rpc_stream *
rpc_stream_free(struct rpc_stream *stream)
{
    if (!stream)
        return NULL;
    pthread_mutex_lock(&stream->client->lock);
    rpc_stream_detach(stream);
    let_go(stream);
    return NULL;
}

int
rpc_stream_open(struct rpc_stream *stream, const void *args, void *ret)
{
    struct rpc_request request = { .stream = stream };
    int result;

    if (rpc_request_start(stream->client, &request, stream->procedure, args, NULL, 0) < 0)
        return -1;
    result = rpc_request_finish(stream->client, &request, ret);
    rpc_fds_close(request.reply.fds, request.reply.n_fds);
    return result;
}

/* ---- use -------------------------------------------------------------------------- */

static int
raise_broken(struct rpc_stream *stream)
{
    virErrorPtr error;
    const char *why;
    int rc;

    pthread_mutex_lock(&stream->client->lock);
    error = vir_steal(&stream->error);
    why = stream->why;
    pthread_mutex_unlock(&stream->client->lock);
    if (!error)
        return vir_raise(VIR_FROM_STREAMS, VIR_ERR_OPERATION_FAILED, "the stream of %s is broken: %s",
                         stream->procedure->name, why);
    rc = vir_raise_raw(error);
    virFreeError(error);
    return rc;
}

/* Waits until something arrives.  Under lock. */
static void
wait_for_something(struct rpc_stream *stream)
{
    struct rpc_request request = { .procedure = stream->procedure, .waits_for = stream };

    rpc_request_enlist(stream->client, &request);
    rpc_client_wait(stream->client, &request);
}

static int
send_packet(struct rpc_stream *stream, enum rpc_type type, enum rpc_status status,
            const void *bytes, size_t n)
{
    struct rpc_client *client = stream->client;
    struct rpc_header header = rpc_header_of(0, stream->procedure->program, stream->procedure->number,
                                             type, stream->serial, status);
    int rc;

    pthread_mutex_lock(&client->send_lock);
    rc = rpc_client_send_bytes(client, header, bytes, n);
    rpc_client_send_done(client);
    if (rc < 0)
        rpc_client_tell(client);
    return rc;
}

static bool
is_broken(struct rpc_stream *stream)
{
    bool broken;

    pthread_mutex_lock(&stream->client->lock);
    broken = stream->broken;
    pthread_mutex_unlock(&stream->client->lock);
    return broken;
}

int
rpc_stream_send(struct rpc_stream *stream, const char *data, size_t n)
{
    if (is_broken(stream))
        return raise_broken(stream);
    if (n > RPC_STREAM_CHUNK)
        n = RPC_STREAM_CHUNK;
    if (send_packet(stream, RPC_TYPE_STREAM, RPC_STATUS_CONTINUE, data, n) < 0)
        return -1;
    return (int)n;
}

int
rpc_stream_send_hole(struct rpc_stream *stream, long long length)
{
    unsigned char bytes[RPC_HOLE_SIZE];

    if (is_broken(stream))
        return raise_broken(stream);
    rpc_hole_put(bytes, length);
    return send_packet(stream, RPC_TYPE_STREAM_HOLE, RPC_STATUS_CONTINUE, bytes, sizeof(bytes));
}

/* Fills DATA from the queue.  Under lock. */
static int
take_data(struct rpc_stream *stream, char *data, size_t n, bool stop_at_hole)
{
    size_t got = 0;

    while (got < n && stream->pieces) {
        struct rpc_piece *piece = stream->pieces;
        size_t part = n - got;

        if (piece->hole) {
            if (stop_at_hole)
                break;
            if ((unsigned long long)piece->hole < part)
                part = (size_t)piece->hole;
            memset(data + got, 0, part);
            piece->hole -= (long long)part;
        } else {
            if (piece->len - piece->done < part)
                part = piece->len - piece->done;
            memcpy(data + got, piece->data + piece->done, part);
            piece->done += part;
            stream->queued -= part;
        }
        got += part;
        if (!piece->hole && piece->done == piece->len)
            rpc_stream_drop_piece(stream);
    }
    if (!got && stream->pieces)
        return RPC_STREAM_AT_HOLE;
    return (int)got;
}

int
rpc_stream_receive_data(struct rpc_stream *stream, char *data, size_t n, bool wait, bool stop_at_hole)
{
    struct rpc_client *client = stream->client;
    int got;

    pthread_mutex_lock(&client->lock);
    stream->refs++;                     /* another thread may abort and free it meanwhile */
    while (wait && !stream->pieces && !stream->eof && !stream->broken)
        wait_for_something(stream);
    if (stream->pieces)
        got = take_data(stream, data, n, stop_at_hole);
    else if (stream->broken)
        got = -1;
    else
        got = stream->eof ? 0 : RPC_STREAM_WOULD_WAIT;
    pthread_mutex_unlock(&client->lock);
    if (got == -1)
        raise_broken(stream);
    pthread_mutex_lock(&client->lock);
    let_go(stream);
    return got;
}

int
rpc_stream_receive_hole(struct rpc_stream *stream, long long *ret_length)
{
    struct rpc_client *client = stream->client;

    pthread_mutex_lock(&client->lock);
    *ret_length = 0;
    if (stream->pieces && stream->pieces->hole) {
        *ret_length = stream->pieces->hole;
        rpc_stream_drop_piece(stream);
        rpc_client_listen(client);
    }
    pthread_mutex_unlock(&client->lock);
    return 0;
}

/* Waits for the server's last word: 0, or -1 with the error. */
static int
wait_for_confirmation(struct rpc_stream *stream)
{
    struct rpc_client *client = stream->client;
    bool broken;

    pthread_mutex_lock(&client->lock);
    while (!stream->confirmed && !stream->broken) {
        while (stream->pieces)          /* nobody wants it any more */
            rpc_stream_drop_piece(stream);
        wait_for_something(stream);
    }
    broken = stream->broken;
    rpc_stream_detach(stream);
    pthread_mutex_unlock(&client->lock);
    return broken ? raise_broken(stream) : 0;
}

int
rpc_stream_finish(struct rpc_stream *stream)
{
    struct rpc_client *client = stream->client;
    int rc = -1;

    pthread_mutex_lock(&client->lock);
    stream->refs++;                     /* another thread may abort and free it meanwhile */
    pthread_mutex_unlock(&client->lock);
    if (is_broken(stream))
        raise_broken(stream);
    else if (send_packet(stream, RPC_TYPE_STREAM, RPC_STATUS_OK, NULL, 0) == 0)
        rc = wait_for_confirmation(stream);
    pthread_mutex_lock(&client->lock);
    let_go(stream);
    return rc;
}

int
rpc_stream_abort(struct rpc_stream *stream)
{
    struct rpc_client *client = stream->client;
    int rc = is_broken(stream) ? 0 : send_packet(stream, RPC_TYPE_STREAM, RPC_STATUS_ERROR, NULL, 0);

    pthread_mutex_lock(&client->lock);
    rpc_stream_detach(stream);
    rpc_stream_break(stream, "it was aborted");
    rpc_client_listen(client);
    rpc_requests_wake(client, stream);  /* other threads */
    pthread_mutex_unlock(&client->lock);
    return rc;
}

void
rpc_stream_set_notify(struct rpc_stream *stream, void (*notify)(void *opaque), void *opaque)
{
    pthread_mutex_lock(&stream->client->lock);
    stream->notify = notify;
    stream->opaque = opaque;
    pthread_mutex_unlock(&stream->client->lock);
}

bool
rpc_stream_readable(struct rpc_stream *stream)
{
    bool readable;

    pthread_mutex_lock(&stream->client->lock);
    readable = stream->pieces || stream->eof || stream->broken;
    pthread_mutex_unlock(&stream->client->lock);
    return readable;
}
