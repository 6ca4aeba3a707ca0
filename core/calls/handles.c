/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Public functions that only touch the handle: references, and what a handle
 * remembers of its object.  They never reach a module.
 */
#include "../call.h"
#include "core/calls.h"

#include <stdlib.h>
#include <string.h>

/* Free and Ref.  Free consumes the handle. */
#define REFERENCES(type)                                                \
    int                                                                 \
    type##Free(type##Ptr object)                                        \
    {                                                                   \
        if (vir_call_check(VIR_CALL_##type##Free, object, 0) < 0)       \
            return -1;                                                  \
        vir_object_unref(object);                                       \
        return 0;                                                       \
    }                                                                   \
                                                                        \
    int                                                                 \
    type##Ref(type##Ptr object)                                         \
    {                                                                   \
        if (vir_call_check(VIR_CALL_##type##Ref, object, 0) < 0)        \
            return -1;                                                  \
        vir_object_ref(object);                                         \
        return 0;                                                       \
    }

/* One thing that the handle remembers; FAILED where it is none. */
#define REMEMBERS(type, what, result, value, failed)                    \
    result                                                              \
    type##what(type##Ptr object)                                        \
    {                                                                   \
        if (vir_call_check(VIR_CALL_##type##what, object, 0) < 0)       \
            return failed;                                              \
        return object->value;                                           \
    }

#define CONNECTION(type) REMEMBERS(type, GetConnect, virConnectPtr, object.conn, NULL)
#define NAME(type) REMEMBERS(type, GetName, const char *, name, NULL)

/* GetUUID and GetUUIDString. */
#define UUIDS(type)                                                             \
    int                                                                         \
    type##GetUUID(type##Ptr object, unsigned char *uuid)                        \
    {                                                                           \
        if (vir_call_check(VIR_CALL_##type##GetUUID, object, 0) < 0)            \
            return -1;                                                          \
        if (!uuid)                                                              \
            return vir_call_bad(VIR_CALL_##type##GetUUID, object, "uuid", VIR_BAD_NULL); \
        memcpy(uuid, object->uuid, VIR_UUID_BUFLEN);                            \
        return 0;                                                               \
    }                                                                           \
                                                                                \
    int                                                                         \
    type##GetUUIDString(type##Ptr object, char *buf)                            \
    {                                                                           \
        if (vir_call_check(VIR_CALL_##type##GetUUIDString, object, 0) < 0)      \
            return -1;                                                          \
        if (!buf)                                                               \
            return vir_call_bad(VIR_CALL_##type##GetUUIDString, object, "buf", VIR_BAD_NULL); \
        vir_uuid_format(object->uuid, buf);                                     \
        return 0;                                                               \
    }

/* Look-up by the text of a uuid: the look-up by uuid. */
#define BY_UUID_STRING(type, owner)                                             \
    type##Ptr                                                                   \
    type##LookupByUUIDString(owner##Ptr from, const char *uuidstr)              \
    {                                                                           \
        unsigned char uuid[VIR_UUID_BUFLEN];                                    \
                                                                                \
        if (vir_call_check(VIR_CALL_##type##LookupByUUIDString, from, 0) < 0)   \
            return NULL;                                                        \
        if (!uuidstr)                                                           \
            return vir_call_bad_null(VIR_CALL_##type##LookupByUUIDString, from, "uuidstr", VIR_BAD_NULL); \
        if (vir_uuid_parse(uuidstr, uuid) < 0)                                  \
            return not_a_uuid(from, uuidstr);                                   \
        return type##LookupByUUID(from, uuid);                                  \
    }

static void *
not_a_uuid(void *object, const char *text)
{
    vir_raise(VIR_FROM_DOMAIN, VIR_ERR_INVALID_ARG, "'%.64s' is not a UUID", text);
    return vir_call_ptr(object, NULL);
}

REFERENCES(virDomain)
CONNECTION(virDomain)
NAME(virDomain)
UUIDS(virDomain)
BY_UUID_STRING(virDomain, virConnect)

unsigned int
virDomainGetID(virDomainPtr domain)
{
    if (vir_call_check(VIR_CALL_virDomainGetID, domain, 0) < 0)
        return (unsigned int)-1;
    return (unsigned int)vir_domain_id(domain);
}

REFERENCES(virDomainSnapshot)
CONNECTION(virDomainSnapshot)
NAME(virDomainSnapshot)
REMEMBERS(virDomainSnapshot, GetDomain, virDomainPtr, domain, NULL)

REFERENCES(virDomainCheckpoint)
CONNECTION(virDomainCheckpoint)
NAME(virDomainCheckpoint)
REMEMBERS(virDomainCheckpoint, GetDomain, virDomainPtr, domain, NULL)

REFERENCES(virNetwork)
CONNECTION(virNetwork)
NAME(virNetwork)
UUIDS(virNetwork)
BY_UUID_STRING(virNetwork, virConnect)

REFERENCES(virNetworkPort)
REMEMBERS(virNetworkPort, GetNetwork, virNetworkPtr, network, NULL)
UUIDS(virNetworkPort)
BY_UUID_STRING(virNetworkPort, virNetwork)

REFERENCES(virInterface)
CONNECTION(virInterface)
NAME(virInterface)
REMEMBERS(virInterface, GetMACString, const char *, mac, NULL)

REFERENCES(virStoragePool)
CONNECTION(virStoragePool)
NAME(virStoragePool)
UUIDS(virStoragePool)
BY_UUID_STRING(virStoragePool, virConnect)

REFERENCES(virStorageVol)
CONNECTION(virStorageVol)
NAME(virStorageVol)
REMEMBERS(virStorageVol, GetKey, const char *, key, NULL)

REFERENCES(virNodeDevice)
NAME(virNodeDevice)

/* The one getter that asks: the answer is kept, so that the program need not
 * free it. */
const char *
virNodeDeviceGetParent(virNodeDevicePtr dev)
{
    char *(*call)(virNodeDevicePtr);
    char *parent, *none = NULL;

    if (vir_call_check(VIR_CALL_virNodeDeviceGetParent, dev, 0) < 0)
        return NULL;
    if (__atomic_load_n(&dev->parent, __ATOMIC_ACQUIRE))
        return dev->parent;
    call = (__typeof__(call))vir_call_slot(VIR_CALL_virNodeDeviceGetParent, dev);
    if (!call) {
        vir_call_no_support(VIR_CALL_virNodeDeviceGetParent, dev);
        return NULL;
    }
    parent = call(dev);
    if (!parent) {
        if (virGetLastErrorCode())      /* the root of the tree has none, which is no error */
            vir_call_failed(dev);
        return NULL;
    }
    if (!__atomic_compare_exchange_n(&dev->parent, &none, parent, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        free(parent);
    return dev->parent;
}

REFERENCES(virSecret)
CONNECTION(virSecret)
UUIDS(virSecret)
BY_UUID_STRING(virSecret, virConnect)
REMEMBERS(virSecret, GetUsageType, int, usage_type, -1)
REMEMBERS(virSecret, GetUsageID, const char *, usage_id, NULL)

REFERENCES(virNWFilter)
NAME(virNWFilter)
UUIDS(virNWFilter)
BY_UUID_STRING(virNWFilter, virConnect)

REFERENCES(virNWFilterBinding)
REMEMBERS(virNWFilterBinding, GetPortDev, const char *, portdev, NULL)
REMEMBERS(virNWFilterBinding, GetFilterName, const char *, filter, NULL)

REFERENCES(virStream)
