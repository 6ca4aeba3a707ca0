/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What has arrived for a stream and was not fetched yet.  Unless a comment says
 * otherwise, everything here is under the client's lock.
 */
#ifndef RPC_STREAM_QUEUE_H
#define RPC_STREAM_QUEUE_H

#include "client-private.h"

struct rpc_piece {
    struct rpc_piece *next;
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
    struct rpc_piece *pieces, **tail;
    size_t queued;                      /* bytes that the pieces take, holes too */
    bool eof, confirmed, broken;
    const char *why;                    /* it is broken */
    virErrorPtr error;                  /* that the server sent; instead of `why` */
    void (*notify)(void *opaque);
    void *opaque;
};

/* The stream belongs to the call with this serial from now on. */
void rpc_stream_attach(struct rpc_stream *stream, uint32_t serial);
/* Nothing more comes in. */
void rpc_stream_detach(struct rpc_stream *stream);
struct rpc_stream *rpc_stream_find(struct rpc_client *client, uint32_t serial);
/* Takes in a message, with the error that it brings (taken over; NULL: none). */
void rpc_stream_take(struct rpc_stream *stream, const struct rpc_packet *packet, virErrorPtr error);
void rpc_stream_drop_piece(struct rpc_stream *stream);
/* One of the streams holds so much that the server has to wait. */
bool rpc_streams_full(const struct rpc_client *client);
/* The first reason counts. */
void rpc_stream_break(struct rpc_stream *stream, const char *why);
/* The connection broke: so did its streams. */
void rpc_streams_break(struct rpc_client *client);

#endif
