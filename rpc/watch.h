/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A client's connection in the program's event loop. */
#ifndef RPC_WATCH_H
#define RPC_WATCH_H

#include "rpc/client.h"

/* From now on the loop takes in what arrives while no call is waiting, and notices that the other
 * end is gone; but from a stream only as much as the program fetches.  Nothing happens in a
 * program that has no event loop. */
void rpc_watch_start(struct rpc_client *client);
void rpc_watch_stop(struct rpc_client *client);

#endif
