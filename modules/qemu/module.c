/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the core sees: the tables of this module's calls, and its beginning and
 * end.  At the beginning it reads the definitions, finds the guests that run
 * already and starts those that shall run.  At the end guests stay.
 */
#include "guest/adopt.h"
#include "guest/snapshot.h"
#include "calls/calls.h"
#include "guest/cgroup.h"
#include "emulator/capabilities.h"
#include "guest/watch.h"
#include "guest/state.h"
#include "manifest.h"
#include "settings.h"

static const struct vir_store_kind domains = {
    "domain", VIR_MODULE_DOMAIN, VIR_ERR_NO_DOMAIN, .facts = qemu_domain_facts, .snapshots = qemu_snapshots_of,
};

/* ---- life -------------------------------------------------------------------------------- */

/* Guests stay; what watches them goes. */
static void
forget_guests(void)
{
    struct vir_store_entry **list;
    size_t n = vir_store_list(qemu_driver.store, &list);

    for (size_t i = 0; i < n; i++) {
        struct qemu_domain *domain = (struct qemu_domain *)list[i];
        QEMU_AUTO_RUN run = NULL;

        qemu_domain_lock(domain);
        run = domain->run ? qemu_run_ref(domain->run) : NULL;
        domain->run = NULL;
        qemu_domain_unlock(domain);
        if (run)
            qemu_run_forget(run);
    }
    vir_store_list_free(list, n);
}

static void
unload(void)
{
    qemu_threads_end();
    forget_guests();
    qemu_driver.loop = vir_loop_free(qemu_driver.loop);
    qemu_driver.store = vir_store_free(qemu_driver.store);
    qemu_driver.hub = vir_event_hub_free(qemu_driver.hub);
    qemu_driver.caps = qemu_caps_free(qemu_driver.caps);
    qemu_driver.cgroups = vir_cgroups_free(qemu_driver.cgroups);
    vir_keep_close(&qemu_driver.config);
    vir_keep_close(&qemu_driver.state);
    vir_dir_leave(&qemu_driver.log);
    vir_auto_close(&qemu_driver.lock_fd);
    qemu_settings_unload();
}

/* The names are those of libvirt 9.0.0, where users look for logs, and which then sees the lock. */
static int
open_directories(const struct vir_host *host)
{
    const char *state = host->privileged ? "qemu" : "qemu/run";

    if (vir_keep_open(&qemu_driver.config, host->config_dir, "qemu", "autostart") < 0 ||
        vir_keep_open(&qemu_driver.state, host->state_dir, state, NULL) < 0)
        return -1;
    return host->privileged ? vir_dir_enter(&qemu_driver.log, host->log_dir, "qemu", 0700)
                            : vir_dir_enter(&qemu_driver.log, host->cache_dir, "qemu/log", 0700);
}

static int
load(const struct vir_host *host)
{
    qemu_driver.host = host;
    qemu_driver.data_dir = host->privileged ? host->data_dir : host->config_dir;
    qemu_driver.lock_fd = -1;
    qemu_driver.config = (struct vir_keep)VIR_KEEP_INIT("definition", false);
    qemu_driver.state = (struct vir_keep)VIR_KEEP_INIT("status file", true);
    qemu_driver.log = (struct vir_dir)VIR_DIR_INIT;
    qemu_driver.store = vir_store_new(&domains, qemu_domain_free);
    qemu_driver.hub = vir_event_hub_new();
    qemu_driver.loop = vir_loop_new("qemu-loop");
    qemu_threads_begin();
    if (!qemu_driver.loop || qemu_settings_load() < 0 || open_directories(host) < 0 ||
        (qemu_driver.lock_fd = vir_keep_lock(&qemu_driver.state.dir, "the guests")) < 0) {
        unload();
        return -1;
    }
    qemu_driver.caps = qemu_caps_new(host->cache_dir);
    qemu_cgroups_find();
    qemu_config_load_all();
    qemu_adopt_all();
    qemu_rescue_all();
    qemu_sweep_traces();
    qemu_cgroups_sweep();
    if (vir_keep_first_since_boot(&qemu_driver.state.dir) && vir_store_count(qemu_driver.store, false) > 0 &&
        qemu_thread_start(qemu_autostart_all, NULL) < 0)
        qemu_warn_error("no guest is started with the host");
    return 0;
}

/* ---- calls -------------------------------------------------------------------------------- */

