/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Printed from api/ by print_protocol.py. */
#include "rpc/params.h"
#include "rpc/xdr-table.h"
#include "wire/protocol.h"

static const struct xdr_field string_fields[] = {
    { XDR_STRING, 0, 0, 0, 0, 4194304, NULL }
};
static const struct xdr_type xdr_string = XDR_TYPE(char *, 4, true, string_fields);

#define S struct remote_nonnull_domain
XDR_TABLE(remote_nonnull_domain, 24, true,
    XDR_TEXT(S, name, 4194304),
    XDR_PLACE(XDR_OPAQUE, S, uuid),
    XDR_NUMBER(XDR_INT, S, id));
#undef S

#define S struct remote_nonnull_network
XDR_TABLE(remote_nonnull_network, 20, true,
    XDR_TEXT(S, name, 4194304),
    XDR_PLACE(XDR_OPAQUE, S, uuid));
#undef S

#define S struct remote_domain_lookup_by_name_args
XDR_TABLE(remote_domain_lookup_by_name_args, 4, true,
    XDR_TEXT(S, name, 4194304));
#undef S

#define S struct remote_domain_lookup_by_name_ret
XDR_TABLE(remote_domain_lookup_by_name_ret, 24, true,
    XDR_INSIDE(S, dom, &xdr_remote_nonnull_domain));
#undef S

#define S struct remote_domain_get_info_ret
XDR_TABLE(remote_domain_get_info_ret, 8, false,
    XDR_NUMBER(XDR_UHYPER, S, info.memory));
#undef S

#define S struct remote_domain_save_args
XDR_TABLE(remote_domain_save_args, 28, true,
    XDR_INSIDE(S, dom, &xdr_remote_nonnull_domain),
    XDR_TEXT(S, to, 4194304));
#undef S

#define S struct remote_domain_save_flags_args
XDR_TABLE(remote_domain_save_flags_args, 32, true,
    XDR_INSIDE(S, dom, &xdr_remote_nonnull_domain),
    XDR_TEXT(S, to, 4194304),
    XDR_NUMBER(XDR_UINT, S, flags));
#undef S

#define S struct remote_connect_list_all_domains_args
XDR_TABLE(remote_connect_list_all_domains_args, 8, false,
    XDR_NUMBER(XDR_INT, S, need_results),
    XDR_NUMBER(XDR_UINT, S, flags));
#undef S

#define S struct remote_connect_list_all_domains_ret
XDR_TABLE(remote_connect_list_all_domains_ret, 8, true,
    XDR_PACKED_LIST(S, domains, n_domains, 16384, &xdr_remote_nonnull_domain),
    XDR_NUMBER(XDR_UINT, S, ret));
#undef S

#define S struct remote_domain_pin_args
XDR_TABLE(remote_domain_pin_args, 32, true,
    XDR_INSIDE(S, dom, &xdr_remote_nonnull_domain),
    XDR_NUMBER(XDR_UINT, S, vcpu),
    XDR_LIST(XDR_BYTES, S, cpumap, n_cpumap, 2048, NULL));
#undef S

#define S struct remote_domain_move_args
XDR_TABLE(remote_domain_move_args, 48, true,
    XDR_INSIDE(S, dom, &xdr_remote_nonnull_domain),
    XDR_INSIDE(S, to, &xdr_remote_nonnull_domain));
#undef S

#define S struct remote_domain_lookup_by_id_args
XDR_TABLE(remote_domain_lookup_by_id_args, 4, false,
    XDR_NUMBER(XDR_INT, S, id));
#undef S

#define S struct remote_domain_rename_args
XDR_TABLE(remote_domain_rename_args, 32, true,
    XDR_INSIDE(S, dom, &xdr_remote_nonnull_domain),
    XDR_TEXT_OR_NULL(S, name, 4194304),
    XDR_NUMBER(XDR_UINT, S, kind));
#undef S

