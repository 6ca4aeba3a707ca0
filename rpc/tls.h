/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * TLS on a connected socket: a part, since only connections over the network
 * need its library.  Why something failed is a sentence in WHY.
 */
#ifndef RPC_TLS_H
#define RPC_TLS_H

#include "transport.h"

#define RPC_TLS_VERSION 3
#define RPC_TLS_WHY 1024                /* bytes of a sentence */
#define RPC_TLS_HINT 2048

struct rpc_tls_files {
    const char *ca, *cert, *key, *crl;  /* PEM; all but CA may be NULL */
    const char *priority;               /* in GnuTLS's words; NULL: NORMAL */
    bool no_sanity;                     /* loads them unchecked */
};

/* Something that is wrong with the files, and the command that mends it. */
struct rpc_tls_finding {
    bool grave;                         /* they cannot be used; else others may refuse them */
    char text[RPC_TLS_WHY], hint[RPC_TLS_HINT];
};

typedef void (*rpc_tls_found_fn)(const struct rpc_tls_finding *finding, void *opaque);

/* What was loaded from the files; counted, for a reload does not change what sessions have. */
struct rpc_tls;

struct rpc_tls_part {
    uint32_t version;
    /* Calls FOUND for all that is wrong with the files.  NULL: one of it was grave. */
    struct rpc_tls *(*load)(bool server, const struct rpc_tls_files *files, rpc_tls_found_fn found, void *opaque);
    struct rpc_tls *(*ref)(struct rpc_tls *tls);
    struct rpc_tls *(*unref)(struct rpc_tls *tls);      /* NULL does nothing; returns NULL */
    /* A session over SOCK, which is taken over, whose handshake is to be done; HOST: the name that a client
     * tells the server.  NULL: no memory. */
    struct rpc_transport *(*begin)(struct rpc_tls *tls, int sock, const char *host);
    /* After the handshake: whether the other end's certificate is right, and (unless NULL) one of HOST.
     * *ret_name: whom it names; the caller frees. */
    int (*verify)(struct rpc_transport *transport, const char *host, char **ret_name, char *why);
    /* Why the handshake failed. */
    const char *(*explain)(const struct rpc_transport *transport);
    /* Whom the first certificate of the file names; the caller frees.  NULL: WHY says why not. */
    char *(*name_of_file)(const char *path, char *why);
};

/* NULL: error set, or the reason it cannot be had. */
const struct rpc_tls_part *rpc_tls_part(const char **ret_reason);
/* Loads them.  NULL: error set; what others may refuse is a warning in the log. */
struct rpc_tls *rpc_tls_load(const struct rpc_tls_part *part, bool server, const struct rpc_tls_files *files);

/* ---- where they lie (tls-place.c) ---- */

#define RPC_TLS_CA VIR_SYSCONFDIR "/pki/CA/cacert.pem"
#define RPC_TLS_CRL VIR_SYSCONFDIR "/pki/CA/cacrl.pem"
#define RPC_TLS_HOST VIR_SYSCONFDIR "/pki/libvirt"

/* The paths of one end. */
struct rpc_tls_place {
    char *ca, *cert, *key, *crl;
};

/* Those of the host, all of them. */
void rpc_tls_place_host(struct rpc_tls_place *place, bool server);
/* Those in one folder. */
void rpc_tls_place_folder(struct rpc_tls_place *place, const char *folder, bool server);
/* The folder of a user with certificates of his own; NULL: no home.  The caller frees. */
char *rpc_tls_user_folder(void);
/* Forgets the paths at which nothing is that could be read; not the CA's, which is to be missed by name. */
void rpc_tls_place_keep_present(struct rpc_tls_place *place);
void rpc_tls_place_clear(struct rpc_tls_place *place);

#endif
