/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Printed from api/ by print_protocol.py. */
#ifndef WIRE_PROTOCOL_H
#define WIRE_PROTOCOL_H

#include <libvirt/module.h>

#include "rpc/procedure.h"

enum remote_procedure {
    REMOTE_PROC_DOMAIN_LOOKUP_BY_NAME = 1,
    REMOTE_PROC_DOMAIN_GET_INFO = 2,
    REMOTE_PROC_DOMAIN_SAVE = 3,
    REMOTE_PROC_DOMAIN_SAVE_FLAGS = 4,
    REMOTE_PROC_CONNECT_LIST_ALL_DOMAINS = 5,
    REMOTE_PROC_DOMAIN_PIN = 6,
    REMOTE_PROC_DOMAIN_MOVE = 7,
    REMOTE_PROC_DOMAIN_LOOKUP_BY_ID = 8,
    REMOTE_PROC_DOMAIN_RENAME = 9,
    REMOTE_PROC_DOMAIN_EVENT_CHANGE = 11,
    REMOTE_PROC_DOMAIN_EVENT_CALLBACK_CHANGE = 12,
    REMOTE_PROC_NUM_OF_DOMAINS = 14,
    REMOTE_PROC_LIST_DOMAIN_NAMES = 15,
    REMOTE_PROC_CONNECT_LIST_ALL_NETWORKS = 20,
    REMOTE_PROC_CONNECT_NUM_OF_NETWORKS = 21,
    REMOTE_PROC_NETWORK_LOOKUP_BY_UUID = 22,
    REMOTE_PROC_NETWORK_IS_ACTIVE = 23,
};

enum qemu_procedure {
};

enum lxc_procedure {
};

enum admin_procedure {
};

struct remote_nonnull_domain {
    char *name;
    unsigned char uuid[16];
    int id;
};

struct remote_nonnull_network {
    char *name;
    unsigned char uuid[16];
};

struct remote_domain_lookup_by_name_args {
    char *name;
};

struct remote_domain_lookup_by_name_ret {
    struct remote_nonnull_domain dom;
};

struct remote_domain_get_info_args {
    struct remote_nonnull_domain dom;
};

struct remote_domain_get_info_ret {
    struct _virSmallInfo info;
};

struct remote_domain_save_args {
    struct remote_nonnull_domain dom;
    char *to;
};

struct remote_domain_save_flags_args {
    struct remote_nonnull_domain dom;
    char *to;
    unsigned int flags;
};

struct remote_connect_list_all_domains_args {
    int need_results;
    unsigned int flags;
};

struct remote_connect_list_all_domains_ret {
    unsigned int n_domains;
    struct remote_nonnull_domain *domains;
    unsigned int ret;
};

struct remote_domain_pin_args {
    struct remote_nonnull_domain dom;
    unsigned int vcpu;
    unsigned int n_cpumap;
    unsigned char *cpumap;
};

struct remote_domain_move_args {
    struct remote_nonnull_domain dom;
    struct remote_nonnull_domain to;
};

struct remote_domain_move_ret {
    char *xml;
};

struct remote_domain_lookup_by_id_args {
    int id;
};

struct remote_domain_lookup_by_id_ret {
    struct remote_nonnull_domain dom;
};

struct remote_domain_rename_args {
    struct remote_nonnull_domain dom;
    char *name;
    unsigned int kind;
};

struct remote_domain_rename_ret {
    int retcode;
};

struct remote_num_of_domains_ret {
    int num;
};

struct remote_list_domain_names_args {
    int maxnames;
};

struct remote_list_domain_names_ret {
    unsigned int n_names;
    char **names;
};

struct remote_connect_list_all_networks_args {
    int need_results;
    unsigned int flags;
};

struct remote_connect_list_all_networks_ret {
    unsigned int n_networks;
    struct remote_nonnull_network *networks;
    unsigned int ret;
};

struct remote_connect_num_of_networks_ret {
    int num;
};

struct remote_network_lookup_by_uuid_args {
    unsigned char uuid[16];
};

struct remote_network_lookup_by_uuid_ret {
    struct remote_nonnull_network net;
};

struct remote_network_is_active_args {
    struct remote_nonnull_network net;
};

struct remote_network_is_active_ret {
    int active;
};

struct remote_domain_event_change_msg {
    struct remote_nonnull_domain dom;
    int state;
    char *reason;
};

struct remote_domain_event_callback_change_msg {
    int callbackID;
    struct remote_domain_event_change_msg msg;
};

/* Room for the arguments of any call. */
union rpc_any_args {
    struct remote_domain_lookup_by_name_args remote_domain_lookup_by_name_args;
    struct remote_domain_get_info_args remote_domain_get_info_args;
    struct remote_domain_save_args remote_domain_save_args;
    struct remote_domain_save_flags_args remote_domain_save_flags_args;
    struct remote_connect_list_all_domains_args remote_connect_list_all_domains_args;
    struct remote_domain_pin_args remote_domain_pin_args;
    struct remote_domain_move_args remote_domain_move_args;
    struct remote_domain_lookup_by_id_args remote_domain_lookup_by_id_args;
    struct remote_domain_rename_args remote_domain_rename_args;
    struct remote_list_domain_names_args remote_list_domain_names_args;
    struct remote_connect_list_all_networks_args remote_connect_list_all_networks_args;
    struct remote_network_lookup_by_uuid_args remote_network_lookup_by_uuid_args;
    struct remote_network_is_active_args remote_network_is_active_args;
};

/* Room for the results of any call. */
union rpc_any_ret {
    struct remote_domain_lookup_by_name_ret remote_domain_lookup_by_name_ret;
    struct remote_domain_get_info_ret remote_domain_get_info_ret;
    struct remote_connect_list_all_domains_ret remote_connect_list_all_domains_ret;
    struct remote_domain_move_ret remote_domain_move_ret;
    struct remote_domain_lookup_by_id_ret remote_domain_lookup_by_id_ret;
    struct remote_domain_rename_ret remote_domain_rename_ret;
    struct remote_num_of_domains_ret remote_num_of_domains_ret;
    struct remote_list_domain_names_ret remote_list_domain_names_ret;
    struct remote_connect_list_all_networks_ret remote_connect_list_all_networks_ret;
    struct remote_connect_num_of_networks_ret remote_connect_num_of_networks_ret;
    struct remote_network_lookup_by_uuid_ret remote_network_lookup_by_uuid_ret;
    struct remote_network_is_active_ret remote_network_is_active_ret;
};

extern const struct rpc_procedure remote_procedures[];
extern const struct rpc_program rpc_remote_program;
extern const struct rpc_procedure qemu_procedures[];
extern const struct rpc_program rpc_qemu_program;
extern const struct rpc_procedure lxc_procedures[];
extern const struct rpc_program rpc_lxc_program;
extern const struct rpc_procedure admin_procedures[];
extern const struct rpc_program rpc_admin_program;

#endif
