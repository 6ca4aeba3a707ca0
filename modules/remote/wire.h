/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Helpers of the stubs, printed and by hand: results into the caller's
 * memory; and wire/objects.h, which turns handles into XDR structs and back.
 */
#ifndef REMOTE_WIRE_H
#define REMOTE_WIRE_H

#include "remote.h"
#include "wire/objects.h"

static inline struct remote_connect *
remote_of(virConnectPtr conn)
{
    return vir_connect_data(conn);
}

/* N handles, made as parts of OWNER, in a NULL-ended array; returns their number. */
int remote_take_list(const struct rpc_object *object, void *owner, const void *wire, size_t n,
                     void *ret_handles);

/* The following move what the XDR struct owned to the caller; what is left
 * there is safe to free.  MAX is the room that the caller said it has: a server
 * that sends more has broken the protocol. */
int remote_take_names(char **wire, size_t n, char **names, int max);
int remote_take_array(void *wire, size_t n, size_t size, void *items, unsigned int max);
/* How many there are, for a caller who will make room for as many; -1: it cannot be. */
int remote_room(int number);
int remote_take_number(int number, int *ret_number);    /* RET_NUMBER may be NULL */
/* What a call returns: a number below zero would be a failure without an error. */
int remote_natural(int64_t number);
int remote_take_params(virTypedParameterPtr wire, size_t n, int number, virTypedParameterPtr params,
                       int *nparams);
/* A server must send exactly the bytes that were asked for. */
int remote_take_buffer(const void *wire, size_t n, void *buffer, size_t size);
/* An array of strings with a NULL behind it; returns its length. */
int remote_take_strings(char ***wire, size_t n, char ***ret_strings);

#endif
