/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the core checks before each public call.  Printed from api/. */
#include "call.h"
#include "core/calls.h"

/* Column limits of struct vir_call: names are offsets of 16 bits. */

const char vir_call_names[] =
    "virDomainLookupByName\0"
    "virDomainGetInfo\0"
    "virDomainSave\0"
    "virDomainSaveFlags\0"
    "virDomainGetName\0"
    "virConnectListAllDomains\0"
    "virDomainPin\0"
    "virDomainLookupByID\0"
    "virDomainRename\0"
    "virConnectNumOfDomains\0"
    "virConnectListDomainNames\0"
    "virConnectListAllNetworks\0"
    "virConnectNumOfNetworks\0"
    "virNetworkLookupByUUID\0"
    "virNetworkIsActive\0";
_Static_assert(sizeof(vir_call_names) <= 65536, "names need wider offsets");
_Static_assert(3 <= 256, "rules need wider numbers");

const struct vir_call_exclusive vir_call_exclusives[] = {
    { 0, 0, 0 },
    { VIR_SMALL_LIVE, VIR_SMALL_LATE, 0 },
    { 0, 0, 0 },
};

const struct vir_call vir_calls[] = {
    [VIR_CALL_virDomainLookupByName] = { 0, VIR_SLOT_domain_lookup_by_name, 0, VIR_TABLE_DOMAIN, VIR_KIND_CONNECT, 0, 0, 0, 0 },
    [VIR_CALL_virDomainGetInfo] = { 22, VIR_SLOT_domain_get_info, 0, VIR_TABLE_DOMAIN, VIR_KIND_DOMAIN, 0, 0, 0, 0 },
    [VIR_CALL_virDomainSave] = { 39, VIR_SLOT_domain_save, VIR_SLOT_domain_save_flags, VIR_TABLE_DOMAIN, VIR_KIND_DOMAIN, VIR_CALL_WRITE, 0, 0, 0 },
    [VIR_CALL_virDomainSaveFlags] = { 53, VIR_SLOT_domain_save_flags, 0, VIR_TABLE_DOMAIN, VIR_KIND_DOMAIN, VIR_CALL_WRITE, 1, 0, 0 },
    [VIR_CALL_virDomainGetName] = { 72, VIR_CALL_NO_SLOT, 0, VIR_TABLE_DOMAIN, VIR_KIND_DOMAIN, 0, 0, 0, 0 },
    [VIR_CALL_virConnectListAllDomains] = { 89, VIR_SLOT_connect_list_all_domains, 0, VIR_TABLE_DOMAIN, VIR_KIND_CONNECT, 0, 0, 0, 0 },
    [VIR_CALL_virDomainPin] = { 114, VIR_SLOT_domain_pin, 0, VIR_TABLE_DOMAIN, VIR_KIND_DOMAIN, VIR_CALL_WRITE, 0, 0, 0 },
    [VIR_CALL_virDomainLookupByID] = { 127, VIR_SLOT_domain_lookup_by_id, 0, VIR_TABLE_DOMAIN, VIR_KIND_CONNECT, 0, 0, 0, 0 },
    [VIR_CALL_virDomainRename] = { 147, VIR_SLOT_domain_rename, 0, VIR_TABLE_DOMAIN, VIR_KIND_DOMAIN, 0, 0, 0, 0 },
    [VIR_CALL_virConnectNumOfDomains] = { 163, VIR_SLOT_num_of_domains, VIR_SLOT_connect_list_all_domains, VIR_TABLE_DOMAIN, VIR_KIND_CONNECT, 0, 0, 0, 0 },
    [VIR_CALL_virConnectListDomainNames] = { 186, VIR_SLOT_list_domain_names, VIR_SLOT_connect_list_all_domains, VIR_TABLE_DOMAIN, VIR_KIND_CONNECT, 0, 0, 0, 0 },
    [VIR_CALL_virConnectListAllNetworks] = { 212, VIR_SLOT_connect_list_all_networks, 0, VIR_TABLE_NETWORK, VIR_KIND_CONNECT, 0, 0, 0, 0 },
    [VIR_CALL_virConnectNumOfNetworks] = { 238, VIR_SLOT_connect_num_of_networks, VIR_SLOT_connect_list_all_networks, VIR_TABLE_NETWORK, VIR_KIND_CONNECT, 0, 0, 0, 0 },
    [VIR_CALL_virNetworkLookupByUUID] = { 262, VIR_SLOT_network_lookup_by_uuid, 0, VIR_TABLE_NETWORK, VIR_KIND_CONNECT, 0, 0, 0, 0 },
    [VIR_CALL_virNetworkIsActive] = { 285, VIR_SLOT_network_is_active, 0, VIR_TABLE_NETWORK, VIR_KIND_NETWORK, 0, 0, 0, 0 },
};
