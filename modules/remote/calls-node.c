/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Stubs by hand: calls about the host whose results go into arrays of the
 * caller with a rule of their own for the size.
 */
#include <stdlib.h>
#include <string.h>

#include "modules/remote/wire.h"
#include "wire/stubs.h"

/* The type never changes: asked once, then kept with the connection. */
const char *
remote_connect_get_type(virConnectPtr conn)
{
    struct remote_connect *rc = remote_of(conn);
    struct remote_connect_get_type_ret ret;
    char *none = NULL;

    if (!__atomic_load_n(&rc->type, __ATOMIC_ACQUIRE)) {
        if (remote_call(rc, &remote_procedures[REMOTE_PROC_CONNECT_GET_TYPE], NULL, &ret) < 0)
            return NULL;
        if (!__atomic_compare_exchange_n(&rc->type, &none, ret.type, false,
                                         __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
            free(ret.type);             /* another thread was first */
    }
    return rc->type;
}

int
remote_node_get_cells_free_memory(virConnectPtr conn, unsigned long long *freeMems, int startCell,
                                  int maxCells)
{
    const struct rpc_procedure *proc = &remote_procedures[REMOTE_PROC_NODE_GET_CELLS_FREE_MEMORY];
    struct remote_node_get_cells_free_memory_args args = { .startCell = startCell, .maxcells = maxCells };
    struct remote_node_get_cells_free_memory_ret ret;
    int result;

    if (remote_call(remote_of(conn), proc, &args, &ret) < 0)
        return -1;
    result = remote_take_array(ret.cells, ret.n_cells, sizeof(*ret.cells), freeMems, (unsigned int)maxCells);
    xdr_free(proc->ret, &ret);
    return result;
}

/* NUMBER is what the server has in all; the caller that gave *NPARAMS = 0 asked for it. */
static int
take_stats(void *wire, unsigned int n, size_t size, int number, void *params, int *nparams)
{
    if (*nparams == 0)
        return remote_take_number(number, nparams);
    *nparams = remote_take_array(wire, n, size, params, (unsigned int)*nparams);
    return *nparams < 0 ? -1 : 0;
}

int
remote_node_get_cpu_stats(virConnectPtr conn, int cpuNum, virNodeCPUStatsPtr params, int *nparams,
                          unsigned int flags)
{
    const struct rpc_procedure *proc = &remote_procedures[REMOTE_PROC_NODE_GET_CPU_STATS];
    struct remote_node_get_cpu_stats_args args = { .cpuNum = cpuNum, .nparams = *nparams, .flags = flags };
    struct remote_node_get_cpu_stats_ret ret;
    int result;

    if (remote_call(remote_of(conn), proc, &args, &ret) < 0)
        return -1;
    result = take_stats(ret.params, ret.n_params, sizeof(*ret.params), ret.nparams, params, nparams);
    xdr_free(proc->ret, &ret);
    return result;
}

int
remote_node_get_memory_stats(virConnectPtr conn, int cellNum, virNodeMemoryStatsPtr params, int *nparams,
                             unsigned int flags)
{
    const struct rpc_procedure *proc = &remote_procedures[REMOTE_PROC_NODE_GET_MEMORY_STATS];
    struct remote_node_get_memory_stats_args args = {
        .nparams = *nparams, .cellNum = cellNum, .flags = flags,
    };
    struct remote_node_get_memory_stats_ret ret;
    int result;

    if (remote_call(remote_of(conn), proc, &args, &ret) < 0)
        return -1;
    result = take_stats(ret.params, ret.n_params, sizeof(*ret.params), ret.nparams, params, nparams);
    xdr_free(proc->ret, &ret);
    return result;
}

int
remote_node_get_cpu_map(virConnectPtr conn, unsigned char **cpumap, unsigned int *online, unsigned int flags)
{
    const struct rpc_procedure *proc = &remote_procedures[REMOTE_PROC_NODE_GET_CPU_MAP];
    struct remote_node_get_cpu_map_args args = {
        .need_map = cpumap != NULL, .need_online = online != NULL, .flags = flags,
    };
    struct remote_node_get_cpu_map_ret ret;
    int result;

    if (remote_call(remote_of(conn), proc, &args, &ret) < 0)
        return -1;
    if (remote_take_number(ret.ret, &result) < 0)
        result = -1;
    if (result > 0 && ret.n_cpumap * 8LL < result && cpumap)
        result = vir_error(VIR_ERR_RPC, "a map of %u bytes for %d processors", ret.n_cpumap, result);
    if (result >= 0 && cpumap)
        *cpumap = vir_steal(&ret.cpumap);
    if (result >= 0 && online)
        *online = ret.online;
    xdr_free(proc->ret, &ret);
    return result;
}

int
remote_node_get_free_pages(virConnectPtr conn, unsigned int npages, unsigned int *pages, int startCell,
                           unsigned int cellCount, unsigned long long *counts, unsigned int flags)
{
    const struct rpc_procedure *proc = &remote_procedures[REMOTE_PROC_NODE_GET_FREE_PAGES];
    struct remote_node_get_free_pages_args args = {
        .n_pages = npages, .pages = pages, .startCell = startCell, .cellCount = cellCount, .flags = flags,
    };
    struct remote_node_get_free_pages_ret ret;
    uint64_t room = (uint64_t)npages * cellCount;
    int result;

    if (room > UINT32_MAX)
        return vir_error(VIR_ERR_INVALID_ARG, "%u page sizes in %u cells are too many", npages, cellCount);
    if (remote_call(remote_of(conn), proc, &args, &ret) < 0)
        return -1;
    result = remote_take_array(ret.counts, ret.n_counts, sizeof(*ret.counts), counts, (unsigned int)room);
    xdr_free(proc->ret, &ret);
    return result;
}

int
remote_node_alloc_pages(virConnectPtr conn, unsigned int npages, unsigned int *pageSizes,
                        unsigned long long *pageCounts, int startCell, unsigned int cellCount,
                        unsigned int flags)
{
    struct remote_node_alloc_pages_args args = {
        .n_pageSizes = npages, .pageSizes = pageSizes, .n_pageCounts = npages, .pageCounts = pageCounts,
        .startCell = startCell, .cellCount = cellCount, .flags = flags,
    };
    struct remote_node_alloc_pages_ret ret;

    if (remote_call(remote_of(conn), &remote_procedures[REMOTE_PROC_NODE_ALLOC_PAGES], &args, &ret) < 0)
        return -1;
    return remote_natural(ret.ret);
}

/* The front end keeps the string with the handle and frees it. */
const char *
remote_node_device_get_parent(virNodeDevicePtr dev)
{
    struct remote_node_device_get_parent_args args = { .name = (char *)(uintptr_t)vir_node_device_name(dev) };
    struct remote_node_device_get_parent_ret ret;

    if (remote_call(remote_of(vir_node_device_connect(dev)),
                    &remote_procedures[REMOTE_PROC_NODE_DEVICE_GET_PARENT], &args, &ret) < 0)
        return NULL;
    return ret.parentName;
}

unsigned char *
remote_secret_get_value(virSecretPtr secret, size_t *value_size, unsigned int flags)
{
    struct remote_secret_get_value_args args = { .secret = rpc_lend_secret(secret), .flags = flags };
    struct remote_secret_get_value_ret ret;

    if (remote_call(remote_of(vir_secret_connect(secret)), &remote_procedures[REMOTE_PROC_SECRET_GET_VALUE],
                    &args, &ret) < 0)
        return NULL;
    *value_size = ret.n_value;
    return ret.value ? ret.value : vir_alloc(1);        /* an empty value is no failure */
}
