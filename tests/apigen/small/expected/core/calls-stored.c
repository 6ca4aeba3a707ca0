/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Public functions of libvirt-network.h.  Printed from api/. */
#include <limits.h>
#include <string.h>

#include "call.h"
#include "calls/lists.h"
#include "core/calls.h"

#pragma GCC diagnostic ignored "-Wunused-parameter"

int
virConnectListAllNetworks(virConnectPtr conn, virNetworkPtr **networks, unsigned int flags)
{
    int (*call)(virConnectPtr, virNetworkPtr **, unsigned int) =
        (__typeof__(call))vir_call_enter(VIR_CALL_virConnectListAllNetworks, conn, flags);

    if (!call)
        return -1;
    return vir_call_int(conn, call(conn, networks, flags));
}

int
virConnectNumOfNetworks(virConnectPtr conn)
{
    return vir_list_count(VIR_CALL_virConnectNumOfNetworks, conn, VIR_LIST_NETWORKS_ACTIVE);
}

virNetworkPtr
virNetworkLookupByUUID(virConnectPtr conn, const unsigned char *uuid)
{
    virNetworkPtr (*call)(virConnectPtr, const unsigned char *) =
        (__typeof__(call))vir_call_enter(VIR_CALL_virNetworkLookupByUUID, conn, 0);

    if (!call)
        return NULL;
    if (!uuid)
        return vir_call_bad_null(VIR_CALL_virNetworkLookupByUUID, conn, "uuid", VIR_BAD_NULL);
    return vir_call_ptr(conn, call(conn, uuid));
}

int
virNetworkIsActive(virNetworkPtr net)
{
    int (*call)(virNetworkPtr) =
        (__typeof__(call))vir_call_enter(VIR_CALL_virNetworkIsActive, net, 0);

    if (!call)
        return -1;
    return vir_call_int(net, call(net));
}
