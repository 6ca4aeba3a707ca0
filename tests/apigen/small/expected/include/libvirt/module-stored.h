/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls that a store answers.  Printed from api/. */

/*
 * Calls that the store of a connection answers: lists with their filters, counts, look-ups, and
 * what the filters know of one object.  A module names its store in connect_open, puts the rows
 * into its table, and tells in vir_store_kind what holds of an entry:
 *
 *     vir_connect_set_domain_store(conn, store);
 *     static const struct vir_domain_ops ops = { VIR_OPS(vir_domain_ops), VIR_STORED_DOMAIN(traits), ... };
 *
 * vir_KIND_listed: whether a list with FLAGS has an object of which FACTS hold, for who has no store.
 */
#ifndef LIBVIRT_MODULE_STORED_H
#define LIBVIRT_MODULE_STORED_H

#define VIR_NETWORK_LIST_FLAGS (VIR_LIST_NETWORKS_ACTIVE | VIR_LIST_NETWORKS_INACTIVE | \
    VIR_LIST_NETWORKS_OLD | VIR_LIST_NETWORKS_NEW)
void vir_connect_set_network_store(virConnectPtr conn, struct vir_store *store);
bool vir_network_listed(unsigned int facts, unsigned int flags);
/* NULL for the list: only their number. */
int vir_store_list_networks(struct vir_store *store, virConnectPtr conn, virNetworkPtr **ret_list,
        unsigned int flags);
int vir_stored_connect_list_all_networks(virConnectPtr conn, virNetworkPtr **networks,
        unsigned int flags);
int vir_stored_connect_num_of_networks(virConnectPtr conn);
virNetworkPtr vir_stored_network_lookup_by_uuid(virConnectPtr conn, const unsigned char *uuid);
int vir_stored_network_is_active(virNetworkPtr net);
#define VIR_STORED_NETWORK(traits_) \
    .connect_list_all_networks = { vir_stored_connect_list_all_networks, VIR_NETWORK_LIST_FLAGS, traits_ }, \
    .connect_num_of_networks = { vir_stored_connect_num_of_networks, 0, traits_ }, \
    .network_lookup_by_uuid = { vir_stored_network_lookup_by_uuid, 0, traits_ }, \
    .network_is_active = { vir_stored_network_is_active, 0, traits_ }

#endif
