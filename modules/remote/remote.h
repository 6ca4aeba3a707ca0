/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The remote module: every call goes to a libvirtd, every event comes from it.
 */
#ifndef REMOTE_REMOTE_H
#define REMOTE_REMOTE_H

#define VIR_MODULE_DOMAIN VIR_FROM_REMOTE
#define VIR_LOG_SOURCE "remote"
#include <libvirt/module.h>

#include "rpc/client.h"
#include "rpc/stream.h"

/* Directories and privilege of this process; from load(). */
extern const struct vir_host *remote_host;

/* One connection.  The core's, and one reference for each watch and timer that
 * the event loop may still call. */
struct remote_connect {
    int refs;                           /* atomic */
    virConnectPtr conn;                 /* borrowed; valid until connect_close */
    struct rpc_client *client;
    bool local;                         /* over a unix socket */
    bool keepalive_known;               /* the server takes part in keepalive */
    bool told_of_close;                 /* atomic: the server was asked to tell that its connection broke */
    char *type;                         /* what CONNECT_GET_TYPE answered */
    int watch;                          /* in the event loop; -1: none */

    pthread_mutex_t lock;               /* all below */
    int keepalive_timer;                /* -1: none */
    int callbacks_known;                /* RPC_FEATURE_EVENT_CALLBACK; -1: not asked yet */
    struct remote_subscription *subscriptions;
};

struct remote_subscription {
    struct remote_subscription *next;
    int family, id;
    int callback;                       /* the server's number; -1: registered without one */
};

/* ---- call.c; stubs use it ---- */
struct remote_connect *remote_connect_unref(struct remote_connect *rc);        /* returns NULL */
int remote_call(struct remote_connect *rc, const struct rpc_procedure *procedure,
                const void *args, void *ret);
/* Descriptors with the call stay the caller's; those of the reply come in an
 * array that the caller frees. */
int remote_call_fds(struct remote_connect *rc, const struct rpc_procedure *procedure,
                    const void *args, void *ret, const int *fds, size_t n_fds,
                    int **ret_fds, size_t *ret_n_fds);
/* Whether the server knows feature FEATURE; -1: error. */
int remote_supports(struct remote_connect *rc, int feature);

/* ---- stream.c ---- */
/* A call that opens STREAM. */
int remote_stream_open(struct remote_connect *rc, const struct rpc_procedure *procedure, const void *args,
                       void *ret, virStreamPtr stream);

/* ---- target.c: what a URI asks for ---- */
struct remote_target {
    const struct vir_uri *uri;
    const char *transport;              /* a row of remote_transports */
    char *name;                         /* URI for the server; NULL: it shall choose */
    char *socket;                       /* unix: path of the socket */
    bool readonly;                      /* the connection is to be read-only */
    bool session;                       /* the user's own daemon, started on demand */
    bool fallback;                      /* the read-only socket will do for an unprivileged user */
};
int remote_target_init(struct remote_target *target, virConnectPtr conn, unsigned int flags);
void remote_target_clear(struct remote_target *target);

/* ---- transports: one file each ---- */
struct remote_transport {
    const char *name;
    /* Connects: NULL with an error.  NULL itself: not built in this version. */
    struct rpc_transport *(*connect)(struct remote_target *target);
    bool encrypted;
};
const struct remote_transport *remote_transport_find(const char *name);
struct rpc_transport *remote_unix_connect(struct remote_target *target);

/* ---- spawn.c ---- */
/* Starts the user's daemon unless somebody else has, and connects to its socket. */
int remote_spawn_connect(const char *path, int (*try_connect)(const char *path));

/* ---- messages.c ---- */
/* Decodes a message and emits its event. */
int remote_event(struct remote_connect *rc, uint32_t program, int number, const void *bytes, size_t n);

/* ---- watch.c: the program's event loop, if it has one ---- */
void remote_watch_start(struct remote_connect *rc);
void remote_watch_stop(struct remote_connect *rc);

#endif
