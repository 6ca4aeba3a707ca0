/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Helpers of the stubs, printed and by hand: XDR structs to handles, results
 * into the caller's memory.
 */
#ifndef REMOTE_WIRE_H
#define REMOTE_WIRE_H

#include "remote.h"
#include "rpc/objects.h"

static inline struct remote_connect *
remote_of(virConnectPtr conn)
{
    return vir_connect_data(conn);
}

/* How a handle is made from its XDR struct.  PARENT is the connection; for a
 * snapshot or checkpoint its domain, for a network port its network. */
struct remote_maker {
    size_t size;                        /* of the XDR struct */
    void *(*make)(void *parent, const void *wire);
    int (*drop)(void *handle);
};
extern const struct remote_maker remote_domain_maker;
extern const struct remote_maker remote_network_maker;
extern const struct remote_maker remote_network_port_maker;
extern const struct remote_maker remote_interface_maker;
extern const struct remote_maker remote_storage_pool_maker;
extern const struct remote_maker remote_storage_vol_maker;
extern const struct remote_maker remote_node_device_maker;
extern const struct remote_maker remote_secret_maker;
extern const struct remote_maker remote_nwfilter_maker;
extern const struct remote_maker remote_nwfilter_binding_maker;
extern const struct remote_maker remote_domain_snapshot_maker;
extern const struct remote_maker remote_domain_checkpoint_maker;

/* N handles in a NULL-ended array; returns their number. */
int remote_take_list(const struct remote_maker *maker, void *parent, const void *wire, size_t n,
                     void *ret_handles);

/* The following move what the XDR struct owned to the caller; what is left
 * there is safe to free.  MAX is the room that the caller said it has: a server
 * that sends more has broken the protocol. */
int remote_take_names(char **wire, size_t n, char **names, int max);
int remote_take_array(void *wire, size_t n, size_t size, void *items, unsigned int max);
int remote_take_params(virTypedParameterPtr wire, size_t n, int number, virTypedParameterPtr params,
                       int *nparams);
/* A server must send exactly the bytes that were asked for. */
int remote_take_buffer(const void *wire, size_t n, void *buffer, size_t size);
/* An array of strings with a NULL behind it; returns its length. */
int remote_take_strings(char ***wire, size_t n, char ***ret_strings);

#endif
