/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Streams of clients: what a client sends goes into the public stream as fast
 * as that takes it, what the public stream has goes to the client as fast as
 * the client reads.  All runs in the loop, driven by the stream's callback.
 */
#include "daemon/daemon.h"

#include <stdlib.h>
#include <string.h>

#include "rpc/error.h"

#define OUT_HIGH (1024 * 1024)          /* unread output of a client: its streams pause */
#define IN_HIGH (1024 * 1024)           /* input that the stream has not taken: the client is not read from */

struct piece {
    struct piece *next;
    struct rpc_header header;
    size_t len, done;
    unsigned char bytes[];
};

struct daemon_stream {
    struct daemon_stream *next, **link; /* of the client; under its lock */
    struct daemon_client *client;       /* referenced */
    virStreamPtr stream;
    const struct rpc_procedure *procedure;
    uint32_t serial;
    int refs;                           /* the loop's and the callback's; the loop's thread */
    bool opened;                        /* the loop has it; until then input waits */
    bool failed;                        /* the call failed */
    bool retired;                       /* over for the client */
    bool full;                          /* counted in client->full_streams */
    bool paused, no_more;               /* output: the client is slow; the end was sent */
    struct piece *pieces, **tail;       /* input */
    size_t queued;                      /* bytes that the pieces take, empty ones too */
    int watched;                        /* virStreamEventType; -1: no callback yet */
};

static void run(struct daemon_stream *ds);

/* ---- making and ending --------------------------------------------------------------- */

virStreamPtr
daemon_call_stream(struct daemon_call *call)
{
    virConnectPtr conn = daemon_call_conn(call);
    virStreamPtr stream = conn ? virStreamNew(conn, VIR_STREAM_NONBLOCK) : NULL;
    struct daemon_stream *ds;

    if (!stream)
        return NULL;
    daemon_client_hold(call->client, DAEMON_STREAMS, 1);
    if (daemon_user_holds_too_many(call->client->user, DAEMON_STREAMS)) {
        daemon_client_hold(call->client, DAEMON_STREAMS, -1);
        virStreamFree(stream);
        return vir_error_null(VIR_ERR_OPERATION_FAILED, "too many streams are open");
    }
    ds = VIR_NEW(struct daemon_stream);
    ds->refs = 1;
    daemon_client_ref(call->client);
    ds->client = call->client;
    ds->stream = stream;
    ds->procedure = call->procedure;
    ds->serial = call->serial;
    ds->tail = &ds->pieces;
    ds->watched = -1;
    call->stream = ds;
    return stream;
}

/* What is queued is counted by who reads from the client, when its turn is over. */
static void
add_queued(struct daemon_stream *ds, size_t bytes)
{
    ds->queued += bytes;
    ds->client->queued += bytes;
}

static void
drop_piece(struct daemon_stream *ds)
{
    struct piece *piece = ds->pieces;

    ds->pieces = piece->next;
    if (!ds->pieces)
        ds->tail = &ds->pieces;
    add_queued(ds, -(sizeof(*piece) + piece->len));
    daemon_client_count_held(ds->client);
    free(piece);
}

static void
drop_pieces(struct daemon_stream *ds)
{
    while (ds->pieces)
        drop_piece(ds);
}

/* The loop's reference, or the callback's. */
static void
unref(void *opaque)
{
    struct daemon_stream *ds = opaque;

    if (--ds->refs > 0)
        return;
    drop_pieces(ds);
    virStreamFree(ds->stream);
    daemon_client_hold(ds->client, DAEMON_STREAMS, -1);
    daemon_client_unref(ds->client);
    free(ds);
}

static void
unlink_stream(struct daemon_stream *ds)
{
    pthread_mutex_lock(&ds->client->lock);
    if (ds->link) {
        *ds->link = ds->next;
        if (ds->next)
            ds->next->link = ds->link;
        ds->link = NULL;
    }
    pthread_mutex_unlock(&ds->client->lock);
}

/* Input has piled up, or has gone. */
static void
set_full(struct daemon_stream *ds, bool full)
{
    struct daemon_client *client = ds->client;

    if (ds->full == full)
        return;
    ds->full = full;
    pthread_mutex_lock(&client->lock);
    client->full_streams += full ? 1 : -1;
    if (!client->full_streams)
        client->resume_due = true;
    daemon_client_watch(client);
    pthread_mutex_unlock(&client->lock);
}

static void
stop_watching(struct daemon_stream *ds)
{
    if (ds->watched < 0)
        return;
    ds->watched = -1;
    virStreamEventRemoveCallback(ds->stream);
}

/* The stream is over for the client; drops the loop's reference. */
static void
retire(struct daemon_stream *ds)
{
    ds->retired = true;
    stop_watching(ds);
    set_full(ds, false);
    drop_pieces(ds);
    unlink_stream(ds);
    unref(ds);
}

void
daemon_streams_drop(struct daemon_client *client)
{
    for (;;) {
        struct daemon_stream *ds;

        pthread_mutex_lock(&client->lock);
        ds = client->streams;
        pthread_mutex_unlock(&client->lock);
        if (!ds)
            return;
        if (ds->opened) {
            stop_watching(ds);
            virStreamAbort(ds->stream);
            retire(ds);
        } else {
            unlink_stream(ds);          /* its timer is on the way and does the rest */
        }
    }
}

