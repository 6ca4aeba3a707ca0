/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Logging in by SASL, in threads of the pool: a mechanism may ask other hosts.
 * While a turn is served nothing else of the client begins.  Over TCP all that
 * follows the last reply is encrypted, and what cannot encrypt lets nobody in.
 */
#include "daemon/daemon.h"
#include "daemon/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/sasl.h"
#include "wire/dispatch.h"
#include "wire/protocol.h"

/* Of a login that has begun: it is there. */
static const struct rpc_sasl_part *
opened_part(void)
{
    const char *reason;

    return rpc_sasl_part(&reason);
}

/* What a login over TCP must bring. */
static unsigned int
least_bits(void)
{
    unsigned int bits;

    pthread_mutex_lock(&the_daemon.settings_lock);
    bits = the_daemon.settings.tcp_min_ssf;
    pthread_mutex_unlock(&the_daemon.settings_lock);
    return bits;
}

static void
log_failure(const struct daemon_client *client, const char *why, const char *remedy)
{
    static struct daemon_seldom seldom;
    unsigned int unsaid;

    if (daemon_seldom(&seldom, &unsaid))
        vir_warn("client %u on %s could not log in: %s%s%s (%u more could not since the last such line)", client->id,
                 client->listener->name, why, remedy ? "; " : "", remedy ? remedy : "", unsaid);
}

/* Why, and the remedy, is not for who tries. */
static int
refuse(struct daemon_client *client, const char *why)
{
    log_failure(client, why, opened_part()->remedy(why, true));
    opened_part()->free(vir_steal(&client->sasl));
    daemon_client_login_failed(client);
    return vir_error(VIR_ERR_AUTH_FAILED, "authentication failed");
}

static int
begin_login(struct daemon_client *client)
{
    char local[RPC_SASL_END], remote[RPC_SASL_END], why[RPC_SASL_WHY];
    const char *reason;
    const struct rpc_sasl_part *part = rpc_sasl_part(&reason);
    struct rpc_sasl_way way = { 0 };

    if (!part) {
        log_failure(client, "SASL cannot be had", reason);
        return vir_error(VIR_ERR_AUTH_FAILED, "SASL cannot be had: %s", reason);
    }
    rpc_sasl_end(client->transport->sock, getsockname, local);
    rpc_sasl_end(client->transport->sock, getpeername, remote);
    way.local = *local ? local : NULL;
    way.remote = *remote ? remote : NULL;
    way.encrypted = rpc_transport_bits(client->transport);
    way.least = client->listener->way == DAEMON_TCP ? least_bits() : 0;
    way.plain = client->listener->way == DAEMON_TCP;
    part->free(client->sasl);
    client->sasl = part->server(&way, why);
    return client->sasl ? 0 : refuse(client, why);
}

static int
let_in(struct daemon_client *client)
{
    const struct rpc_sasl_part *part = opened_part();
    const char *user = part->user(client->sasl);
    char why[RPC_SASL_WHY];
    unsigned int bits;

    if (!part->strong(client->sasl, &bits))
        return refuse(client, "the mechanism does not encrypt enough");
    if (!user)
        return refuse(client, "the mechanism names no user");
    if (!daemon_allows(&the_daemon.settings.sasl_users, user)) {
        snprintf(why, sizeof(why), "sasl_allowed_username_list does not name '%s'", user);
        return refuse(client, why);
    }
    pthread_mutex_lock(&client->lock);
    free(client->user_name);
    client->user_name = vir_strdup(user);
    pthread_mutex_unlock(&client->lock);
    vir_info("client %u has logged in as %s, encrypted by %u bits", client->id, user,
             bits ? bits : rpc_transport_bits(client->transport));
    if (client->listener->way == DAEMON_TCP)
        client->agreed = part->layer(vir_steal(&client->sasl), client->transport);
    client->logged_in = true;
    return 0;
}

/* What a turn brought, as the reply to it. */
static int
answer(struct daemon_client *client, enum rpc_sasl_turn turn, const struct rpc_sasl_data *out, const char *why,
       struct remote_auth_sasl_step_ret *ret)
{
    if (turn == RPC_SASL_FAILED)
        return refuse(client, why);
    ret->complete = turn == RPC_SASL_DONE;
    ret->nil = !out->bytes;
    if (out->bytes && daemon_room("SASL data", out->len, RPC_SASL_DATA_MAX, 1, &ret->data) < 0)
        return -1;
    if (out->bytes) {
        ret->n_data = out->len;
        if (out->len)
            memcpy(ret->data, out->bytes, out->len);
    }
    return turn == RPC_SASL_DONE ? let_in(client) : 0;
}

static bool
wants_sasl(const struct daemon_client *client)
{
    if (!client->logged_in && client->wants_sasl)
        return true;
    vir_error(VIR_ERR_AUTH_FAILED, "SASL is not how a client logs in here, or it has done so");
    return false;
}

DAEMON_SERVE(auth_sasl_init)
{
    struct remote_auth_sasl_init_ret *out = ret;
    struct daemon_client *client = call->client;
    char why[RPC_SASL_WHY];
    const char *list;
    int result = -1;

    (void)args;
    if (wants_sasl(client) && begin_login(client) == 0) {
        list = opened_part()->mechanisms(client->sasl, why);
        out->mechlist = vir_strdup(list);
        result = list ? 0 : refuse(client, why);
    }
    return result;
}

/* Who goes on with what has failed tries to log in, too. */
static void
not_begun(struct daemon_client *client)
{
    if (!client->logged_in)
        daemon_client_login_failed(client);
    vir_error(VIR_ERR_AUTH_FAILED, "SASL was not begun");
}

DAEMON_SERVE(auth_sasl_start)
{
    const struct remote_auth_sasl_start_args *in = args;
    const struct rpc_sasl_data data = { in->nil ? NULL : in->data ? in->data : "", in->nil ? 0 : in->n_data };
    struct daemon_client *client = call->client;
    struct rpc_sasl_data out;
    const char *mechanism;
    char why[RPC_SASL_WHY];
    int result = -1;

    if (!client->sasl)
        not_begun(client);
    else
        result = answer(client, opened_part()->begin(client->sasl, in->mech, &data, &out, &mechanism, why), &out, why,
                        ret);
    return result;
}

DAEMON_SERVE(auth_sasl_step)
{
    const struct remote_auth_sasl_step_args *in = args;
    const struct rpc_sasl_data data = { in->nil ? NULL : in->data ? in->data : "", in->nil ? 0 : in->n_data };
    struct daemon_client *client = call->client;
    struct rpc_sasl_data out;
    char why[RPC_SASL_WHY];
    int result = -1;

    if (!client->sasl)
        not_begun(client);
    else
        result = answer(client, opened_part()->step(client->sasl, &data, &out, why), &out, why, ret);
    return result;
}
