/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a connection logs in. */
#ifndef REMOTE_LOGIN_H
#define REMOTE_LOGIN_H

#include "modules/remote/remote.h"

/* Asks the server how, and does it; AUTH: the program's, may be NULL. */
int remote_login(struct remote_connect *rc, const struct remote_target *target, virConnectAuthPtr auth);

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
