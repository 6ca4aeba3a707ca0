/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of the wire, each opened for the first connection that needs it. */
#include "common/part.h"

#include <netdb.h>
#include <stdio.h>

#include "sasl.h"
#include "tls.h"

const struct rpc_tls_part *
rpc_tls_part(const char **ret_reason)
{
    static const void *opened;

    return vir_part_once(&opened, "tls", RPC_TLS_VERSION, ret_reason);
}

const struct rpc_sasl_part *
rpc_sasl_part(const char **ret_reason)
{
    static const void *opened;

    return vir_part_once(&opened, "sasl", RPC_SASL_VERSION, ret_reason);
}

void
rpc_sasl_end(int sock, int (*get)(int, struct sockaddr *, socklen_t *), char *text)
{
    struct sockaddr_storage end;
    socklen_t len = sizeof(end);
    char host[64], port[8];

    *text = '\0';
    if (get(sock, (struct sockaddr *)&end, &len) == 0 && end.ss_family != AF_UNIX &&
        getnameinfo((struct sockaddr *)&end, len, host, sizeof(host), port, sizeof(port),
                    NI_NUMERICHOST | NI_NUMERICSERV) == 0)
        snprintf(text, RPC_SASL_END, "%s;%s", host, port);
}
