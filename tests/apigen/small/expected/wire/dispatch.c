/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Printed from api/ by print_protocol.py. */
/* Serves every procedure that needs no thought. */
#include <limits.h>

#include "daemon/wire.h"
#include "wire/dispatch.h"

static int
serve_domain_lookup_by_name(struct daemon_call *call, const void *args_, void *ret_)
{
    const struct remote_domain_lookup_by_name_args *args = args_;
    struct remote_domain_lookup_by_name_ret *ret = ret_;
    virConnectPtr conn = daemon_call_conn(call);
    RPC_AUTO(domain) virDomainPtr rc = NULL;

    if (!conn)
        return -1;
    rc = virDomainLookupByName(conn, args->name);
    if (!rc)
        return -1;
    rpc_put_domain(&ret->dom, rc);
    return 0;
}

static int
serve_domain_get_info(struct daemon_call *call, const void *args_, void *ret_)
{
    const struct remote_domain_get_info_args *args = args_;
    struct remote_domain_get_info_ret *ret = ret_;
    virConnectPtr conn = daemon_call_conn(call);
    RPC_AUTO(domain) virDomainPtr domain = rpc_get_domain(conn, &args->dom);
    int rc;

    if (!domain)
        return -1;
    rc = virDomainGetInfo(domain, &ret->info);
    return rc < 0 ? -1 : 0;
}

static int
serve_domain_save(struct daemon_call *call, const void *args_, void *ret_)
{
    const struct remote_domain_save_args *args = args_;
    virConnectPtr conn = daemon_call_conn(call);
    RPC_AUTO(domain) virDomainPtr domain = rpc_get_domain(conn, &args->dom);
    int rc;

    (void)ret_;
    if (!domain)
        return -1;
    rc = virDomainSave(domain, args->to);
    return rc < 0 ? -1 : 0;
}

static int
serve_domain_save_flags(struct daemon_call *call, const void *args_, void *ret_)
{
    const struct remote_domain_save_flags_args *args = args_;
    virConnectPtr conn = daemon_call_conn(call);
    RPC_AUTO(domain) virDomainPtr domain = rpc_get_domain(conn, &args->dom);
    int rc;

    (void)ret_;
    if (!domain)
        return -1;
    rc = virDomainSaveFlags(domain, args->to, args->flags);
    return rc < 0 ? -1 : 0;
}

static int
serve_connect_list_all_domains(struct daemon_call *call, const void *args_, void *ret_)
{
    const struct remote_connect_list_all_domains_args *args = args_;
    struct remote_connect_list_all_domains_ret *ret = ret_;
    virConnectPtr conn = daemon_call_conn(call);
    virDomainPtr *domains = NULL;
    int rc;

    if (!conn)
        return -1;
    rc = virConnectListAllDomains(conn, args->need_results ? &domains : NULL, args->flags);
    if (daemon_put_list(call, &rpc_domain, domains, rc, 16384, &ret->domains, &ret->n_domains) < 0)
        return -1;
    ret->ret = (unsigned int)rc;
    return 0;
}

static int
serve_domain_lookup_by_id(struct daemon_call *call, const void *args_, void *ret_)
{
    const struct remote_domain_lookup_by_id_args *args = args_;
    struct remote_domain_lookup_by_id_ret *ret = ret_;
    virConnectPtr conn = daemon_call_conn(call);
    RPC_AUTO(domain) virDomainPtr rc = NULL;

    if (!conn)
        return -1;
    rc = virDomainLookupByID(conn, args->id);
    if (!rc)
        return -1;
    rpc_put_domain(&ret->dom, rc);
    return 0;
}

static int
serve_domain_rename(struct daemon_call *call, const void *args_, void *ret_)
{
    const struct remote_domain_rename_args *args = args_;
    struct remote_domain_rename_ret *ret = ret_;
    virConnectPtr conn = daemon_call_conn(call);
    RPC_AUTO(domain) virDomainPtr domain = rpc_get_domain(conn, &args->dom);
    int rc;

    if (!domain)
        return -1;
    rc = virDomainRename(domain, args->name, args->kind);
    if (rc < 0)
        return -1;
    ret->retcode = rc;
    return 0;
}

