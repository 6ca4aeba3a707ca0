/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A program of the user's that reaches the other end however it likes. */
#include "modules/remote/remote.h"

struct rpc_transport *
remote_ext_connect(struct remote_target *target)
{
    const char *argv[] = { remote_target_param(target, "command"), NULL };
    int sock;

    if (!argv[0])
        return vir_error_null(VIR_ERR_INVALID_ARG, "for the transport 'ext' the URI must name the program: "
                              "?command=/path/of/it");
    sock = remote_child_start(argv, &target->child);
    return sock < 0 ? NULL : rpc_transport_of_socket(sock);
}
