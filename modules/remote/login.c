/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Logging in: by what the server wants, if we can. */
#include "modules/remote/login.h"

#include <stdlib.h>
#include <string.h>

#include "rpc/session.h"
#include "wire/protocol.h"

#define PROCEDURE(name) (&remote_procedures[REMOTE_PROC_##name])

static int
ask_polkit(struct remote_connect *rc)
{
    struct remote_auth_polkit_ret ret;

    return remote_call(rc, PROCEDURE(AUTH_POLKIT), NULL, &ret);
}

/* The program may start an agent, which asks the user; programs know the challenge by this name. */
static int
start_agent(const struct remote_target *target, virConnectAuthPtr auth)
{
    virConnectCredential cred = {
        .type = VIR_CRED_EXTERNAL, .challenge = "PolicyKit",
        .prompt = target->readonly ? "org.libvirt.unix.monitor" : "org.libvirt.unix.manage",
    };
    int rc = auth->cb(&cred, 1, auth->cbdata);

    free(cred.result);
    return rc;
}

static int
login_polkit(struct remote_connect *rc, const struct remote_target *target, virConnectAuthPtr auth)
{
    virErrorPtr error;

    if (ask_polkit(rc) == 0)
        return 0;
    if (virGetLastErrorCode() != VIR_ERR_AUTH_UNAVAILABLE || !remote_can_answer(auth, VIR_CRED_EXTERNAL))
        return -1;
    error = vir_error_take();
    if (start_agent(target, auth) < 0) {
        vir_error_restore(error);
        return -1;
    }
    vir_error_drop(error);
    return ask_polkit(rc);
}

/* Of the ways, only the one that the URI names, if it does: a server that offers less is not believed. */
static int
take_wanted(const struct remote_target *target, unsigned int *ways)
{
    const char *wanted = remote_target_param(target, "auth");
    unsigned int way;

    if (!wanted)
        return 0;
    if (strcasecmp(wanted, "sasl") == 0 || strncasecmp(wanted, "sasl.", 5) == 0)
        way = 1u << RPC_AUTH_SASL;
    else if (strcasecmp(wanted, "polkit") == 0)
        way = 1u << RPC_AUTH_POLKIT;
    else
        return vir_raise(VIR_FROM_REMOTE, VIR_ERR_INVALID_ARG, "unknown authentication type %s", wanted);
    *ways &= way;
    return *ways ? 0 : vir_raise(VIR_FROM_REMOTE, VIR_ERR_AUTH_FAILED, "requested authentication type %s rejected", wanted);
}

int
remote_login(struct remote_connect *rc, const struct remote_target *target, virConnectAuthPtr auth, unsigned int ways)
{
    if (take_wanted(target, &ways) < 0)
        return -1;
    if (ways & 1u << RPC_AUTH_NONE)
        return 0;
    if (ways & 1u << RPC_AUTH_POLKIT) {
        rpc_client_set_deadline(rc->client, 0);         /* it may ask somebody, who takes his time */
        return login_polkit(rc, target, auth);
    }
    if (ways & 1u << RPC_AUTH_SASL)
        return remote_login_sasl(rc, target, auth);
    return vir_raise(VIR_FROM_REMOTE, VIR_ERR_AUTH_FAILED, "the daemon asks for a way to log in that is not known here");
}
