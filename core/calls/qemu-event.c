/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libvirt-qemu: registering for the events of QEMU's monitor.  The core keeps
 * the callbacks; the family has one event, told apart by its name.
 */
#include <libvirt/libvirt-qemu.h>

#include "call.h"
#include "core/calls.h"

int
virConnectDomainQemuMonitorEventRegister(virConnectPtr conn, virDomainPtr dom, const char *event,
                                         virConnectDomainQemuMonitorEventCallback cb, void *opaque,
                                         virFreeCallback freecb, unsigned int flags)
{
    const unsigned int call = VIR_CALL_virConnectDomainQemuMonitorEventRegister;

    if (vir_core.call_check(call, conn, flags) < 0)
        return -1;
    if (dom && vir_core.domain_connect(dom) != conn)
        return vir_call_bad(call, conn, "dom", VIR_BAD_CONNECTION);
    if (!cb)
        return vir_call_bad(call, conn, "cb", VIR_BAD_NULL);
    return vir_call_int(conn, vir_core.event_register(conn, VIR_EVENT_QEMU_MONITOR, 0, dom, event, flags,
                                                      (void (*)(void))cb, opaque, freecb));
}

int
virConnectDomainQemuMonitorEventDeregister(virConnectPtr conn, int callbackID)
{
    const unsigned int call = VIR_CALL_virConnectDomainQemuMonitorEventDeregister;

    if (vir_core.call_check(call, conn, 0) < 0)
        return -1;
    if (callbackID < 0)
        return vir_call_bad(call, conn, "callbackID", VIR_BAD_NEGATIVE);
    return vir_call_int(conn, vir_core.event_deregister(conn, VIR_EVENT_QEMU_MONITOR, callbackID));
}
