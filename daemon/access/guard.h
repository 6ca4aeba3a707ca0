/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Permission for single calls, where access_drivers in libvirtd.conf asks for it.
 * A call goes through three steps: what its arguments name is looked up and its
 * permissions are asked for; it is served; what it gives is asked about, and left
 * out where the client may not see it.
 */
#ifndef DAEMON_ACCESS_GUARD_H
#define DAEMON_ACCESS_GUARD_H

#include "daemon/daemon.h"
#include "wire/access.h"

/* What is to be asked about calls of PROCEDURE that this client makes; NULL: nothing. */
const struct access_needs *daemon_access_needs(const struct daemon_client *client,
                                               const struct rpc_procedure *procedure);

/* What each event needs that a client has registered for by PROCEDURE. */
const struct access_rule *daemon_access_filter(const struct rpc_procedure *procedure);
/* Whether RULE is about what the call finds. */
static inline bool
daemon_access_is_of_result(const struct access_needs *needs, const struct access_rule *rule)
{
    return needs->about && needs->about->how == ACCESS_RESULT && rule->kind == needs->about->kind;
}

/* Before it is served: 0, with the handles in ARGS as the driver knows their objects; or -1, an error is set. */
int daemon_access_admit(struct daemon_call *call, const struct access_needs *needs, void *args);
/* Serves a call that was admitted; as a daemon_serve_fn. */
int daemon_access_serve(struct daemon_call *call, const struct access_needs *needs, daemon_serve_fn serve,
                        void *args, void *ret);
/* The call that this thread serves, if it is one of which only the driver knows what it is about, is about this domain: 0, or
 * -1 with an error. */
int daemon_access_admit_found(const char *name, const unsigned char *uuid);
/* Serves such a call, of which the driver has to ask. */
int daemon_access_serve_asking(struct daemon_call *call, const struct access_needs *needs, daemon_serve_fn serve,
                               const void *args, void *ret);
/* Whether the client may open the connection CONN. */
int daemon_access_open(struct daemon_client *client, virConnectPtr conn);

#endif
