/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Handles: made by modules, counted, and freed with the last reference.  The
 * texts of a handle follow its struct in one allocation, so making one costs a
 * single malloc.
 */
#include "object.h"
#include "connect.h"

#include <stdlib.h>
#include <string.h>

void *
vir_object_new(enum vir_kind kind, size_t size, size_t text_bytes, virConnectPtr conn)
{
    struct vir_object *object = vir_alloc(size + text_bytes);

    object->magic = VIR_OBJECT_MAGIC + kind;
    object->refs = 1;
    object->conn = conn;
    if (conn)
        vir_object_ref(conn);
    return object;
}

void
vir_object_ref(void *object)
{
    __atomic_add_fetch(&((struct vir_object *)object)->refs, 1, __ATOMIC_RELAXED);
}

bool
vir_object_try_ref(void *handle)
{
    struct vir_object *object = handle;
    int refs = __atomic_load_n(&object->refs, __ATOMIC_RELAXED);

    while (refs > 0)
        if (__atomic_compare_exchange_n(&object->refs, &refs, refs + 1, true,
                                        __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            return true;
    return false;
}

int
vir_object_unref(void *handle)
{
    struct vir_object *object = handle;
    virConnectPtr conn = object->conn;
    int left = __atomic_sub_fetch(&object->refs, 1, __ATOMIC_ACQ_REL);

    if (left > 0)
        return left;
    switch (object->magic - VIR_OBJECT_MAGIC) {
    case VIR_KIND_CONNECT:
        vir_connect_destroy(handle);
        return 0;
    case VIR_KIND_SNAPSHOT:
        vir_object_unref(((virDomainSnapshotPtr)handle)->domain);
        break;
    case VIR_KIND_CHECKPOINT:
        vir_object_unref(((virDomainCheckpointPtr)handle)->domain);
        break;
    case VIR_KIND_NETWORK_PORT:
        vir_object_unref(((virNetworkPortPtr)handle)->network);
        break;
    case VIR_KIND_NODE_DEVICE:
        free(((virNodeDevicePtr)handle)->parent);
        break;
    case VIR_KIND_STREAM:
        vir_stream_destroy(handle);
        break;
    }
    object->magic = 0;
    free(object);
    vir_object_unref(conn);
    return 0;
}

/* ---- constructors ---- */

/* Whether a module may make a handle of CONN under NAME. */
static bool
name_ok(virConnectPtr conn, const char *what, const char *name)
{
    if (!vir_object_is(conn, VIR_KIND_CONNECT)) {
        vir_raise(VIR_FROM_NONE, VIR_ERR_INVALID_CONN, "a new %s", what);
        return false;
    }
    if (!name || !*name) {
        vir_raise(VIR_FROM_NONE, VIR_ERR_INVALID_ARG, "the name of a %s must not be empty", what);
        return false;
    }
    return true;
}

static bool
uuid_ok(virConnectPtr conn, const char *what, const unsigned char *uuid)
{
    if (!name_ok(conn, what, "-"))
        return false;
    if (!uuid) {
        vir_raise(VIR_FROM_NONE, VIR_ERR_INVALID_ARG, "a %s must have a uuid", what);
        return false;
    }
    return true;
}

/* Defines vir_<prefix>_new for handles that have a name and a uuid. */
#define NEW_NAMED(type, prefix, kind, what)                                             \
    type                                                                                \
    vir_##prefix##_new(virConnectPtr conn, const char *name, const unsigned char *uuid) \
    {                                                                                   \
        type object;                                                                    \
                                                                                        \
        if (!name_ok(conn, what, name) || !uuid_ok(conn, what, uuid))                   \
            return NULL;                                                                \
        object = vir_object_new(kind, sizeof(*object), strlen(name) + 1, conn);         \
        memcpy(object->uuid, uuid, VIR_UUID_BUFLEN);                                    \
        strcpy(object->name, name);                                                     \
        return object;                                                                  \
    }

NEW_NAMED(virNetworkPtr, network, VIR_KIND_NETWORK, "network")
NEW_NAMED(virStoragePoolPtr, storage_pool, VIR_KIND_STORAGE_POOL, "storage pool")
NEW_NAMED(virNWFilterPtr, nwfilter, VIR_KIND_NWFILTER, "network filter")

virDomainPtr
vir_domain_new(virConnectPtr conn, const char *name, const unsigned char *uuid, int id)
{
    virDomainPtr dom;

    if (!name_ok(conn, "domain", name) || !uuid_ok(conn, "domain", uuid))
        return NULL;
    dom = vir_object_new(VIR_KIND_DOMAIN, sizeof(*dom), strlen(name) + 1, conn);
    memcpy(dom->uuid, uuid, VIR_UUID_BUFLEN);
    strcpy(dom->name, name);
    dom->id = id;
    return dom;
}

virNetworkPortPtr
vir_network_port_new(virNetworkPtr net, const unsigned char *uuid)
{
    virNetworkPortPtr port;

    if (!uuid_ok(net->object.conn, "network port", uuid))
        return NULL;
    port = vir_object_new(VIR_KIND_NETWORK_PORT, sizeof(*port), 0, net->object.conn);
    memcpy(port->uuid, uuid, VIR_UUID_BUFLEN);
    port->network = net;
    vir_object_ref(net);
    return port;
}

virInterfacePtr
vir_interface_new(virConnectPtr conn, const char *name, const char *mac)
{
    virInterfacePtr iface;
    size_t len;

    if (!name_ok(conn, "interface", name))
        return NULL;
    mac = mac ? mac : "";               /* not every interface has one */
    len = strlen(name) + 1;
    iface = vir_object_new(VIR_KIND_INTERFACE, sizeof(*iface), len + strlen(mac) + 1, conn);
    strcpy(iface->name, name);
    iface->mac = strcpy(iface->name + len, mac);
    return iface;
}

virStorageVolPtr
vir_storage_vol_new(virConnectPtr conn, const char *pool, const char *name, const char *key)
{
    virStorageVolPtr vol;
    size_t pool_len, name_len;

    if (!name_ok(conn, "storage pool", pool) || !name_ok(conn, "storage volume", name))
        return NULL;
    key = key ? key : "";
    pool_len = strlen(pool) + 1;
    name_len = strlen(name) + 1;
    vol = vir_object_new(VIR_KIND_STORAGE_VOL, sizeof(*vol), pool_len + name_len + strlen(key) + 1, conn);
    strcpy(vol->pool, pool);
    vol->name = strcpy(vol->pool + pool_len, name);
    vol->key = strcpy(vol->pool + pool_len + name_len, key);
    return vol;
}

virNodeDevicePtr
vir_node_device_new(virConnectPtr conn, const char *name)
{
    virNodeDevicePtr dev;

    if (!name_ok(conn, "node device", name))
        return NULL;
    dev = vir_object_new(VIR_KIND_NODE_DEVICE, sizeof(*dev), strlen(name) + 1, conn);
    strcpy(dev->name, name);
    return dev;
}

virSecretPtr
vir_secret_new(virConnectPtr conn, const unsigned char *uuid, int usage_type, const char *usage_id)
{
    virSecretPtr secret;

    if (!uuid_ok(conn, "secret", uuid))
        return NULL;
    usage_id = usage_id ? usage_id : "";
    secret = vir_object_new(VIR_KIND_SECRET, sizeof(*secret), strlen(usage_id) + 1, conn);
    memcpy(secret->uuid, uuid, VIR_UUID_BUFLEN);
    secret->usage_type = usage_type;
    strcpy(secret->usage_id, usage_id);
    return secret;
}

virNWFilterBindingPtr
vir_nwfilter_binding_new(virConnectPtr conn, const char *portdev, const char *filter)
{
    virNWFilterBindingPtr binding;
    size_t len;

    if (!name_ok(conn, "network filter binding", portdev) ||
        !name_ok(conn, "network filter", filter))
        return NULL;
    len = strlen(portdev) + 1;
    binding = vir_object_new(VIR_KIND_NWFILTER_BINDING, sizeof(*binding), len + strlen(filter) + 1, conn);
    strcpy(binding->portdev, portdev);
    binding->filter = strcpy(binding->portdev + len, filter);
    return binding;
}

virDomainSnapshotPtr
vir_snapshot_new(virDomainPtr dom, const char *name)
{
    virDomainSnapshotPtr snapshot;

    if (!name_ok(dom->object.conn, "snapshot", name))
        return NULL;
    snapshot = vir_object_new(VIR_KIND_SNAPSHOT, sizeof(*snapshot), strlen(name) + 1, dom->object.conn);
    strcpy(snapshot->name, name);
    snapshot->domain = dom;
    vir_object_ref(dom);
    return snapshot;
}

virDomainCheckpointPtr
vir_checkpoint_new(virDomainPtr dom, const char *name)
{
    virDomainCheckpointPtr checkpoint;

    if (!name_ok(dom->object.conn, "checkpoint", name))
        return NULL;
    checkpoint = vir_object_new(VIR_KIND_CHECKPOINT, sizeof(*checkpoint), strlen(name) + 1, dom->object.conn);
    strcpy(checkpoint->name, name);
    checkpoint->domain = dom;
    vir_object_ref(dom);
    return checkpoint;
}

/* ---- accessors ---- */

/* Defines vir_<prefix>_<field>, which reads what the handle holds. */
#define READ(type, prefix, result, field, value)        \
    result                                              \
    vir_##prefix##_##field(type object)                 \
    {                                                   \
        return object->value;                           \
    }
#define READ_CONNECT(type, prefix) READ(type, prefix, virConnectPtr, connect, object.conn)

READ_CONNECT(virDomainPtr, domain)
READ(virDomainPtr, domain, const char *, name, name)
READ(virDomainPtr, domain, const unsigned char *, uuid, uuid)

READ_CONNECT(virNetworkPtr, network)
READ(virNetworkPtr, network, const char *, name, name)
READ(virNetworkPtr, network, const unsigned char *, uuid, uuid)

READ(virNetworkPortPtr, network_port, virNetworkPtr, network, network)
READ(virNetworkPortPtr, network_port, const unsigned char *, uuid, uuid)

READ_CONNECT(virInterfacePtr, interface)
READ(virInterfacePtr, interface, const char *, name, name)
READ(virInterfacePtr, interface, const char *, mac, mac)

READ_CONNECT(virStoragePoolPtr, storage_pool)
READ(virStoragePoolPtr, storage_pool, const char *, name, name)
READ(virStoragePoolPtr, storage_pool, const unsigned char *, uuid, uuid)

READ_CONNECT(virStorageVolPtr, storage_vol)
READ(virStorageVolPtr, storage_vol, const char *, pool, pool)
READ(virStorageVolPtr, storage_vol, const char *, name, name)
READ(virStorageVolPtr, storage_vol, const char *, key, key)

READ_CONNECT(virNodeDevicePtr, node_device)
READ(virNodeDevicePtr, node_device, const char *, name, name)

READ_CONNECT(virSecretPtr, secret)
READ(virSecretPtr, secret, const unsigned char *, uuid, uuid)
READ(virSecretPtr, secret, int, usage_type, usage_type)
READ(virSecretPtr, secret, const char *, usage_id, usage_id)

READ_CONNECT(virNWFilterPtr, nwfilter)
READ(virNWFilterPtr, nwfilter, const char *, name, name)
READ(virNWFilterPtr, nwfilter, const unsigned char *, uuid, uuid)

READ_CONNECT(virNWFilterBindingPtr, nwfilter_binding)
READ(virNWFilterBindingPtr, nwfilter_binding, const char *, portdev, portdev)
READ(virNWFilterBindingPtr, nwfilter_binding, const char *, filter, filter)

READ(virDomainSnapshotPtr, snapshot, virDomainPtr, domain, domain)
READ(virDomainSnapshotPtr, snapshot, const char *, name, name)

READ(virDomainCheckpointPtr, checkpoint, virDomainPtr, domain, domain)
READ(virDomainCheckpointPtr, checkpoint, const char *, name, name)

READ_CONNECT(virStreamPtr, stream)
READ(virStreamPtr, stream, void *, data, data)

/* The id is the one part of a handle that changes: a started domain has one. */

int
vir_domain_id(virDomainPtr dom)
{
    return __atomic_load_n(&dom->id, __ATOMIC_RELAXED);
}

void
vir_domain_set_id(virDomainPtr dom, int id)
{
    __atomic_store_n(&dom->id, id, __ATOMIC_RELAXED);
}

bool
vir_stream_nonblock(virStreamPtr stream)
{
    return stream->flags & VIR_STREAM_NONBLOCK;
}

void
vir_stream_set_ops(virStreamPtr stream, const struct vir_stream_ops *ops, void *data)
{
    stream->ops = ops;
    stream->data = data;
}
