/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The calls about the client itself: how it logs in, which connection it
 * opens, what this daemon can do, and that the connection closed.
 */
#include "daemon/daemon.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/access/guard.h"
#include "rpc/session.h"
#include "wire/dispatch.h"
#include "wire/protocol.h"

#define MAX_FAILURES 3                  /* to log in, then the connection ends */

/* URIs whose module opens and closes connections without waiting: those that
 * the daemon has seen, so the first client of each goes through the pool. */
static struct { char uri[64]; bool quick; } known_uris[8];
static pthread_mutex_t known_lock = PTHREAD_MUTEX_INITIALIZER;

static void
remember_uri(const char *uri, virConnectPtr conn)
{
    static unsigned int next;
    bool quick = vir_connect_slot_traits(conn, VIR_TABLE_CONNECT, VIR_SLOT_connect_open) &
                 VIR_SLOT_NONBLOCKING;
    size_t i;

    if (!uri || strlen(uri) >= sizeof(known_uris[0].uri))
        return;
    pthread_mutex_lock(&known_lock);
    for (i = 0; i < 8 && strcmp(known_uris[i].uri, uri) != 0; i++) {}
    if (i == 8)
        i = next++ % 8;
    strcpy(known_uris[i].uri, uri);
    known_uris[i].quick = quick;
    pthread_mutex_unlock(&known_lock);
}

bool
daemon_open_in_place(const unsigned char *body, size_t len)
{
    struct remote_connect_open_args args;
    bool quick = false;

    if (xdr_decode(body, len, remote_procedures[REMOTE_PROC_CONNECT_OPEN].args, &args) < 0)
        return true;
    pthread_mutex_lock(&known_lock);
    for (size_t i = 0; args.name && i < 8 && !quick; i++)
        quick = known_uris[i].quick && strcmp(known_uris[i].uri, args.name) == 0;
    pthread_mutex_unlock(&known_lock);
    xdr_free(remote_procedures[REMOTE_PROC_CONNECT_OPEN].args, &args);
    return quick;
}

/* ---- login ------------------------------------------------------------------ */

bool
daemon_must_log_in(const struct daemon_client *client)
{
    const char *auth = the_daemon.settings.auth[client->listener->way];

    if (!auth || strcmp(auth, "none") == 0)
        return false;
    return strcmp(auth, "polkit") != 0 || client->uid != 0;     /* root needs no leave, and must say its password */
}

void
daemon_client_login_until(struct daemon_client *client, int ms)
{
    __atomic_store_n(&client->login_until, vir_deadline(ms), __ATOMIC_RELAXED);
}

void
daemon_client_login_failed(struct daemon_client *client)
{
    __atomic_add_fetch(&the_daemon.logins_failed, 1, __ATOMIC_RELAXED);
    if (++client->failures >= MAX_FAILURES)
        daemon_client_doom(client, "too many failed logins");
}

DAEMON_SERVE(auth_list)
{
    struct remote_auth_list_ret *answer = ret;

    (void)args;
    answer->types = VIR_NEW(int);
    answer->types[0] = call->client->logged_in ? RPC_AUTH_NONE
        : call->client->wants_sasl ? RPC_AUTH_SASL : RPC_AUTH_POLKIT;
    answer->n_types = 1;
    return 0;
}

/* ---- the connection ----------------------------------------------------------- */

/* Keeps the error. */
static virConnectPtr
close_unused(virConnectPtr conn)
{
    virErrorPtr error = vir_error_take();

    virConnectClose(conn);
    vir_error_restore(error);
    return NULL;
}

DAEMON_SERVE(connect_open)
{
    const struct remote_connect_open_args *in = args;
    struct daemon_client *client = call->client;
    virConnectPtr conn = NULL;
    bool taken;

    (void)ret;
    pthread_mutex_lock(&client->lock);
    taken = client->opened;
    pthread_mutex_unlock(&client->lock);
    if (taken) {
        vir_error(VIR_ERR_INTERNAL_ERROR, "connection already open");
    } else {
        /* libvirt's own clients of other users than root send bits that mean something to them alone */
        if (client->readonly || (in->flags & VIR_CONNECT_RO))
            conn = virConnectOpenReadOnly(in->name);
        else
            conn = virConnectOpen(in->name);
        if (conn && daemon_access_open(client, conn) < 0)
            conn = close_unused(conn);
        if (conn)
            remember_uri(in->name, conn);
    }
    pthread_mutex_lock(&client->lock);
    client->opening = false;
    if (conn) {
        client->conn = conn;
        client->opened = true;
        if (!client->closed)
            __atomic_sub_fetch(&client->listener->n_anonymous, 1, __ATOMIC_RELAXED);
        client->readonly = client->readonly || (in->flags & VIR_CONNECT_RO);
    }
    pthread_mutex_unlock(&client->lock);
    return conn ? 0 : -1;
}

DAEMON_SERVE(connect_close)
{
    (void)args;
    (void)ret;
    pthread_mutex_lock(&call->client->lock);
    call->client->closing = true;
    pthread_mutex_unlock(&call->client->lock);
    return 0;
}

DAEMON_SERVE(connect_supports_feature)
{
    const struct remote_connect_supports_feature_args *in = args;
    struct remote_connect_supports_feature_ret *out = ret;

    switch (in->feature) {
    case RPC_FEATURE_KEEPALIVE:
        call->client->keepalive = true;
        out->supported = 1;
        break;
    case RPC_FEATURE_FD_PASSING:
    case RPC_FEATURE_PARAM_STRING:
    case RPC_FEATURE_EVENT_CALLBACK:
    case RPC_FEATURE_CLOSE_CALLBACK:
    case RPC_FEATURE_NETWORK_UPDATE_ORDER:
        out->supported = 1;
        break;
    default:
        out->supported = 0;
    }
    return 0;
}

/* ---- the other end of the connection closed -------------------------------------- */

static void
forward_closed(virConnectPtr conn, int reason, void *opaque)
{
    struct remote_connect_event_connection_closed_msg msg = { .reason = reason };
    struct daemon_subscription sub = { .client = opaque };

    (void)conn;
    daemon_event_send(&sub, &remote_procedures[REMOTE_PROC_CONNECT_EVENT_CONNECTION_CLOSED], &msg, NULL);
}

DAEMON_SERVE(connect_register_close_callback)
{
    virConnectPtr conn = daemon_call_conn(call);

    (void)args;
    (void)ret;
    if (!conn || virConnectRegisterCloseCallback(conn, forward_closed, call->client, NULL) < 0)
        return -1;
    call->client->close_callback = true;
    return 0;
}

DAEMON_SERVE(connect_unregister_close_callback)
{
    virConnectPtr conn = daemon_call_conn(call);

    (void)args;
    (void)ret;
    if (!conn || virConnectUnregisterCloseCallback(conn, forward_closed) < 0)
        return -1;
    call->client->close_callback = false;
    return 0;
}

void
daemon_session_drop(struct daemon_client *client)
{
    if (client->close_callback)
        virConnectUnregisterCloseCallback(client->conn, forward_closed);
    client->close_callback = false;
}