/* ---- output ---------------------------------------------------------------------------- */

static void
send_packet(struct daemon_stream *ds, enum rpc_type type, enum rpc_status status, const void *bytes, size_t n)
{
    struct rpc_header header = rpc_header_of(RPC_HEADER_SIZE + n, ds->procedure->program,
                                             ds->procedure->number, type, ds->serial, status);
    struct rpc_buf *buf = &the_daemon.event;
    unsigned char *room;

    buf->len = 0;
    room = rpc_buf_reserve(buf, RPC_HEADER_SIZE + n);
    if (!room)
        return;
    rpc_header_put(room, &header);
    if (n)
        memcpy(room + RPC_HEADER_SIZE, bytes, n);
    buf->len = RPC_HEADER_SIZE + n;
    daemon_client_send(ds->client, buf, -1, false, true);
}

/* Tells the client the thread's last error about a stream. */
static void
tell_error(struct daemon_client *client, uint32_t program, int procedure, uint32_t serial)
{
    struct rpc_header header = rpc_header_of(0, program, procedure, RPC_TYPE_STREAM, serial, RPC_STATUS_ERROR);
    struct rpc_buf *buf = &the_daemon.event;

    buf->len = 0;
    if (!rpc_buf_reserve(buf, RPC_HEADER_SIZE))
        return;
    buf->len = RPC_HEADER_SIZE;
    if (rpc_error_encode(buf, virGetLastError()) < 0)
        return;
    header.length = (uint32_t)buf->len;
    rpc_header_put(buf->data, &header);
    daemon_client_send(client, buf, -1, false, true);
}

/* The same; the stream is over. */
static void
send_error(struct daemon_stream *ds)
{
    tell_error(ds->client, ds->procedure->program, ds->procedure->number, ds->serial);
}

static bool
client_is_slow(struct daemon_client *client)
{
    bool slow;

    pthread_mutex_lock(&client->lock);
    slow = client->out_bytes > OUT_HIGH;
    pthread_mutex_unlock(&client->lock);
    return slow;
}

/* False: the stream failed. */
static bool
send_hole(struct daemon_stream *ds)
{
    unsigned char bytes[RPC_HOLE_SIZE];
    long long length;

    if (virStreamRecvHole(ds->stream, &length, 0) < 0) {
        send_error(ds);
        return false;
    }
    rpc_hole_put(bytes, length);
    send_packet(ds, RPC_TYPE_STREAM_HOLE, RPC_STATUS_CONTINUE, bytes, sizeof(bytes));
    return true;
}

/* Moves one piece from the public stream to the client.  False: the stream failed. */
static bool
send_some(struct daemon_stream *ds)
{
    VIR_AUTO_FREE char *data = NULL;
    int n;

    if (client_is_slow(ds->client)) {
        ds->paused = true;
        return true;
    }
    data = malloc(RPC_STREAM_CHUNK);
    if (!data)
        return true;
    n = virStreamRecvFlags(ds->stream, data, RPC_STREAM_CHUNK, VIR_STREAM_RECV_STOP_AT_HOLE);
    if (n == -2)
        return true;
    if (n == -3)
        return send_hole(ds);
    if (n < 0) {
        send_error(ds);
        return false;
    }
    send_packet(ds, RPC_TYPE_STREAM, RPC_STATUS_CONTINUE, data, (size_t)n);
    ds->no_more = n == 0;
    return true;
}

static struct daemon_stream *
find_paused(struct daemon_client *client)
{
    struct daemon_stream *ds;

    pthread_mutex_lock(&client->lock);
    for (ds = client->streams; ds && !ds->paused; ds = ds->next) {}
    pthread_mutex_unlock(&client->lock);
    return ds;
}

bool
daemon_streams_behind(struct daemon_client *client)
{
    return find_paused(client);
}

void
daemon_streams_resume(struct daemon_client *client)
{
    struct daemon_stream *ds;

    while (!client_is_slow(client) && (ds = find_paused(client))) {
        ds->paused = false;
        run(ds);
    }
}

/* ---- input ------------------------------------------------------------------------------- */

/* The client ends the stream. */
static void
take_end(struct daemon_stream *ds, bool finish)
{
    int rc;

    stop_watching(ds);
    rc = finish ? virStreamFinish(ds->stream) : virStreamAbort(ds->stream);
    if (rc < 0)
        send_error(ds);
    else
        send_packet(ds, RPC_TYPE_STREAM, RPC_STATUS_OK, NULL, 0);
}

