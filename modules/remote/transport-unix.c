/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A unix socket of this host. */
#include "modules/remote/remote.h"

struct rpc_transport *
remote_unix_connect(struct remote_target *target)
{
    int sock = remote_place_connect(&target->place, &target->readonly);

    return sock < 0 ? NULL : rpc_transport_of_socket(sock);
}
