/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a handle is on the wire; see objects.h. */
#include <string.h>

#include "rpc/objects.h"

static char *
borrow(const char *text)
{
    return (char *)(uintptr_t)text;     /* the XDR structs are not const, the encoder is */
}

struct remote_nonnull_domain
rpc_lend_domain(virDomainPtr dom)
{
    struct remote_nonnull_domain wire = { .name = borrow(vir_domain_name(dom)), .id = vir_domain_id(dom) };

    memcpy(wire.uuid, vir_domain_uuid(dom), VIR_UUID_BUFLEN);
    return wire;
}

struct remote_nonnull_network
rpc_lend_network(virNetworkPtr net)
{
    struct remote_nonnull_network wire = { .name = borrow(vir_network_name(net)) };

    memcpy(wire.uuid, vir_network_uuid(net), VIR_UUID_BUFLEN);
    return wire;
}

struct remote_nonnull_network_port
rpc_lend_network_port(virNetworkPortPtr port)
{
    struct remote_nonnull_network_port wire = { .net = rpc_lend_network(vir_network_port_network(port)) };

    memcpy(wire.uuid, vir_network_port_uuid(port), VIR_UUID_BUFLEN);
    return wire;
}

struct remote_nonnull_interface
rpc_lend_interface(virInterfacePtr iface)
{
    return (struct remote_nonnull_interface){
        .name = borrow(vir_interface_name(iface)), .mac = borrow(vir_interface_mac(iface)),
    };
}

struct remote_nonnull_storage_pool
rpc_lend_storage_pool(virStoragePoolPtr pool)
{
    struct remote_nonnull_storage_pool wire = { .name = borrow(vir_storage_pool_name(pool)) };

    memcpy(wire.uuid, vir_storage_pool_uuid(pool), VIR_UUID_BUFLEN);
    return wire;
}

struct remote_nonnull_storage_vol
rpc_lend_storage_vol(virStorageVolPtr vol)
{
    return (struct remote_nonnull_storage_vol){
        .pool = borrow(vir_storage_vol_pool(vol)), .name = borrow(vir_storage_vol_name(vol)),
        .key = borrow(vir_storage_vol_key(vol)),
    };
}

struct remote_nonnull_node_device
rpc_lend_node_device(virNodeDevicePtr dev)
{
    return (struct remote_nonnull_node_device){ .name = borrow(vir_node_device_name(dev)) };
}

struct remote_nonnull_secret
rpc_lend_secret(virSecretPtr secret)
{
    struct remote_nonnull_secret wire = {
        .usageType = vir_secret_usage_type(secret), .usageID = borrow(vir_secret_usage_id(secret)),
    };

    memcpy(wire.uuid, vir_secret_uuid(secret), VIR_UUID_BUFLEN);
    return wire;
}

struct remote_nonnull_nwfilter
rpc_lend_nwfilter(virNWFilterPtr filter)
{
    struct remote_nonnull_nwfilter wire = { .name = borrow(vir_nwfilter_name(filter)) };

    memcpy(wire.uuid, vir_nwfilter_uuid(filter), VIR_UUID_BUFLEN);
    return wire;
}

struct remote_nonnull_nwfilter_binding
rpc_lend_nwfilter_binding(virNWFilterBindingPtr binding)
{
    return (struct remote_nonnull_nwfilter_binding){
        .portdev = borrow(vir_nwfilter_binding_portdev(binding)),
        .filtername = borrow(vir_nwfilter_binding_filter(binding)),
    };
}

struct remote_nonnull_domain_snapshot
rpc_lend_domain_snapshot(virDomainSnapshotPtr snapshot)
{
    return (struct remote_nonnull_domain_snapshot){
        .name = borrow(vir_snapshot_name(snapshot)), .dom = rpc_lend_domain(vir_snapshot_domain(snapshot)),
    };
}

struct remote_nonnull_domain_checkpoint
rpc_lend_domain_checkpoint(virDomainCheckpointPtr checkpoint)
{
    return (struct remote_nonnull_domain_checkpoint){
        .name = borrow(vir_checkpoint_name(checkpoint)),
        .dom = rpc_lend_domain(vir_checkpoint_domain(checkpoint)),
    };
}