#define S struct remote_list_domain_names_ret
XDR_TABLE(remote_list_domain_names_ret, 4, true,
    XDR_LIST(XDR_ARRAY, S, names, n_names, 16384, &xdr_string));
#undef S

#define S struct remote_connect_list_all_networks_ret
XDR_TABLE(remote_connect_list_all_networks_ret, 8, true,
    XDR_PACKED_LIST(S, networks, n_networks, 16384, &xdr_remote_nonnull_network),
    XDR_NUMBER(XDR_UINT, S, ret));
#undef S

#define S struct remote_network_lookup_by_uuid_args
XDR_TABLE(remote_network_lookup_by_uuid_args, 16, false,
    XDR_PLACE(XDR_OPAQUE, S, uuid));
#undef S

#define S struct remote_network_lookup_by_uuid_ret
XDR_TABLE(remote_network_lookup_by_uuid_ret, 20, true,
    XDR_INSIDE(S, net, &xdr_remote_nonnull_network));
#undef S

#define S struct remote_domain_event_change_msg
XDR_TABLE(remote_domain_event_change_msg, 32, true,
    XDR_INSIDE(S, dom, &xdr_remote_nonnull_domain),
    XDR_NUMBER(XDR_INT, S, state),
    XDR_TEXT_OR_NULL(S, reason, 4194304));
#undef S

#define S struct remote_domain_event_callback_change_msg
XDR_TABLE(remote_domain_event_callback_change_msg, 36, true,
    XDR_NUMBER(XDR_INT, S, callbackID),
    XDR_INSIDE(S, msg, &xdr_remote_domain_event_change_msg));
#undef S

