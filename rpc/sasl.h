/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * SASL, a part: both ends of a login, and the layer that encrypts what follows
 * it.  Why something failed is a sentence in WHY.
 */
#ifndef RPC_SASL_H
#define RPC_SASL_H

#include "transport.h"

#define RPC_SASL_VERSION 2
#define RPC_SASL_DATA_MAX 65536          /* bytes of a turn */
#define RPC_SASL_WHY 512                /* bytes of a sentence */

struct rpc_sasl;

/* How the bytes go that SASL does not see. */
struct rpc_sasl_way {
    const char *local, *remote;         /* "ADDRESS;PORT", NULL where there are none */
    unsigned int encrypted;             /* bits of a cipher that is there already; 0: none */
    unsigned int least;                 /* bits that must be had, by SASL itself if need be */
    bool plain;                         /* words may be seen by others: no mechanism that says them */
};

#define RPC_SASL_END 80
/* The end that GET (getsockname, getpeername) tells of, as above; "" where it has no address. */
void rpc_sasl_end(int sock, int (*get)(int, struct sockaddr *, socklen_t *), char *text);

/* What a mechanism wants to know of the user. */
struct rpc_sasl_question {
    int kind;                           /* VIR_CRED_* */
    const char *prompt, *challenge, *preset;
    char *answer;                       /* made with malloc; wiped and released by who asks */
};
/* Answers all: 0, or -1 with an error set. */
typedef int (*rpc_sasl_ask_fn)(struct rpc_sasl_question *questions, size_t n, void *opaque);

/* What is sent with each turn; NULL says something else than no bytes.  Valid until the next turn. */
struct rpc_sasl_data {
    const char *bytes;
    unsigned int len;
};

enum rpc_sasl_turn { RPC_SASL_FAILED = -1, RPC_SASL_DONE, RPC_SASL_GOES_ON };

struct rpc_sasl_part {
    uint32_t version;
    struct rpc_sasl *(*server)(const struct rpc_sasl_way *way, char *why);
    struct rpc_sasl *(*client)(const char *host, const struct rpc_sasl_way *way, rpc_sasl_ask_fn ask, void *opaque,
                               char *why);
    void (*free)(struct rpc_sasl *sasl);        /* NULL does nothing */
    /* What mends what a WHY of this end tells of; NULL: that is not known. */
    const char *(*remedy)(const char *why, bool server);
    /* The server's mechanisms, with commas between them; NULL: why. */
    const char *(*mechanisms)(struct rpc_sasl *sasl, char *why);
    /* MECHANISM: the one chosen by the client; at the client those that may be chosen.  It is said back in *ret. */
    enum rpc_sasl_turn (*begin)(struct rpc_sasl *sasl, const char *mechanism, const struct rpc_sasl_data *in,
                                struct rpc_sasl_data *out, const char **ret_mechanism, char *why);
    enum rpc_sasl_turn (*step)(struct rpc_sasl *sasl, const struct rpc_sasl_data *in, struct rpc_sasl_data *out,
                               char *why);
    /* When it is done: whether the connection is as strong as it must be; and who has logged in. */
    bool (*strong)(struct rpc_sasl *sasl, unsigned int *ret_bits);
    const char *(*user)(struct rpc_sasl *sasl);
    /* What encrypts over TRANSPORT as was agreed; both are taken over. */
    struct rpc_transport *(*layer)(struct rpc_sasl *sasl, struct rpc_transport *transport);
};

const struct rpc_sasl_part *rpc_sasl_part(const char **ret_reason);

#endif
