/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The connection to a daemon's administration. */
#include <stdlib.h>

#include "rows/connect.h"

/* Runs in the thread of the event loop. */
static void
on_close(virAdmConnectPtr conn, int reason, void *opaque)
{
    VIR_AUTO_FREE char *uri = virAdmConnectGetURI(conn);

    shell_say_lost(opaque, uri ? uri : "the daemon", reason);
}

void
admin_close(struct shell *vsh, void *conn)
{
    if (conn == vsh->conn && vsh->wants_loop)
        virAdmConnectUnregisterCloseCallback(conn, on_close);
    virAdmConnectClose(conn);
}

bool
admin_is_alive(struct shell *vsh)
{
    return virAdmConnectIsAlive(vsh->conn) != 0;
}

void *
admin_open_to_look(struct shell *vsh)
{
    return virAdmConnectOpen(vsh->uri, 0);
}

/* The old connection goes first: a command behind one that failed must not meet another daemon than it was meant
 * for. */
static int
open_uri(struct shell *vsh, const char *uri)
{
    const bool again = vsh->conn != NULL;

    if (vsh->wants_loop && shell_loop_start(vsh) < 0)
        return -1;
    if (again)
        admin_close(vsh, vsh->conn);
    vsh->conn = virAdmConnectOpen(uri, 0);
    if (uri != vsh->uri) {
        free(vsh->uri);
        vsh->uri = vir_strdup(uri);
    }
    if (!vsh->conn)
        return shell_error(vsh, "Failed to %s to the admin server", again ? "reconnect" : "connect");
    if (vsh->wants_loop && virAdmConnectRegisterCloseCallback(vsh->conn, on_close, vsh, NULL) < 0)
        shell_error_forget(vsh);
    return 0;
}

int
admin_open(struct shell *vsh, enum shell_connect why)
{
    if (open_uri(vsh, vsh->uri) < 0)
        return why == SHELL_AT_ONCE ? -1 : shell_error(vsh, "no valid connection");
    if (why == SHELL_AGAIN)
        shell_print(vsh, "Reconnected to the admin server\n");
    return 0;
}

int
run_connect(struct shell *vsh, const struct connect_args *args)
{
    const bool again = vsh->conn != NULL;

    if (open_uri(vsh, args->name ? args->name : vsh->uri) < 0)
        return -1;
    shell_print(vsh, again ? "Reconnected to the admin server\n" : "Connected to the admin server\n");
    return 0;
}
