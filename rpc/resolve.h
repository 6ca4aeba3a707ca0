/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RPC_RESOLVE_H
#define RPC_RESOLVE_H

#include <netdb.h>
#include <stdint.h>

/* As getaddrinfo for a stream, but over by DEADLINE (of vir_deadline): EAI_SYSTEM with errno ETIMEDOUT then. */
int rpc_resolve(const char *host, unsigned int port, int64_t deadline, struct addrinfo **ret);

#endif
