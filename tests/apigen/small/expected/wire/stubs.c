/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Printed from api/ by print_protocol.py. */
/* The stubs: every slot of modules/remote that needs no thought. */
#include <string.h>

#include "modules/remote/wire.h"
#include "wire/stubs.h"

static virDomainPtr
remote_domain_lookup_by_name(virConnectPtr conn, const char *name)
{
    const struct rpc_procedure *proc = &remote_procedures[REMOTE_PROC_DOMAIN_LOOKUP_BY_NAME];
    struct remote_domain_lookup_by_name_args args = {
        .name = (char *)(uintptr_t)name,
    };
    struct remote_domain_lookup_by_name_ret ret;
    virDomainPtr result;

    if (remote_call(remote_of(conn), proc, &args, &ret) < 0)
        return NULL;
    result = rpc_domain.make(conn, &ret.dom);
    xdr_free(proc->ret, &ret);
    return result;
}

static int
remote_domain_get_info(virDomainPtr domain, virSmallInfoPtr info)
{
    const struct rpc_procedure *proc = &remote_procedures[REMOTE_PROC_DOMAIN_GET_INFO];
    struct remote_domain_get_info_args args = {
        .dom = rpc_lend_domain(domain),
    };
    struct remote_domain_get_info_ret ret;

    if (remote_call(remote_of(vir_domain_connect(domain)), proc, &args, &ret) < 0)
        return -1;
    *info = ret.info;
    return 0;
}

static int
remote_domain_save(virDomainPtr domain, const char *to)
{
    const struct rpc_procedure *proc = &remote_procedures[REMOTE_PROC_DOMAIN_SAVE];
    struct remote_domain_save_args args = {
        .dom = rpc_lend_domain(domain),
        .to = (char *)(uintptr_t)to,
    };

    if (remote_call(remote_of(vir_domain_connect(domain)), proc, &args, NULL) < 0)
        return -1;
    vir_domain_set_id(domain, -1);
    return 0;
}

static int
remote_domain_save_flags(virDomainPtr domain, const char *to, unsigned int flags)
{
    const struct rpc_procedure *proc = &remote_procedures[REMOTE_PROC_DOMAIN_SAVE_FLAGS];
    struct remote_domain_save_flags_args args = {
        .dom = rpc_lend_domain(domain),
        .to = (char *)(uintptr_t)to,
        .flags = flags,
    };

    if (remote_call(remote_of(vir_domain_connect(domain)), proc, &args, NULL) < 0)
        return -1;
    return 0;
}

static int
remote_connect_list_all_domains(virConnectPtr conn, virDomainPtr **domains, unsigned int flags)
{
    const struct rpc_procedure *proc = &remote_procedures[REMOTE_PROC_CONNECT_LIST_ALL_DOMAINS];
    struct remote_connect_list_all_domains_args args = {
        .need_results = domains != NULL,
        .flags = flags,
    };
    struct remote_connect_list_all_domains_ret ret;
    int result;

    if (remote_call(remote_of(conn), proc, &args, &ret) < 0)
        return -1;
    result = domains ? remote_take_list(&rpc_domain, conn, ret.domains, ret.n_domains,
            domains) : remote_natural(ret.ret);
    xdr_free(proc->ret, &ret);
    return result;
}

static int
remote_domain_pin(virDomainPtr domain, unsigned int vcpu, unsigned char *cpumap, int maplen)
{
    const struct rpc_procedure *proc = &remote_procedures[REMOTE_PROC_DOMAIN_PIN];
    struct remote_domain_pin_args args = {
        .dom = rpc_lend_domain(domain),
        .vcpu = vcpu,
        .n_cpumap = (unsigned int)maplen,
        .cpumap = cpumap,
    };

    if (remote_call(remote_of(vir_domain_connect(domain)), proc, &args, NULL) < 0)
        return -1;
    return 0;
}

static virDomainPtr
remote_domain_lookup_by_id(virConnectPtr conn, int id)
{
    const struct rpc_procedure *proc = &remote_procedures[REMOTE_PROC_DOMAIN_LOOKUP_BY_ID];
    struct remote_domain_lookup_by_id_args args = {
        .id = id,
    };
    struct remote_domain_lookup_by_id_ret ret;
    virDomainPtr result;

    if (remote_call(remote_of(conn), proc, &args, &ret) < 0)
        return NULL;
    result = rpc_domain.make(conn, &ret.dom);
    xdr_free(proc->ret, &ret);
    return result;
}

static int
remote_domain_rename(virDomainPtr domain, const char *name, unsigned int way)
{
    const struct rpc_procedure *proc = &remote_procedures[REMOTE_PROC_DOMAIN_RENAME];
    struct remote_domain_rename_args args = {
        .dom = rpc_lend_domain(domain),
        .name = (char *)(uintptr_t)name,
        .kind = way,
    };
    struct remote_domain_rename_ret ret;

    if (remote_call(remote_of(vir_domain_connect(domain)), proc, &args, &ret) < 0)
        return -1;
    return remote_natural(ret.retcode);
}

