/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Handles from XDR structs and back; see wire.h. */
#include <stdlib.h>
#include <string.h>

#include "wire.h"

/* For one kind of object: daemon_drop_IDENT and daemon_IDENT_lister. */
#define OBJECT(ident, handle_type, free_function)                             \
    void                                                                      \
    daemon_drop_##ident(handle_type *handle)                                  \
    {                                                                         \
        virErrorPtr error;                                                    \
                                                                              \
        if (!*handle)                                                         \
            return;                                                           \
        error = vir_error_take();                                             \
        free_function(*handle);                                               \
        vir_error_restore(error);                                             \
    }                                                                         \
                                                                              \
    static void                                                               \
    list_put_##ident(void *wire, void *handle)                                \
    {                                                                         \
        daemon_put_##ident(wire, handle);                                     \
    }                                                                         \
                                                                              \
    static void                                                               \
    list_drop_##ident(void *handle)                                           \
    {                                                                         \
        daemon_drop_##ident(handle);                                          \
    }                                                                         \
                                                                              \
    const struct daemon_lister daemon_##ident##_lister = {                    \
        sizeof(struct remote_nonnull_##ident), list_put_##ident, list_drop_##ident, \
    }

OBJECT(domain, virDomainPtr, virDomainFree);
OBJECT(network, virNetworkPtr, virNetworkFree);
OBJECT(network_port, virNetworkPortPtr, virNetworkPortFree);
OBJECT(interface, virInterfacePtr, virInterfaceFree);
OBJECT(storage_pool, virStoragePoolPtr, virStoragePoolFree);
OBJECT(storage_vol, virStorageVolPtr, virStorageVolFree);
OBJECT(node_device, virNodeDevicePtr, virNodeDeviceFree);
OBJECT(secret, virSecretPtr, virSecretFree);
OBJECT(nwfilter, virNWFilterPtr, virNWFilterFree);
OBJECT(nwfilter_binding, virNWFilterBindingPtr, virNWFilterBindingFree);
OBJECT(domain_snapshot, virDomainSnapshotPtr, virDomainSnapshotFree);
OBJECT(domain_checkpoint, virDomainCheckpointPtr, virDomainCheckpointFree);

/* ---- from the wire --------------------------------------------------------- */

virDomainPtr
daemon_get_domain(virConnectPtr conn, const struct remote_nonnull_domain *wire)
{
    return conn ? vir_domain_new(conn, wire->name, wire->uuid, wire->id) : NULL;
}

virNetworkPtr
daemon_get_network(virConnectPtr conn, const struct remote_nonnull_network *wire)
{
    return conn ? vir_network_new(conn, wire->name, wire->uuid) : NULL;
}

virNetworkPortPtr
daemon_get_network_port(virConnectPtr conn, const struct remote_nonnull_network_port *wire)
{
    DAEMON_AUTO(network) virNetworkPtr net = daemon_get_network(conn, &wire->net);

    return net ? vir_network_port_new(net, wire->uuid) : NULL;
}

virInterfacePtr
daemon_get_interface(virConnectPtr conn, const struct remote_nonnull_interface *wire)
{
    return conn ? vir_interface_new(conn, wire->name, wire->mac) : NULL;
}

virStoragePoolPtr
daemon_get_storage_pool(virConnectPtr conn, const struct remote_nonnull_storage_pool *wire)
{
    return conn ? vir_storage_pool_new(conn, wire->name, wire->uuid) : NULL;
}

virStorageVolPtr
daemon_get_storage_vol(virConnectPtr conn, const struct remote_nonnull_storage_vol *wire)
{
    return conn ? vir_storage_vol_new(conn, wire->pool, wire->name, wire->key) : NULL;
}

virNodeDevicePtr
daemon_get_node_device(virConnectPtr conn, const char *name)
{
    return conn ? vir_node_device_new(conn, name) : NULL;
}

virSecretPtr
daemon_get_secret(virConnectPtr conn, const struct remote_nonnull_secret *wire)
{
    return conn ? vir_secret_new(conn, wire->uuid, wire->usageType, wire->usageID) : NULL;
}

virNWFilterPtr
daemon_get_nwfilter(virConnectPtr conn, const struct remote_nonnull_nwfilter *wire)
{
    return conn ? vir_nwfilter_new(conn, wire->name, wire->uuid) : NULL;
}

virNWFilterBindingPtr
daemon_get_nwfilter_binding(virConnectPtr conn, const struct remote_nonnull_nwfilter_binding *wire)
{
    return conn ? vir_nwfilter_binding_new(conn, wire->portdev, wire->filtername) : NULL;
}

virDomainSnapshotPtr
daemon_get_domain_snapshot(virConnectPtr conn, const struct remote_nonnull_domain_snapshot *wire)
{
    DAEMON_AUTO(domain) virDomainPtr dom = daemon_get_domain(conn, &wire->dom);

    return dom ? vir_snapshot_new(dom, wire->name) : NULL;
}

virDomainCheckpointPtr
daemon_get_domain_checkpoint(virConnectPtr conn, const struct remote_nonnull_domain_checkpoint *wire)
{
    DAEMON_AUTO(domain) virDomainPtr dom = daemon_get_domain(conn, &wire->dom);

    return dom ? vir_checkpoint_new(dom, wire->name) : NULL;
}

