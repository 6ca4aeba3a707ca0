/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Public functions of libvirt-common.h.  Printed from api/. */
#include <limits.h>
#include <string.h>

#include "call.h"
#include "calls/lists.h"
#include "core/calls.h"

#pragma GCC diagnostic ignored "-Wunused-parameter"

virDomainPtr
virDomainLookupByName(virConnectPtr conn, const char *name)
{
    virDomainPtr (*call)(virConnectPtr, const char *) =
        (__typeof__(call))vir_call_enter(VIR_CALL_virDomainLookupByName, conn, 0);

    if (!call)
        return NULL;
    if (!name)
        return vir_call_bad_null(VIR_CALL_virDomainLookupByName, conn, "name", VIR_BAD_NULL);
    return vir_call_ptr(conn, call(conn, name));
}

int
virDomainGetInfo(virDomainPtr domain, virSmallInfoPtr info)
{
    int (*call)(virDomainPtr, virSmallInfoPtr) =
        (__typeof__(call))vir_call_enter(VIR_CALL_virDomainGetInfo, domain, 0);

    if (!call)
        return -1;
    if (!info)
        return vir_call_bad(VIR_CALL_virDomainGetInfo, domain, "info", VIR_BAD_NULL);
    return vir_call_int(domain, call(domain, info));
}

int
virDomainSave(virDomainPtr domain, const char *to)
{
    VIR_AUTO_FREE char *absolute = NULL;
    bool other = false;
    vir_fn call = vir_call_enter_as(VIR_CALL_virDomainSave, domain, VIR_SMALL_LIVE, &other);

    if (!call)
        return -1;
    if (!to)
        return vir_call_bad(VIR_CALL_virDomainSave, domain, "to", VIR_BAD_NULL);
    absolute = vir_call_path(domain, to);
    if (!absolute)
        return -1;
    if (other)
        return vir_call_int(domain, ((int (*)(virDomainPtr, const char *, unsigned int))call)(domain, absolute, VIR_SMALL_LIVE));
    return vir_call_int(domain, ((int (*)(virDomainPtr, const char *))call)(domain, absolute));
}

int
virDomainSaveFlags(virDomainPtr domain, const char *to, unsigned int flags)
{
    VIR_AUTO_FREE char *absolute = NULL;
    int (*call)(virDomainPtr, const char *, unsigned int) =
        (__typeof__(call))vir_call_enter(VIR_CALL_virDomainSaveFlags, domain, flags);

    if (!call)
        return -1;
    if (!to)
        return vir_call_bad(VIR_CALL_virDomainSaveFlags, domain, "to", VIR_BAD_NULL);
    absolute = vir_call_path(domain, to);
    if (!absolute)
        return -1;
    return vir_call_int(domain, call(domain, absolute, flags));
}

const char *
virDomainGetName(virDomainPtr domain)
{
    if (vir_call_check(VIR_CALL_virDomainGetName, domain, 0) < 0)
        return NULL;
    return vir_domain_name(domain);
}

int
virConnectListAllDomains(virConnectPtr conn, virDomainPtr **domains, unsigned int flags)
{
    int (*call)(virConnectPtr, virDomainPtr **, unsigned int) =
        (__typeof__(call))vir_call_enter(VIR_CALL_virConnectListAllDomains, conn, flags);

    if (!call)
        return -1;
    return vir_call_int(conn, call(conn, domains, flags));
}

int
virDomainPin(virDomainPtr domain, unsigned int vcpu, unsigned char *cpumap, int maplen)
{
    int (*call)(virDomainPtr, unsigned int, unsigned char *, int) =
        (__typeof__(call))vir_call_enter(VIR_CALL_virDomainPin, domain, 0);

    if (!call)
        return -1;
    if (!vcpu)
        return vir_call_bad(VIR_CALL_virDomainPin, domain, "vcpu", VIR_BAD_ZERO);
    if (!cpumap)
        return vir_call_bad(VIR_CALL_virDomainPin, domain, "cpumap", VIR_BAD_NULL);
    if (maplen <= 0)
        return vir_call_bad(VIR_CALL_virDomainPin, domain, "maplen", VIR_BAD_ZERO);
    return vir_call_int(domain, call(domain, vcpu, cpumap, maplen));
}

virDomainPtr
virDomainLookupByID(virConnectPtr conn, int id)
{
    virDomainPtr (*call)(virConnectPtr, int) =
        (__typeof__(call))vir_call_enter(VIR_CALL_virDomainLookupByID, conn, 0);

    if (!call)
        return NULL;
    if (id < 0)
        return vir_call_bad_null(VIR_CALL_virDomainLookupByID, conn, "id", VIR_BAD_NEGATIVE);
    return vir_call_ptr(conn, call(conn, id));
}

int
virDomainRename(virDomainPtr domain, const char *name, unsigned int way)
{
    int (*call)(virDomainPtr, const char *, unsigned int) =
        (__typeof__(call))vir_call_enter(VIR_CALL_virDomainRename, domain, 0);

    if (!call)
        return -1;
    if (!name)
        return vir_call_bad(VIR_CALL_virDomainRename, domain, "name", VIR_BAD_NULL);
    if (way == 1 && vir_call_write(VIR_CALL_virDomainRename, domain) < 0)
        return -1;
    return vir_call_int(domain, call(domain, name, way));
}

int
virConnectNumOfDomains(virConnectPtr conn)
{
    return vir_list_count(VIR_CALL_virConnectNumOfDomains, conn, VIR_SMALL_LIVE);
}

int
virConnectListDomainNames(virConnectPtr conn, char ** const names, int maxnames)
{
    return vir_list_items(VIR_CALL_virConnectListDomainNames, conn, (void *)names, maxnames,
        VIR_SMALL_LIVE, VIR_LIST_NAME, offsetof(struct _virDomain, name));
}
