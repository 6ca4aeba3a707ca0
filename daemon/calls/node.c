/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Dispatch by hand: calls about the host whose results need room by a rule of
 * their own.  All products of sizes that a client sends are 64 bits wide.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/wire.h"
#include "wire/dispatch.h"

#define CELLS_MAX 1024                  /* limits of the protocol */
#define PAGES_MAX 1024
#define STATS_MAX 16
#define SECRET_MAX 65536

/* Steps that only exist between the layers of two hosts: no module has them. */
int
daemon_serve_internal(struct daemon_call *call, const void *args, void *ret)
{
    (void)args;
    (void)ret;
    return vir_error(VIR_ERR_NO_SUPPORT, "%s", call->procedure->name);
}

int
daemon_serve_node_get_cells_free_memory(struct daemon_call *call, const void *args_, void *ret_)
{
    const struct remote_node_get_cells_free_memory_args *args = args_;
    struct remote_node_get_cells_free_memory_ret *ret = ret_;
    virConnectPtr conn = daemon_call_conn(call);
    int n;

    if (!conn || daemon_room("maxcells", args->maxcells, CELLS_MAX, sizeof(*ret->cells), &ret->cells) < 0)
        return -1;
    n = virNodeGetCellsFreeMemory(conn, ret->cells, args->startCell, args->maxcells);
    ret->n_cells = daemon_at_most(n, args->maxcells);
    return n < 0 ? -1 : 0;
}

int
daemon_serve_node_get_cpu_stats(struct daemon_call *call, const void *args_, void *ret_)
{
    const struct remote_node_get_cpu_stats_args *args = args_;
    struct remote_node_get_cpu_stats_ret *ret = ret_;
    virConnectPtr conn = daemon_call_conn(call);
    int nparams = args->nparams;

    if (!conn || daemon_room("nparams", args->nparams, STATS_MAX, sizeof(*ret->params), &ret->params) < 0)
        return -1;
    if (virNodeGetCPUStats(conn, args->cpuNum, ret->params, &nparams, args->flags) < 0)
        return -1;
    ret->nparams = nparams;
    ret->n_params = daemon_at_most(nparams, args->nparams);
    return 0;
}

int
daemon_serve_node_get_memory_stats(struct daemon_call *call, const void *args_, void *ret_)
{
    const struct remote_node_get_memory_stats_args *args = args_;
    struct remote_node_get_memory_stats_ret *ret = ret_;
    virConnectPtr conn = daemon_call_conn(call);
    int nparams = args->nparams;

    if (!conn || daemon_room("nparams", args->nparams, STATS_MAX, sizeof(*ret->params), &ret->params) < 0)
        return -1;
    if (virNodeGetMemoryStats(conn, args->cellNum, ret->params, &nparams, args->flags) < 0)
        return -1;
    ret->nparams = nparams;
    ret->n_params = daemon_at_most(nparams, args->nparams);
    return 0;
}

int
daemon_serve_node_get_cpu_map(struct daemon_call *call, const void *args_, void *ret_)
{
    const struct remote_node_get_cpu_map_args *args = args_;
    struct remote_node_get_cpu_map_ret *ret = ret_;
    virConnectPtr conn = daemon_call_conn(call);

    if (!conn)
        return -1;
    ret->ret = virNodeGetCPUMap(conn, args->need_map ? &ret->cpumap : NULL,
                                args->need_online ? &ret->online : NULL, args->flags);
    if (ret->ret < 0)
        return -1;
    ret->n_cpumap = ret->cpumap ? ((unsigned int)ret->ret + 7) / 8 : 0;
    return 0;
}

int
daemon_serve_node_get_free_pages(struct daemon_call *call, const void *args_, void *ret_)
{
    const struct remote_node_get_free_pages_args *args = args_;
    struct remote_node_get_free_pages_ret *ret = ret_;
    virConnectPtr conn = daemon_call_conn(call);
    int64_t wanted = (int64_t)args->n_pages * args->cellCount;
    int n;

    if (!conn || daemon_room("pages times cells", wanted, PAGES_MAX, sizeof(*ret->counts), &ret->counts) < 0)
        return -1;
    n = virNodeGetFreePages(conn, args->n_pages, args->pages, args->startCell, args->cellCount,
                            ret->counts, args->flags);
    ret->n_counts = daemon_at_most(n, wanted);
    return n < 0 ? -1 : 0;
}

int
daemon_serve_node_alloc_pages(struct daemon_call *call, const void *args_, void *ret_)
{
    const struct remote_node_alloc_pages_args *args = args_;
    struct remote_node_alloc_pages_ret *ret = ret_;
    virConnectPtr conn = daemon_call_conn(call);

    if (!conn)
        return -1;
    if (args->n_pageSizes != args->n_pageCounts)
        return vir_error(VIR_ERR_RPC, "%u page sizes, but %u counts", args->n_pageSizes, args->n_pageCounts);
    ret->ret = virNodeAllocPages(conn, args->n_pageSizes, args->pageSizes, args->pageCounts,
                                 args->startCell, args->cellCount, args->flags);
    return ret->ret < 0 ? -1 : 0;
}

int
daemon_serve_secret_get_value(struct daemon_call *call, const void *args_, void *ret_)
{
    const struct remote_secret_get_value_args *args = args_;
    struct remote_secret_get_value_ret *ret = ret_;
    virConnectPtr conn = daemon_call_conn(call);
    RPC_AUTO(secret) virSecretPtr secret = rpc_get_secret(conn, &args->secret);
    size_t size = 0;

    if (!secret)
        return -1;
    ret->value = virSecretGetValue(secret, &size, args->flags);
    if (!ret->value)
        return -1;
    if (size > SECRET_MAX)
        return vir_error(VIR_ERR_RPC, "value of %zu bytes where the protocol allows %u", size, SECRET_MAX);
    ret->n_value = (unsigned int)size;
    return 0;
}
