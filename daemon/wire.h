/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Helpers of the dispatch functions, printed and by hand: handles from XDR
 * structs and back, room for results.
 */
#ifndef DAEMON_WIRE_H
#define DAEMON_WIRE_H

#include <libvirt/module.h>

#include "dispatch.h"
#include "rpc/objects.h"

/* ---- arguments ------------------------------------------------------------ */
/* A handle for what the client named; NULL with an error set, also when CONN is
 * NULL (no connection is open; the error is set already). */
virDomainPtr daemon_get_domain(virConnectPtr conn, const struct remote_nonnull_domain *wire);
virNetworkPtr daemon_get_network(virConnectPtr conn, const struct remote_nonnull_network *wire);
virNetworkPortPtr daemon_get_network_port(virConnectPtr conn, const struct remote_nonnull_network_port *wire);
virInterfacePtr daemon_get_interface(virConnectPtr conn, const struct remote_nonnull_interface *wire);
virStoragePoolPtr daemon_get_storage_pool(virConnectPtr conn, const struct remote_nonnull_storage_pool *wire);
virStorageVolPtr daemon_get_storage_vol(virConnectPtr conn, const struct remote_nonnull_storage_vol *wire);
virNodeDevicePtr daemon_get_node_device(virConnectPtr conn, const char *name);
virSecretPtr daemon_get_secret(virConnectPtr conn, const struct remote_nonnull_secret *wire);
virNWFilterPtr daemon_get_nwfilter(virConnectPtr conn, const struct remote_nonnull_nwfilter *wire);
virNWFilterBindingPtr daemon_get_nwfilter_binding(virConnectPtr conn,
                                                  const struct remote_nonnull_nwfilter_binding *wire);
virDomainSnapshotPtr daemon_get_domain_snapshot(virConnectPtr conn,
                                                const struct remote_nonnull_domain_snapshot *wire);
virDomainCheckpointPtr daemon_get_domain_checkpoint(virConnectPtr conn,
                                                    const struct remote_nonnull_domain_checkpoint *wire);

/* Releases a handle at the end of the scope and keeps the thread's error:
 * DAEMON_AUTO(domain) virDomainPtr dom = daemon_get_domain(...); */
#define DAEMON_AUTO(kind) __attribute__((cleanup(daemon_drop_##kind)))
void daemon_drop_domain(virDomainPtr *handle);
void daemon_drop_network(virNetworkPtr *handle);
void daemon_drop_network_port(virNetworkPortPtr *handle);
void daemon_drop_interface(virInterfacePtr *handle);
void daemon_drop_storage_pool(virStoragePoolPtr *handle);
void daemon_drop_storage_vol(virStorageVolPtr *handle);
void daemon_drop_node_device(virNodeDevicePtr *handle);
void daemon_drop_secret(virSecretPtr *handle);
void daemon_drop_nwfilter(virNWFilterPtr *handle);
void daemon_drop_nwfilter_binding(virNWFilterBindingPtr *handle);
void daemon_drop_domain_snapshot(virDomainSnapshotPtr *handle);
void daemon_drop_domain_checkpoint(virDomainCheckpointPtr *handle);

/* ---- results -------------------------------------------------------------- */
/* Copies what HANDLE is into WIRE, which then owns its strings. */
void daemon_put_domain(struct remote_nonnull_domain *wire, virDomainPtr handle);
void daemon_put_network(struct remote_nonnull_network *wire, virNetworkPtr handle);
void daemon_put_network_port(struct remote_nonnull_network_port *wire, virNetworkPortPtr handle);
void daemon_put_interface(struct remote_nonnull_interface *wire, virInterfacePtr handle);
void daemon_put_storage_pool(struct remote_nonnull_storage_pool *wire, virStoragePoolPtr handle);
void daemon_put_storage_vol(struct remote_nonnull_storage_vol *wire, virStorageVolPtr handle);
void daemon_put_node_device(struct remote_nonnull_node_device *wire, virNodeDevicePtr handle);
void daemon_put_secret(struct remote_nonnull_secret *wire, virSecretPtr handle);
void daemon_put_nwfilter(struct remote_nonnull_nwfilter *wire, virNWFilterPtr handle);
void daemon_put_nwfilter_binding(struct remote_nonnull_nwfilter_binding *wire, virNWFilterBindingPtr handle);
void daemon_put_domain_snapshot(struct remote_nonnull_domain_snapshot *wire, virDomainSnapshotPtr handle);
void daemon_put_domain_checkpoint(struct remote_nonnull_domain_checkpoint *wire,
                                  virDomainCheckpointPtr handle);

/* Copies a list of N handles, as a public call returned it, into an array of
 * XDR structs, and releases the list and its handles.  N < 0: the call failed. */
struct daemon_lister {
    size_t size;                        /* of the XDR struct */
    void (*put)(void *wire, void *handle);
    void (*drop)(void *handle);         /* takes the address of the handle */
};
extern const struct daemon_lister daemon_domain_lister;
extern const struct daemon_lister daemon_network_lister;
extern const struct daemon_lister daemon_network_port_lister;
extern const struct daemon_lister daemon_interface_lister;
extern const struct daemon_lister daemon_storage_pool_lister;
extern const struct daemon_lister daemon_storage_vol_lister;
extern const struct daemon_lister daemon_node_device_lister;
extern const struct daemon_lister daemon_secret_lister;
extern const struct daemon_lister daemon_nwfilter_lister;
extern const struct daemon_lister daemon_nwfilter_binding_lister;
extern const struct daemon_lister daemon_domain_snapshot_lister;
extern const struct daemon_lister daemon_domain_checkpoint_lister;

int daemon_put_list(const struct daemon_lister *lister, void *handles, int n, uint32_t max,
                    void *ret_items, unsigned int *ret_n);

/* What a call says it gave, never more than there was room for. */
static inline unsigned int
daemon_at_most(int64_t n, int64_t room)
{
    return n < 0 ? 0 : (unsigned int)(n < room ? n : room);
}

/* Zeroed room for what the client said it wants: WANTED items named WHAT, at most MAX of SIZE bytes. */
int daemon_room(const char *what, int64_t wanted, uint32_t max, size_t size, void *ret_items);

/* Old clients know no parameters that are strings: unless FLAGS say otherwise,
 * they are freed and left out. */
void daemon_drop_strings(virTypedParameterPtr params, unsigned int *n, unsigned int flags);

#endif
