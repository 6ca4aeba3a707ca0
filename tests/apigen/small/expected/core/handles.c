/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making and reading handles.  Printed from api/. */
#include "object.h"

#include <string.h>

const uint8_t vir_kind_codes[VIR_KIND_LAST] = {
    [VIR_KIND_CONNECT] = VIR_ERR_INVALID_CONN,
    [VIR_KIND_DOMAIN] = VIR_ERR_INVALID_DOMAIN,
    [VIR_KIND_SNAPSHOT] = VIR_ERR_INVALID_DOMAIN_SNAPSHOT,
    [VIR_KIND_NETWORK] = VIR_ERR_INVALID_NETWORK,
};

virDomainPtr
vir_domain_new(virConnectPtr conn, const char *name, const unsigned char *uuid, int id)
{
    virDomainPtr domain;
    char *place;

    if (!vir_object_may_own(conn, VIR_KIND_CONNECT, "virDomain") ||
        !vir_object_text_ok(name, "virDomain", "name") ||
        !vir_object_uuid_ok(uuid, "virDomain", "uuid"))
        return NULL;
    domain = vir_object_new(VIR_KIND_DOMAIN, sizeof(*domain) + vir_object_text_size(name), conn);
    place = (char *)(domain + 1);
    domain->name = vir_object_put_text(&place, name);
    memcpy(domain->uuid, uuid, VIR_UUID_BUFLEN);
    domain->id = id;
    return domain;
}

virConnectPtr
vir_domain_connect(virDomainPtr domain)
{
    return domain->object.owner;
}

const char *
vir_domain_name(virDomainPtr domain)
{
    return domain->name;
}

const unsigned char *
vir_domain_uuid(virDomainPtr domain)
{
    return domain->uuid;
}

int
vir_domain_id(virDomainPtr domain)
{
    return __atomic_load_n(&domain->id, __ATOMIC_RELAXED);
}

virDomainSnapshotPtr
vir_snapshot_new(virDomainPtr domain, const char *name, const char *note)
{
    virDomainSnapshotPtr snapshot;
    char *place;

    if (!vir_object_may_own(domain, VIR_KIND_DOMAIN, "virDomainSnapshot") ||
        !vir_object_text_ok(name, "virDomainSnapshot", "name"))
        return NULL;
    snapshot = vir_object_new(VIR_KIND_SNAPSHOT,
            sizeof(*snapshot) + vir_object_text_size(name) + vir_object_text_size(note), domain);
    place = (char *)(snapshot + 1);
    snapshot->name = vir_object_put_text(&place, name);
    snapshot->note = vir_object_put_text(&place, note);
    return snapshot;
}

virDomainPtr
vir_snapshot_domain(virDomainSnapshotPtr snapshot)
{
    return snapshot->object.owner;
}

const char *
vir_snapshot_name(virDomainSnapshotPtr snapshot)
{
    return snapshot->name;
}

const char *
vir_snapshot_note(virDomainSnapshotPtr snapshot)
{
    return snapshot->note;
}

virNetworkPtr
vir_network_new(virConnectPtr conn, const char *name, const unsigned char *uuid)
{
    virNetworkPtr network;
    char *place;

    if (!vir_object_may_own(conn, VIR_KIND_CONNECT, "virNetwork") ||
        !vir_object_text_ok(name, "virNetwork", "name") ||
        !vir_object_uuid_ok(uuid, "virNetwork", "uuid"))
        return NULL;
    network = vir_object_new(VIR_KIND_NETWORK, sizeof(*network) + vir_object_text_size(name), conn);
    place = (char *)(network + 1);
    network->name = vir_object_put_text(&place, name);
    memcpy(network->uuid, uuid, VIR_UUID_BUFLEN);
    return network;
}

virConnectPtr
vir_network_connect(virNetworkPtr network)
{
    return network->object.owner;
}

const char *
vir_network_name(virNetworkPtr network)
{
    return network->name;
}

const unsigned char *
vir_network_uuid(virNetworkPtr network)
{
    return network->uuid;
}
