/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The functions of <libvirt/module.h> that concern handles, errors, the log and
 * events.  What they work on lies in libvirt.so.0; modules reach it through here,
 * so that libvirt.so.0 exports nothing to them.
 */
#include "core/private.h"

#include <stdio.h>
#include <stdlib.h>

/* Both libraries come from one build; an installation that mixes two would jump
 * to wrong functions. */
__attribute__((constructor)) static void
check_core(void)
{
    static const char text[] = "libvirt-driver.so.0 and libvirt.so.0 come from different builds\n";

    if (vir_core.abi == VIR_CORE_ABI && vir_core.size == sizeof(struct vir_core))
        return;
    fputs(text, stderr);
    abort();
}

int
vir_raise(int domain, int code, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vir_core.vraise(domain, code, fmt, args);
    va_end(args);
    return -1;
}

int
vir_raise_errno(int domain, int err, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vir_core.vraise_errno(domain, err, fmt, args);
    va_end(args);
    return -1;
}

void
vir_error_hint(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vir_core.verror_hint(fmt, args);
    va_end(args);
}

void
vir_log(int priority, const char *source, const char *function, int line, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vir_core.vlog(priority, source, function, line, fmt, args);
    va_end(args);
}

int
vir_raise_raw(const virError *error)
{
    return vir_core.raise_raw(error);
}

virErrorPtr
vir_error_take(void)
{
    return vir_core.error_take();
}

void
vir_error_restore(virErrorPtr error)
{
    vir_core.error_restore(error);
}

bool
vir_log_enabled(int priority, const char *source)
{
    return vir_core.log_enabled(priority, source);
}

const struct vir_uri *
vir_connect_uri(virConnectPtr conn)
{
    return vir_core.connect_uri(conn);
}

const char *
vir_connect_uri_text(virConnectPtr conn)
{
    return vir_core.connect_uri_text(conn);
}

bool
vir_connect_readonly(virConnectPtr conn)
{
    return vir_core.connect_readonly(conn);
}

void *
vir_connect_data_of(virConnectPtr conn, const void *key)
{
    return vir_core.connect_data_of(conn, key);
}

void
vir_connect_set_data_of(virConnectPtr conn, const void *key, void *data)
{
    vir_core.connect_set_data_of(conn, key, data);
}

void
vir_connect_closed(virConnectPtr conn, int reason)
{
    vir_core.connect_closed(conn, reason);
}

uint32_t
vir_connect_slot_traits(virConnectPtr conn, unsigned int table, unsigned int slot)
{
    return vir_core.connect_slot_traits(conn, table, slot);
}

virDomainPtr
vir_domain_new(virConnectPtr conn, const char *name, const unsigned char *uuid, int id)
{
    return vir_core.domain_new(conn, name, uuid, id);
}

virConnectPtr
vir_domain_connect(virDomainPtr dom)
{
    return vir_core.domain_connect(dom);
}

const char *
vir_domain_name(virDomainPtr dom)
{
    return vir_core.domain_name(dom);
}

const unsigned char *
vir_domain_uuid(virDomainPtr dom)
{
    return vir_core.domain_uuid(dom);
}

int
vir_domain_id(virDomainPtr dom)
{
    return vir_core.domain_id(dom);
}

void
vir_domain_set_id(virDomainPtr dom, int id)
{
    vir_core.domain_set_id(dom, id);
}

virNetworkPtr
vir_network_new(virConnectPtr conn, const char *name, const unsigned char *uuid)
{
    return vir_core.network_new(conn, name, uuid);
}

virConnectPtr
vir_network_connect(virNetworkPtr net)
{
    return vir_core.network_connect(net);
}

const char *
vir_network_name(virNetworkPtr net)
{
    return vir_core.network_name(net);
}

const unsigned char *
vir_network_uuid(virNetworkPtr net)
{
    return vir_core.network_uuid(net);
}

virNetworkPortPtr
vir_network_port_new(virNetworkPtr net, const unsigned char *uuid)
{
    return vir_core.network_port_new(net, uuid);
}

virNetworkPtr
vir_network_port_network(virNetworkPortPtr port)
{
    return vir_core.network_port_network(port);
}

const unsigned char *
vir_network_port_uuid(virNetworkPortPtr port)
{
    return vir_core.network_port_uuid(port);
}

virInterfacePtr
vir_interface_new(virConnectPtr conn, const char *name, const char *mac)
{
    return vir_core.interface_new(conn, name, mac);
}

virConnectPtr
vir_interface_connect(virInterfacePtr iface)
{
    return vir_core.interface_connect(iface);
}

const char *
vir_interface_name(virInterfacePtr iface)
{
    return vir_core.interface_name(iface);
}

const char *
vir_interface_mac(virInterfacePtr iface)
{
    return vir_core.interface_mac(iface);
}

virStoragePoolPtr
vir_storage_pool_new(virConnectPtr conn, const char *name, const unsigned char *uuid)
{
    return vir_core.storage_pool_new(conn, name, uuid);
}

virConnectPtr
vir_storage_pool_connect(virStoragePoolPtr pool)
{
    return vir_core.storage_pool_connect(pool);
}

const char *
vir_storage_pool_name(virStoragePoolPtr pool)
{
    return vir_core.storage_pool_name(pool);
}

const unsigned char *
vir_storage_pool_uuid(virStoragePoolPtr pool)
{
    return vir_core.storage_pool_uuid(pool);
}

