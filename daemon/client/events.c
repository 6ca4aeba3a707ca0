/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Events on their way to clients.  Each registration of a client is one of
 * ours on its connection, with a printed forwarder as the callback.  All runs
 * in the loop, which is also the public event loop of this process.
 */
#include "daemon/daemon.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/access/guard.h"
#include "daemon/client/held-events.h"
#include "daemon/wire.h"
#include "wire/dispatch.h"

#define SUBSCRIPTIONS_MAX 2000          /* of one client */

/* The calls to register and deregister, by family. */
static int
family_register(struct daemon_subscription *sub, virConnectPtr conn, void *object,
                virConnectDomainEventGenericCallback forward)
{
    switch (sub->family) {
    case DAEMON_FAMILY_DOMAIN:
        return virConnectDomainEventRegisterAny(conn, object, sub->event, forward, sub, free);
    case DAEMON_FAMILY_NETWORK:
        return virConnectNetworkEventRegisterAny(conn, object, sub->event,
                                                 (virConnectNetworkEventGenericCallback)forward, sub, free);
    case DAEMON_FAMILY_STORAGE:
        return virConnectStoragePoolEventRegisterAny(conn, object, sub->event,
                                                     (virConnectStoragePoolEventGenericCallback)forward,
                                                     sub, free);
    case DAEMON_FAMILY_NODEDEV:
        return virConnectNodeDeviceEventRegisterAny(conn, object, sub->event,
                                                    (virConnectNodeDeviceEventGenericCallback)forward,
                                                    sub, free);
    default:
        return virConnectSecretEventRegisterAny(conn, object, sub->event,
                                                (virConnectSecretEventGenericCallback)forward, sub, free);
    }
}

static int
family_deregister(int family, virConnectPtr conn, int callback)
{
    switch (family) {
    case DAEMON_FAMILY_DOMAIN:
        return virConnectDomainEventDeregisterAny(conn, callback);
    case DAEMON_FAMILY_NETWORK:
        return virConnectNetworkEventDeregisterAny(conn, callback);
    case DAEMON_FAMILY_STORAGE:
        return virConnectStoragePoolEventDeregisterAny(conn, callback);
    case DAEMON_FAMILY_NODEDEV:
        return virConnectNodeDeviceEventDeregisterAny(conn, callback);
    case DAEMON_FAMILY_SECRET:
        return virConnectSecretEventDeregisterAny(conn, callback);
    default:
        return virConnectDomainQemuMonitorEventDeregister(conn, callback);
    }
}

/* ---- the list of a client ------------------------------------------------------ */

static struct daemon_subscription *
subscription_new(const struct daemon_call *call, int family, int event, bool old)
{
    struct daemon_client *client = call->client;
    struct daemon_subscription *sub;

    if (client->n_subscriptions >= SUBSCRIPTIONS_MAX)
        return vir_error_null(VIR_ERR_OPERATION_DENIED, "this client has %d event registrations already",
                              SUBSCRIPTIONS_MAX);
    if (daemon_user_holds_too_many(client->user, DAEMON_REGISTRATIONS))
        return vir_error_null(VIR_ERR_OPERATION_DENIED, "there are too many event registrations of all clients");
    sub = VIR_NEW(struct daemon_subscription);
    sub->client = client;
    sub->family = family;
    sub->event = event;
    sub->callback = -1;
    sub->old = old;
    sub->filter = daemon_access_filter(call->procedure);
    return sub;
}

static void
keep(struct daemon_client *client, struct daemon_subscription *sub)
{
    client->subscriptions = vir_realloc_array(client->subscriptions, client->n_subscriptions + 1,
                                              sizeof(*client->subscriptions));
    client->subscriptions[client->n_subscriptions++] = sub;
    daemon_client_hold(client, DAEMON_REGISTRATIONS, 1);
}

/* Ends the i-th registration; the core frees it when its callback cannot run any more. */
static int
drop(struct daemon_client *client, size_t i)
{
    struct daemon_subscription *sub = client->subscriptions[i];
    int family = sub->family, callback = sub->callback;

    sub->client = NULL;
    client->subscriptions[i] = client->subscriptions[--client->n_subscriptions];
    daemon_client_hold(client, DAEMON_REGISTRATIONS, -1);
    return family_deregister(family, client->conn, callback);
}

void
daemon_events_drop(struct daemon_client *client)
{
    while (client->n_subscriptions > 0)
        drop(client, client->n_subscriptions - 1);
    free(vir_steal(&client->subscriptions));
}

/* ---- registration --------------------------------------------------------------- */

