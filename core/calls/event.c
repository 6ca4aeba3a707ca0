/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Registration of callbacks for events: one pair of functions for each kind of
 * object, all on event.c.
 */
#define VIR_ENUM_SENTINELS
#include "../call.h"
#include "../event.h"
#include "core/calls.h"

/* Checks what all registrations share.  EVENTS: how many ids there are. */
static int
check(unsigned int call, virConnectPtr conn, void *object, enum vir_kind kind, int id, int events,
      const void *cb)
{
    if (vir_call_check(call, conn, 0) < 0)
        return -1;
    if (object && vir_call_other(call, conn, object, kind, "the object") < 0)
        return -1;
    if (!cb)
        return vir_call_bad(call, conn, "cb", VIR_BAD_NULL);
    if (id < 0)
        return vir_call_bad(call, conn, "eventID", VIR_BAD_NEGATIVE);
    if (id >= events)
        return vir_call_bad(call, conn, "eventID", VIR_BAD_TOO_BIG);
    return 0;
}

static int
deregister(unsigned int call, virConnectPtr conn, int family, int number)
{
    if (vir_call_check(call, conn, 0) < 0)
        return -1;
    if (number < 0)
        return vir_call_bad(call, conn, "callbackID", VIR_BAD_NEGATIVE);
    return vir_call_int(conn, vir_event_deregister(conn, family, number));
}

#define REGISTER(prefix, type, kind, family, last)                                              \
    int                                                                                         \
    prefix##RegisterAny(virConnectPtr conn, type object, int eventID, prefix##GenericCallback cb, \
                        void *opaque, virFreeCallback freecb)                                   \
    {                                                                                           \
        if (check(VIR_CALL_##prefix##RegisterAny, conn, object, kind, eventID, last, cb) < 0)   \
            return -1;                                                                          \
        return vir_call_int(conn, vir_event_register(conn, family, eventID, object, NULL, 0,    \
                                                     (vir_fn)cb, opaque, freecb));              \
    }                                                                                           \
                                                                                                \
    int                                                                                         \
    prefix##DeregisterAny(virConnectPtr conn, int callbackID)                                   \
    {                                                                                           \
        return deregister(VIR_CALL_##prefix##DeregisterAny, conn, family, callbackID);          \
    }

REGISTER(virConnectDomainEvent, virDomainPtr, VIR_KIND_DOMAIN, VIR_EVENT_DOMAIN, VIR_DOMAIN_EVENT_ID_LAST)
REGISTER(virConnectNetworkEvent, virNetworkPtr, VIR_KIND_NETWORK, VIR_EVENT_NETWORK,
         VIR_NETWORK_EVENT_ID_LAST)
REGISTER(virConnectStoragePoolEvent, virStoragePoolPtr, VIR_KIND_STORAGE_POOL, VIR_EVENT_STORAGE_POOL,
         VIR_STORAGE_POOL_EVENT_ID_LAST)
REGISTER(virConnectNodeDeviceEvent, virNodeDevicePtr, VIR_KIND_NODE_DEVICE, VIR_EVENT_NODE_DEVICE,
         VIR_NODE_DEVICE_EVENT_ID_LAST)
REGISTER(virConnectSecretEvent, virSecretPtr, VIR_KIND_SECRET, VIR_EVENT_SECRET, VIR_SECRET_EVENT_ID_LAST)

/* The first event there was: life cycles, and a callback that is its own number. */

int
virConnectDomainEventRegister(virConnectPtr conn, virConnectDomainEventCallback cb, void *opaque,
                              virFreeCallback freecb)
{
    if (check(VIR_CALL_virConnectDomainEventRegister, conn, NULL, VIR_KIND_DOMAIN, 0, 1, cb) < 0)
        return -1;
    if (vir_event_find(conn, (vir_fn)cb) >= 0)
        return vir_call_int(conn, vir_raise(VIR_FROM_EVENT, VIR_ERR_INVALID_ARG,
                                            "event callback already tracked"));
    if (vir_event_register(conn, VIR_EVENT_DOMAIN, VIR_DOMAIN_EVENT_ID_LIFECYCLE, NULL, NULL,
                           VIR_EVENT_BY_FUNCTION, (vir_fn)cb, opaque, freecb) < 0)
        return vir_call_int(conn, -1);
    return 0;
}

int
virConnectDomainEventDeregister(virConnectPtr conn, virConnectDomainEventCallback cb)
{
    int number;

    if (check(VIR_CALL_virConnectDomainEventDeregister, conn, NULL, VIR_KIND_DOMAIN, 0, 1, cb) < 0)
        return -1;
    number = vir_event_find(conn, (vir_fn)cb);
    if (number < 0)
        return vir_call_int(conn, vir_raise(VIR_FROM_EVENT, VIR_ERR_INVALID_ARG,
                                            "could not find event callback for removal"));
    return vir_call_int(conn, vir_event_deregister(conn, VIR_EVENT_DOMAIN, number));
}
