/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The connection: opened when the first command needs it, opened again when it was lost. */
#include "shell.h"

int
shell_connect_if_needed(struct shell *vsh)
{
    const enum shell_connect why = vsh->conn ? SHELL_AGAIN : SHELL_WHEN_NEEDED;

    if (vsh->conn && shell_tool.is_alive(vsh))
        return 0;
    shell_error_forget(vsh);
    return shell_tool.connect(vsh, why);
}

void
shell_say_lost(struct shell *vsh, const char *uri, int reason)
{
    static const char *const reasons[] = { "I/O error", "end of file", "keepalive timeout" };

    if (reason != VIR_CONNECT_CLOSE_REASON_CLIENT)
        shell_error(vsh, "Disconnected from %s due to %s", uri, SHELL_NAME_OF(reasons, reason));
}
