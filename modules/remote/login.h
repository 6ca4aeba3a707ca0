/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a connection is opened, and logs in before. */
#ifndef REMOTE_LOGIN_H
#define REMOTE_LOGIN_H

#include "modules/remote/remote.h"

#define REMOTE_LOGIN_MS (30 * 1000)     /* for each of the server's answers */

/* ---- opening.c ---- */
/* From the first message over WAY, which is RC's, to the open connection; AUTH: the program's, may be NULL.
 * -1: error set, and *ret_lost: the other end went before anybody was logged in. */
int remote_open(struct remote_connect *rc, struct rpc_transport *way, const struct remote_target *target,
                virConnectAuthPtr auth, bool *ret_lost);

/* ---- login.c ---- */
/* By one of WAYS, bits by enum rpc_auth that the server offers. */
int remote_login(struct remote_connect *rc, const struct remote_target *target, virConnectAuthPtr auth,
                 unsigned int ways);

/* Whether the program answers questions of KIND (VIR_CRED_*). */
static inline bool
remote_can_answer(virConnectAuthPtr auth, int kind)
{
    for (unsigned int i = 0; auth && auth->cb && i < auth->ncredtype; i++)
        if (auth->credtype[i] == kind)
            return true;
    return false;
}

/* ---- login-sasl.c ---- */
int remote_login_sasl(struct remote_connect *rc, const struct remote_target *target, virConnectAuthPtr auth);

/* ---- auth-file.c ---- */
/* What auth.conf says of KEY (username, authname, password, realm) for the target: *ret, NULL if nothing. */
int remote_auth_file(const struct remote_target *target, const char *key, char **ret);

#endif
