/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a module can fill, by name.  Printed from api/. */
#ifndef VIR_SLOT_NAMES_H
#define VIR_SLOT_NAMES_H

/* SLOT(table, number, name) */
#define VIR_SLOT_NAMES(SLOT) \
    SLOT(VIR_TABLE_DOMAIN, 0, "domain_lookup_by_name") \
    SLOT(VIR_TABLE_DOMAIN, 1, "domain_get_info") \
    SLOT(VIR_TABLE_DOMAIN, 2, "domain_save") \
    SLOT(VIR_TABLE_DOMAIN, 3, "domain_save_flags") \
    SLOT(VIR_TABLE_DOMAIN, 4, "connect_list_all_domains") \
    SLOT(VIR_TABLE_DOMAIN, 5, "domain_pin") \
    SLOT(VIR_TABLE_DOMAIN, 6, "domain_move") \
    SLOT(VIR_TABLE_DOMAIN, 7, "domain_lookup_by_id") \
    SLOT(VIR_TABLE_DOMAIN, 8, "domain_rename") \
    SLOT(VIR_TABLE_DOMAIN, 9, "num_of_domains") \
    SLOT(VIR_TABLE_DOMAIN, 10, "list_domain_names") \
    SLOT(VIR_TABLE_NETWORK, 0, "connect_list_all_networks") \
    SLOT(VIR_TABLE_NETWORK, 1, "connect_num_of_networks") \
    SLOT(VIR_TABLE_NETWORK, 2, "network_lookup_by_uuid") \
    SLOT(VIR_TABLE_NETWORK, 3, "network_is_active")

/* CALL(public function, table, number): one for each slot that serves it, its own first */
#define VIR_CALL_NAMES(CALL) \
    CALL("virDomainLookupByName", VIR_TABLE_DOMAIN, 0) \
    CALL("virDomainGetInfo", VIR_TABLE_DOMAIN, 1) \
    CALL("virDomainSave", VIR_TABLE_DOMAIN, 2) \
    CALL("virDomainSave", VIR_TABLE_DOMAIN, 3) \
    CALL("virDomainSaveFlags", VIR_TABLE_DOMAIN, 3) \
    CALL("virConnectListAllDomains", VIR_TABLE_DOMAIN, 4) \
    CALL("virDomainPin", VIR_TABLE_DOMAIN, 5) \
    CALL("virDomainLookupByID", VIR_TABLE_DOMAIN, 7) \
    CALL("virDomainRename", VIR_TABLE_DOMAIN, 8) \
    CALL("virConnectNumOfDomains", VIR_TABLE_DOMAIN, 9) \
    CALL("virConnectNumOfDomains", VIR_TABLE_DOMAIN, 4) \
    CALL("virConnectListDomainNames", VIR_TABLE_DOMAIN, 10) \
    CALL("virConnectListDomainNames", VIR_TABLE_DOMAIN, 4) \
    CALL("virConnectListAllNetworks", VIR_TABLE_NETWORK, 0) \
    CALL("virConnectNumOfNetworks", VIR_TABLE_NETWORK, 1) \
    CALL("virConnectNumOfNetworks", VIR_TABLE_NETWORK, 0) \
    CALL("virNetworkLookupByUUID", VIR_TABLE_NETWORK, 2) \
    CALL("virNetworkIsActive", VIR_TABLE_NETWORK, 3)

#endif
