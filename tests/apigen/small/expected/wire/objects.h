/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Handles on the wire.  Printed from api/. */
/*
 * Handles as XDR structs and back.  rpc_lend_X: for encoding; the strings belong to
 * the handle, so the struct is used while the handle lives and never freed.
 * rpc_put_X: a copy that owns its strings.  rpc_get_X: a handle for what the other
 * end named; NULL with an error set, also when CONN is NULL (no connection is open;
 * the error is set already).  rpc_drop_X: releases a handle and keeps the thread's
 * error.
 */
#ifndef WIRE_OBJECTS_H
#define WIRE_OBJECTS_H

#include "wire/protocol.h"

/* RPC_AUTO(domain) virDomainPtr dom = ...: rpc_drop_domain at the end of the scope. */
#define RPC_AUTO(object) __attribute__((cleanup(rpc_drop_##object)))

/* The same for lists of handles of one kind. */
struct rpc_object {
    size_t size;                        /* of the XDR struct */
    /* OWNER is the connection, or the handle of which the new one is a part. */
    void *(*make)(void *owner, const void *wire);
    void (*lend)(void *wire, void *handle);     /* rpc_lend_X; and rpc_put_X */
    void (*put)(void *wire, void *handle);
};

struct remote_nonnull_domain rpc_lend_domain(virDomainPtr handle);
void rpc_put_domain(struct remote_nonnull_domain *wire, virDomainPtr handle);
virDomainPtr rpc_get_domain(virConnectPtr conn, const struct remote_nonnull_domain *wire);
void rpc_drop_domain(virDomainPtr *handle);
extern const struct rpc_object rpc_domain;

struct remote_nonnull_domain_snapshot rpc_lend_domain_snapshot(virDomainSnapshotPtr handle);
void rpc_put_domain_snapshot(struct remote_nonnull_domain_snapshot *wire, virDomainSnapshotPtr handle);
virDomainSnapshotPtr rpc_get_domain_snapshot(virConnectPtr conn,
        const struct remote_nonnull_domain_snapshot *wire);
void rpc_drop_domain_snapshot(virDomainSnapshotPtr *handle);
extern const struct rpc_object rpc_domain_snapshot;

struct remote_nonnull_network rpc_lend_network(virNetworkPtr handle);
void rpc_put_network(struct remote_nonnull_network *wire, virNetworkPtr handle);
virNetworkPtr rpc_get_network(virConnectPtr conn, const struct remote_nonnull_network *wire);
void rpc_drop_network(virNetworkPtr *handle);
extern const struct rpc_object rpc_network;

#endif
