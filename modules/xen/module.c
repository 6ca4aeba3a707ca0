/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The xen module: what the core sees.  It tells of the domains of a Xen host as
 * the xenstore knows them, and changes nothing.
 */
#include "xen.h"
#include "manifest.h"

static const struct vir_connect_ops connect_ops = {
    VIR_OPS(vir_connect_ops),
    .connect_open = { xen_connect_open, 0, 0 },
    .connect_get_type = { xen_connect_get_type, 0, VIR_SLOT_NONBLOCKING },
    .connect_get_version = { xen_connect_get_version, 0, 0 },
    .connect_get_hostname = { xen_connect_get_hostname, 0, 0 },
    .connect_is_alive = { xen_connect_is_alive, 0, 0 },
    .connect_is_encrypted = { xen_connect_is_encrypted, 0, VIR_SLOT_NONBLOCKING },
    .connect_is_secure = { xen_connect_is_secure, 0, VIR_SLOT_NONBLOCKING },
    .connect_get_max_vcpus = { xen_connect_get_max_vcpus, 0, VIR_SLOT_NONBLOCKING },
    .node_get_info = { xen_node_get_info, 0, 0 },
};

static const struct vir_domain_ops domain_ops = {
    VIR_OPS(vir_domain_ops),
    .connect_list_all_domains = { xen_connect_list_all_domains, VIR_DOMAIN_LIST_FLAGS, 0 },
    .domain_lookup_by_id = { xen_domain_lookup_by_id, 0, 0 },
    .domain_lookup_by_name = { xen_domain_lookup_by_name, 0, 0 },
    .domain_lookup_by_uuid = { xen_domain_lookup_by_uuid, 0, 0 },
    .domain_get_info = { xen_domain_get_info, 0, 0 },
    .domain_get_state = { xen_domain_get_state, 0, 0 },
    .domain_get_os_type = { xen_domain_get_os_type, 0, 0 },
    .domain_get_max_memory = { xen_domain_get_max_memory, 0, 0 },
    .domain_get_vcpus_flags = {
        xen_domain_get_vcpus_flags, VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_VCPU_MAXIMUM, 0
    },
    .domain_is_active = { xen_domain_is_active, 0, 0 },
    .domain_is_persistent = { xen_domain_is_persistent, 0, 0 },
    .domain_is_updated = { xen_domain_is_updated, 0, 0 },
    .domain_get_xml_desc = {
        xen_domain_get_xml_desc,
        VIR_DOMAIN_XML_SECURE | VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_UPDATE_CPU |
        VIR_DOMAIN_XML_MIGRATABLE, 0
    },
};

VIR_MODULE_DEFINE(xen,
    VIR_MODULE_MANIFEST,
    .version = "1",
    .unload = xen_store_stop,
    .connect = &connect_ops,
    .domain = &domain_ops,
);