static int
subscribe(struct daemon_call *call, int family, int event, void *object, bool old, int *ret_callback)
{
    const struct daemon_forwarders *forwarders = &daemon_forwarders[family];
    struct daemon_subscription *sub;
    virConnectPtr conn = daemon_call_conn(call);

    if (!conn)
        return -1;
    if (event < 0 || event >= forwarders->n || !forwarders->forward[event])
        return vir_error(VIR_ERR_INVALID_ARG, "unsupported event %d", event);
    sub = subscription_new(call, family, event, old);
    if (!sub)
        return -1;
    sub->callback = family_register(sub, conn, object, forwarders->forward[event]);
    if (sub->callback < 0) {
        free(sub);
        return -1;
    }
    keep(call->client, sub);
    *ret_callback = sub->callback;
    return 0;
}

static int
unsubscribe(struct daemon_call *call, int family, int callback)
{
    struct daemon_client *client = call->client;

    if (!daemon_call_conn(call))
        return -1;
    for (size_t i = 0; i < client->n_subscriptions; i++) {
        const struct daemon_subscription *sub = client->subscriptions[i];

        if (sub->family == family && !sub->old && sub->callback == callback)
            return drop(client, i);
    }
    return vir_error(VIR_ERR_INVALID_ARG, "no event registration %d", callback);
}

/* The messages without callback ids: one registration for each event. */
static int
subscribe_old(struct daemon_call *call, int event)
{
    struct daemon_client *client = call->client;
    int ignored;

    for (size_t i = 0; i < client->n_subscriptions; i++) {
        if (client->subscriptions[i]->old && client->subscriptions[i]->event == event)
            return vir_error(VIR_ERR_INVALID_ARG, "event %d is registered already", event);
    }
    return subscribe(call, DAEMON_FAMILY_DOMAIN, event, NULL, true, &ignored);
}

static int
unsubscribe_old(struct daemon_call *call, int event)
{
    struct daemon_client *client = call->client;

    if (!daemon_call_conn(call))
        return -1;
    for (size_t i = 0; i < client->n_subscriptions; i++) {
        if (client->subscriptions[i]->old && client->subscriptions[i]->event == event)
            return drop(client, i);
    }
    return vir_error(VIR_ERR_INVALID_ARG, "event %d is not registered", event);
}

/* ---- sending ----------------------------------------------------------------------- */

void
daemon_event_send(struct daemon_subscription *sub, const struct rpc_procedure *event, const void *msg,
                  const void *object)
{
    struct rpc_header header = rpc_header_of(0, event->program, event->number,
                                             RPC_TYPE_MESSAGE, 0, RPC_STATUS_OK);
    struct rpc_buf *buf = &the_daemon.event;

    if (!sub->client)
        return;
    buf->len = 0;
    if (!rpc_buf_reserve(buf, RPC_HEADER_SIZE))
        return;
    buf->len = RPC_HEADER_SIZE;
    if (event->args && xdr_encode(buf, event->args, msg) < 0) {
        vir_warn("event %s for client %u is lost: %s", event->name, sub->client->id,
                 virGetLastErrorMessage());
        return;
    }
    header.length = (uint32_t)buf->len;
    rpc_header_put(buf->data, &header);
    if (sub->filter && daemon_access_guards(sub->client))
        daemon_event_hold(sub->client, sub->filter, object, buf);
    else
        daemon_client_send(sub->client, buf, -1, false, true);
}

/* ---- the calls ---------------------------------------------------------------------- */

DAEMON_SERVE(connect_domain_event_register)
{
    struct remote_connect_domain_event_register_ret *out = ret;

    (void)args;
    if (subscribe_old(call, VIR_DOMAIN_EVENT_ID_LIFECYCLE) < 0)
        return -1;
    out->cb_registered = 1;
    return 0;
}

DAEMON_SERVE(connect_domain_event_deregister)
{
    struct remote_connect_domain_event_deregister_ret *out = ret;

    (void)args;
    out->cb_registered = 0;
    return unsubscribe_old(call, VIR_DOMAIN_EVENT_ID_LIFECYCLE);
}

DAEMON_SERVE(connect_domain_event_register_any)
{
    const struct remote_connect_domain_event_register_any_args *in = args;

    (void)ret;
    return subscribe_old(call, in->eventID);
}

DAEMON_SERVE(connect_domain_event_deregister_any)
{
    const struct remote_connect_domain_event_deregister_any_args *in = args;

    (void)ret;
    return unsubscribe_old(call, in->eventID);
}

DAEMON_SERVE(connect_domain_event_callback_register_any)
{
    const struct remote_connect_domain_event_callback_register_any_args *in = args;
    struct remote_connect_domain_event_callback_register_any_ret *out = ret;
    RPC_AUTO(domain) virDomainPtr dom =
        in->dom ? rpc_get_domain(daemon_call_conn(call), in->dom) : NULL;

    if (in->dom && !dom)
        return -1;
    return subscribe(call, DAEMON_FAMILY_DOMAIN, in->eventID, dom, false, &out->callbackID);
}