const struct rpc_procedure remote_procedures[] = {
    [1] = {
        0x20008086, 1, RPC_CALL | RPC_HIGH | RPC_HAS_SLOT,
        VIR_SLOT_domain_lookup_by_name, VIR_TABLE_DOMAIN, 0x0, "domain_lookup_by_name",
        &xdr_remote_domain_lookup_by_name_args,
        &xdr_remote_domain_lookup_by_name_ret,
    },
    [2] = {
        0x20008086, 2, RPC_CALL | RPC_HIGH | RPC_HAS_SLOT,
        VIR_SLOT_domain_get_info, VIR_TABLE_DOMAIN, 0x0, "domain_get_info",
        &xdr_remote_domain_lookup_by_name_ret,
        &xdr_remote_domain_get_info_ret,
    },
    [3] = {
        0x20008086, 3, RPC_CALL | RPC_WRITES | RPC_HAS_SLOT,
        VIR_SLOT_domain_save, VIR_TABLE_DOMAIN, 0x0, "domain_save",
        &xdr_remote_domain_save_args,
        NULL,
    },
    [4] = {
        0x20008086, 4, RPC_CALL | RPC_WRITES | RPC_HAS_SLOT,
        VIR_SLOT_domain_save_flags, VIR_TABLE_DOMAIN, 0x0, "domain_save_flags",
        &xdr_remote_domain_save_flags_args,
        NULL,
    },
    [5] = {
        0x20008086, 5, RPC_CALL | RPC_HIGH | RPC_HAS_SLOT,
        VIR_SLOT_connect_list_all_domains, VIR_TABLE_DOMAIN, 0x0, "connect_list_all_domains",
        &xdr_remote_connect_list_all_domains_args,
        &xdr_remote_connect_list_all_domains_ret,
    },
    [6] = {
        0x20008086, 6, RPC_CALL | RPC_WRITES | RPC_BYTES | RPC_HAS_SLOT,
        VIR_SLOT_domain_pin, VIR_TABLE_DOMAIN, 0x0, "domain_pin",
        &xdr_remote_domain_pin_args,
        NULL,
    },
    [7] = {
        0x20008086, 7, RPC_CALL | RPC_HAS_SLOT,
        VIR_SLOT_domain_move, VIR_TABLE_DOMAIN, 0x0, "domain_move",
        &xdr_remote_domain_move_args,
        &xdr_remote_domain_lookup_by_name_args,
    },
    [8] = {
        0x20008086, 8, RPC_CALL | RPC_HIGH | RPC_HAS_SLOT,
        VIR_SLOT_domain_lookup_by_id, VIR_TABLE_DOMAIN, 0x0, "domain_lookup_by_id",
        &xdr_remote_domain_lookup_by_id_args,
        &xdr_remote_domain_lookup_by_name_ret,
    },
    [9] = {
        0x20008086, 9, RPC_CALL | RPC_HAS_SLOT,
        VIR_SLOT_domain_rename, VIR_TABLE_DOMAIN, 0x0, "domain_rename",
        &xdr_remote_domain_rename_args,
        &xdr_remote_domain_lookup_by_id_args,
    },
    [11] = {
        0x20008086, 11, RPC_EVENT,
        0, 0, 0x0, "domain_event_change",
        &xdr_remote_domain_event_change_msg,
        NULL,
    },
    [12] = {
        0x20008086, 12, RPC_EVENT,
        0, 0, 0x0, "domain_event_callback_change",
        &xdr_remote_domain_event_callback_change_msg,
        NULL,
    },
    [14] = {
        0x20008086, 14, RPC_CALL | RPC_HIGH | RPC_HAS_SLOT,
        VIR_SLOT_num_of_domains, VIR_TABLE_DOMAIN, 0x0, "num_of_domains",
        NULL,
        &xdr_remote_domain_lookup_by_id_args,
    },
    [15] = {
        0x20008086, 15, RPC_CALL | RPC_HIGH | RPC_HAS_SLOT,
        VIR_SLOT_list_domain_names, VIR_TABLE_DOMAIN, 0x0, "list_domain_names",
        &xdr_remote_domain_lookup_by_id_args,
        &xdr_remote_list_domain_names_ret,
    },
    [20] = {
        0x20008086, 20, RPC_CALL | RPC_HIGH | RPC_HAS_SLOT,
        VIR_SLOT_connect_list_all_networks, VIR_TABLE_NETWORK, 0x0, "connect_list_all_networks",
        &xdr_remote_connect_list_all_domains_args,
        &xdr_remote_connect_list_all_networks_ret,
    },
    [21] = {
        0x20008086, 21, RPC_CALL | RPC_HIGH | RPC_HAS_SLOT,
        VIR_SLOT_connect_num_of_networks, VIR_TABLE_NETWORK, 0x0, "connect_num_of_networks",
        NULL,
        &xdr_remote_domain_lookup_by_id_args,
    },
    [22] = {
        0x20008086, 22, RPC_CALL | RPC_HIGH | RPC_HAS_SLOT,
        VIR_SLOT_network_lookup_by_uuid, VIR_TABLE_NETWORK, 0x0, "network_lookup_by_uuid",
        &xdr_remote_network_lookup_by_uuid_args,
        &xdr_remote_network_lookup_by_uuid_ret,
    },
    [23] = {
        0x20008086, 23, RPC_CALL | RPC_HIGH | RPC_HAS_SLOT,
        VIR_SLOT_network_is_active, VIR_TABLE_NETWORK, 0x0, "network_is_active",
        &xdr_remote_network_lookup_by_uuid_ret,
        &xdr_remote_domain_lookup_by_id_args,
    },
};

const struct rpc_program rpc_remote_program = {
    0x20008086, 1, "remote", remote_procedures, 24,
};

const struct rpc_procedure qemu_procedures[] = {
};

const struct rpc_program rpc_qemu_program = {
    0x20008087, 1, "qemu", qemu_procedures, 1,
};

const struct rpc_procedure lxc_procedures[] = {
};

const struct rpc_program rpc_lxc_program = {
    0x00068000, 1, "lxc", lxc_procedures, 1,
};

const struct rpc_procedure admin_procedures[] = {
};

const struct rpc_program rpc_admin_program = {
    0x06900690, 1, "admin", admin_procedures, 1,
};
