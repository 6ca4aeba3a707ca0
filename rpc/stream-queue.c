/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The queue of a stream: filled by whoever reads the socket, emptied by who wants data. */
#include "rpc/stream-queue.h"

#include <stdlib.h>
#include <string.h>

/* Bytes that the program has not fetched. */
#define QUEUE_FULL (16 * 1024 * 1024)   /* the event loop takes in no more */
#define QUEUE_MAX (64 * 1024 * 1024)    /* a call must, to come to its reply */

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

void
rpc_stream_detach(struct rpc_stream *stream)
{
    if (!stream->link)
        return;
    *stream->link = stream->next;
    if (stream->next)
        stream->next->link = stream->link;
    stream->link = NULL;
}

struct rpc_stream *
rpc_stream_find(struct rpc_client *client, uint32_t serial)
{
    struct rpc_stream *stream = client->streams;

    while (stream && stream->serial != serial)
        stream = stream->next;
    return stream;
}

bool
rpc_streams_full(const struct rpc_client *client)
{
    const struct rpc_stream *stream = client->streams;

    while (stream && (stream->broken || stream->queued < QUEUE_FULL))
        stream = stream->next;
    return stream;
}

void
rpc_stream_drop_piece(struct rpc_stream *stream)
{
    struct rpc_piece *piece = stream->pieces;

    stream->queued -= sizeof(*piece) + piece->len - piece->done;
    stream->pieces = piece->next;
    if (!stream->pieces)
        stream->tail = &stream->pieces;
    free(piece);
}

static void
notify(struct rpc_stream *stream)
{
    if (stream->notify)
        stream->notify(stream->opaque);
}

void
rpc_stream_break(struct rpc_stream *stream, const char *why)
{
    if (!stream->broken)
        stream->why = why;
    stream->broken = true;
}

static void
queue_piece(struct rpc_stream *stream, const unsigned char *bytes, size_t n, long long hole)
{
    struct rpc_piece *piece;

    if (stream->broken)
        return;
    if (stream->queued + sizeof(*piece) + n > QUEUE_MAX) {
        rpc_stream_break(stream, "the program fetches less than comes");
        return;
    }
    piece = malloc(sizeof(*piece) + n);
    if (!piece) {
        rpc_stream_break(stream, "no memory for what came");
        return;
    }
    *piece = (struct rpc_piece){ .len = n, .hole = hole };
    if (n)
        memcpy(piece->data, bytes, n);
    *stream->tail = piece;
    stream->tail = &piece->next;
    stream->queued += sizeof(*piece) + n;
}

static void
queue_hole(struct rpc_stream *stream, long long length)
{
    if (length < 0)
        rpc_stream_break(stream, "the server sent a hole that cannot be");
    else if (length > 0)
        queue_piece(stream, NULL, 0, length);
}

void
rpc_stream_take(struct rpc_stream *stream, const struct rpc_packet *packet, virErrorPtr error)
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
        rpc_stream_break(stream, "the server ended it");
    }
    notify(stream);
}

void
rpc_streams_break(struct rpc_client *client)
{
    for (struct rpc_stream *stream = client->streams; stream; stream = stream->next) {
        rpc_stream_break(stream, client->why);
        notify(stream);
    }
}
