/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Dispatch by hand: processor maps, statistics and labels of domains. */
#include <stdlib.h>
#include <string.h>

#include "daemon/wire.h"
#include "wire/dispatch.h"

#define VCPUS_MAX 16384                 /* limits of the protocol */
#define CPUMAPS_MAX 8388608
#define CPU_STATS_MAX 2048
#define CPU_STATS_CPUS_MAX 128
#define RECORDS_MAX 16384

/* Bytes of N maps of LEN bytes: without a map, none. */
static int64_t
cpumaps_size(int n, int len)
{
    return n < 0 || len < 0 ? -1 : (int64_t)n * len;
}

int
daemon_serve_domain_get_vcpus(struct daemon_call *call, const void *args_, void *ret_)
{
    const struct remote_domain_get_vcpus_args *args = args_;
    struct remote_domain_get_vcpus_ret *ret = ret_;
    virConnectPtr conn = daemon_call_conn(call);
    RPC_AUTO(domain) virDomainPtr dom = rpc_get_domain(conn, &args->dom);
    int64_t size = cpumaps_size(args->maxinfo, args->maplen);
    int n;

    if (!dom || daemon_room("maxinfo", args->maxinfo, VCPUS_MAX, sizeof(*ret->info), &ret->info) < 0 ||
        daemon_room("maxinfo times maplen", size, CPUMAPS_MAX, 1, &ret->cpumaps) < 0)
        return -1;
    n = virDomainGetVcpus(dom, ret->info, args->maxinfo, ret->cpumaps, args->maplen);
    if (n < 0)
        return -1;
    ret->n_info = daemon_at_most(n, args->maxinfo);
    ret->n_cpumaps = ret->n_info * (unsigned int)args->maplen;
    return 0;
}

int
daemon_serve_domain_get_vcpu_pin_info(struct daemon_call *call, const void *args_, void *ret_)
{
    const struct remote_domain_get_vcpu_pin_info_args *args = args_;
    struct remote_domain_get_vcpu_pin_info_ret *ret = ret_;
    virConnectPtr conn = daemon_call_conn(call);
    RPC_AUTO(domain) virDomainPtr dom = rpc_get_domain(conn, &args->dom);
    int64_t size = cpumaps_size(args->ncpumaps, args->maplen);

    if (!dom)
        return -1;
    if (args->ncpumaps > VCPUS_MAX)
        return vir_error(VIR_ERR_RPC, "ncpumaps: %d where the protocol allows %d", args->ncpumaps, VCPUS_MAX);
    if (daemon_room("ncpumaps times maplen", size, CPUMAPS_MAX, 1, &ret->cpumaps) < 0)
        return -1;
    ret->num = virDomainGetVcpuPinInfo(dom, args->ncpumaps, ret->cpumaps, args->maplen, args->flags);
    if (ret->num < 0)
        return -1;
    ret->n_cpumaps = daemon_at_most(ret->num, args->ncpumaps) * (unsigned int)args->maplen;
    return 0;
}

int
daemon_serve_domain_get_emulator_pin_info(struct daemon_call *call, const void *args_, void *ret_)
{
    const struct remote_domain_get_emulator_pin_info_args *args = args_;
    struct remote_domain_get_emulator_pin_info_ret *ret = ret_;
    virConnectPtr conn = daemon_call_conn(call);
    RPC_AUTO(domain) virDomainPtr dom = rpc_get_domain(conn, &args->dom);

    if (!dom || daemon_room("maplen", args->maplen, CPUMAPS_MAX, 1, &ret->cpumaps) < 0)
        return -1;
    ret->ret = virDomainGetEmulatorPinInfo(dom, ret->cpumaps, args->maplen, args->flags);
    if (ret->ret < 0)
        return -1;
    ret->n_cpumaps = ret->ret ? (unsigned int)args->maplen : 0;
    return 0;
}

/* Moves the EACH first parameters of every processor to the front; a processor
 * without any ends the list.  Returns their number. */
static unsigned int
pack_cpu_stats(virTypedParameterPtr params, unsigned int nparams, unsigned int ncpus, unsigned int each)
{
    unsigned int n = 0;

    for (unsigned int cpu = 0; each && cpu < ncpus && params[cpu * nparams].type; cpu++) {
        memmove(params + n, params + cpu * nparams, each * sizeof(*params));
        n += each;
    }
    return n;
}