/* Gives one piece of input to the public stream: 1 taken, 0 it must wait, -1 the stream is over. */
static int
take_piece(struct daemon_stream *ds)
{
    struct piece *piece = ds->pieces;
    int n;

    if (piece->header.status == RPC_STATUS_OK || piece->header.status == RPC_STATUS_ERROR) {
        take_end(ds, piece->header.status == RPC_STATUS_OK);
        return -1;
    }
    if (piece->header.status != RPC_STATUS_CONTINUE) {
        n = vir_error(VIR_ERR_RPC, "Unexpected stream status %u", piece->header.status);
    } else if (piece->header.type == RPC_TYPE_STREAM_HOLE) {
        long long length = rpc_hole_get(piece->bytes, piece->len);

        n = length < 0 ? vir_error(VIR_ERR_RPC, "bad hole in a stream")
                       : virStreamSendHole(ds->stream, length, 0);
    } else {
        n = virStreamSend(ds->stream, (const char *)piece->bytes + piece->done, piece->len - piece->done);
        if (n >= 0)
            piece->done += (size_t)n;
    }
    if (n == -2)
        return 0;
    if (n < 0) {
        send_error(ds);
        stop_watching(ds);
        virStreamAbort(ds->stream);
        return -1;
    }
    if (piece->header.type == RPC_TYPE_STREAM_HOLE || piece->done == piece->len)
        drop_piece(ds);
    return 1;
}

static void
stream_event(virStreamPtr stream, int events, void *opaque)
{
    struct daemon_stream *ds = opaque;

    (void)stream;
    if (ds->retired)
        return;
    if ((events & (VIR_STREAM_EVENT_READABLE | VIR_STREAM_EVENT_ERROR | VIR_STREAM_EVENT_HANGUP)) &&
        !ds->no_more && !send_some(ds)) {
        stop_watching(ds);
        virStreamAbort(ds->stream);
        retire(ds);
        return;
    }
    run(ds);
}

/* Does what can be done now, and watches for what cannot. */
static void
run(struct daemon_stream *ds)
{
    int wanted, moved = 1;

    while (ds->pieces && moved > 0)
        moved = take_piece(ds);
    if (moved < 0) {
        retire(ds);
        return;
    }
    set_full(ds, ds->queued > IN_HIGH);
    wanted = (ds->pieces ? VIR_STREAM_EVENT_WRITABLE : 0) |
             ((ds->procedure->flags & RPC_STREAM_READ) && !ds->paused && !ds->no_more ?
              VIR_STREAM_EVENT_READABLE | VIR_STREAM_EVENT_HANGUP | VIR_STREAM_EVENT_ERROR : 0);
    if (wanted == ds->watched || (wanted == 0 && ds->watched < 0))
        return;
    if (ds->watched >= 0)
        virStreamEventUpdateCallback(ds->stream, wanted);
    else if (virStreamEventAddCallback(ds->stream, wanted, stream_event, ds, unref) == 0)
        ds->refs++;
    else
        return;
    ds->watched = wanted;
}

/* ---- from calls and messages -------------------------------------------------------------- */

/* In the loop, after the call. */
static void
begin(struct vir_loop *loop, void *opaque)
{
    struct daemon_stream *ds = opaque;
    bool gone;

    (void)loop;
    pthread_mutex_lock(&ds->client->lock);
    gone = !ds->link || ds->client->closed;
    pthread_mutex_unlock(&ds->client->lock);
    if (gone) {
        unlink_stream(ds);
        if (!ds->failed)
            virStreamAbort(ds->stream);
        unref(ds);
        return;
    }
    ds->opened = true;
    run(ds);
}

/* Before the reply goes out: data may come as soon as the client has it. */
void
daemon_stream_settle(struct daemon_stream *ds, bool succeeded)
{
    struct daemon_client *client = ds->client;

    ds->failed = !succeeded;
    if (succeeded) {
        pthread_mutex_lock(&client->lock);
        ds->next = client->streams;
        ds->link = &client->streams;
        if (ds->next)
            ds->next->link = &ds->next;
        client->streams = ds;
        pthread_mutex_unlock(&client->lock);
    }
    vir_loop_add_timer(the_daemon.loop, 0, begin, ds);
}

static void
queue_piece(struct daemon_stream *ds, const struct rpc_packet *packet)
{
    struct piece *piece = malloc(sizeof(*piece) + packet->len);

    if (!piece) {
        daemon_client_doom(ds->client, "no memory for a stream");
        return;
    }
    *piece = (struct piece){ .header = packet->header, .len = packet->len };
    memcpy(piece->bytes, packet->body, packet->len);
    *ds->tail = piece;
    ds->tail = &piece->next;
    add_queued(ds, sizeof(*piece) + piece->len);
}

void
daemon_stream_packet(struct daemon_client *client, struct rpc_packet *packet)
{
    struct daemon_stream *ds;

    pthread_mutex_lock(&client->lock);
    for (ds = client->streams; ds; ds = ds->next) {
        if (ds->serial == packet->header.serial && ds->procedure->number == packet->header.procedure)
            break;
    }
    pthread_mutex_unlock(&client->lock);
    if (!ds) {
        if (client_is_slow(client))
            return;
        /* A client drops that if the stream ended on our side while its data was on the way. */
        vir_error(VIR_ERR_RPC, "no stream %u is open", packet->header.serial);
        tell_error(client, packet->header.program, packet->header.procedure, packet->header.serial);
        return;
    }
    queue_piece(ds, packet);
    set_full(ds, ds->queued > IN_HIGH);
    if (ds->opened)
        run(ds);
}
