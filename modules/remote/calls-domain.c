/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stubs by hand: processor maps, statistics and labels of a domain. */
#include <string.h>

#include "modules/remote/wire.h"
#include "wire/stubs.h"

/* A start gives the domain an id, which only the call with flags brings back. */
int
remote_domain_create(virDomainPtr domain)
{
    return remote_domain_ops.domain_create_with_flags.call(domain, 0);
}

/* N maps of LEN bytes each from what the server sent; the rest of the caller's room is cleared. */
static int
take_cpumaps(const unsigned char *wire, unsigned int sent, unsigned char *cpumaps, uint64_t room)
{
    if (sent > room)
        return vir_error(VIR_ERR_RPC, "server sent %u bytes of processor maps, there is room for %llu",
                         sent, (unsigned long long)room);
    memset(cpumaps, 0, room);
    if (sent)
        memcpy(cpumaps, wire, sent);
    return 0;
}

/* Bytes of N maps of LEN bytes; negative numbers count as none. */
static uint64_t
cpumap_room(int n, int len)
{
    return n > 0 && len > 0 ? (uint64_t)n * (uint64_t)len : 0;
}

int
remote_domain_get_vcpus(virDomainPtr domain, virVcpuInfoPtr info, int maxinfo, unsigned char *cpumaps,
                        int maplen)
{
    const struct rpc_procedure *proc = &remote_procedures[REMOTE_PROC_DOMAIN_GET_VCPUS];
    struct remote_domain_get_vcpus_args args = {
        .dom = rpc_lend_domain(domain), .maxinfo = maxinfo, .maplen = cpumaps ? maplen : 0,
    };
    struct remote_domain_get_vcpus_ret ret;
    int result = 0;

    if (remote_call(remote_of(vir_domain_connect(domain)), proc, &args, &ret) < 0)
        return -1;
    if (cpumaps)
        result = take_cpumaps(ret.cpumaps, ret.n_cpumaps, cpumaps, cpumap_room(maxinfo, maplen));
    if (result == 0)
        result = remote_take_array(ret.info, ret.n_info, sizeof(*ret.info), info, (unsigned int)maxinfo);
    xdr_free(proc->ret, &ret);
    return result;
}

int
remote_domain_get_vcpu_pin_info(virDomainPtr domain, int ncpumaps, unsigned char *cpumaps, int maplen,
                                unsigned int flags)
{
    const struct rpc_procedure *proc = &remote_procedures[REMOTE_PROC_DOMAIN_GET_VCPU_PIN_INFO];
    struct remote_domain_get_vcpu_pin_info_args args = {
        .dom = rpc_lend_domain(domain), .ncpumaps = ncpumaps, .maplen = maplen, .flags = flags,
    };
    struct remote_domain_get_vcpu_pin_info_ret ret;
    int result;

    if (remote_call(remote_of(vir_domain_connect(domain)), proc, &args, &ret) < 0)
        return -1;
    result = take_cpumaps(ret.cpumaps, ret.n_cpumaps, cpumaps, cpumap_room(ncpumaps, maplen));
    if (result == 0 && ret.num > ncpumaps)
        result = vir_error(VIR_ERR_RPC, "server sent %d maps, there is room for %d", ret.num, ncpumaps);
    if (result == 0)
        result = remote_natural(ret.num);
    xdr_free(proc->ret, &ret);
    return result;
}

int
remote_domain_get_emulator_pin_info(virDomainPtr domain, unsigned char *cpumap, int maplen,
                                    unsigned int flags)
{
    const struct rpc_procedure *proc = &remote_procedures[REMOTE_PROC_DOMAIN_GET_EMULATOR_PIN_INFO];
    struct remote_domain_get_emulator_pin_info_args args = {
        .dom = rpc_lend_domain(domain), .maplen = maplen, .flags = flags,
    };
    struct remote_domain_get_emulator_pin_info_ret ret;
    int result;

    if (remote_call(remote_of(vir_domain_connect(domain)), proc, &args, &ret) < 0)
        return -1;
    result = take_cpumaps(ret.cpumaps, ret.n_cpumaps, cpumap, cpumap_room(1, maplen));
    if (result == 0)
        result = remote_natural(ret.ret);
    xdr_free(proc->ret, &ret);
    return result;
}

/* The server sends as many parameters for each processor as it has, without the
 * empty rest of the caller's NPARAMS; processors at the end may be missing. */
static int
take_cpu_stats(struct remote_domain_get_cpu_stats_ret *ret, virTypedParameterPtr params, unsigned int nparams,
               unsigned int ncpus)
{
    unsigned int each = (unsigned int)ret->nparams;

    if (ret->nparams < 0 || each > nparams || (each ? ret->n_params > (uint64_t)each * ncpus : ret->n_params))
        return vir_error(VIR_ERR_RPC, "server sent %u parameters, %d for each of %u processors",
                         ret->n_params, ret->nparams, ncpus);
    memset(params, 0, (size_t)nparams * ncpus * sizeof(*params));
    for (unsigned int i = 0; i < ret->n_params; i++)
        params[(size_t)(i / each) * nparams + i % each] = ret->params[i];
    if (ret->n_params)
        memset(ret->params, 0, ret->n_params * sizeof(*params));
    return ret->nparams;
}

