/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The client's end of streams.  Whoever reads the socket queues what arrives;
 * who wants data takes it from the queue, or waits for it as for a reply.
 */
#include "client-private.h"

#include <stdlib.h>
#include <string.h>

#include "rpc/error.h"
#include "rpc/stream.h"

#define QUEUE_MAX (16 * 1024 * 1024)    /* bytes that the program has not fetched */

struct piece {
    struct piece *next;
    long long hole;                     /* zeroes still to come, instead of data */
    size_t len, done;
    char data[];
};

struct rpc_stream {
    struct rpc_client *client;          /* referenced */
    const struct rpc_procedure *procedure;
    uint32_t serial;

    /* under the client's lock */
    int refs;                           /* the owner's, and one for a thread that waits */
    struct rpc_stream *next, **link;    /* of the client, while open */
    struct piece *pieces, **tail;
    size_t queued;
    bool eof, confirmed, broken;
    const char *why;                    /* it is broken */
    virErrorPtr error;                  /* that the server sent; instead of `why` */
    void (*notify)(void *opaque);
    void *opaque;
};

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

/* Under lock. */
static void
drop_piece(struct rpc_stream *stream)
{
    struct piece *piece = stream->pieces;

    stream->pieces = piece->next;
    if (!stream->pieces)
        stream->tail = &stream->pieces;
    free(piece);
}

/* Nothing more comes in.  Under lock. */
static void
unlink_stream(struct rpc_stream *stream)
{
    if (!stream->link)
        return;
    *stream->link = stream->next;
    if (stream->next)
        stream->next->link = stream->link;
    stream->link = NULL;
}

/* Drops a reference.  Under lock, which it releases. */
static void
let_go(struct rpc_stream *stream)
{
    struct rpc_client *client = stream->client;
    bool last = --stream->refs == 0;

    pthread_mutex_unlock(&client->lock);
    if (!last)
        return;
    while (stream->pieces)
        drop_piece(stream);
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
    unlink_stream(stream);
    let_go(stream);
    return NULL;
}

void
rpc_stream_attach(struct rpc_stream *stream, uint32_t serial)
{
    struct rpc_client *client = stream->client;

    stream->serial = serial;
    stream->next = client->streams;
    stream->link = &client->streams;
    if (stream->next)
        stream->next->link = &stream->next;
    client->streams = stream;
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

/* ---- arrival: by whoever reads -------------------------------------------------- */

/* Under lock. */
static void
wake_waiters(struct rpc_stream *stream)
{
    struct rpc_request *request, *next;

    for (request = stream->client->requests; request; request = next) {
        next = request->next;
        if (request->waits_for == stream)
            rpc_request_settle(request, RPC_REQUEST_ANSWERED);
    }
}

/* Under lock. */
static void
wake(struct rpc_stream *stream)
{
    wake_waiters(stream);
    if (stream->notify)
        stream->notify(stream->opaque);
}

/* The first reason counts.  Under lock. */
static void
break_stream(struct rpc_stream *stream, const char *why)
{
    if (!stream->broken)
        stream->why = why;
    stream->broken = true;
}

/* Under lock. */
static void
queue_piece(struct rpc_stream *stream, const unsigned char *bytes, size_t n, long long hole)
{
    struct piece *piece;

    if (stream->queued + n > QUEUE_MAX) {
        break_stream(stream, "more came than the program fetches");
        return;
    }
    piece = malloc(sizeof(*piece) + n);
    if (!piece) {
        break_stream(stream, "no memory for what came");
        return;
    }
    *piece = (struct piece){ .len = n, .hole = hole };
    if (n)
        memcpy(piece->data, bytes, n);
    *stream->tail = piece;
    stream->tail = &piece->next;
    stream->queued += n;
}

static void
queue_hole(struct rpc_stream *stream, long long length)
{
    if (length < 0)
        break_stream(stream, "the server sent a hole that cannot be");
    else if (length > 0)
        queue_piece(stream, NULL, 0, length);
}

static void
take_status(struct rpc_stream *stream, const struct rpc_packet *packet, virErrorPtr error)
{
    switch (packet->header.status) {
    case RPC_STATUS_CONTINUE:
        if (packet->header.type == RPC_TYPE_STREAM_HOLE)
            queue_hole(stream, rpc_hole_get(packet->body, packet->len));
        else if (packet->len)
            queue_piece(stream, packet->body, packet->len, 0);
        else
            stream->eof = true;
        break;
    case RPC_STATUS_OK:
        stream->eof = stream->confirmed = true;
        break;
    default:
        virFreeError(stream->error);
        stream->error = error;
        break_stream(stream, "the server ended it");
    }
}

void
rpc_stream_receive(struct rpc_client *client, const struct rpc_packet *packet)
{
    struct rpc_stream *stream;
    virErrorPtr error = NULL;

    if (packet->header.status == RPC_STATUS_ERROR) {
        virErrorPtr own = vir_error_take();

        rpc_error_raise(packet->body, packet->len);
        error = vir_error_take();
        vir_error_restore(own);
    }
    pthread_mutex_lock(&client->lock);
    for (stream = client->streams; stream; stream = stream->next) {
        if (stream->serial == packet->header.serial)
            break;
    }
    if (stream) {
        take_status(stream, packet, error);
        error = NULL;
        wake(stream);
    }
    pthread_mutex_unlock(&client->lock);
    virFreeError(error);
}

void
rpc_streams_break(struct rpc_client *client)
{
    for (struct rpc_stream *stream = client->streams; stream; stream = stream->next) {
        break_stream(stream, client->why);
        wake(stream);
    }
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
        struct piece *piece = stream->pieces;
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
            drop_piece(stream);
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
        drop_piece(stream);
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
        while (stream->pieces) {        /* nobody wants it any more */
            stream->queued -= stream->pieces->len - stream->pieces->done;
            drop_piece(stream);
        }
        wait_for_something(stream);
    }
    broken = stream->broken;
    unlink_stream(stream);
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
    unlink_stream(stream);
    break_stream(stream, "it was aborted");
    wake_waiters(stream);               /* other threads */
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
