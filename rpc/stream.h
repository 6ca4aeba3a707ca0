/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Bulk data beside the calls: after a call has opened a stream, both ends send
 * STREAM messages with the call's serial until one of them ends it.
 */
#ifndef RPC_STREAM_H
#define RPC_STREAM_H

#include "rpc/client.h"

enum rpc_stream_result { RPC_STREAM_WOULD_WAIT = -2, RPC_STREAM_AT_HOLE = -3 };

struct rpc_stream;

/* A stream for the call that is about to be made. */
struct rpc_stream *rpc_stream_new(struct rpc_client *client, const struct rpc_procedure *procedure);
/* Returns NULL.  What still comes for it is ignored. */
struct rpc_stream *rpc_stream_free(struct rpc_stream *stream);
/* Makes the call; the stream is open when it succeeds. */
int rpc_stream_open(struct rpc_stream *stream, const void *args, void *ret);

/* Bytes taken; waits for room in the socket. */
int rpc_stream_send(struct rpc_stream *stream, const char *data, size_t n);
/* Bytes, 0 at the end, -1, or an rpc_stream_result; without WAIT it never
 * waits.  Holes read as zeroes unless STOP_AT_HOLE. */
int rpc_stream_receive_data(struct rpc_stream *stream, char *data, size_t n, bool wait, bool stop_at_hole);
int rpc_stream_send_hole(struct rpc_stream *stream, long long length);
/* The length of the hole that comes next; 0: data comes next. */
int rpc_stream_receive_hole(struct rpc_stream *stream, long long *ret_length);
/* Ends it, and waits for the server to say that all went well. */
int rpc_stream_finish(struct rpc_stream *stream);
int rpc_stream_abort(struct rpc_stream *stream);

/* NOTIFY runs in whichever thread reads, whenever something has arrived; it
 * must not wait.  Not called any more after a change of it has returned. */
void rpc_stream_set_notify(struct rpc_stream *stream, void (*notify)(void *opaque), void *opaque);
/* Whether a receive would return at once. */
bool rpc_stream_readable(struct rpc_stream *stream);

#endif