static int
remote_num_of_domains(virConnectPtr conn)
{
    const struct rpc_procedure *proc = &remote_procedures[REMOTE_PROC_NUM_OF_DOMAINS];
    struct remote_num_of_domains_ret ret;

    if (remote_call(remote_of(conn), proc, NULL, &ret) < 0)
        return -1;
    return remote_natural(ret.num);
}

static int
remote_list_domain_names(virConnectPtr conn, char ** const names, int maxnames)
{
    const struct rpc_procedure *proc = &remote_procedures[REMOTE_PROC_LIST_DOMAIN_NAMES];
    struct remote_list_domain_names_args args = {
        .maxnames = maxnames,
    };
    struct remote_list_domain_names_ret ret;
    int result;

    if (remote_call(remote_of(conn), proc, &args, &ret) < 0)
        return -1;
    result = remote_take_names(ret.names, ret.n_names, names, maxnames);
    xdr_free(proc->ret, &ret);
    return result;
}

static int
remote_connect_list_all_networks(virConnectPtr conn, virNetworkPtr **networks, unsigned int flags)
{
    const struct rpc_procedure *proc = &remote_procedures[REMOTE_PROC_CONNECT_LIST_ALL_NETWORKS];
    struct remote_connect_list_all_networks_args args = {
        .need_results = networks != NULL,
        .flags = flags,
    };
    struct remote_connect_list_all_networks_ret ret;
    int result;

    if (remote_call(remote_of(conn), proc, &args, &ret) < 0)
        return -1;
    result = networks ? remote_take_list(&rpc_network, conn, ret.networks, ret.n_networks,
            networks) : remote_natural(ret.ret);
    xdr_free(proc->ret, &ret);
    return result;
}

static int
remote_connect_num_of_networks(virConnectPtr conn)
{
    const struct rpc_procedure *proc = &remote_procedures[REMOTE_PROC_CONNECT_NUM_OF_NETWORKS];
    struct remote_connect_num_of_networks_ret ret;

    if (remote_call(remote_of(conn), proc, NULL, &ret) < 0)
        return -1;
    return remote_natural(ret.num);
}

static virNetworkPtr
remote_network_lookup_by_uuid(virConnectPtr conn, const unsigned char *uuid)
{
    const struct rpc_procedure *proc = &remote_procedures[REMOTE_PROC_NETWORK_LOOKUP_BY_UUID];
    struct remote_network_lookup_by_uuid_args args = {
    };
    struct remote_network_lookup_by_uuid_ret ret;
    virNetworkPtr result;

    memcpy(args.uuid, uuid, VIR_UUID_BUFLEN);
    if (remote_call(remote_of(conn), proc, &args, &ret) < 0)
        return NULL;
    result = rpc_network.make(conn, &ret.net);
    xdr_free(proc->ret, &ret);
    return result;
}

static int
remote_network_is_active(virNetworkPtr net)
{
    const struct rpc_procedure *proc = &remote_procedures[REMOTE_PROC_NETWORK_IS_ACTIVE];
    struct remote_network_is_active_args args = {
        .net = rpc_lend_network(net),
    };
    struct remote_network_is_active_ret ret;

    if (remote_call(remote_of(vir_network_connect(net)), proc, &args, &ret) < 0)
        return -1;
    return remote_natural(ret.active);
}

const struct vir_domain_ops remote_domain_ops = {
    VIR_OPS(vir_domain_ops),
    .domain_lookup_by_name = { remote_domain_lookup_by_name, ~0u, 0 },
    .domain_get_info = { remote_domain_get_info, ~0u, 0 },
    .domain_save = { remote_domain_save, ~0u, 0 },
    .domain_save_flags = { remote_domain_save_flags, ~0u, 0 },
    .connect_list_all_domains = { remote_connect_list_all_domains, ~0u, 0 },
    .domain_pin = { remote_domain_pin, ~0u, 0 },
    .domain_move = { remote_domain_move, ~0u, 0 },
    .domain_lookup_by_id = { remote_domain_lookup_by_id, ~0u, 0 },
    .domain_rename = { remote_domain_rename, ~0u, 0 },
    .num_of_domains = { remote_num_of_domains, ~0u, 0 },
    .list_domain_names = { remote_list_domain_names, ~0u, 0 },
};

const struct vir_network_ops remote_network_ops = {
    VIR_OPS(vir_network_ops),
    .connect_list_all_networks = { remote_connect_list_all_networks, ~0u, 0 },
    .connect_num_of_networks = { remote_connect_num_of_networks, ~0u, 0 },
    .network_lookup_by_uuid = { remote_network_lookup_by_uuid, ~0u, 0 },
    .network_is_active = { remote_network_is_active, ~0u, 0 },
};
