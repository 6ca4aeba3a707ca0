/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Handles on the wire.  Printed from api/. */
#include <string.h>

#include "wire/objects.h"

struct remote_nonnull_domain
rpc_lend_domain(virDomainPtr handle)
{
    struct remote_nonnull_domain wire = {
        .name = (char *)(uintptr_t)vir_domain_name(handle),
        .id = vir_domain_id(handle),
    };

    memcpy(wire.uuid, vir_domain_uuid(handle), VIR_UUID_BUFLEN);
    return wire;
}

void
rpc_put_domain(struct remote_nonnull_domain *wire, virDomainPtr handle)
{
    *wire = rpc_lend_domain(handle);
    wire->name = vir_strdup(wire->name);
}

virDomainPtr
rpc_get_domain(virConnectPtr conn, const struct remote_nonnull_domain *wire)
{
    return conn ? vir_domain_new(conn, wire->name, wire->uuid, wire->id) : NULL;
}

void
rpc_drop_domain(virDomainPtr *handle)
{
    if (*handle)
        vir_object_unref(*handle);
}

static void *
make_domain(void *owner, const void *wire_)
{
    const struct remote_nonnull_domain *wire = wire_;

    return vir_domain_new(owner, wire->name, wire->uuid, wire->id);
}

static void
lend_domain(void *wire, void *handle)
{
    *(struct remote_nonnull_domain *)wire = rpc_lend_domain(handle);
}

static void
put_domain(void *wire, void *handle)
{
    rpc_put_domain(wire, handle);
}

const struct rpc_object rpc_domain = {
    sizeof(struct remote_nonnull_domain), make_domain, lend_domain, put_domain,
};

struct remote_nonnull_domain_snapshot
rpc_lend_domain_snapshot(virDomainSnapshotPtr handle)
{
    struct remote_nonnull_domain_snapshot wire = {
        .name = (char *)(uintptr_t)vir_snapshot_name(handle),
        .dom = rpc_lend_domain(vir_snapshot_domain(handle)),
        .note = (char *)(uintptr_t)vir_snapshot_note(handle),
    };

    return wire;
}

void
rpc_put_domain_snapshot(struct remote_nonnull_domain_snapshot *wire, virDomainSnapshotPtr handle)
{
    *wire = rpc_lend_domain_snapshot(handle);
    wire->name = vir_strdup(wire->name);
    wire->dom.name = vir_strdup(wire->dom.name);
    wire->note = vir_strdup(wire->note);
}

virDomainSnapshotPtr
rpc_get_domain_snapshot(virConnectPtr conn, const struct remote_nonnull_domain_snapshot *wire)
{
    RPC_AUTO(domain) virDomainPtr domain = rpc_get_domain(conn, &wire->dom);

    return domain ? vir_snapshot_new(domain, wire->name, wire->note) : NULL;
}

void
rpc_drop_domain_snapshot(virDomainSnapshotPtr *handle)
{
    if (*handle)
        vir_object_unref(*handle);
}

static void *
make_domain_snapshot(void *owner, const void *wire_)
{
    const struct remote_nonnull_domain_snapshot *wire = wire_;

    return vir_snapshot_new(owner, wire->name, wire->note);
}

static void
lend_domain_snapshot(void *wire, void *handle)
{
    *(struct remote_nonnull_domain_snapshot *)wire = rpc_lend_domain_snapshot(handle);
}

static void
put_domain_snapshot(void *wire, void *handle)
{
    rpc_put_domain_snapshot(wire, handle);
}

const struct rpc_object rpc_domain_snapshot = {
    sizeof(struct remote_nonnull_domain_snapshot), make_domain_snapshot, lend_domain_snapshot, put_domain_snapshot,
};

struct remote_nonnull_network
rpc_lend_network(virNetworkPtr handle)
{
    struct remote_nonnull_network wire = {
        .name = (char *)(uintptr_t)vir_network_name(handle),
    };

    memcpy(wire.uuid, vir_network_uuid(handle), VIR_UUID_BUFLEN);
    return wire;
}

void
rpc_put_network(struct remote_nonnull_network *wire, virNetworkPtr handle)
{
    *wire = rpc_lend_network(handle);
    wire->name = vir_strdup(wire->name);
}

virNetworkPtr
rpc_get_network(virConnectPtr conn, const struct remote_nonnull_network *wire)
{
    return conn ? vir_network_new(conn, wire->name, wire->uuid) : NULL;
}

void
rpc_drop_network(virNetworkPtr *handle)
{
    if (*handle)
        vir_object_unref(*handle);
}

static void *
make_network(void *owner, const void *wire_)
{
    const struct remote_nonnull_network *wire = wire_;

    return vir_network_new(owner, wire->name, wire->uuid);
}

static void
lend_network(void *wire, void *handle)
{
    *(struct remote_nonnull_network *)wire = rpc_lend_network(handle);
}

static void
put_network(void *wire, void *handle)
{
    rpc_put_network(wire, handle);
}

const struct rpc_object rpc_network = {
    sizeof(struct remote_nonnull_network), make_network, lend_network, put_network,
};
