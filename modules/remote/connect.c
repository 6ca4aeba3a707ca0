/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A connection from its first message to its last, and what is known about it.
 */
#include "modules/remote/login.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rpc/watch.h"
#include "wire/protocol.h"
#include "wire/stubs.h"

#define OPEN_ATTEMPTS 4                 /* at a daemon that starts on demand */

#define PROCEDURE(name) (&remote_procedures[REMOTE_PROC_##name])

/* ---- opening ------------------------------------------------------------------ */

static void
receive_message(uint32_t program, int procedure, const unsigned char *body, size_t len, void *opaque)
{
    if (remote_event(opaque, program, procedure, body, len) < 0) {
        vir_warn("a message from the daemon is lost: %s", virGetLastErrorMessage());
        virResetLastError();
    }
}

static void
receive_end(int reason, void *opaque)
{
    struct remote_connect *rc = opaque;

    vir_connect_closed(rc->conn, reason);
}

static struct remote_connect *
make(virConnectPtr conn, struct rpc_transport *way, struct remote_target *target)
{
    struct remote_connect *rc = VIR_NEW(struct remote_connect);
    const struct rpc_client_events events = { receive_message, receive_end, rc };

    rc->refs = 1;
    rc->conn = conn;
    rc->local = strcmp(target->transport, "unix") == 0;
    rc->network = !rc->local && (!target->child || strcmp(target->transport, "ext") == 0);
    rc->encrypted = strcmp(target->transport, "tls") == 0;
    rc->keepalive_timer = rc->callbacks_known = -1;
    pthread_mutex_init(&rc->lock, NULL);
    rc->child = vir_steal(&target->child);
    rc->client = rpc_client_new(way, rc->local ? target->place.socket : target->host, &events);
    return rc;
}

/* Connects and opens; *ret_lost as of remote_open(). */
static int
try_target(virConnectPtr conn, struct remote_target *target, virConnectAuthPtr auth, bool *ret_lost)
{
    const struct remote_transport *transport = remote_transport_find(target->transport);
    struct remote_connect *rc;
    struct rpc_transport *way = transport ? transport->connect(target) : NULL;

    *ret_lost = false;
    if (!way)
        return -1;
    rc = make(conn, way, target);
    if (remote_open(rc, way, target, auth, ret_lost) == 0) {
        vir_connect_set_data(conn, rc);
        rpc_watch_start(rc->client);
        return 0;
    }
    if (*ret_lost && rc->child)
        remote_child_explain(rc->child, target);
    rpc_client_close(rc->client);
    remote_connect_unref(rc);
    return -1;
}

/* A daemon that starts on demand leaves when it is idle: a client may just meet it
 * on its way out, and then starts the next one. */
static int
open_target(virConnectPtr conn, struct remote_target *target, virConnectAuthPtr auth)
{
    bool lost;

    for (int attempt = 1; try_target(conn, target, auth, &lost) < 0; attempt++) {
        if (!lost || !target->place.session || attempt == OPEN_ATTEMPTS)
            return -1;
        virResetLastError();
        usleep(attempt * 20 * 1000);
    }
    return 0;
}

int
remote_connect_open(virConnectPtr conn, virConnectAuthPtr auth, unsigned int flags)
{
    struct remote_target target;
    int rc = remote_target_init(&target, vir_connect_uri(conn), flags);

    if (rc == 0)
        rc = open_target(conn, &target, auth);
    remote_target_clear(&target);
    return rc;
}

int
remote_connect_close(virConnectPtr conn)
{
    struct remote_connect *rc = vir_connect_data(conn);

    if (!rc)
        return 0;
    remote_watch_stop(rc);
    rpc_client_tell_end(rc->client, PROCEDURE(CONNECT_CLOSE));
    rpc_client_close(rc->client);
    vir_connect_set_data(conn, NULL);
    remote_connect_unref(rc);
    return 0;
}

/* ---- what is known without asking ------------------------------------------------ */

int
remote_connect_is_secure(virConnectPtr conn)
{
    struct remote_connect *rc = vir_connect_data(conn);
    struct remote_connect_is_secure_ret ret;

    if (rc->network && !rc->encrypted)
        return 0;
    /* the way is safe; what the server does behind it, it says itself */
    if (remote_call(rc, PROCEDURE(CONNECT_IS_SECURE), NULL, &ret) < 0)
        return -1;
    return ret.secure;
}

int
remote_connect_is_encrypted(virConnectPtr conn)
{
    struct remote_connect *rc = vir_connect_data(conn);

    return rc->encrypted;
}

int
remote_connect_is_alive(virConnectPtr conn)
{
    struct remote_connect *rc = vir_connect_data(conn);

    return rpc_client_alive(rc->client);
}