/* ---- to the wire ----------------------------------------------------------- */

void
daemon_put_domain(struct remote_nonnull_domain *wire, virDomainPtr handle)
{
    *wire = rpc_lend_domain(handle);
    wire->name = vir_strdup(wire->name);
}

void
daemon_put_network(struct remote_nonnull_network *wire, virNetworkPtr handle)
{
    *wire = rpc_lend_network(handle);
    wire->name = vir_strdup(wire->name);
}

void
daemon_put_network_port(struct remote_nonnull_network_port *wire, virNetworkPortPtr handle)
{
    *wire = rpc_lend_network_port(handle);
    wire->net.name = vir_strdup(wire->net.name);
}

void
daemon_put_interface(struct remote_nonnull_interface *wire, virInterfacePtr handle)
{
    *wire = rpc_lend_interface(handle);
    wire->name = vir_strdup(wire->name);
    wire->mac = vir_strdup(wire->mac);
}

void
daemon_put_storage_pool(struct remote_nonnull_storage_pool *wire, virStoragePoolPtr handle)
{
    *wire = rpc_lend_storage_pool(handle);
    wire->name = vir_strdup(wire->name);
}

void
daemon_put_storage_vol(struct remote_nonnull_storage_vol *wire, virStorageVolPtr handle)
{
    *wire = rpc_lend_storage_vol(handle);
    wire->pool = vir_strdup(wire->pool);
    wire->name = vir_strdup(wire->name);
    wire->key = vir_strdup(wire->key);
}

void
daemon_put_node_device(struct remote_nonnull_node_device *wire, virNodeDevicePtr handle)
{
    *wire = rpc_lend_node_device(handle);
    wire->name = vir_strdup(wire->name);
}

void
daemon_put_secret(struct remote_nonnull_secret *wire, virSecretPtr handle)
{
    *wire = rpc_lend_secret(handle);
    wire->usageID = vir_strdup(wire->usageID);
}

void
daemon_put_nwfilter(struct remote_nonnull_nwfilter *wire, virNWFilterPtr handle)
{
    *wire = rpc_lend_nwfilter(handle);
    wire->name = vir_strdup(wire->name);
}

void
daemon_put_nwfilter_binding(struct remote_nonnull_nwfilter_binding *wire, virNWFilterBindingPtr handle)
{
    *wire = rpc_lend_nwfilter_binding(handle);
    wire->portdev = vir_strdup(wire->portdev);
    wire->filtername = vir_strdup(wire->filtername);
}

void
daemon_put_domain_snapshot(struct remote_nonnull_domain_snapshot *wire, virDomainSnapshotPtr handle)
{
    *wire = rpc_lend_domain_snapshot(handle);
    wire->name = vir_strdup(wire->name);
    wire->dom.name = vir_strdup(wire->dom.name);
}

void
daemon_put_domain_checkpoint(struct remote_nonnull_domain_checkpoint *wire, virDomainCheckpointPtr handle)
{
    *wire = rpc_lend_domain_checkpoint(handle);
    wire->name = vir_strdup(wire->name);
    wire->dom.name = vir_strdup(wire->dom.name);
}

/* ---- lists ------------------------------------------------------------------ */

int
daemon_put_list(const struct daemon_lister *lister, void *handles, int n, uint32_t max,
                void *ret_items, unsigned int *ret_n)
{
    void **list = handles;
    char *items = NULL;
    int rc = n < 0 ? -1 : 0;

    if (n > 0 && (uint32_t)n > max)
        rc = vir_error(VIR_ERR_RPC, "%d items where the protocol allows %u", n, max);
    if (rc == 0 && n > 0 && list)
        rc = daemon_room("list", n, max, lister->size, &items);
    for (int i = 0; list && i < n; i++) {
        if (rc == 0)
            lister->put(items + (size_t)i * lister->size, list[i]);
        lister->drop(&list[i]);
    }
    free(list);
    *(void **)ret_items = items;
    *ret_n = items ? (unsigned int)n : 0;
    return rc;
}

int
daemon_room(const char *what, int64_t wanted, uint32_t max, size_t size, void *ret_items)
{
    void *items = NULL;

    if (wanted < 0 || wanted > max)
        return vir_error(VIR_ERR_RPC, "%s: %lld where the protocol allows 0 to %u",
                         what, (long long)wanted, max);
    if (wanted > 0) {
        items = calloc((size_t)wanted, size);
        if (!items)
            return vir_error(VIR_ERR_NO_MEMORY, "%s: %lld items", what, (long long)wanted);
    }
    *(void **)ret_items = items;
    return 0;
}

void
daemon_drop_strings(virTypedParameterPtr params, unsigned int *n, unsigned int flags)
{
    unsigned int kept = 0;

    if (flags & VIR_TYPED_PARAM_STRING_OKAY)
        return;
    for (unsigned int i = 0; i < *n; i++) {
        if (params[i].type == VIR_TYPED_PARAM_STRING)
            free(params[i].value.s);
        else
            params[kept++] = params[i];
    }
    *n = kept;
}
