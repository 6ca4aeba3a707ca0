/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * TLS on a connected socket: a part, since only connections over the network
 * need its library.  Why something failed is a sentence in WHY.
 */
#ifndef RPC_TLS_H
#define RPC_TLS_H

#include "transport.h"

#define RPC_TLS_VERSION 1
#define RPC_TLS_WHY 512                 /* bytes of a sentence */

struct rpc_tls_files {
    const char *ca, *cert, *key, *crl;  /* PEM; all but CA may be NULL */
    const char *priority;               /* in GnuTLS's words; NULL: NORMAL */
};

/* What was loaded from the files; counted, for a reload does not change what sessions have. */
struct rpc_tls;

struct rpc_tls_part {
    uint32_t version;
    struct rpc_tls *(*load)(bool server, const struct rpc_tls_files *files, char *why);
    struct rpc_tls *(*unref)(struct rpc_tls *tls);      /* NULL does nothing; returns NULL */
    /* A session over SOCK, which is taken over, whose handshake is to be done; HOST: the name that a client
     * tells the server.  NULL: no memory. */
    struct rpc_transport *(*begin)(struct rpc_tls *tls, int sock, const char *host);
    /* After the handshake: whether the other end's certificate is right, and (unless NULL) one of HOST.
     * *ret_name: whom it names; the caller frees. */
    int (*verify)(struct rpc_transport *transport, const char *host, char **ret_name, char *why);
    /* Why the handshake failed. */
    const char *(*explain)(const struct rpc_transport *transport);
};

/* NULL: error set, or the reason it cannot be had. */
const struct rpc_tls_part *rpc_tls_part(const char **ret_reason);

#endif
