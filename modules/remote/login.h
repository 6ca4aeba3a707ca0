/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a connection logs in. */
#ifndef REMOTE_LOGIN_H
#define REMOTE_LOGIN_H

#include "modules/remote/remote.h"

/* Asks the server how, and does it; AUTH: the program's, may be NULL. */
int remote_login(struct remote_connect *rc, const struct remote_target *target, virConnectAuthPtr auth);

/* ---- login-sasl.c ---- */
int remote_login_sasl(struct remote_connect *rc, const struct remote_target *target, virConnectAuthPtr auth);

/* ---- auth-file.c ---- */
/* What auth.conf says of KEY (username, authname, password, realm) for the target: *ret, NULL if nothing. */
int remote_auth_file(const struct remote_target *target, const char *key, char **ret);

#endif
