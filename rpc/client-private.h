/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The state of a client's connection, shared by the files that send, receive
 * and stream.  Order of locks: send_lock, then lock.
 */
#ifndef RPC_CLIENT_PRIVATE_H
#define RPC_CLIENT_PRIVATE_H

#define VIR_MODULE_DOMAIN VIR_FROM_RPC
#define VIR_LOG_SOURCE "rpc.client"
#include <libvirt/module.h>

#include "rpc/client.h"

struct rpc_client {
    int refs;                           /* atomic */
    struct rpc_transport *transport;    /* its socket blocks; both directions give up once a second */
    char *peer;
    struct rpc_client_events events;    /* until closed; called by who reads, or after it */

    pthread_mutex_t send_lock;          /* out, and whole messages into the socket */
    struct rpc_buf out;                 /* kept from message to message */
    unsigned char rest[RPC_HEADER_SIZE];        /* of a PING or PONG of which the socket took a part only */
    size_t n_rest;
    int pong_due;                       /* atomic: a PING waits for its answer */

    pthread_mutex_t lock;               /* all below */
    pthread_cond_t quiet;               /* nobody reads or tells any more */
    struct rpc_request *requests;
    struct rpc_stream *streams;
    uint32_t next_serial;
    bool reading;                       /* a thread owns `input` */
    bool broken, told, closed;
    bool telling;                       /* `teller` is in events.closed */
    pthread_t teller;
    int reason;                         /* virConnectCloseReason */
    const char *why;
    int deadline_ms;
    int keepalive_ms;
    unsigned int keepalive_count, keepalive_missed;
    int64_t keepalive_due;              /* when to ask next; `lock` */
    bool heard;                         /* something came since the last tick; atomic */

    int watch;                          /* of the program's event loop; -1: none */
    bool deaf;                          /* the watch waits for nothing */
    int alive_timer;                    /* while it does; -1: none */

    struct rpc_input input;             /* of the thread that reads */
};

/* Files below use those above them only. */

/* connection.c */
/* Puts a request that waits on the list.  Under lock. */
void rpc_request_enlist(struct rpc_client *client, struct rpc_request *request);
/* A request leaves the list of those in flight with its fate.  Under lock. */
void rpc_request_settle(struct rpc_request *request, int state);
/* Settles the requests that wait for STREAM's data.  Under lock. */
void rpc_requests_wake(struct rpc_client *client, const struct rpc_stream *stream);
/* Marks the connection as broken and fails everything that waits. */
void rpc_client_break(struct rpc_client *client, int reason, const char *why);
/* Runs `closed` if it is due.  Nothing locked. */
void rpc_client_tell(struct rpc_client *client);
int rpc_client_raise_broken(struct rpc_client *client);

/* keepalive.c */
/* Milliseconds until the next look, -1: none.  May break the connection, tells nobody. */
int rpc_client_keepalive(struct rpc_client *client, bool *ret_ping);

/* send.c */
/* Appends header and payload of a message to client->out and sends it.  Under send_lock. */
int rpc_client_send(struct rpc_client *client, struct rpc_header header, const struct xdr_type *type,
                    const void *payload, const int *fds, size_t n_fds);
int rpc_client_send_bytes(struct rpc_client *client, struct rpc_header header, const void *bytes, size_t n);
void rpc_client_send_pong(struct rpc_client *client);
/* rpc_client_tick for whoever is inside already: tells nobody. */
int rpc_client_ping_if_due(struct rpc_client *client);
/* Releases send_lock, and sends a PONG that could not be sent meanwhile. */
void rpc_client_send_done(struct rpc_client *client);

/* listen.c */
/* The event loop listens while the connection lives and its streams have room.  Under lock. */
void rpc_client_listen(struct rpc_client *client);

/* receive.c */
/* One receive and all messages that it completed.  The caller owns the reading.
 * OWN: the caller's request, decoded in place; may be NULL. */
void rpc_client_receive(struct rpc_client *client, struct rpc_request *own, int flags, bool *ret_more);
/* Decodes a reply into RET, or raises the error it carries. */
int rpc_client_answer(const struct rpc_procedure *procedure, const struct rpc_packet *packet, void *ret);

/* client.c */
/* Waits for the request's fate, reading for all when nobody else does.  False
 * when the deadline passed.  Under lock. */
bool rpc_client_wait(struct rpc_client *client, struct rpc_request *request);

#endif