int
daemon_serve_domain_get_cpu_stats(struct daemon_call *call, const void *args_, void *ret_)
{
    const struct remote_domain_get_cpu_stats_args *args = args_;
    struct remote_domain_get_cpu_stats_ret *ret = ret_;
    virConnectPtr conn = daemon_call_conn(call);
    RPC_AUTO(domain) virDomainPtr dom = rpc_get_domain(conn, &args->dom);
    int64_t wanted = (int64_t)args->nparams * args->ncpus;

    if (!dom)
        return -1;
    if (args->ncpus > CPU_STATS_CPUS_MAX)
        return vir_error(VIR_ERR_RPC, "ncpus: %u where the protocol allows %u",
                         args->ncpus, CPU_STATS_CPUS_MAX);
    if (daemon_room("nparams times ncpus", wanted, CPU_STATS_MAX, sizeof(*ret->params), &ret->params) < 0)
        return -1;
    ret->nparams = virDomainGetCPUStats(dom, ret->params, args->nparams, args->start_cpu, args->ncpus,
                                        args->flags & ~VIR_TYPED_PARAM_STRING_OKAY);
    if (ret->nparams < 0)
        return -1;
    if (ret->params)
        ret->n_params = pack_cpu_stats(ret->params, args->nparams, args->ncpus,
                                       daemon_at_most(ret->nparams, args->nparams));
    return 0;
}

int
daemon_serve_domain_get_guest_vcpus(struct daemon_call *call, const void *args_, void *ret_)
{
    const struct remote_domain_get_guest_vcpus_args *args = args_;
    struct remote_domain_get_guest_vcpus_ret *ret = ret_;
    virConnectPtr conn = daemon_call_conn(call);
    RPC_AUTO(domain) virDomainPtr dom = rpc_get_domain(conn, &args->dom);

    if (!dom)
        return -1;
    return virDomainGetGuestVcpus(dom, &ret->params, &ret->n_params, args->flags) < 0 ? -1 : 0;
}

int
daemon_serve_domain_get_security_label_list(struct daemon_call *call, const void *args_, void *ret_)
{
    const struct remote_domain_get_security_label_list_args *args = args_;
    struct remote_domain_get_security_label_list_ret *ret = ret_;
    virConnectPtr conn = daemon_call_conn(call);
    RPC_AUTO(domain) virDomainPtr dom = rpc_get_domain(conn, &args->dom);

    if (!dom)
        return -1;
    ret->ret = virDomainGetSecurityLabelList(dom, &ret->labels);
    if (ret->ret < 0)
        return -1;
    ret->n_labels = ret->labels ? (unsigned int)ret->ret : 0;
    return 0;
}

/* ---- statistics of many domains --------------------------------------------- */

static void
free_handles(virDomainPtr *doms, unsigned int n)
{
    for (unsigned int i = 0; i < n; i++)
        rpc_drop_domain(&doms[i]);
    free(doms);
}

/* NULL-ended handles for the domains that the client named. */
static virDomainPtr *
get_handles(virConnectPtr conn, const struct remote_connect_get_all_domain_stats_args *args)
{
    virDomainPtr *doms = vir_alloc_array(args->n_doms + (size_t)1, sizeof(*doms));

    for (unsigned int i = 0; i < args->n_doms; i++) {
        doms[i] = rpc_get_domain(conn, &args->doms[i]);
        if (!doms[i]) {
            free_handles(doms, i);
            return NULL;
        }
    }
    return doms;
}

/* Moves the parameters of N records into the reply. */
static int
put_records(struct remote_connect_get_all_domain_stats_ret *ret, virDomainStatsRecordPtr *records, int n)
{
    if (daemon_room("list", n, RECORDS_MAX, sizeof(*ret->retStats), &ret->retStats) < 0)
        return -1;
    for (int i = 0; i < n; i++) {
        rpc_put_domain(&ret->retStats[i].dom, records[i]->dom);
        ret->retStats[i].n_params = daemon_at_most(records[i]->nparams, INT32_MAX);
        ret->retStats[i].params = vir_steal(&records[i]->params);
        records[i]->nparams = 0;
    }
    ret->n_retStats = (unsigned int)n;
    return 0;
}

int
daemon_serve_connect_get_all_domain_stats(struct daemon_call *call, const void *args_, void *ret_)
{
    const struct remote_connect_get_all_domain_stats_args *args = args_;
    virConnectPtr conn = daemon_call_conn(call);
    virDomainStatsRecordPtr *records = NULL;
    virDomainPtr *doms = NULL;
    virErrorPtr error;
    int rc;

    if (!conn)
        return -1;
    if (args->n_doms && !(doms = get_handles(conn, args)))
        return -1;
    rc = doms ? virDomainListGetStats(doms, args->stats, &records, args->flags)
              : virConnectGetAllDomainStats(conn, args->stats, &records, args->flags);
    if (rc >= 0)
        rc = put_records(ret_, records, rc);
    error = vir_error_take();
    if (records)
        virDomainStatsRecordListFree(records);
    if (doms)
        free_handles(doms, args->n_doms);
    vir_error_restore(error);
    return rc;
}
