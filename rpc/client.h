/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The client's end of a connection.  A call is sent and its reply received in
 * the caller's own thread: one write and one read in the common case.  Many
 * threads may call at once; one of them reads for all, hands each reply over
 * to whoever waits for it, and passes the reading on when it has its own.
 */
#ifndef RPC_CLIENT_H
#define RPC_CLIENT_H

#include <pthread.h>

#include "rpc/input.h"
#include "rpc/procedure.h"

struct rpc_client;
struct rpc_stream;

/* Called by whichever thread reads.  `message` must neither wait nor call. */
struct rpc_client_events {
    void (*message)(uint32_t program, int procedure, const unsigned char *body, size_t len, void *opaque);
    /* The connection broke (virConnectCloseReason): once, with nothing locked. */
    void (*closed)(int reason, void *opaque);
    void *opaque;
};

/* Takes over TRANSPORT.  PEER names the other end in errors. */
struct rpc_client *rpc_client_new(struct rpc_transport *transport, const char *peer,
                                  const struct rpc_client_events *events);
struct rpc_client *rpc_client_ref(struct rpc_client *client);
struct rpc_client *rpc_client_unref(struct rpc_client *client);         /* returns NULL */
/* Shuts the connection down; calls in flight fail.  When it returns, no function of
 * `events` runs or will run, except the `closed` that it was called from. */
void rpc_client_close(struct rpc_client *client);
/* Before it: sends PROCEDURE, which has no arguments and tells the server of the end, if that can be done
 * without waiting.  Nobody hears the reply: what the server gives back it gives back without us. */
void rpc_client_tell_end(struct rpc_client *client, const struct rpc_procedure *procedure);
bool rpc_client_alive(struct rpc_client *client);
int rpc_client_socket(struct rpc_client *client);
unsigned int rpc_client_bits(struct rpc_client *client);        /* as rpc_transport_bits */
/* From now on its bytes go through what WRAP makes of its transport; -1: some came too early, and nothing was made.
 * Nobody else uses the client yet. */
int rpc_client_wrap(struct rpc_client *client, struct rpc_transport *(*wrap)(void *opaque, struct rpc_transport *way),
                    void *opaque);

/* Calls PROCEDURE and waits for the reply: 0 with RET filled in, -1 with the
 * error that the server sent, or what went wrong on the way. */
int rpc_client_call(struct rpc_client *client, const struct rpc_procedure *procedure,
                    const void *args, void *ret);

/* Descriptors with the call (FDS stay the caller's) and with the reply (at
 * most RPC_FDS_MAX into RET_FDS, which may be NULL). */
int rpc_client_call_fds(struct rpc_client *client, const struct rpc_procedure *procedure,
                        const void *args, void *ret, const int *fds, size_t n_fds,
                        int *ret_fds, size_t *ret_n_fds);

/* The same in two halves, so that several calls can be on their way at once.
 * The request lives with the caller, zeroed before start; one that was started
 * must be finished. */
struct rpc_request {
    struct rpc_request *next, **link;   /* those in flight; under the client's lock */
    const struct rpc_procedure *procedure;
    void *ret;
    uint32_t serial;
    enum { RPC_REQUEST_WAITING, RPC_REQUEST_ANSWERED, RPC_REQUEST_LOST } state;
    bool sleeps;                        /* on `wake` */
    int result;                         /* own reply, decoded while reading */
    bool decoded;
    struct rpc_stream *waits_for;       /* data of it, not a reply */
    struct rpc_stream *stream;          /* that the call opens; NULL: none */
    unsigned char *body;                /* a copy, when another thread read the reply */
    struct rpc_packet reply;
    pthread_cond_t wake;
};
int rpc_request_start(struct rpc_client *client, struct rpc_request *request,
                      const struct rpc_procedure *procedure, const void *args, const int *fds, size_t n_fds);
int rpc_request_finish(struct rpc_client *client, struct rpc_request *request, void *ret);

/* From now on a call fails when it takes longer; 0: as long as it takes. */
void rpc_client_set_deadline(struct rpc_client *client, int deadline_ms);
/* Sends a PING after INTERVAL seconds of silence; closes after COUNT of them
 * without any sign of life.  INTERVAL <= 0: never. */
void rpc_client_set_keepalive(struct rpc_client *client, int interval, unsigned int count);
/* Does what keepalive has to do now; milliseconds until the next look, -1: none. */
int rpc_client_tick(struct rpc_client *client);
/* Takes in what has arrived, without waiting: for the event loop. */
void rpc_client_read(struct rpc_client *client);

#endif
