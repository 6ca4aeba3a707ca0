/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The core tells once for every kind of event that somebody wants it or nobody
 * does any more; the server is asked for it accordingly.  Servers before 1.1.1
 * know one registration for each event without a number.
 */
#include "modules/remote/remote.h"

#include <stdlib.h>

#include "rpc/session.h"
#include "wire/protocol.h"
#include "wire/stubs.h"

/* Which calls serve a family.  Their arguments begin alike: the event's number
 * and an object that is left out; the answer is the number of the registration. */
static const struct family {
    const struct rpc_procedure *subscribe, *unsubscribe;
} families[VIR_EVENT_FAMILIES] = {
    [VIR_EVENT_DOMAIN] = { &remote_procedures[REMOTE_PROC_CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY],
                           &remote_procedures[REMOTE_PROC_CONNECT_DOMAIN_EVENT_CALLBACK_DEREGISTER_ANY] },
    [VIR_EVENT_NETWORK] = { &remote_procedures[REMOTE_PROC_CONNECT_NETWORK_EVENT_REGISTER_ANY],
                            &remote_procedures[REMOTE_PROC_CONNECT_NETWORK_EVENT_DEREGISTER_ANY] },
    [VIR_EVENT_STORAGE_POOL] = { &remote_procedures[REMOTE_PROC_CONNECT_STORAGE_POOL_EVENT_REGISTER_ANY],
                                 &remote_procedures[REMOTE_PROC_CONNECT_STORAGE_POOL_EVENT_DEREGISTER_ANY] },
    [VIR_EVENT_NODE_DEVICE] = { &remote_procedures[REMOTE_PROC_CONNECT_NODE_DEVICE_EVENT_REGISTER_ANY],
                                &remote_procedures[REMOTE_PROC_CONNECT_NODE_DEVICE_EVENT_DEREGISTER_ANY] },
    [VIR_EVENT_SECRET] = { &remote_procedures[REMOTE_PROC_CONNECT_SECRET_EVENT_REGISTER_ANY],
                           &remote_procedures[REMOTE_PROC_CONNECT_SECRET_EVENT_DEREGISTER_ANY] },
    [VIR_EVENT_QEMU_MONITOR] = { &qemu_procedures[QEMU_PROC_CONNECT_DOMAIN_MONITOR_EVENT_REGISTER],
                                 &qemu_procedures[QEMU_PROC_CONNECT_DOMAIN_MONITOR_EVENT_DEREGISTER] },
};

/* The server answers registrations with numbers (asked once). */
static int
has_callback_numbers(struct remote_connect *rc)
{
    int known;

    pthread_mutex_lock(&rc->lock);
    known = rc->callbacks_known;
    pthread_mutex_unlock(&rc->lock);
    if (known >= 0)
        return known;
    known = remote_supports(rc, RPC_FEATURE_EVENT_CALLBACK);
    if (known < 0)
        return -1;
    pthread_mutex_lock(&rc->lock);
    rc->callbacks_known = known;
    pthread_mutex_unlock(&rc->lock);
    return known;
}

static int
subscribe_numbered(struct remote_connect *rc, const struct family *family, int id, int *ret_callback)
{
    union rpc_any_args args;
    struct remote_connect_domain_event_callback_register_any_ret ret;

    if (family == &families[VIR_EVENT_QEMU_MONITOR])
        args.qemu_connect_domain_monitor_event_register_args =
            (struct qemu_connect_domain_monitor_event_register_args){ 0 };
    else
        args.remote_connect_domain_event_callback_register_any_args =
            (struct remote_connect_domain_event_callback_register_any_args){ .eventID = id };
    if (remote_call(rc, family->subscribe, &args, &ret) < 0)
        return -1;
    *ret_callback = ret.callbackID;
    return 0;
}

static int
subscribe_plain(struct remote_connect *rc, int id, bool on)
{
    struct remote_connect_domain_event_register_any_args args = { .eventID = id };
    int procedure = on ? REMOTE_PROC_CONNECT_DOMAIN_EVENT_REGISTER_ANY
                       : REMOTE_PROC_CONNECT_DOMAIN_EVENT_DEREGISTER_ANY;

    return remote_call(rc, &remote_procedures[procedure], &args, NULL);
}

/* Asks the server to tell when its own connection breaks, once and for all. */
static int
subscribe_closed(struct remote_connect *rc)
{
    if (__atomic_exchange_n(&rc->told_of_close, true, __ATOMIC_RELAXED) ||
        remote_call(rc, &remote_procedures[REMOTE_PROC_CONNECT_REGISTER_CLOSE_CALLBACK], NULL, NULL) == 0)
        return 0;
    if (virGetLastErrorCode() == VIR_ERR_RPC) { /* an old server, which does not know the call */
        virResetLastError();
        return 0;
    }
    __atomic_store_n(&rc->told_of_close, false, __ATOMIC_RELAXED);
    return -1;
}

int
remote_connect_event_subscribe(virConnectPtr conn, int family, int id)
{
    struct remote_connect *rc = vir_connect_data(conn);
    struct remote_subscription *sub;
    int callback = -1, numbered = 1, result;

    if (family == VIR_EVENT_CONNECTION)
        return subscribe_closed(rc);
    if (family < 0 || family >= VIR_EVENT_FAMILIES)
        return vir_error(VIR_ERR_INVALID_ARG, "unknown family %d of events", family);
    if (family == VIR_EVENT_DOMAIN)
        numbered = has_callback_numbers(rc);
    if (numbered < 0)
        return -1;
    result = numbered ? subscribe_numbered(rc, &families[family], id, &callback)
                      : subscribe_plain(rc, id, true);
    if (result < 0)
        return -1;
    sub = VIR_NEW(struct remote_subscription);
    sub->family = family;
    sub->id = id;
    sub->callback = callback;
    pthread_mutex_lock(&rc->lock);
    sub->next = rc->subscriptions;
    rc->subscriptions = sub;
    pthread_mutex_unlock(&rc->lock);
    return 0;
}

static struct remote_subscription *
take(struct remote_connect *rc, int family, int id)
{
    struct remote_subscription **place, *sub;

    pthread_mutex_lock(&rc->lock);
    for (place = &rc->subscriptions; *place; place = &(*place)->next) {
        if ((*place)->family == family && (*place)->id == id)
            break;
    }
    sub = *place;
    if (sub)
        *place = sub->next;
    pthread_mutex_unlock(&rc->lock);
    return sub;
}

int
remote_connect_event_unsubscribe(virConnectPtr conn, int family, int id)
{
    struct remote_connect *rc = vir_connect_data(conn);
    struct remote_subscription *sub = take(rc, family, id);
    struct remote_connect_domain_event_callback_deregister_any_args args;
    int result;

    if (!sub)
        return 0;
    args.callbackID = sub->callback;
    if (sub->callback >= 0)
        result = remote_call(rc, families[family].unsubscribe, &args, NULL);
    else
        result = subscribe_plain(rc, id, false);
    free(sub);
    return result;
}
