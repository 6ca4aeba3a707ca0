/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The calls about one domain: look-ups and what the xenstore tells.
 */
#include <stdlib.h>
#include <string.h>

#include "xen.h"

/* Who a handle means and what it is like; the caller clears both. */
static int
read_domain(virDomainPtr dom, struct xen_identity *ret_who, struct xen_facts *ret_facts)
{
    if (xen_identity_of(dom, ret_who) < 0)
        return -1;
    if (xen_facts_read(ret_who, ret_facts) == 0)
        return 0;
    xen_identity_clear(ret_who);
    return -1;
}

/* As read_domain, for calls that need the facts only. */
static int
read_facts(virDomainPtr dom, struct xen_facts *ret_facts)
{
    struct xen_identity who;

    if (read_domain(dom, &who, ret_facts) < 0)
        return -1;
    xen_identity_clear(&who);
    return 0;
}

/* The handle for what a look-up found; takes over WHO. */
static virDomainPtr
handle(virConnectPtr conn, struct xen_identity *who)
{
    virDomainPtr dom = vir_domain_new(conn, who->name, who->uuid, who->id);

    xen_identity_clear(who);
    return dom;
}

virDomainPtr
xen_domain_lookup_by_id(virConnectPtr conn, int id)
{
    struct xen_identity who;
    int r = xen_identity_by_id(id, &who);

    if (r == 0)
        vir_error(VIR_ERR_NO_DOMAIN, "no domain with id %d in the xenstore", id);
    return r > 0 ? handle(conn, &who) : NULL;
}

virDomainPtr
xen_domain_lookup_by_name(virConnectPtr conn, const char *name)
{
    struct xen_identity who;
    int r = xen_identity_by_name(name, &who);

    if (r == 0)
        vir_error(VIR_ERR_NO_DOMAIN, "no domain with name '%s' in the xenstore", name);
    return r > 0 ? handle(conn, &who) : NULL;
}

virDomainPtr
xen_domain_lookup_by_uuid(virConnectPtr conn, const unsigned char *uuid)
{
    char text[VIR_UUID_STRING_BUFLEN];
    struct xen_identity who;
    int r = xen_identity_by_uuid(uuid, &who);

    if (r == 0) {
        vir_uuid_format(uuid, text);
        vir_error(VIR_ERR_NO_DOMAIN, "no domain with uuid %s in the xenstore", text);
    }
    return r > 0 ? handle(conn, &who) : NULL;
}

int
xen_domain_get_info(virDomainPtr dom, virDomainInfoPtr ret_info)
{
    struct xen_facts facts;

    if (read_facts(dom, &facts) < 0)
        return -1;
    *ret_info = (virDomainInfo){
        .state = (unsigned char)facts.state,
        .maxMem = facts.max_memory,
        .memory = facts.memory,
        .nrVirtCpu = (unsigned short)facts.vcpus,
    };
    xen_facts_clear(&facts);
    return 0;
}

int
xen_domain_get_state(virDomainPtr dom, int *ret_state, int *ret_reason, unsigned int flags)
{
    struct xen_identity who;
    int state, reason, r;

    (void)flags;                        /* none taken */
    if (xen_identity_of(dom, &who) < 0)
        return -1;
    r = xen_state_read(&who, &state, &reason);
    xen_identity_clear(&who);
    if (r < 0)
        return -1;
    *ret_state = state;
    if (ret_reason)
        *ret_reason = reason;
    return 0;
}

char *
xen_domain_get_os_type(virDomainPtr dom)
{
    struct xen_identity who;
    struct xen_facts facts;
    char *type;

    if (read_domain(dom, &who, &facts) < 0)
        return NULL;
    type = vir_strdup(xen_os_type(&who, &facts));
    xen_facts_clear(&facts);
    xen_identity_clear(&who);
    return type;
}

unsigned long
xen_domain_get_max_memory(virDomainPtr dom)
{
    struct xen_facts facts;
    unsigned long max;

    if (read_facts(dom, &facts) < 0)
        return 0;
    max = facts.max_memory;
    xen_facts_clear(&facts);
    return max;
}

/* Takes LIVE, MAXIMUM; a domain of the store has no other definition. */
int
xen_domain_get_vcpus_flags(virDomainPtr dom, unsigned int flags)
{
    struct xen_facts facts;
    unsigned int n;

    if (read_facts(dom, &facts) < 0)
        return -1;
    n = flags & VIR_DOMAIN_VCPU_MAXIMUM ? facts.max_vcpus : facts.vcpus;
    xen_facts_clear(&facts);
    return (int)n;
}

/* Whoever is in the store runs; who is not is no domain. */
int
xen_domain_is_active(virDomainPtr dom)
{
    struct xen_identity who;

    if (xen_identity_of(dom, &who) < 0)
        return -1;
    xen_identity_clear(&who);
    return 1;
}

/* No definitions are kept. */
int
xen_domain_is_persistent(virDomainPtr dom)
{
    return xen_domain_is_active(dom) < 0 ? -1 : 0;
}

int
xen_domain_is_updated(virDomainPtr dom)
{
    return xen_domain_is_persistent(dom);
}

/* Takes SECURE, INACTIVE, UPDATE_CPU, MIGRATABLE: the document is the same. */
char *
xen_domain_get_xml_desc(virDomainPtr dom, unsigned int flags)
{
    struct xen_identity who;
    struct xen_facts facts;
    char *xml;

    (void)flags;
    if (read_domain(dom, &who, &facts) < 0)
        return NULL;
    xml = xen_domain_format(&who, &facts);
    xen_facts_clear(&facts);
    xen_identity_clear(&who);
    return xml;
}