static int
serve_num_of_domains(struct daemon_call *call, const void *args_, void *ret_)
{
    struct remote_num_of_domains_ret *ret = ret_;
    virConnectPtr conn = daemon_call_conn(call);
    int rc;

    (void)args_;
    if (!conn)
        return -1;
    rc = virConnectNumOfDomains(conn);
    if (rc < 0)
        return -1;
    ret->num = rc;
    return 0;
}

static int
serve_list_domain_names(struct daemon_call *call, const void *args_, void *ret_)
{
    const struct remote_list_domain_names_args *args = args_;
    struct remote_list_domain_names_ret *ret = ret_;
    virConnectPtr conn = daemon_call_conn(call);
    int rc;

    if (!conn)
        return -1;
    if (daemon_room("maxnames", args->maxnames, 16384, sizeof(*ret->names),
            &ret->names) < 0)
        return -1;
    rc = virConnectListDomainNames(conn, ret->names, args->maxnames);
    if (rc < 0)
        return -1;
    ret->n_names = daemon_at_most(rc, args->maxnames);
    return 0;
}

static int
serve_connect_list_all_networks(struct daemon_call *call, const void *args_, void *ret_)
{
    const struct remote_connect_list_all_networks_args *args = args_;
    struct remote_connect_list_all_networks_ret *ret = ret_;
    virConnectPtr conn = daemon_call_conn(call);
    virNetworkPtr *networks = NULL;
    int rc;

    if (!conn)
        return -1;
    rc = virConnectListAllNetworks(conn, args->need_results ? &networks : NULL, args->flags);
    if (daemon_put_list(call, &rpc_network, networks, rc, 16384, &ret->networks, &ret->n_networks) < 0)
        return -1;
    ret->ret = (unsigned int)rc;
    return 0;
}

static int
serve_connect_num_of_networks(struct daemon_call *call, const void *args_, void *ret_)
{
    struct remote_connect_num_of_networks_ret *ret = ret_;
    virConnectPtr conn = daemon_call_conn(call);
    int rc;

    (void)args_;
    if (!conn)
        return -1;
    rc = virConnectNumOfNetworks(conn);
    if (rc < 0)
        return -1;
    ret->num = rc;
    return 0;
}

static int
serve_network_lookup_by_uuid(struct daemon_call *call, const void *args_, void *ret_)
{
    const struct remote_network_lookup_by_uuid_args *args = args_;
    struct remote_network_lookup_by_uuid_ret *ret = ret_;
    virConnectPtr conn = daemon_call_conn(call);
    RPC_AUTO(network) virNetworkPtr rc = NULL;

    if (!conn)
        return -1;
    rc = virNetworkLookupByUUID(conn, args->uuid);
    if (!rc)
        return -1;
    rpc_put_network(&ret->net, rc);
    return 0;
}

static int
serve_network_is_active(struct daemon_call *call, const void *args_, void *ret_)
{
    const struct remote_network_is_active_args *args = args_;
    struct remote_network_is_active_ret *ret = ret_;
    virConnectPtr conn = daemon_call_conn(call);
    RPC_AUTO(network) virNetworkPtr net = rpc_get_network(conn, &args->net);
    int rc;

    if (!net)
        return -1;
    rc = virNetworkIsActive(net);
    if (rc < 0)
        return -1;
    ret->active = rc;
    return 0;
}

const daemon_serve_fn daemon_remote_serve[] = {
    [1] = serve_domain_lookup_by_name,
    [2] = serve_domain_get_info,
    [3] = serve_domain_save,
    [4] = serve_domain_save_flags,
    [5] = serve_connect_list_all_domains,
    [6] = daemon_serve_domain_pin,
    [7] = daemon_serve_domain_move,
    [8] = serve_domain_lookup_by_id,
    [9] = serve_domain_rename,
    [14] = serve_num_of_domains,
    [15] = serve_list_domain_names,
    [20] = serve_connect_list_all_networks,
    [21] = serve_connect_num_of_networks,
    [22] = serve_network_lookup_by_uuid,
    [23] = serve_network_is_active,
};

const daemon_serve_fn daemon_qemu_serve[] = {
};

const daemon_serve_fn daemon_lxc_serve[] = {
};

const daemon_serve_fn daemon_admin_serve[] = {
};