#define NOW VIR_SLOT_NONBLOCKING
#define ASKS VIR_SLOT_ASKS
#define INSIDE VIR_SLOT_INSIDE
#define TUNE_FLAGS (VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG | VIR_TYPED_PARAM_STRING_OKAY)
#define SAVE_FLAGS (VIR_DOMAIN_SAVE_BYPASS_CACHE | VIR_DOMAIN_SAVE_RUNNING | VIR_DOMAIN_SAVE_PAUSED)

static const struct vir_connect_ops connect_ops = {
    VIR_OPS(vir_connect_ops),
    .connect_open = { qemu_connect_open, VIR_CONNECT_RO | VIR_CONNECT_NO_ALIASES, NOW },
    .connect_close = { qemu_connect_close, 0, 0 },
    .connect_get_type = { qemu_connect_get_type, 0, NOW },
    .connect_get_version = { qemu_connect_get_version, 0, 0 },
    .connect_get_max_vcpus = { qemu_connect_get_max_vcpus, 0, 0 },
    .connect_get_capabilities = { qemu_connect_get_capabilities, 0, 0 },
    .connect_get_hostname = { qemu_connect_get_hostname, 0, 0 },
    .connect_compare_cpu = { qemu_connect_compare_cpu, VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE |
        VIR_CONNECT_COMPARE_CPU_VALIDATE_XML, 0 },
    .connect_baseline_cpu = { qemu_connect_baseline_cpu, VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES |
        VIR_CONNECT_BASELINE_CPU_MIGRATABLE, 0 },
    .connect_compare_hypervisor_cpu = { qemu_connect_compare_hypervisor_cpu,
        VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE | VIR_CONNECT_COMPARE_CPU_VALIDATE_XML, 0 },
    .connect_baseline_hypervisor_cpu = { qemu_connect_baseline_hypervisor_cpu,
        VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES | VIR_CONNECT_BASELINE_CPU_MIGRATABLE, 0 },
    .connect_get_cpu_model_names = { qemu_connect_get_cpu_model_names, 0, 0 },
    .connect_is_secure = { qemu_connect_is_yes, 0, NOW },
    .connect_is_encrypted = { qemu_connect_is_no, 0, NOW },
    .connect_is_alive = { qemu_connect_is_yes, 0, NOW },
    VIR_NODE_FIGURES,
    .node_get_info = { qemu_node_get_info, 0, 0 },
    .node_get_sev_info = { qemu_node_get_sev_info, 0, NOW },
    .node_get_cpu_map = { qemu_node_get_cpu_map, 0, 0 },
    .node_get_security_model = { qemu_node_get_security_model, 0, NOW },
};

