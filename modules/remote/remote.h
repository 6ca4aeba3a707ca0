/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The remote module: every call goes to a libvirtd, every event comes from it.
 */
#ifndef REMOTE_REMOTE_H
#define REMOTE_REMOTE_H

#include "modules/remote/place.h"
#include "rpc/client.h"
#include "rpc/stream.h"

/* One connection.  The core's, and one reference for each watch and timer that
 * the event loop may still call. */
struct remote_connect {
    int refs;                           /* atomic */
    virConnectPtr conn;                 /* borrowed; valid until connect_close */
    struct rpc_client *client;
    struct remote_child *child;         /* that carries its bytes; NULL: none */
    bool local;                         /* over a unix socket */
    bool network;                       /* what is not encrypted others can read, as far as is known here; ssh encrypts */
    bool encrypted;                     /* by us, not by a program that carries the bytes */
    bool keepalive_known;               /* the server takes part in keepalive */
    bool told_of_close;                 /* atomic: the server was asked to tell that its connection broke */
    char *type;                         /* what CONNECT_GET_TYPE answered */

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
    struct remote_place place;          /* where a unix socket is the end; of ssh as seen from there */
    const char *host;
    unsigned int port;                  /* of tcp and tls */
    struct remote_child *child;         /* that the transport started; the connection takes it over */
    bool shows;                         /* to a server that asks for one, a certificate */
    bool readonly;                      /* the connection is to be read-only */
};
int remote_target_init(struct remote_target *target, const struct vir_uri *uri, unsigned int flags);
void remote_target_clear(struct remote_target *target);
/* A parameter of the URI: NULL if it is not there. */
const char *remote_target_param(const struct remote_target *target, const char *name);
bool remote_target_flag(const struct remote_target *target, const char *name);     /* it is there, and not 0 */

/* ---- transports: one file each ---- */
struct remote_transport {
    const char *name;
    /* Connects: NULL with an error.  NULL itself: not built in this version. */
    struct rpc_transport *(*connect)(struct remote_target *target);
    /* When the first calls are on their way: waits until the server has let us in.  NULL: it says nothing of that. */
    int (*let_in)(struct rpc_transport *way, const struct remote_target *target);
};
const struct remote_transport *remote_transport_find(const char *name);
struct rpc_transport *remote_unix_connect(struct remote_target *target);
struct rpc_transport *remote_tcp_connect(struct remote_target *target);
struct rpc_transport *remote_tls_connect(struct remote_target *target);
int remote_tls_let_in(struct rpc_transport *way, const struct remote_target *target);
struct rpc_transport *remote_ssh_connect(struct remote_target *target);
struct rpc_transport *remote_ext_connect(struct remote_target *target);
/* A connected socket to the target's host and port; -1: error set. */
int remote_tcp_dial(const struct remote_target *target);

/* ---- certificates.c ---- */
struct rpc_tls;
struct rpc_tls_part;
/* What the target's handshake needs; the caller unrefs.  RET_SHOWS: we have a certificate of our own.
 * NULL: error set. */
struct rpc_tls *remote_certificates(const struct rpc_tls_part *part, const struct remote_target *target, bool *ret_shows);

/* ---- child.c ---- */
/* Starts ARGV; the socket that is its input and output, or -1 with an error. */
int remote_child_start(const char *const *argv, struct remote_child **ret_child);
/* When our end of the socket is closed: sees that it leaves.  CHILD may be NULL. */
void remote_child_end(struct remote_child *child);
/* What it has said of its own takes the place of the thread's error; if it has said nothing that stays. */
void remote_child_explain(struct remote_child *child, const struct remote_target *target);

/* ---- words.c ---- */
/* The error that the N bytes of WORDS, not all blank, of PROGRAM tell of. */
void remote_words_raise(const char *program, const struct remote_target *target, const char *words, size_t n);

/* ---- messages.c ---- */
/* Decodes a message and emits its event. */
int remote_event(struct remote_connect *rc, uint32_t program, int number, const void *bytes, size_t n);

/* ---- watch.c: the program's event loop, if it has one ---- */
void remote_watch_stop(struct remote_connect *rc);

#endif
