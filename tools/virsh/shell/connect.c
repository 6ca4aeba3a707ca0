/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The connection: opened when the first command needs it, or at once for a URI
 * that the user named; opened again when it was lost.
 */
#include <stdlib.h>
#include <string.h>

#include "virsh.h"

/* Runs in the thread of the event loop. */
static void
on_close(virConnectPtr conn, int reason, void *opaque)
{
    static const char *const reasons[] = { "I/O error", "end of file", "keepalive timeout" };
    struct virsh *vsh = opaque;
    VIR_AUTO_FREE char *uri = virConnectGetURI(conn);

    if (reason == VIR_CONNECT_CLOSE_REASON_CLIENT)
        return;
    virsh_error(vsh, "Disconnected from %s due to %s", uri ? uri : "the hypervisor",
                VIRSH_NAME_OF(reasons, reason));
}

/* Without the event loop nothing would answer the other side's probes. */
static int
set_keepalive(struct virsh *vsh, virConnectPtr conn)
{
    if (vsh->keepalive_asked && vsh->keepalive_interval == 0)
        return 0;
    if (virConnectSetKeepAlive(conn, vsh->keepalive_interval, vsh->keepalive_count) == 0)
        return 0;
    if (vsh->keepalive_asked)
        return virsh_error(vsh, "Cannot setup keepalive on connection as requested, disconnecting");
    virsh_debug(vsh, 1, "Failed to setup keepalive on connection\n");
    virsh_error_forget(vsh);
    return 0;
}

static void
close_connection(struct virsh *vsh, virConnectPtr conn)
{
    if (!conn)
        return;
    if (vsh->wants_loop)
        virConnectUnregisterCloseCallback(conn, on_close);
    virConnectClose(conn);
}

/* The old connection stays when the new one cannot be opened. */
int
virsh_connect(struct virsh *vsh, const char *uri, bool readonly)
{
    virConnectPtr conn;

    if (vsh->wants_loop && virsh_loop_start(vsh) < 0)
        return -1;
    conn = virsh_login(uri, readonly);
    if (conn && vsh->wants_loop) {
        if (virConnectRegisterCloseCallback(conn, on_close, vsh, NULL) < 0)
            virsh_error_forget(vsh);
        if (set_keepalive(vsh, conn) < 0) {
            close_connection(vsh, conn);
            conn = NULL;
        }
    }
    if (!conn)
        return virsh_error(vsh, "failed to connect to the hypervisor");
    close_connection(vsh, vsh->conn);
    vsh->conn = conn;
    vsh->readonly = readonly;
    if (uri != vsh->uri) {
        free(vsh->uri);
        vsh->uri = vir_strdup(uri);
    }
    return 0;
}

int
virsh_connect_if_needed(struct virsh *vsh)
{
    const bool again = vsh->conn != NULL;

    if (vsh->conn && virConnectIsAlive(vsh->conn) != 0)
        return 0;
    virsh_error_forget(vsh);
    if (virsh_connect(vsh, vsh->uri, vsh->readonly) < 0)
        return -1;
    if (again)
        virsh_error(vsh, "Reconnected to the hypervisor");
    return 0;
}

void
virsh_disconnect(struct virsh *vsh)
{
    close_connection(vsh, vsh->conn);
    vsh->conn = NULL;
}
