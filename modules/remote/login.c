/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Logging in: by what the server wants, if we can. */
#include "modules/remote/login.h"

#include <string.h>

#include "rpc/session.h"
#include "wire/protocol.h"

#define LOGIN_MS (30 * 1000)            /* for the server to say how to log in */

#define PROCEDURE(name) (&remote_procedures[REMOTE_PROC_##name])

/* The ways that the server offers, as bits by enum rpc_auth. */
static int
list_ways(struct remote_connect *rc, unsigned int *ret_ways)
{
    struct remote_auth_list_ret ret;

    rpc_client_set_deadline(rc->client, LOGIN_MS);
    if (remote_call(rc, PROCEDURE(AUTH_LIST), NULL, &ret) < 0)
        return -1;
    rpc_client_set_deadline(rc->client, 0);
    *ret_ways = ret.n_types == 0 ? 1u << RPC_AUTH_NONE : 0;
    for (unsigned int i = 0; i < ret.n_types; i++)
        if (ret.types[i] >= 0 && ret.types[i] < 32)
            *ret_ways |= 1u << ret.types[i];
    xdr_free(PROCEDURE(AUTH_LIST)->ret, &ret);
    return 0;
}

static int
login_polkit(struct remote_connect *rc)
{
    struct remote_auth_polkit_ret ret;

    return remote_call(rc, PROCEDURE(AUTH_POLKIT), NULL, &ret);
}

int
remote_login(struct remote_connect *rc, const struct remote_target *target, virConnectAuthPtr auth)
{
    unsigned int ways;

    if (list_ways(rc, &ways) < 0)
        return -1;
    if (ways & 1u << RPC_AUTH_NONE)
        return 0;
    if (ways & 1u << RPC_AUTH_POLKIT)
        return login_polkit(rc);
    if (ways & 1u << RPC_AUTH_SASL)
        return remote_login_sasl(rc, target, auth);
    return vir_raise(VIR_FROM_REMOTE, VIR_ERR_AUTH_FAILED, "the daemon asks for a way to log in that is not known here");
}
