/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A client's connection in the program's event loop. */
#ifndef RPC_WATCH_H
#define RPC_WATCH_H

#include "rpc/client.h"

/* From now on the loop takes in what arrives while no call is waiting, and notices that the other
 * end is gone.  A watch for rpc_watch_stop; -1: the program has no event loop. */
int rpc_watch_start(struct rpc_client *client);
void rpc_watch_stop(int watch);

#endif