static const struct vir_domain_ops domain_ops = {
    VIR_OPS(vir_domain_ops),
    VIR_STORED_DOMAIN(NOW),
    .domain_get_info = { qemu_domain_get_info, 0, NOW },
    .domain_get_security_label = { qemu_domain_get_security_label, 0, NOW },
    .domain_get_state = { qemu_domain_get_state, 0, NOW },
    .domain_get_xml_desc = { qemu_domain_get_xml_desc, VIR_DOMAIN_XML_SECURE | VIR_DOMAIN_XML_INACTIVE |
        VIR_DOMAIN_XML_UPDATE_CPU | VIR_DOMAIN_XML_MIGRATABLE,
        NOW | VIR_SLOT_WAITS_WITH(VIR_DOMAIN_XML_UPDATE_CPU) },        /* it may ask an emulator */
    .domain_is_updated = { qemu_domain_is_updated, 0, NOW },
    .domain_get_os_type = { qemu_domain_get_os_type, 0, NOW },
    .domain_get_max_memory = { qemu_domain_get_max_memory, 0, NOW },
    .domain_get_vcpus_flags = { qemu_domain_get_vcpus_flags, VIR_DOMAIN_VCPU_LIVE | VIR_DOMAIN_VCPU_CONFIG |
        VIR_DOMAIN_VCPU_MAXIMUM | VIR_DOMAIN_VCPU_GUEST, 0 },
    .domain_set_vcpus_flags = { qemu_domain_set_vcpus_flags, VIR_DOMAIN_VCPU_LIVE | VIR_DOMAIN_VCPU_CONFIG |
        VIR_DOMAIN_VCPU_MAXIMUM | VIR_DOMAIN_VCPU_HOTPLUGGABLE | VIR_DOMAIN_VCPU_GUEST, 0 },
    .domain_set_vcpu = { qemu_domain_set_vcpu, VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG, 0 },
    .domain_get_vcpus = { qemu_domain_get_vcpus, 0, 0 },
    .domain_get_vcpu_pin_info = { qemu_domain_get_vcpu_pin_info, VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG, NOW },
    .domain_pin_vcpu_flags = { qemu_domain_pin_vcpu_flags, VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG, 0 },
    .domain_get_emulator_pin_info = { qemu_domain_get_emulator_pin_info,
        VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG, NOW },
    .domain_pin_emulator = { qemu_domain_pin_emulator, VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG, 0 },
    .domain_get_iothread_info = { qemu_domain_get_iothread_info, VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG, NOW },
    .domain_pin_iothread = { qemu_domain_pin_iothread, VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG, 0 },
    .domain_add_iothread = { qemu_domain_add_iothread, VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG, 0 },
    .domain_del_iothread = { qemu_domain_del_iothread, VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG, 0 },
    .domain_set_iothread_params = { qemu_domain_set_iothread_params,
        VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG, 0 },
    .domain_get_memory_parameters = { qemu_domain_get_memory_parameters, TUNE_FLAGS, 0 },
    .domain_set_memory_parameters = { qemu_domain_set_memory_parameters, TUNE_FLAGS, 0 },
    .domain_get_blkio_parameters = { qemu_domain_get_blkio_parameters, TUNE_FLAGS, 0 },
    .domain_set_blkio_parameters = { qemu_domain_set_blkio_parameters, TUNE_FLAGS, 0 },
    .domain_get_numa_parameters = { qemu_domain_get_numa_parameters, TUNE_FLAGS, NOW },
    .domain_set_numa_parameters = { qemu_domain_set_numa_parameters, TUNE_FLAGS, 0 },
    .domain_get_scheduler_type = { qemu_domain_get_scheduler_type, 0, NOW },
    .domain_get_scheduler_parameters_flags = { qemu_domain_get_scheduler_parameters_flags, TUNE_FLAGS, 0 },
    .domain_set_scheduler_parameters_flags = { qemu_domain_set_scheduler_parameters_flags, TUNE_FLAGS, 0 },
    .domain_get_cpu_stats = { qemu_domain_get_cpu_stats, VIR_TYPED_PARAM_STRING_OKAY, 0 },
    .domain_set_lifecycle_action = { qemu_domain_set_lifecycle_action, VIR_DOMAIN_AFFECT_LIVE |
        VIR_DOMAIN_AFFECT_CONFIG, 0 },
    .domain_get_messages = { qemu_domain_get_messages, VIR_DOMAIN_MESSAGE_DEPRECATION | VIR_DOMAIN_MESSAGE_TAINTING, NOW },
    .domain_get_launch_security_info = { qemu_domain_get_launch_security_info, 0, NOW },
    .domain_set_launch_security_state = { qemu_domain_set_launch_security_state, 0, NOW },
    .domain_start_dirty_rate_calc = { qemu_domain_start_dirty_rate_calc, VIR_DOMAIN_DIRTYRATE_MODE_DIRTY_BITMAP |
        VIR_DOMAIN_DIRTYRATE_MODE_DIRTY_RING, 0 },
    .domain_set_autostart = { qemu_domain_set_autostart, 0, 0 },
    .domain_define_xml_flags = { qemu_domain_define_xml_flags, VIR_DOMAIN_DEFINE_VALIDATE, 0 },
    .domain_rename = { qemu_domain_rename, 0, 0 },
    .domain_undefine_flags = { qemu_domain_undefine_flags, VIR_DOMAIN_UNDEFINE_MANAGED_SAVE |
        VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA | VIR_DOMAIN_UNDEFINE_NVRAM | VIR_DOMAIN_UNDEFINE_KEEP_NVRAM |
        VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA |
        VIR_DOMAIN_UNDEFINE_TPM | VIR_DOMAIN_UNDEFINE_KEEP_TPM, 0 },
    .domain_create_with_flags = { qemu_domain_create_with_flags, VIR_DOMAIN_START_PAUSED |
        VIR_DOMAIN_START_AUTODESTROY | VIR_DOMAIN_START_BYPASS_CACHE | VIR_DOMAIN_START_FORCE_BOOT |
        VIR_DOMAIN_START_RESET_NVRAM, 0 },
    .domain_create_xml = { qemu_domain_create_xml, VIR_DOMAIN_START_PAUSED | VIR_DOMAIN_START_AUTODESTROY |
        VIR_DOMAIN_START_VALIDATE | VIR_DOMAIN_START_RESET_NVRAM, 0 },
    .domain_destroy_flags = { qemu_domain_destroy_flags, VIR_DOMAIN_DESTROY_GRACEFUL, 0 },
    .domain_save_flags = { qemu_domain_save_flags, SAVE_FLAGS, 0 },
    .domain_save_params = { qemu_domain_save_params, SAVE_FLAGS, 0 },
    .domain_restore_flags = { qemu_domain_restore_flags, SAVE_FLAGS | VIR_DOMAIN_SAVE_RESET_NVRAM, ASKS },
    .domain_restore_params = { qemu_domain_restore_params, SAVE_FLAGS | VIR_DOMAIN_SAVE_RESET_NVRAM, ASKS },
    .domain_save_image_get_xml_desc = { qemu_domain_save_image_get_xml_desc, VIR_DOMAIN_SAVE_IMAGE_XML_SECURE, ASKS },
    .domain_save_image_define_xml = { qemu_domain_save_image_define_xml, VIR_DOMAIN_SAVE_RUNNING |
        VIR_DOMAIN_SAVE_PAUSED, ASKS },
    .domain_managed_save = { qemu_domain_managed_save, SAVE_FLAGS, 0 },
    .domain_managed_save_remove = { qemu_domain_managed_save_remove, 0, 0 },
    .domain_managed_save_get_xml_desc = { qemu_domain_managed_save_get_xml_desc, VIR_DOMAIN_SAVE_IMAGE_XML_SECURE, 0 },
    .domain_managed_save_define_xml = { qemu_domain_managed_save_define_xml, VIR_DOMAIN_SAVE_RUNNING |
        VIR_DOMAIN_SAVE_PAUSED, 0 },
    .domain_has_managed_save_image = { qemu_domain_has_managed_save_image, 0, NOW },
    .domain_core_dump_with_format = { qemu_domain_core_dump_with_format, VIR_DUMP_CRASH | VIR_DUMP_LIVE |
        VIR_DUMP_BYPASS_CACHE | VIR_DUMP_RESET | VIR_DUMP_MEMORY_ONLY, 0 },
    .domain_shutdown_flags = { qemu_domain_shutdown_flags, VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN |
        VIR_DOMAIN_SHUTDOWN_GUEST_AGENT, 0 },
    .domain_reboot = { qemu_domain_reboot, VIR_DOMAIN_REBOOT_ACPI_POWER_BTN | VIR_DOMAIN_REBOOT_GUEST_AGENT, 0 },
    .domain_reset = { qemu_domain_reset, 0, 0 },
    .domain_suspend = { qemu_domain_suspend, 0, 0 },
    .domain_resume = { qemu_domain_resume, 0, 0 },
    .domain_attach_device_flags = { qemu_domain_attach_device_flags,
        VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG, 0 },
    .domain_detach_device_flags = { qemu_domain_detach_device_flags,
        VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG, 0 },
    .domain_update_device_flags = { qemu_domain_update_device_flags, VIR_DOMAIN_AFFECT_LIVE |
        VIR_DOMAIN_AFFECT_CONFIG | VIR_DOMAIN_DEVICE_MODIFY_FORCE, 0 },
    .domain_detach_device_alias = { qemu_domain_detach_device_alias,
        VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG, 0 },
    .domain_set_memory_flags = { qemu_domain_set_memory_flags, VIR_DOMAIN_MEM_LIVE | VIR_DOMAIN_MEM_CONFIG |
        VIR_DOMAIN_MEM_MAXIMUM, 0 },
    .domain_memory_stats = { qemu_domain_memory_stats, 0, 0 },
    .domain_set_memory_stats_period = { qemu_domain_set_memory_stats_period,
        VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG, 0 },
    .domain_get_metadata = { qemu_domain_get_metadata, VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG, NOW },
    .domain_set_metadata = { qemu_domain_set_metadata, VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG, 0 },
    .domain_send_key = { qemu_domain_send_key, 0, 0 },
    .domain_agent_set_response_timeout = { qemu_domain_agent_set_response_timeout, 0, 0 },
    .domain_authorized_ssh_keys_get = { qemu_domain_authorized_ssh_keys_get, 0, INSIDE },
    .domain_authorized_ssh_keys_set = { qemu_domain_authorized_ssh_keys_set,
        VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_APPEND | VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_REMOVE, INSIDE },
    .domain_fsfreeze = { qemu_domain_fsfreeze, 0, INSIDE },
    .domain_fsthaw = { qemu_domain_fsthaw, 0, INSIDE },
    .domain_fstrim = { qemu_domain_fstrim, 0, INSIDE },
    .domain_get_fsinfo = { qemu_domain_get_fsinfo, 0, INSIDE },
    .domain_get_guest_info = { qemu_domain_get_guest_info, 0, INSIDE },
    .domain_get_guest_vcpus = { qemu_domain_get_guest_vcpus, 0, INSIDE },
    .domain_set_guest_vcpus = { qemu_domain_set_guest_vcpus, 0, INSIDE },
    .domain_get_hostname = { qemu_domain_get_hostname, VIR_DOMAIN_GET_HOSTNAME_LEASE | VIR_DOMAIN_GET_HOSTNAME_AGENT, INSIDE },
    .domain_get_time = { qemu_domain_get_time, 0, INSIDE },
    .domain_set_time = { qemu_domain_set_time, VIR_DOMAIN_TIME_SYNC, INSIDE },
    .domain_interface_addresses = { qemu_domain_interface_addresses, 0, INSIDE },
    .domain_pm_suspend_for_duration = { qemu_domain_pm_suspend_for_duration, 0, INSIDE },
    .domain_set_user_password = { qemu_domain_set_user_password, VIR_DOMAIN_PASSWORD_ENCRYPTED, INSIDE },
    .domain_inject_nmi = { qemu_domain_inject_nmi, 0, 0 },
    .domain_pm_wakeup = { qemu_domain_pm_wakeup, 0, 0 },
    .domain_get_block_info = { qemu_domain_get_block_info, 0, 0 },
    .domain_block_resize = { qemu_domain_block_resize, VIR_DOMAIN_BLOCK_RESIZE_BYTES, 0 },
    .domain_block_pull = { qemu_domain_block_pull, VIR_DOMAIN_BLOCK_PULL_BANDWIDTH_BYTES, 0 },
    .domain_block_peek = { qemu_domain_block_peek, 0, 0 },
    .domain_memory_peek = { qemu_domain_memory_peek, VIR_MEMORY_VIRTUAL | VIR_MEMORY_PHYSICAL, 0 },
    .domain_set_block_threshold = { qemu_domain_set_block_threshold, 0, 0 },
    .domain_get_disk_errors = { qemu_domain_get_disk_errors, 0, 0 },
    .domain_block_copy = { qemu_domain_block_copy, VIR_DOMAIN_BLOCK_COPY_SHALLOW | VIR_DOMAIN_BLOCK_COPY_REUSE_EXT |
        VIR_DOMAIN_BLOCK_COPY_TRANSIENT_JOB | VIR_DOMAIN_BLOCK_COPY_SYNCHRONOUS_WRITES, 0 },
    .domain_block_rebase = { qemu_domain_block_rebase, VIR_DOMAIN_BLOCK_REBASE_SHALLOW |
        VIR_DOMAIN_BLOCK_REBASE_REUSE_EXT | VIR_DOMAIN_BLOCK_REBASE_COPY_RAW | VIR_DOMAIN_BLOCK_REBASE_COPY |
        VIR_DOMAIN_BLOCK_REBASE_COPY_DEV | VIR_DOMAIN_BLOCK_REBASE_RELATIVE |
        VIR_DOMAIN_BLOCK_REBASE_BANDWIDTH_BYTES, 0 },
    .domain_block_commit = { qemu_domain_block_commit, VIR_DOMAIN_BLOCK_COMMIT_SHALLOW | VIR_DOMAIN_BLOCK_COMMIT_DELETE |
        VIR_DOMAIN_BLOCK_COMMIT_ACTIVE | VIR_DOMAIN_BLOCK_COMMIT_RELATIVE | VIR_DOMAIN_BLOCK_COMMIT_BANDWIDTH_BYTES, 0 },
    .domain_block_job_abort = { qemu_domain_block_job_abort, VIR_DOMAIN_BLOCK_JOB_ABORT_ASYNC |
        VIR_DOMAIN_BLOCK_JOB_ABORT_PIVOT, 0 },
    .domain_block_job_set_speed = { qemu_domain_block_job_set_speed, VIR_DOMAIN_BLOCK_JOB_SPEED_BANDWIDTH_BYTES, 0 },
    .domain_get_block_job_info = { qemu_domain_get_block_job_info, VIR_DOMAIN_BLOCK_JOB_INFO_BANDWIDTH_BYTES, 0 },
    .domain_set_block_io_tune = { qemu_domain_set_block_io_tune, VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG, 0 },
    .domain_get_block_io_tune = { qemu_domain_get_block_io_tune, VIR_TYPED_PARAM_STRING_OKAY | VIR_DOMAIN_AFFECT_LIVE |
        VIR_DOMAIN_AFFECT_CONFIG, 0 },
    .domain_get_interface_parameters = { qemu_domain_get_interface_parameters, TUNE_FLAGS, NOW },
    .domain_set_interface_parameters = { qemu_domain_set_interface_parameters, TUNE_FLAGS, 0 },
    .domain_interface_stats = { qemu_domain_interface_stats, 0, 0 },
    .domain_block_stats = { qemu_domain_block_stats, 0, 0 },
    .domain_block_stats_flags = { qemu_domain_block_stats_flags, VIR_TYPED_PARAM_STRING_OKAY, 0 },
    .domain_open_console = { qemu_domain_open_console,
        VIR_DOMAIN_CONSOLE_FORCE | VIR_DOMAIN_CONSOLE_SAFE, 0 },
    .domain_open_channel = { qemu_domain_open_channel, VIR_DOMAIN_CHANNEL_FORCE, 0 },
    .domain_open_graphics = { qemu_domain_open_graphics, VIR_DOMAIN_OPEN_GRAPHICS_SKIPAUTH, 0 },
    .domain_open_graphics_fd = { qemu_domain_open_graphics_fd, VIR_DOMAIN_OPEN_GRAPHICS_SKIPAUTH, 0 },
    .domain_screenshot = { qemu_domain_screenshot, 0, 0 },
    .domain_get_job_info = { qemu_domain_get_job_info, 0, NOW },
    .domain_get_job_stats = { qemu_domain_get_job_stats, VIR_DOMAIN_JOB_STATS_COMPLETED |
        VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED, NOW },
    .domain_abort_job_flags = { qemu_domain_abort_job_flags, VIR_DOMAIN_ABORT_JOB_POSTCOPY, 0 },
    .domain_get_control_info = { qemu_domain_get_control_info, 0, NOW },
    .connect_get_domain_capabilities = { qemu_connect_get_domain_capabilities, 0, 0 },
    .connect_get_all_domain_stats = { qemu_connect_get_all_domain_stats, VIR_STATS_FLAGS, 0 },
};