/* Without parameters the caller asks how many there are, or how many processors. */
int
remote_domain_get_cpu_stats(virDomainPtr domain, virTypedParameterPtr params, unsigned int nparams,
                            int start_cpu, unsigned int ncpus, unsigned int flags)
{
    const struct rpc_procedure *proc = &remote_procedures[REMOTE_PROC_DOMAIN_GET_CPU_STATS];
    struct remote_domain_get_cpu_stats_args args = {
        .dom = rpc_lend_domain(domain), .nparams = nparams, .start_cpu = start_cpu, .ncpus = ncpus,
        .flags = flags | VIR_TYPED_PARAM_STRING_OKAY,
    };
    struct remote_domain_get_cpu_stats_ret ret;
    int result;

    if (remote_call(remote_of(vir_domain_connect(domain)), proc, &args, &ret) < 0)
        return -1;
    result = nparams ? take_cpu_stats(&ret, params, nparams, ncpus) : remote_room(ret.nparams);
    xdr_free(proc->ret, &ret);
    return result;
}

int
remote_domain_get_guest_vcpus(virDomainPtr domain, virTypedParameterPtr *params, unsigned int *nparams,
                              unsigned int flags)
{
    const struct rpc_procedure *proc = &remote_procedures[REMOTE_PROC_DOMAIN_GET_GUEST_VCPUS];
    struct remote_domain_get_guest_vcpus_args args = { .dom = rpc_lend_domain(domain), .flags = flags };
    struct remote_domain_get_guest_vcpus_ret ret;

    if (remote_call(remote_of(vir_domain_connect(domain)), proc, &args, &ret) < 0)
        return -1;
    *params = ret.params;
    *nparams = ret.n_params;
    return 0;
}

int
remote_domain_get_security_label_list(virDomainPtr domain, virSecurityLabelPtr *seclabels)
{
    const struct rpc_procedure *proc = &remote_procedures[REMOTE_PROC_DOMAIN_GET_SECURITY_LABEL_LIST];
    struct remote_domain_get_security_label_list_args args = { .dom = rpc_lend_domain(domain) };
    struct remote_domain_get_security_label_list_ret ret;
    int result;

    if (remote_call(remote_of(vir_domain_connect(domain)), proc, &args, &ret) < 0)
        return -1;
    result = (int)ret.n_labels;
    *seclabels = vir_steal(&ret.labels);
    xdr_free(proc->ret, &ret);
    return result;
}

/* ---- statistics of many domains -------------------------------------------- */

static void
free_records(virDomainStatsRecordPtr *records)
{
    virErrorPtr error = vir_error_take();

    virDomainStatsRecordListFree(records);
    vir_error_restore(error);
}

/* Moves the records of a reply into the form of the public call. */
static int
take_records(virConnectPtr conn, struct remote_connect_get_all_domain_stats_ret *ret,
             virDomainStatsRecordPtr **ret_records)
{
    virDomainStatsRecordPtr *records = vir_alloc_array(ret->n_retStats + 1, sizeof(*records));

    for (unsigned int i = 0; i < ret->n_retStats; i++) {
        struct remote_domain_stats_record *wire = &ret->retStats[i];
        virDomainPtr dom = vir_domain_new(conn, wire->dom.name, wire->dom.uuid, wire->dom.id);

        if (!dom) {
            free_records(records);
            return -1;
        }
        records[i] = VIR_NEW(virDomainStatsRecord);
        records[i]->dom = dom;
        records[i]->nparams = (int)wire->n_params;
        records[i]->params = vir_steal(&wire->params);
    }
    *ret_records = records;
    return (int)ret->n_retStats;
}

int
remote_connect_get_all_domain_stats(virConnectPtr conn, virDomainPtr *doms, unsigned int ndoms,
                                    unsigned int stats, virDomainStatsRecordPtr **retStats,
                                    unsigned int flags)
{
    const struct rpc_procedure *proc = &remote_procedures[REMOTE_PROC_CONNECT_GET_ALL_DOMAIN_STATS];
    VIR_AUTO_FREE struct remote_nonnull_domain *wire = vir_alloc_array(ndoms + (size_t)1, sizeof(*wire));
    struct remote_connect_get_all_domain_stats_args args = {
        .n_doms = ndoms, .doms = wire, .stats = stats, .flags = flags,
    };
    struct remote_connect_get_all_domain_stats_ret ret;
    int result;

    for (unsigned int i = 0; i < ndoms; i++)
        wire[i] = rpc_lend_domain(doms[i]);
    if (remote_call(remote_of(conn), proc, &args, &ret) < 0)
        return -1;
    result = take_records(conn, &ret, retStats);
    xdr_free(proc->ret, &ret);
    return result;
}
