/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What lies between the part of the daemon that moves messages and the part
 * that serves calls.  The tables are printed from the API description; the few
 * calls that manage the client itself are in client/session.c and client/events.c.
 */
#ifndef DAEMON_DISPATCH_H
#define DAEMON_DISPATCH_H

#include <libvirt/libvirt.h>

#include "rpc/message.h"
#include "rpc/procedure.h"

struct access_rule;
struct daemon_client;
struct rpc_object;

/* One call while it is served. */
struct daemon_call {
    struct daemon_client *client;
    virConnectPtr conn;                 /* of the client; NULL before CONNECT_OPEN */
    const struct rpc_procedure *procedure;
    uint32_t serial;
    int fds[RPC_FDS_MAX];               /* came with the call; whoever keeps one sets it to -1 */
    size_t n_fds;
    int reply_fd;                       /* goes out with the reply; -1: none; taken over */
    struct daemon_stream *stream;       /* opened by the call */
    struct daemon_lent {
        void **list;
        size_t n;
    } lent;                             /* handles whose texts the result holds */
};

/* Serves a call: 0 with RET (zeroed before, freed afterwards as its XDR type
 * says) filled in, or -1 with the thread's last error, which becomes the reply. */
typedef int (*daemon_serve_fn)(struct daemon_call *call, const void *args, void *ret);

/* Printed, indexed by procedure number, as long as the program's table of
 * procedures; NULL for events and for numbers without a call. */
extern const daemon_serve_fn daemon_remote_serve[];
extern const daemon_serve_fn daemon_qemu_serve[];
extern const daemon_serve_fn daemon_lxc_serve[];
extern const daemon_serve_fn daemon_admin_serve[];

/* The connection that the call is for; NULL with an error when none is open. */
virConnectPtr daemon_call_conn(struct daemon_call *call);
/* The call is answered: what its result was lent is released. */
void daemon_call_end(struct daemon_call *call);

/* A new stream for the call, to be given to the public function (borrowed).  Once
 * the call has succeeded, the client's STREAM messages of the same serial go to
 * it; when the call fails it is aborted. */
virStreamPtr daemon_call_stream(struct daemon_call *call);

/* ---- events -------------------------------------------------------------- */

/* One registration of a client, the opaque of every printed forwarder. */
struct daemon_subscription {
    struct daemon_client *client;
    int family;                         /* enum daemon_family */
    int event;
    int callback;                       /* of the public call; also the id on the wire */
    const struct access_rule *filter;   /* what each event needs; NULL: nothing */
    bool old;                           /* asked for the family of messages without callback ids */
};

enum daemon_family {
    DAEMON_FAMILY_DOMAIN, DAEMON_FAMILY_NETWORK, DAEMON_FAMILY_STORAGE,
    DAEMON_FAMILY_NODEDEV, DAEMON_FAMILY_SECRET, DAEMON_FAMILIES,
    DAEMON_FAMILY_MONITOR = DAEMON_FAMILIES     /* of QEMU: has no printed table */
};

/* Printed: the public callback for each event id of a family; its opaque is a
 * struct daemon_subscription.  It fills in the message and calls
 * daemon_event_send with the entry of either family of messages. */
struct daemon_forwarders {
    int n;
    const virConnectDomainEventGenericCallback *forward;    /* [event id]; NULL: not forwarded */
};
extern const struct daemon_forwarders daemon_forwarders[DAEMON_FAMILIES];
void daemon_forward_qemu_monitor(virConnectPtr conn, virDomainPtr dom, const char *event, long long secs,
                                 unsigned int micros, const char *details, void *opaque);

/* Queues an event message for the client; never waits. MSG is of EVENT's argument type, OBJECT the XDR struct in it of
 * what it is about. */
void daemon_event_send(struct daemon_subscription *sub, const struct rpc_procedure *event, const void *msg,
                       const void *object);

/* Head of a function that serves a call by hand; wire/dispatch.h declares them. */
#define DAEMON_SERVE(name) int daemon_serve_##name(struct daemon_call *call, const void *args, void *ret)

#endif
