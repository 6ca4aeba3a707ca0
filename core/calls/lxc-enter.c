/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libvirt-lxc: the calls that move the calling process itself into a
 * container.  No module of ours runs containers, so they only say so.
 */
#include <libvirt/libvirt-lxc.h>

#include "call.h"
#include "core/calls.h"

/* Raises VIR_ERR_NO_SUPPORT for a handle that may be NULL. */
static int
refuse(void *object, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vir_core.vraise(VIR_FROM_LXC, VIR_ERR_NO_SUPPORT, fmt, args);
    va_end(args);
    vir_call_failed(object);
    return -1;
}

int
virDomainLxcEnterNamespace(virDomainPtr domain, unsigned int nfdlist, int *fdlist,
                           unsigned int *noldfdlist, int **oldfdlist, unsigned int flags)
{
    (void)nfdlist, (void)fdlist, (void)noldfdlist, (void)oldfdlist;
    if (vir_core.call_check(VIR_CALL_virDomainLxcEnterNamespace, domain, flags) < 0)
        return -1;
    return refuse(domain, "%s: no module runs containers", __func__);
}

int
virDomainLxcEnterSecurityLabel(virSecurityModelPtr model, virSecurityLabelPtr label,
                               virSecurityLabelPtr oldlabel, unsigned int flags)
{
    (void)model, (void)label, (void)oldlabel, (void)flags;
    virResetLastError();
    return refuse(NULL, "%s: no module runs containers", __func__);
}

int
virDomainLxcEnterCGroup(virDomainPtr domain, unsigned int flags)
{
    if (vir_core.call_check(VIR_CALL_virDomainLxcEnterCGroup, domain, flags) < 0)
        return -1;
    return refuse(domain, "%s: no module runs containers", __func__);
}
