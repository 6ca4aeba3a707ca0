/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What libvirt.so.0 offers to its companion libraries and programs: see private.h.
 */
#include "private.h"
#include "call.h"
#include "calls/open.h"
#include "error.h"
#include "event.h"
#include "host.h"
#include "loader.h"
#include "log.h"
#include "registry.h"

const struct vir_core vir_core = {
    .abi = VIR_CORE_ABI,
    .size = sizeof(struct vir_core),
#define ENTRY(name) .name = vir_##name,
    VIR_CORE_MODULE_FUNCTIONS(ENTRY)
#undef ENTRY
    .call_enter = vir_call_enter,
    .call_enter_as = vir_call_enter_as,
    .call_failed = vir_call_failed,
    .call_int = vir_call_int,
    .call_ptr = vir_call_ptr,
    .call_bad = vir_call_bad,
    .call_check = vir_call_check,
    .call_deny_slot = vir_call_deny_slot,
    .connect_slot_row = vir_connect_slot_row,
    .vraise = vir_vraise,
    .error_text = vir_error_text,
    .vraise_errno = vir_vraise_errno,
    .verror_hint = vir_verror_hint,
    .vlog = vir_vlog,
    .log_set_level = vir_log_set_level,
    .log_set_filters = vir_log_set_filters,
    .log_set_outputs = vir_log_set_outputs,
    .log_change_filters = vir_log_change_filters,
    .log_change_outputs = vir_log_change_outputs,
    .log_filters = vir_log_filters,
    .log_outputs = vir_log_outputs,
    .event_new = vir_event_new,
    .event_register = vir_event_register,
    .event_deregister = vir_event_deregister,
    .host_daemon = vir_host_set_daemon,
    .host_set_uuid = vir_host_set_uuid,
    .modules_load = vir_registry_open_all,
    .host = vir_host,
    .modules_unload = vir_registry_unload,
    .modules_list = vir_registry_list,
    .module_look = vir_registry_look,
    .module_start = vir_module_start,
    .conf_uri = vir_open_conf_uri,
    .provides_name = vir_provides_name,
    .module_dir = vir_host_module_dir,
};