DAEMON_SERVE(connect_domain_event_callback_deregister_any)
{
    const struct remote_connect_domain_event_callback_deregister_any_args *in = args;

    (void)ret;
    return unsubscribe(call, DAEMON_FAMILY_DOMAIN, in->callbackID);
}

DAEMON_SERVE(connect_network_event_register_any)
{
    const struct remote_connect_network_event_register_any_args *in = args;
    struct remote_connect_network_event_register_any_ret *out = ret;
    RPC_AUTO(network) virNetworkPtr net =
        in->net ? rpc_get_network(daemon_call_conn(call), in->net) : NULL;

    if (in->net && !net)
        return -1;
    return subscribe(call, DAEMON_FAMILY_NETWORK, in->eventID, net, false, &out->callbackID);
}

DAEMON_SERVE(connect_network_event_deregister_any)
{
    const struct remote_connect_network_event_deregister_any_args *in = args;

    (void)ret;
    return unsubscribe(call, DAEMON_FAMILY_NETWORK, in->callbackID);
}

DAEMON_SERVE(connect_storage_pool_event_register_any)
{
    const struct remote_connect_storage_pool_event_register_any_args *in = args;
    struct remote_connect_storage_pool_event_register_any_ret *out = ret;
    RPC_AUTO(storage_pool) virStoragePoolPtr pool =
        in->pool ? rpc_get_storage_pool(daemon_call_conn(call), in->pool) : NULL;

    if (in->pool && !pool)
        return -1;
    return subscribe(call, DAEMON_FAMILY_STORAGE, in->eventID, pool, false, &out->callbackID);
}

DAEMON_SERVE(connect_storage_pool_event_deregister_any)
{
    const struct remote_connect_storage_pool_event_deregister_any_args *in = args;

    (void)ret;
    return unsubscribe(call, DAEMON_FAMILY_STORAGE, in->callbackID);
}

DAEMON_SERVE(connect_node_device_event_register_any)
{
    const struct remote_connect_node_device_event_register_any_args *in = args;
    struct remote_connect_node_device_event_register_any_ret *out = ret;
    RPC_AUTO(node_device) virNodeDevicePtr dev =
        in->dev ? rpc_get_node_device(daemon_call_conn(call), in->dev) : NULL;

    if (in->dev && !dev)
        return -1;
    return subscribe(call, DAEMON_FAMILY_NODEDEV, in->eventID, dev, false, &out->callbackID);
}

DAEMON_SERVE(connect_node_device_event_deregister_any)
{
    const struct remote_connect_node_device_event_deregister_any_args *in = args;

    (void)ret;
    return unsubscribe(call, DAEMON_FAMILY_NODEDEV, in->callbackID);
}

DAEMON_SERVE(connect_secret_event_register_any)
{
    const struct remote_connect_secret_event_register_any_args *in = args;
    struct remote_connect_secret_event_register_any_ret *out = ret;
    RPC_AUTO(secret) virSecretPtr secret =
        in->secret ? rpc_get_secret(daemon_call_conn(call), in->secret) : NULL;

    if (in->secret && !secret)
        return -1;
    return subscribe(call, DAEMON_FAMILY_SECRET, in->eventID, secret, false, &out->callbackID);
}

DAEMON_SERVE(connect_secret_event_deregister_any)
{
    const struct remote_connect_secret_event_deregister_any_args *in = args;

    (void)ret;
    return unsubscribe(call, DAEMON_FAMILY_SECRET, in->callbackID);
}

/* ---- the monitor of QEMU -------------------------------------------------------------- */

DAEMON_SERVE(qemu_connect_domain_monitor_event_register)
{
    const struct qemu_connect_domain_monitor_event_register_args *in = args;
    struct qemu_connect_domain_monitor_event_register_ret *out = ret;
    virConnectPtr conn = daemon_call_conn(call);
    RPC_AUTO(domain) virDomainPtr dom = in->dom ? rpc_get_domain(conn, in->dom) : NULL;
    struct daemon_subscription *sub;

    if (!conn || (in->dom && !dom))
        return -1;
    sub = subscription_new(call, DAEMON_FAMILY_MONITOR, 0, false);
    if (!sub)
        return -1;
    sub->callback = virConnectDomainQemuMonitorEventRegister(conn, dom, in->event,
                                                             daemon_forward_qemu_monitor,
                                                             sub, free, in->flags);
    if (sub->callback < 0) {
        free(sub);
        return -1;
    }
    keep(call->client, sub);
    out->callbackID = sub->callback;
    return 0;
}

DAEMON_SERVE(qemu_connect_domain_monitor_event_deregister)
{
    const struct qemu_connect_domain_monitor_event_deregister_args *in = args;

    (void)ret;
    return unsubscribe(call, DAEMON_FAMILY_MONITOR, in->callbackID);
}
