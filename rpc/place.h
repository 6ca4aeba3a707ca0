/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The unix sockets of this host's daemons. */
#ifndef RPC_PLACE_H
#define RPC_PLACE_H

#include <libvirt/module.h>

/* Where they lie: the system's, or those of the user's own daemons.  The caller frees. */
char *rpc_place_dir(const struct vir_host *host, bool session);
/* The socket, connected; -1 with errno, no error set. */
int rpc_place_connect(const char *path);

#endif
