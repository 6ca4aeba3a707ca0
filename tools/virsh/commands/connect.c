/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command that opens another connection. */
#include "rows/connect.h"

int
run_connect(struct shell *vsh, const struct connect_args *args)
{
    return virsh_connect(vsh, args->name ? args->name : vsh->uri, args->readonly);
}
