/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From a handle to its XDR struct, for encoding: the strings belong to the
 * handle, so the struct is used while the handle lives and never freed.
 */
#ifndef RPC_OBJECTS_H
#define RPC_OBJECTS_H

#include "wire/protocol.h"

struct remote_nonnull_domain rpc_lend_domain(virDomainPtr dom);
struct remote_nonnull_network rpc_lend_network(virNetworkPtr net);
struct remote_nonnull_network_port rpc_lend_network_port(virNetworkPortPtr port);
struct remote_nonnull_interface rpc_lend_interface(virInterfacePtr iface);
struct remote_nonnull_storage_pool rpc_lend_storage_pool(virStoragePoolPtr pool);
struct remote_nonnull_storage_vol rpc_lend_storage_vol(virStorageVolPtr vol);
struct remote_nonnull_node_device rpc_lend_node_device(virNodeDevicePtr dev);
struct remote_nonnull_secret rpc_lend_secret(virSecretPtr secret);
struct remote_nonnull_nwfilter rpc_lend_nwfilter(virNWFilterPtr filter);
struct remote_nonnull_nwfilter_binding rpc_lend_nwfilter_binding(virNWFilterBindingPtr binding);
struct remote_nonnull_domain_snapshot rpc_lend_domain_snapshot(virDomainSnapshotPtr snapshot);
struct remote_nonnull_domain_checkpoint rpc_lend_domain_checkpoint(virDomainCheckpointPtr checkpoint);

#endif