virStorageVolPtr
vir_storage_vol_new(virConnectPtr conn, const char *pool, const char *name, const char *key)
{
    return vir_core.storage_vol_new(conn, pool, name, key);
}

virConnectPtr
vir_storage_vol_connect(virStorageVolPtr vol)
{
    return vir_core.storage_vol_connect(vol);
}

const char *
vir_storage_vol_pool(virStorageVolPtr vol)
{
    return vir_core.storage_vol_pool(vol);
}

const char *
vir_storage_vol_name(virStorageVolPtr vol)
{
    return vir_core.storage_vol_name(vol);
}

const char *
vir_storage_vol_key(virStorageVolPtr vol)
{
    return vir_core.storage_vol_key(vol);
}

virNodeDevicePtr
vir_node_device_new(virConnectPtr conn, const char *name)
{
    return vir_core.node_device_new(conn, name);
}

virConnectPtr
vir_node_device_connect(virNodeDevicePtr dev)
{
    return vir_core.node_device_connect(dev);
}

const char *
vir_node_device_name(virNodeDevicePtr dev)
{
    return vir_core.node_device_name(dev);
}

virSecretPtr
vir_secret_new(virConnectPtr conn, const unsigned char *uuid, int usage_type, const char *usage_id)
{
    return vir_core.secret_new(conn, uuid, usage_type, usage_id);
}

virConnectPtr
vir_secret_connect(virSecretPtr secret)
{
    return vir_core.secret_connect(secret);
}

const unsigned char *
vir_secret_uuid(virSecretPtr secret)
{
    return vir_core.secret_uuid(secret);
}

int
vir_secret_usage_type(virSecretPtr secret)
{
    return vir_core.secret_usage_type(secret);
}

const char *
vir_secret_usage_id(virSecretPtr secret)
{
    return vir_core.secret_usage_id(secret);
}

virNWFilterPtr
vir_nwfilter_new(virConnectPtr conn, const char *name, const unsigned char *uuid)
{
    return vir_core.nwfilter_new(conn, name, uuid);
}

virConnectPtr
vir_nwfilter_connect(virNWFilterPtr filter)
{
    return vir_core.nwfilter_connect(filter);
}

const char *
vir_nwfilter_name(virNWFilterPtr filter)
{
    return vir_core.nwfilter_name(filter);
}

const unsigned char *
vir_nwfilter_uuid(virNWFilterPtr filter)
{
    return vir_core.nwfilter_uuid(filter);
}

virNWFilterBindingPtr
vir_nwfilter_binding_new(virConnectPtr conn, const char *portdev, const char *filter)
{
    return vir_core.nwfilter_binding_new(conn, portdev, filter);
}

virConnectPtr
vir_nwfilter_binding_connect(virNWFilterBindingPtr binding)
{
    return vir_core.nwfilter_binding_connect(binding);
}

const char *
vir_nwfilter_binding_portdev(virNWFilterBindingPtr binding)
{
    return vir_core.nwfilter_binding_portdev(binding);
}

const char *
vir_nwfilter_binding_filter(virNWFilterBindingPtr binding)
{
    return vir_core.nwfilter_binding_filter(binding);
}

virDomainSnapshotPtr
vir_snapshot_new(virDomainPtr dom, const char *name)
{
    return vir_core.snapshot_new(dom, name);
}

virDomainPtr
vir_snapshot_domain(virDomainSnapshotPtr snapshot)
{
    return vir_core.snapshot_domain(snapshot);
}

const char *
vir_snapshot_name(virDomainSnapshotPtr snapshot)
{
    return vir_core.snapshot_name(snapshot);
}

virDomainCheckpointPtr
vir_checkpoint_new(virDomainPtr dom, const char *name)
{
    return vir_core.checkpoint_new(dom, name);
}

virDomainPtr
vir_checkpoint_domain(virDomainCheckpointPtr checkpoint)
{
    return vir_core.checkpoint_domain(checkpoint);
}

const char *
vir_checkpoint_name(virDomainCheckpointPtr checkpoint)
{
    return vir_core.checkpoint_name(checkpoint);
}

virConnectPtr
vir_stream_connect(virStreamPtr stream)
{
    return vir_core.stream_connect(stream);
}

bool
vir_stream_nonblock(virStreamPtr stream)
{
    return vir_core.stream_nonblock(stream);
}

void *
vir_stream_data(virStreamPtr stream)
{
    return vir_core.stream_data(stream);
}

void
vir_stream_set_ops(virStreamPtr stream, const struct vir_stream_ops *ops, void *data)
{
    vir_core.stream_set_ops(stream, ops, data);
}

struct vir_event_hub *
vir_event_hub_new(void)
{
    return vir_core.event_hub_new();
}

struct vir_event_hub *
vir_event_hub_free(struct vir_event_hub *hub)
{
    return vir_core.event_hub_free(hub);
}

void
vir_connect_set_events(virConnectPtr conn, struct vir_event_hub *hub)
{
    vir_core.connect_set_events(conn, hub);
}

void
vir_event_emit(struct vir_event_hub *hub, struct vir_event *event)
{
    vir_core.event_emit(hub, event);
}

void
vir_connect_emit(virConnectPtr conn, struct vir_event *event)
{
    vir_core.connect_emit(conn, event);
}
