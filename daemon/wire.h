/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Helpers of the dispatch functions, printed and by hand: handles from XDR
 * structs and back, room for results.
 */
#ifndef DAEMON_WIRE_H
#define DAEMON_WIRE_H

#include <libvirt/module.h>

#include "dispatch.h"
#include "wire/objects.h"

/* Makes a list of N handles, as a public call returned it, an array of XDR structs, which
 * lend the handles' texts; CALL keeps the list until it is answered.  N < 0: the call failed. */
int daemon_put_list(struct daemon_call *call, const struct rpc_object *object, void *handles, int n, uint32_t max,
                    void *ret_items, unsigned int *ret_n);

/* What a call says it gave, never more than there was room for. */
static inline unsigned int
daemon_at_most(int64_t n, int64_t room)
{
    return n < 0 ? 0 : (unsigned int)(n < room ? n : room);
}

/* Zeroed room for what the client said it wants: WANTED items named WHAT, at most MAX of SIZE bytes. */
int daemon_room(const char *what, int64_t wanted, uint32_t max, size_t size, void *ret_items);

/* Old clients know no parameters that are strings: unless FLAGS say otherwise,
 * they are freed and left out. */
void daemon_drop_strings(virTypedParameterPtr params, unsigned int *n, unsigned int flags);

#endif
