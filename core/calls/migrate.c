/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Moving a guest to another host.  The steps that two hosts take together have no
 * module yet: after the checks of every call the answer is "not supported".
 */
#include "../call.h"
#include "core/calls.h"

#pragma GCC diagnostic ignored "-Wunused-parameter"

static int
refuse(unsigned int call, virDomainPtr domain, unsigned long flags)
{
    if (vir_call_check(call, domain, (unsigned int)flags) < 0)
        return -1;
    return vir_call_no_support(call, domain);
}

static virDomainPtr
refuse_to(unsigned int call, virDomainPtr domain, virConnectPtr dconn, unsigned long flags)
{
    if (vir_call_check(call, domain, (unsigned int)flags) < 0)
        return NULL;
    if (!vir_object_is(dconn, VIR_KIND_CONNECT))
        return vir_call_bad_null(call, domain, "dconn", VIR_BAD_NULL);
    vir_call_no_support(call, domain);
    return NULL;
}

#define TO_CONNECTION(function, ...)                                    \
    virDomainPtr                                                        \
    function(virDomainPtr domain, virConnectPtr dconn, __VA_ARGS__)     \
    {                                                                   \
        return refuse_to(VIR_CALL_##function, domain, dconn, flags);    \
    }
#define TO_URI(function, ...)                                           \
    int                                                                 \
    function(virDomainPtr domain, const char *duri, __VA_ARGS__)        \
    {                                                                   \
        return refuse(VIR_CALL_##function, domain, flags);              \
    }

TO_CONNECTION(virDomainMigrate, unsigned long flags, const char *dname, const char *uri,
              unsigned long bandwidth)
TO_CONNECTION(virDomainMigrate2, const char *dxml, unsigned long flags, const char *dname, const char *uri,
              unsigned long bandwidth)
TO_CONNECTION(virDomainMigrate3, virTypedParameterPtr params, unsigned int nparams, unsigned int flags)
TO_URI(virDomainMigrateToURI, unsigned long flags, const char *dname, unsigned long bandwidth)
TO_URI(virDomainMigrateToURI2, const char *miguri, const char *dxml, unsigned long flags, const char *dname,
       unsigned long bandwidth)
TO_URI(virDomainMigrateToURI3, virTypedParameterPtr params, unsigned int nparams, unsigned int flags)
