/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls that a store answers.  Printed from api/. */
#include "stored.h"

static const char network_key;  /* its address: of the store in a connection */
static const struct store_group network_groups[] = {
    { VIR_LIST_NETWORKS_ACTIVE | VIR_LIST_NETWORKS_INACTIVE, VIR_LIST_NETWORKS_INACTIVE },
    { VIR_LIST_NETWORKS_OLD | VIR_LIST_NETWORKS_NEW, VIR_LIST_NETWORKS_NEW },
};

static void *
make_network(virConnectPtr conn, const struct vir_store_entry *entry)
{
    return vir_network_new(conn, entry->name, entry->uuid);
}

static const struct store_object network_object = {
    .groups = network_groups, .n_groups = 2,
    .make = make_network,
};

static struct vir_store *
network_store(virConnectPtr conn)
{
    return vir_connect_data_of(conn, &network_key);
}

void
vir_connect_set_network_store(virConnectPtr conn, struct vir_store *store)
{
    vir_connect_set_data_of(conn, &network_key, store);
}

bool
vir_network_listed(unsigned int facts, unsigned int flags)
{
    return store_listed(&network_object, facts, flags);
}

int
vir_store_list_networks(struct vir_store *store, virConnectPtr conn, virNetworkPtr **ret_list,
        unsigned int flags)
{
    return store_list(store, &network_object, conn, (void ***)ret_list, flags);
}

int
vir_stored_connect_list_all_networks(virConnectPtr conn, virNetworkPtr **networks, unsigned int flags)
{
    return vir_store_list_networks(network_store(conn), conn, networks, flags);
}

int
vir_stored_connect_num_of_networks(virConnectPtr conn)
{
    return store_count_listed(network_store(conn), &network_object, VIR_LIST_NETWORKS_ACTIVE);
}

virNetworkPtr
vir_stored_network_lookup_by_uuid(virConnectPtr conn, const unsigned char *uuid)
{
    return store_found(&network_object, conn, vir_store_find_uuid(network_store(conn), uuid, NULL));
}

int
vir_stored_network_is_active(virNetworkPtr net)
{
    return store_holds(vir_store_find_uuid(network_store(vir_network_connect(net)),
            vir_network_uuid(net), vir_network_name(net)), &network_object, VIR_LIST_NETWORKS_ACTIVE);
}
