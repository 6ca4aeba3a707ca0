/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The slots of the driver tables by name: SLOT(table, number, slot, call). Printed from api/. */
#ifndef VIR_SLOT_NAMES_H
#define VIR_SLOT_NAMES_H

#define VIR_SLOT_NAMES(SLOT) \
    SLOT(VIR_TABLE_DOMAIN, 0, "domain_lookup_by_name", "virDomainLookupByName") \
    SLOT(VIR_TABLE_DOMAIN, 1, "domain_get_info", "virDomainGetInfo") \
    SLOT(VIR_TABLE_DOMAIN, 2, "domain_save", "virDomainSave") \
    SLOT(VIR_TABLE_DOMAIN, 3, "domain_save_flags", "virDomainSaveFlags") \
    SLOT(VIR_TABLE_DOMAIN, 4, "connect_list_all_domains", "virConnectListAllDomains") \
    SLOT(VIR_TABLE_DOMAIN, 5, "domain_pin", "virDomainPin") \
    SLOT(VIR_TABLE_DOMAIN, 6, "domain_move", "") \
    SLOT(VIR_TABLE_DOMAIN, 7, "domain_lookup_by_id", "virDomainLookupByID") \
    SLOT(VIR_TABLE_DOMAIN, 8, "domain_rename", "virDomainRename")

#endif
