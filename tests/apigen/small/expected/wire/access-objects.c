/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Printed from api/ by print_protocol.py. */
#include <stdlib.h>

#include <libvirt/virterror.h>

#include "wire/access.h"
#include "wire/objects.h"

static void *
find_domain(virConnectPtr conn, const void *wire_)
{
    const struct remote_nonnull_domain *wire = wire_;

    return virDomainLookupByName(conn, wire->name);
}

static void *
name_domain(virConnectPtr conn, const char *name)
{
    return virDomainLookupByName(conn, name);
}

static void
tell_domain(virConnectPtr conn, const void *wire_, struct access_details *details)
{
    const struct remote_nonnull_domain *wire = wire_;

    (void)conn;
    access_tell(details, "domain_name", wire->name);
    access_tell_uuid(details, "domain_uuid", wire->uuid);
}

static void
clear_domain(void *wire_)
{
    struct remote_nonnull_domain *wire = wire_;

    free(wire->name);
}

static const struct access_part domain_parts[] = {
    { "name", offsetof(struct remote_nonnull_domain, name), 0, NULL },
    { "uuid", offsetof(struct remote_nonnull_domain, uuid), 1, NULL },
    { NULL, 0, 0, NULL }
};

const struct access_object access_objects[ACCESS_KINDS] = {
    [ACCESS_DOMAIN] = {
        sizeof(struct remote_nonnull_domain), &rpc_domain, find_domain, name_domain, tell_domain, clear_domain,
        domain_parts, ACCESS_CONNECT, NULL,
    },
};
