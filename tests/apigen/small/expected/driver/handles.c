/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The way from modules to the handles in libvirt.so.0.  Printed from api/. */
#include "core/private.h"

virDomainPtr
vir_domain_new(virConnectPtr conn, const char *name, const unsigned char *uuid, int id)
{
    return vir_core.domain_new(conn, name, uuid, id);
}

virConnectPtr
vir_domain_connect(virDomainPtr domain)
{
    return vir_core.domain_connect(domain);
}

const char *
vir_domain_name(virDomainPtr domain)
{
    return vir_core.domain_name(domain);
}

const unsigned char *
vir_domain_uuid(virDomainPtr domain)
{
    return vir_core.domain_uuid(domain);
}

int
vir_domain_id(virDomainPtr domain)
{
    return vir_core.domain_id(domain);
}

virDomainSnapshotPtr
vir_snapshot_new(virDomainPtr domain, const char *name, const char *note)
{
    return vir_core.snapshot_new(domain, name, note);
}

virDomainPtr
vir_snapshot_domain(virDomainSnapshotPtr snapshot)
{
    return vir_core.snapshot_domain(snapshot);
}

const char *
vir_snapshot_name(virDomainSnapshotPtr snapshot)
{
    return vir_core.snapshot_name(snapshot);
}

const char *
vir_snapshot_note(virDomainSnapshotPtr snapshot)
{
    return vir_core.snapshot_note(snapshot);
}

virNetworkPtr
vir_network_new(virConnectPtr conn, const char *name, const unsigned char *uuid)
{
    return vir_core.network_new(conn, name, uuid);
}

virConnectPtr
vir_network_connect(virNetworkPtr network)
{
    return vir_core.network_connect(network);
}

const char *
vir_network_name(virNetworkPtr network)
{
    return vir_core.network_name(network);
}

const unsigned char *
vir_network_uuid(virNetworkPtr network)
{
    return vir_core.network_uuid(network);
}
