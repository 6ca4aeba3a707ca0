/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virsh's connection to a hypervisor. */
#include <stdlib.h>

#include "virsh.h"

/* Runs in the thread of the event loop. */
static void
on_close(virConnectPtr conn, int reason, void *opaque)
{
    VIR_AUTO_FREE char *uri = virConnectGetURI(conn);

    shell_say_lost(opaque, uri ? uri : "the hypervisor", reason);
}

/* Without the event loop nothing would answer the other side's probes. */
static int
set_keepalive(struct shell *vsh, virConnectPtr conn)
{
    if (virsh_options.keepalive_asked && virsh_options.keepalive_interval == 0)
        return 0;
    if (virConnectSetKeepAlive(conn, virsh_options.keepalive_interval,
                               (unsigned int)virsh_options.keepalive_count) == 0)
        return 0;
    if (virsh_options.keepalive_asked)
        return shell_error(vsh, "Cannot setup keepalive on connection as requested, disconnecting");
    shell_debug(vsh, 1, "Failed to setup keepalive on connection\n");
    shell_error_forget(vsh);
    return 0;
}

void
virsh_close(struct shell *vsh, void *conn)
{
    if (conn == vsh->conn && vsh->wants_loop)
        virConnectUnregisterCloseCallback(conn, on_close);
    virConnectClose(conn);
}

/* The old connection stays when the new one cannot be opened. */
int
virsh_connect(struct shell *vsh, const char *uri, bool readonly)
{
    virConnectPtr conn;

    if (vsh->wants_loop && shell_loop_start(vsh) < 0)
        return -1;
    conn = virsh_login(uri, readonly);
    if (conn && vsh->wants_loop) {
        if (virConnectRegisterCloseCallback(conn, on_close, vsh, NULL) < 0)
            shell_error_forget(vsh);
        if (set_keepalive(vsh, conn) < 0) {
            virConnectUnregisterCloseCallback(conn, on_close);
            virConnectClose(conn);
            conn = NULL;
        }
    }
    if (!conn)
        return shell_error(vsh, "failed to connect to the hypervisor");
    if (vsh->conn)
        virsh_close(vsh, vsh->conn);
    vsh->conn = conn;
    virsh_options.readonly = readonly;
    if (uri != vsh->uri) {
        free(vsh->uri);
        vsh->uri = vir_strdup(uri);
    }
    return 0;
}

int
virsh_open(struct shell *vsh, enum shell_connect why)
{
    if (virsh_connect(vsh, vsh->uri, virsh_options.readonly) < 0)
        return -1;
    if (why == SHELL_AGAIN)
        shell_error(vsh, "Reconnected to the hypervisor");
    return 0;
}

/* Not the connection of later commands: those may write. */
void *
virsh_open_to_look(struct shell *vsh)
{
    return virConnectOpenReadOnly(vsh->uri);
}

bool
virsh_is_alive(struct shell *vsh)
{
    return virConnectIsAlive(vsh->conn) != 0;
}
