/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A connection from its first message until it is open.  Where a login is not
 * to be expected, how to log in is asked and the connection opened in one
 * flight; who has to log in after all is refused, and opens it behind that.
 */
#include "modules/remote/login.h"

#include "rpc/session.h"
#include "wire/protocol.h"

#define PROMPT_MS (150 * 1000)          /* for the first answer: a program may ask for passwords on the terminal */

enum call { WAYS, KEEPALIVE, OPEN, CALLS };

/* What is on its way; all that was sent must be taken in. */
struct flight {
    struct rpc_request requests[CALLS];
    bool sent[CALLS];
    struct remote_auth_list_ret ways;
    struct remote_connect_supports_feature_ret keepalive;
};

static const int procedures[CALLS] = {
    [WAYS] = REMOTE_PROC_AUTH_LIST,
    [KEEPALIVE] = REMOTE_PROC_CONNECT_SUPPORTS_FEATURE,
    [OPEN] = REMOTE_PROC_CONNECT_OPEN,
};

/* By what a daemon asks for unless it is told otherwise.  In the clear nothing is said too early to a server whom
 * the program may log in to, for the login may encrypt. */
static bool
expects_no_login(const struct remote_connect *rc, const struct remote_target *target, virConnectAuthPtr auth)
{
    if (remote_target_param(target, "auth") || (rc->network && target->uri->user))
        return false;
    if (rc->encrypted)
        return true;
    if (rc->network)
        return !auth;
    return target->readonly || target->place.session || (rc->local && remote_host->privileged);
}

static int
send_call(struct remote_connect *rc, struct flight *flight, enum call call, const void *args)
{
    if (rpc_request_start(rc->client, &flight->requests[call], &remote_procedures[procedures[call]], args, NULL, 0) < 0)
        return -1;
    flight->sent[call] = true;
    return 0;
}

/* The answer to one that was sent: as rpc_request_finish. */
static int
take_in(struct remote_connect *rc, struct flight *flight, enum call call)
{
    void *const rets[CALLS] = { [WAYS] = &flight->ways, [KEEPALIVE] = &flight->keepalive };

    flight->sent[call] = false;
    return rpc_request_finish(rc->client, &flight->requests[call], rets[call]);
}

/* Whether the server knows keepalive is asked on the same way. */
static int
send_open(struct remote_connect *rc, const struct remote_target *target, struct flight *flight)
{
    const struct remote_connect_supports_feature_args feature = { .feature = RPC_FEATURE_KEEPALIVE };
    const struct remote_connect_open_args open = { .name = target->name,
                                                   .flags = target->readonly ? VIR_CONNECT_RO : 0 };

    return send_call(rc, flight, KEEPALIVE, &feature) < 0 || send_call(rc, flight, OPEN, &open) < 0 ? -1 : 0;
}

/* Takes in the answers that nobody needs any more; keeps the error. */
static void
forget(struct remote_connect *rc, struct flight *flight)
{
    virErrorPtr error = vir_error_take();

    for (int call = 0; call < CALLS; call++)
        if (flight->sent[call] && take_in(rc, flight, call) == 0 && call == WAYS)
            xdr_free(remote_procedures[procedures[WAYS]].ret, &flight->ways);
    vir_error_restore(error);
}

/* The answers to send_open(): 0, -1, or 1 with an error: it may have been for want of a login. */
static int
take_open(struct remote_connect *rc, struct flight *flight)
{
    const int known = take_in(rc, flight, KEEPALIVE), opened = take_in(rc, flight, OPEN);

    if (opened < 0)
        return virGetLastErrorCode() == VIR_ERR_RPC && rpc_client_alive(rc->client) ? 1 : -1;
    if (known < 0) {                    /* libvirt's daemon serves calls side by side: this one came too early */
        flight->keepalive.supported = remote_supports(rc, RPC_FEATURE_KEEPALIVE) == 1;
        virResetLastError();
    }
    rc->keepalive_known = flight->keepalive.supported;
    return 0;
}

/* Nobody has to log in, or has. */
static int
open_now(struct remote_connect *rc, const struct remote_target *target, struct flight *flight)
{
    int opened = flight->sent[OPEN] ? take_open(rc, flight) : 1;

    if (opened == 1) {
        virResetLastError();
        opened = send_open(rc, target, flight) == 0 ? take_open(rc, flight) : -1;
    }
    return opened == 0 ? 0 : -1;
}

/* ---- who may come in -------------------------------------------------------------- */

/* The ways to log in that the server offers, as bits by enum rpc_auth. */
static int
take_ways(struct remote_connect *rc, struct flight *flight, unsigned int *ret_ways)
{
    const struct remote_auth_list_ret *list = &flight->ways;

    if (take_in(rc, flight, WAYS) < 0)
        return -1;
    *ret_ways = list->n_types == 0 ? 1u << RPC_AUTH_NONE : 0;
    for (unsigned int i = 0; i < list->n_types; i++)
        if (list->types[i] >= 0 && list->types[i] < 32)
            *ret_ways |= 1u << list->types[i];
    xdr_free(remote_procedures[procedures[WAYS]].ret, &flight->ways);
    return 0;
}

static int
log_in(struct remote_connect *rc, const struct remote_target *target, virConnectAuthPtr auth, struct flight *flight)
{
    unsigned int ways;

    if (rc->child && !remote_target_flag(target, "no_tty"))
        rpc_client_set_deadline(rc->client, PROMPT_MS);
    if (take_ways(rc, flight, &ways) < 0)
        return -1;
    rpc_client_set_deadline(rc->client, REMOTE_LOGIN_MS);
    if (!(ways & 1u << RPC_AUTH_NONE))
        forget(rc, flight);             /* it was refused: before the first message of the login */
    return remote_login(rc, target, auth, ways);
}

int
remote_open(struct remote_connect *rc, struct rpc_transport *way, const struct remote_target *target,
            virConnectAuthPtr auth, bool *ret_lost)
{
    const struct remote_transport *transport = remote_transport_find(target->transport);
    struct flight flight = { 0 };
    int ret = -1;
    bool sent, let_in, in;

    rpc_client_set_deadline(rc->client, REMOTE_LOGIN_MS);
    sent = send_call(rc, &flight, WAYS, NULL) == 0 &&
        (!expects_no_login(rc, target, auth) || send_open(rc, target, &flight) == 0);
    let_in = !transport->let_in || transport->let_in(way, target) == 0;      /* knows more of why nothing was sent */
    in = let_in && sent && log_in(rc, target, auth, &flight) == 0;
    *ret_lost = let_in && !in && !rpc_client_alive(rc->client);
    rpc_client_set_deadline(rc->client, 0);
    if (in)
        ret = open_now(rc, target, &flight);
    else
        rpc_client_close(rc->client);   /* no answer comes any more */
    forget(rc, &flight);
    return ret;
}
