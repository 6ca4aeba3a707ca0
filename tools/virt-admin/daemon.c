/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What holds for a daemon as a whole: versions, its log, when it leaves. */
#include "rows/daemon.h"

#include <stdlib.h>

#define VERSION "%llu.%llu.%llu"
#define PARTS(version) (version) / 1000000, (version) / 1000 % 1000, (version) % 1000

int
run_version(struct shell *vsh)
{
    const unsigned long long compiled = LIBVIR_VERSION_NUMBER;
    unsigned long long library, daemon;

    if (virAdmGetVersion(&library) < 0)
        return shell_error(vsh, "failed to get the library version");
    shell_print(vsh, "Compiled against library: libvirt " VERSION "\n", PARTS(compiled));
    shell_print(vsh, "Using library: libvirt " VERSION "\n", PARTS(library));
    if (virAdmConnectGetLibVersion(vsh->conn, &daemon) < 0)
        return shell_error(vsh, "failed to get the daemon version");
    shell_print(vsh, "Running against daemon: " VERSION "\n", PARTS(daemon));
    return 0;
}

/* Both are read by scripts as one line. */
static int
show(struct shell *vsh, const char *what, int n, char *text)
{
    VIR_AUTO_FREE char *own = text;

    if (n < 0)
        return shell_error(vsh, "Unable to get daemon logging %s information", what);
    shell_print_extra(vsh, " Logging %s: ", what);
    shell_print(vsh, "%s\n", own ? own : "");
    return 0;
}

static int
changed(struct shell *vsh, int result)
{
    return result < 0 ? shell_error(vsh, "Unable to change daemon logging settings") : 0;
}

int
run_daemon_log_filters(struct shell *vsh, const struct daemon_log_filters_args *args)
{
    char *filters = NULL;
    int n;

    if (args->filters)
        return changed(vsh, virAdmConnectSetLoggingFilters(vsh->conn, args->filters, 0));
    n = virAdmConnectGetLoggingFilters(vsh->conn, &filters, 0);
    return show(vsh, "filters", n, filters);
}

int
run_daemon_log_outputs(struct shell *vsh, const struct daemon_log_outputs_args *args)
{
    char *outputs = NULL;
    int n;

    if (args->outputs)
        return changed(vsh, virAdmConnectSetLoggingOutputs(vsh->conn, args->outputs, 0));
    n = virAdmConnectGetLoggingOutputs(vsh->conn, &outputs, 0);
    return show(vsh, "outputs", n, outputs);
}

int
run_daemon_timeout(struct shell *vsh, const struct daemon_timeout_args *args)
{
    return virAdmConnectSetDaemonTimeout(vsh->conn, (unsigned int)args->timeout, 0) < 0 ? -1 : 0;
}