static const struct vir_snapshot_ops snapshot_ops = {
    VIR_OPS(vir_snapshot_ops),
    VIR_STORED_SNAPSHOT(NOW),
    .domain_snapshot_create_xml = { qemu_domain_snapshot_create_xml, VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE |
        VIR_DOMAIN_SNAPSHOT_CREATE_CURRENT | VIR_DOMAIN_SNAPSHOT_CREATE_NO_METADATA | VIR_DOMAIN_SNAPSHOT_CREATE_HALT |
        VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY | VIR_DOMAIN_SNAPSHOT_CREATE_REUSE_EXT | VIR_DOMAIN_SNAPSHOT_CREATE_QUIESCE |
        VIR_DOMAIN_SNAPSHOT_CREATE_ATOMIC | VIR_DOMAIN_SNAPSHOT_CREATE_LIVE | VIR_DOMAIN_SNAPSHOT_CREATE_VALIDATE, 0 },
    .domain_snapshot_get_xml_desc = { qemu_domain_snapshot_get_xml_desc, VIR_DOMAIN_SNAPSHOT_XML_SECURE, NOW },
    .domain_revert_to_snapshot = { qemu_domain_revert_to_snapshot, VIR_DOMAIN_SNAPSHOT_REVERT_RUNNING |
        VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED | VIR_DOMAIN_SNAPSHOT_REVERT_FORCE | VIR_DOMAIN_SNAPSHOT_REVERT_RESET_NVRAM, 0 },
    .domain_snapshot_delete = { qemu_domain_snapshot_delete, VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN |
        VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY | VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN_ONLY, 0 },
};

static const struct vir_qemu_ops qemu_ops = {
    VIR_OPS(vir_qemu_ops),
    .domain_qemu_monitor_command = { qemu_domain_qemu_monitor_command, VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP, 0 },
    .domain_qemu_monitor_command_with_files = { qemu_domain_qemu_monitor_command_with_files,
        VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP, 0 },
    .domain_qemu_agent_command = { qemu_domain_qemu_agent_command, 0, INSIDE },
};

VIR_MODULE_DEFINE(qemu,
    VIR_MODULE_MANIFEST,
    .version = "1",
    .load = load,
    .unload = unload,
    .connect = &connect_ops,
    .domain = &domain_ops,
    .snapshot = &snapshot_ops,
    .qemu = &qemu_ops,
);
