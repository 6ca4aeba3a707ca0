/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Statistics with shapes of their own, and the functions that free what other
 * calls return.
 */
#include "../call.h"
#include "core/calls.h"

#include <stdlib.h>
#include <string.h>

/* ---- block and interface ---- */

/* The struct of an older program ends earlier; that of a newer one we do not know. */
static int
check_size(unsigned int call, virDomainPtr dom, const char *device, const void *stats, size_t size,
           size_t known)
{
    if (!device)
        return vir_call_bad(call, dom, "the device", VIR_BAD_NULL);
    if (!stats)
        return vir_call_bad(call, dom, "stats", VIR_BAD_NULL);
    if (size > known)
        return vir_call_bad(call, dom, "size", VIR_BAD_TOO_BIG);
    return 0;
}

int
virDomainBlockStats(virDomainPtr dom, const char *disk, virDomainBlockStatsPtr stats, size_t size)
{
    virDomainBlockStatsStruct mine = { -1, -1, -1, -1, -1 };
    int (*call)(virDomainPtr, const char *, virDomainBlockStatsPtr, size_t) =
        (__typeof__(call))vir_call_enter(VIR_CALL_virDomainBlockStats, dom, 0);

    if (!call || check_size(VIR_CALL_virDomainBlockStats, dom, disk, stats, size, sizeof(mine)) < 0)
        return -1;
    if (call(dom, disk, &mine, sizeof(mine)) < 0)
        return vir_call_int(dom, -1);
    memcpy(stats, &mine, size);
    return 0;
}

int
virDomainInterfaceStats(virDomainPtr dom, const char *device, virDomainInterfaceStatsPtr stats, size_t size)
{
    virDomainInterfaceStatsStruct mine = { -1, -1, -1, -1, -1, -1, -1, -1 };
    int (*call)(virDomainPtr, const char *, virDomainInterfaceStatsPtr, size_t) =
        (__typeof__(call))vir_call_enter(VIR_CALL_virDomainInterfaceStats, dom, 0);

    if (!call || check_size(VIR_CALL_virDomainInterfaceStats, dom, device, stats, size, sizeof(mine)) < 0)
        return -1;
    if (call(dom, device, &mine, sizeof(mine)) < 0)
        return vir_call_int(dom, -1);
    memcpy(stats, &mine, size);
    return 0;
}

/* ---- of many domains at once ---- */

typedef int (*stats_fn)(virConnectPtr conn, virDomainPtr *doms, unsigned int ndoms, unsigned int stats,
                        virDomainStatsRecordPtr **retStats, unsigned int flags);

int
virConnectGetAllDomainStats(virConnectPtr conn, unsigned int stats, virDomainStatsRecordPtr **retStats,
                            unsigned int flags)
{
    stats_fn call = (stats_fn)vir_call_enter(VIR_CALL_virConnectGetAllDomainStats, conn, flags);

    if (!call)
        return -1;
    if (!retStats)
        return vir_call_bad(VIR_CALL_virConnectGetAllDomainStats, conn, "retStats", VIR_BAD_NULL);
    return vir_call_int(conn, call(conn, NULL, 0, stats, retStats, flags));
}

int
virDomainListGetStats(virDomainPtr *doms, unsigned int stats, virDomainStatsRecordPtr **retStats,
                      unsigned int flags)
{
    unsigned int n = 0;
    virConnectPtr conn;
    stats_fn call;

    virResetLastError();
    if (!doms || !*doms)
        return vir_call_bad(VIR_CALL_virDomainListGetStats, NULL, "doms", VIR_BAD_EMPTY);
    if (!vir_object_is(*doms, VIR_KIND_DOMAIN))
        return vir_call_check(VIR_CALL_virDomainListGetStats, *doms, flags);
    conn = (*doms)->object.conn;
    call = (stats_fn)vir_call_enter(VIR_CALL_virConnectGetAllDomainStats, conn, flags);
    if (!call)
        return -1;
    if (!retStats)
        return vir_call_bad(VIR_CALL_virDomainListGetStats, conn, "retStats", VIR_BAD_NULL);
    for (; doms[n]; n++)
        if (!vir_object_is(doms[n], VIR_KIND_DOMAIN) || doms[n]->object.conn != conn)
            return vir_call_bad(VIR_CALL_virDomainListGetStats, conn, "a domain of doms", VIR_BAD_CONNECTION);
    return vir_call_int(conn, call(conn, doms, n, stats, retStats, flags));
}

void
virDomainStatsRecordListFree(virDomainStatsRecordPtr *stats)
{
    for (virDomainStatsRecordPtr *next = stats; next && *next; next++) {
        virTypedParamsFree((*next)->params, (*next)->nparams);
        if ((*next)->dom)
            virDomainFree((*next)->dom);
        free(*next);
    }
    free(stats);
}

/* ---- freeing ---- */

void
virDomainFSInfoFree(virDomainFSInfoPtr info)
{
    if (!info)
        return;
    for (size_t i = 0; i < info->ndevAlias; i++)
        free(info->devAlias[i]);
    free(info->devAlias);
    free(info->mountpoint);
    free(info->name);
    free(info->fstype);
    free(info);
}

void
virDomainIOThreadInfoFree(virDomainIOThreadInfoPtr info)
{
    if (!info)
        return;
    free(info->cpumap);
    free(info);
}

void
virDomainInterfaceFree(virDomainInterfacePtr iface)
{
    if (!iface)
        return;
    for (size_t i = 0; i < iface->naddrs; i++)
        free(iface->addrs[i].addr);
    free(iface->addrs);
    free(iface->name);
    free(iface->hwaddr);
    free(iface);
}

void
virNetworkDHCPLeaseFree(virNetworkDHCPLeasePtr lease)
{
    if (!lease)
        return;
    free(lease->iface);
    free(lease->mac);
    free(lease->iaid);
    free(lease->ipaddr);
    free(lease->hostname);
    free(lease->clientid);
    free(lease);
}
