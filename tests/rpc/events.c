/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Events go round: random messages of every event become events of a
 * connection, whose callbacks are those of libvirtd; what these send must be
 * the bytes of the message again.
 */
#include <stdlib.h>
#include <string.h>

#include "modules/remote/remote.h"
#include "daemon/dispatch.h"
#include "wire-gen.h"
#include "wire/protocol.h"

#define ROUNDS 60                       /* messages of each event */

const char vir_module_key = 0;

static uint64_t state = 4242;
static virConnectPtr conn;
static struct daemon_subscription sub;
static struct rpc_buf sent;
static const struct rpc_procedure *sent_as;

void
daemon_event_send(struct daemon_subscription *to, const struct rpc_procedure *event, const void *msg, const void *object)
{
    const char *place = object, *whole = msg;

    if (to != &sub || sent_as || xdr_encode(&sent, event->args, msg) < 0 ||
        place < whole || place >= whole + event->args->size) {
        fprintf(stderr, "events: %s: sent twice, not encodable or about nothing in it\n", event->name);
        exit(1);
    }
    sent_as = event;
}

#define AS(type, f) ((type)(void (*)(void))(f))

static int
register_one(int family, int event, virConnectDomainEventGenericCallback f)
{
    switch (family) {
    case DAEMON_FAMILY_DOMAIN:
        return virConnectDomainEventRegisterAny(conn, NULL, event, f, &sub, NULL);
    case DAEMON_FAMILY_NETWORK:
        return virConnectNetworkEventRegisterAny(
            conn, NULL, event, AS(virConnectNetworkEventGenericCallback, f), &sub, NULL);
    case DAEMON_FAMILY_STORAGE:
        return virConnectStoragePoolEventRegisterAny(
            conn, NULL, event, AS(virConnectStoragePoolEventGenericCallback, f), &sub, NULL);
    case DAEMON_FAMILY_NODEDEV:
        return virConnectNodeDeviceEventRegisterAny(
            conn, NULL, event, AS(virConnectNodeDeviceEventGenericCallback, f), &sub, NULL);
    default:
        return virConnectSecretEventRegisterAny(
            conn, NULL, event, AS(virConnectSecretEventGenericCallback, f), &sub, NULL);
    }
}

/* How many callbacks the connection took; a driver without networks has no network events. */
static int
register_all(void)
{
    int n = 0;

    for (int family = 0; family < DAEMON_FAMILIES; family++) {
        for (int event = 0; event < daemon_forwarders[family].n; event++) {
            if (register_one(family, event, daemon_forwarders[family].forward[event]) >= 0)
                n++;
        }
    }
    return n;
}

/* One message; true if the connection delivered it (a name may be one that no object can have). */
static bool
go_round(const struct rpc_procedure *event, struct remote_connect *rc)
{
    struct rpc_buf wire = { 0 };
    uint32_t id;

    gen_value(&wire, event->args, &state);
    memcpy(&id, wire.data, sizeof(id));
    sub.callback = (int)__builtin_bswap32(id);
    sent.len = 0;
    sent_as = NULL;
    if (remote_event(rc, event->program, event->number, wire.data, wire.len) < 0) {
        fprintf(stderr, "events: %s: not taken: %s\n", event->name, virGetLastErrorMessage());
        exit(1);
    }
    for (int i = 0; i < 3 && !sent_as; i++)
        virEventRunDefaultImpl();
    if (sent_as && (sent_as != event || sent.len != wire.len ||
                    memcmp(sent.data, wire.data, wire.len) != 0)) {
        fprintf(stderr, "events: %s: comes back as %s of other bytes\n", event->name, sent_as->name);
        exit(1);
    }
    rpc_buf_free(&wire);
    return sent_as != NULL;
}

static bool
check_event(const struct rpc_procedure *event, struct remote_connect *rc)
{
    int n = 0;

    /* The last that has a form without callback id. */
    sub.old = event->number <= REMOTE_PROC_DOMAIN_EVENT_DEVICE_REMOVED;
    for (int round = 0; round < ROUNDS; round++)
        n += go_round(event, rc);
    return n > 0;
}

static void
tick(int timer, void *opaque)
{
    (void)timer;
    (void)opaque;
}

int
main(void)
{
    struct remote_connect rc = { 0 };
    int registered, came = 0;

    gen_word = "test";
    if (virEventRegisterDefaultImpl() < 0 || !(conn = virConnectOpen("test:///default"))) {
        fprintf(stderr, "events: %s\n", virGetLastErrorMessage());
        return 1;
    }
    virEventAddTimeout(0, tick, NULL, NULL);            /* the loop never sleeps */
    rc.conn = conn;
    registered = register_all();
    for (int i = 0; i < rpc_remote_program.count; i++) {
        const struct rpc_procedure *event = rpc_procedure_find(&rpc_remote_program, i);

        if (event && (event->flags & RPC_EVENT) && i != REMOTE_PROC_CONNECT_EVENT_CONNECTION_CLOSED)
            came += check_event(event, &rc);
    }
    virConnectClose(conn);
    rpc_buf_free(&sent);
    printf("%d callbacks, %d kinds of messages went round\n", registered, came);
    return registered >= 27 && came >= 43 ? 0 : 1;      /* 27 domain events, 16 of them in two forms */
}
