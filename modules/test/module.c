/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The test module: what the core sees.  It drives an imaginary host that lives
 * in memory, so programs can be tried without a hypervisor; and it is the
 * example for authors of other modules.  Begin here: each row names a call, the
 * function that serves it, the flags which that function takes and whether the
 * daemon may call it without a thread of its own.
 */
#include "test.h"
#include "manifest.h"   /* VIR_MODULE_MANIFEST, printed from modules.d/test.module */

#define NO_WAIT VIR_SLOT_NONBLOCKING    /* memory only, locks held for moments */

#define AFFECT_FLAGS (VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG)

static const struct vir_connect_ops connect_ops = {
    VIR_OPS(vir_connect_ops),
    .connect_open = { test_connect_open, 0, 0 },
    .connect_close = { test_connect_close, 0, 0 },
    .connect_get_type = { test_connect_get_type, 0, NO_WAIT },
    .connect_get_version = { test_connect_get_version, 0, NO_WAIT },
    .connect_get_max_vcpus = { test_connect_get_max_vcpus, 0, NO_WAIT },
    .connect_get_capabilities = { test_connect_get_capabilities, 0, NO_WAIT },
    .node_get_info = { test_node_get_info, 0, NO_WAIT },
    .node_get_free_memory = { test_node_get_free_memory, 0, NO_WAIT },
    .node_get_cells_free_memory = { test_node_get_cells_free_memory, 0, NO_WAIT },
    .node_get_cpu_map = { test_node_get_cpu_map, 0, NO_WAIT },
    .node_get_security_model = { test_node_get_security_model, 0, NO_WAIT },
};

static const struct vir_domain_ops domain_ops = {
    VIR_OPS(vir_domain_ops),

    /* finding */
    VIR_STORED_DOMAIN(NO_WAIT),         /* the driver library answers from the store */
    .connect_get_all_domain_stats = { test_connect_get_all_domain_stats, VIR_STATS_FLAGS, NO_WAIT },

    /* life; the plain forms without flags come here as well */
    .domain_define_xml_flags = { test_domain_define_xml_flags, VIR_DOMAIN_DEFINE_VALIDATE, NO_WAIT },
    .domain_undefine_flags = {
        test_domain_undefine_flags,
        VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA |
        VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA, NO_WAIT
    },
    .domain_create_xml = {
        test_domain_create_xml, VIR_DOMAIN_START_PAUSED | VIR_DOMAIN_START_VALIDATE, NO_WAIT
    },
    .domain_create_with_flags = { test_domain_create_with_flags, VIR_DOMAIN_START_PAUSED, NO_WAIT },
    .domain_destroy_flags = { test_domain_destroy_flags, VIR_DOMAIN_DESTROY_GRACEFUL, NO_WAIT },
    .domain_shutdown_flags = { test_domain_shutdown_flags, 0, NO_WAIT },
    .domain_reboot = {
        test_domain_reboot,
        VIR_DOMAIN_REBOOT_ACPI_POWER_BTN | VIR_DOMAIN_REBOOT_GUEST_AGENT | VIR_DOMAIN_REBOOT_INITCTL |
        VIR_DOMAIN_REBOOT_SIGNAL | VIR_DOMAIN_REBOOT_PARAVIRT, NO_WAIT
    },
    .domain_suspend = { test_domain_suspend, 0, NO_WAIT },
    .domain_resume = { test_domain_resume, 0, NO_WAIT },

    /* reading and changing */
    .domain_get_info = { test_domain_get_info, 0, NO_WAIT },
    .domain_get_control_info = { test_domain_get_control_info, 0, NO_WAIT },
    .domain_get_state = { test_domain_get_state, 0, NO_WAIT },
    .domain_get_os_type = { test_domain_get_os_type, 0, NO_WAIT },
    .domain_get_xml_desc = {
        test_domain_get_xml_desc,
        VIR_DOMAIN_XML_SECURE | VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_UPDATE_CPU |
        VIR_DOMAIN_XML_MIGRATABLE, NO_WAIT
    },
    .domain_get_max_memory = { test_domain_get_max_memory, 0, NO_WAIT },
    .domain_get_metadata = { test_domain_get_metadata, AFFECT_FLAGS, NO_WAIT },
    .domain_set_metadata = { test_domain_set_metadata, AFFECT_FLAGS, NO_WAIT },
    .domain_set_memory_flags = {
        test_domain_set_memory_flags, AFFECT_FLAGS | VIR_DOMAIN_MEM_MAXIMUM, NO_WAIT
    },
    .domain_get_vcpus_flags = {
        test_domain_get_vcpus_flags, AFFECT_FLAGS | VIR_DOMAIN_VCPU_MAXIMUM, NO_WAIT
    },
    .domain_set_vcpus_flags = {
        test_domain_set_vcpus_flags, AFFECT_FLAGS | VIR_DOMAIN_VCPU_MAXIMUM, NO_WAIT
    },
    .domain_set_autostart = { test_domain_set_autostart, 0, NO_WAIT },
    .domain_is_updated = { test_domain_is_updated, 0, NO_WAIT },
    .domain_has_managed_save_image = { test_domain_has_managed_save_image, 0, NO_WAIT },
    .domain_get_security_label = { test_domain_get_security_label, 0, NO_WAIT },
};

static const struct vir_snapshot_ops snapshot_ops = {
    VIR_OPS(vir_snapshot_ops),
    VIR_STORED_SNAPSHOT(NO_WAIT),
    .domain_snapshot_create_xml = {
        test_domain_snapshot_create_xml,
        VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE | VIR_DOMAIN_SNAPSHOT_CREATE_CURRENT | VIR_DOMAIN_SNAPSHOT_CREATE_HALT |
        VIR_DOMAIN_SNAPSHOT_CREATE_QUIESCE | VIR_DOMAIN_SNAPSHOT_CREATE_ATOMIC | VIR_DOMAIN_SNAPSHOT_CREATE_LIVE |
        VIR_DOMAIN_SNAPSHOT_CREATE_VALIDATE, NO_WAIT
    },
    .domain_snapshot_get_xml_desc = { test_domain_snapshot_get_xml_desc, VIR_DOMAIN_SNAPSHOT_XML_SECURE, NO_WAIT },
    .domain_revert_to_snapshot = {
        test_domain_revert_to_snapshot,
        VIR_DOMAIN_SNAPSHOT_REVERT_RUNNING | VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED | VIR_DOMAIN_SNAPSHOT_REVERT_FORCE, NO_WAIT
    },
    .domain_snapshot_delete = {
        test_domain_snapshot_delete,
        VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN | VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN_ONLY, NO_WAIT
    },
};

VIR_MODULE_DEFINE(test,
    VIR_MODULE_MANIFEST,
    .version = "1",
    .load = test_load,
    .connect = &connect_ops,
    .domain = &domain_ops,
    .snapshot = &snapshot_ops,
);
