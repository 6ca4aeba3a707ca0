/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Servers: which there are, the limits of their threads and clients, their certificates. */
#include "rows/server.h"

#include <stdlib.h>

int
run_server_list(struct shell *vsh)
{
    virAdmServerPtr *servers = NULL;
    const int n = virAdmConnectListServers(vsh->conn, &servers, 0);
    struct shell_table *table;

    if (n < 0)
        return shell_error(vsh, "failed to obtain list of available servers from %s",
                           vsh->uri ? vsh->uri : "the daemon");
    table = shell_table_new(SHELL_TITLES("Id", "Name"));
    for (int i = 0; i < n; i++) {
        VIR_AUTO_FREE char *number = vir_strdup_printf("%d", i);

        shell_table_row(table, number, virAdmServerGetName(servers[i]), NULL);
        virAdmServerFree(servers[i]);
    }
    free(servers);
    shell_table_print(vsh, table);
    return 0;
}

/* Takes PARAMS over; their names are as wide as WIDTH. */
static int
show(struct shell *vsh, virTypedParameterPtr params, int n, int width)
{
    for (int i = 0; i < n; i++)
        shell_print(vsh, "%-*s: %u\n", width, params[i].field, params[i].value.ui);
    virTypedParamsFree(params, n);
    return 0;
}

int
run_server_threadpool_info(struct shell *vsh, const struct server_threadpool_info_args *args)
{
    virAdmServerPtr srv = virAdmConnectLookupServer(vsh->conn, args->server_text, 0);
    virTypedParameterPtr params = NULL;
    int n = 0, rc;

    if (!srv)
        return -1;
    rc = virAdmServerGetThreadPoolParameters(srv, &params, &n, 0);
    virAdmServerFree(srv);
    return rc < 0 ? shell_error(vsh, "Unable to get server workerpool parameters") : show(vsh, params, n, 15);
}

int
run_server_clients_info(struct shell *vsh, const struct server_clients_info_args *args)
{
    virAdmServerPtr srv = virAdmConnectLookupServer(vsh->conn, args->server_text, 0);
    virTypedParameterPtr params = NULL;
    int n = 0, rc;

    if (!srv)
        return -1;
    rc = virAdmServerGetClientLimits(srv, &params, &n, 0);
    virAdmServerFree(srv);
    return rc < 0 ? shell_error(vsh, "Unable to retrieve client limits from server's configuration")
                  : show(vsh, params, n, 20);
}

/* ---- changes ----------------------------------------------------------------------- */

struct changes { virTypedParameterPtr params; int n, room; };

static void
add(struct changes *changes, const char *name, bool given, long long number)
{
    if (given)
        virTypedParamsAddUInt(&changes->params, &changes->n, &changes->room, name, (unsigned int)number);
}

/* Lets CHANGES go. */
static int
apply(struct shell *vsh, const char *server, struct changes *changes,
      int (*set)(virAdmServerPtr srv, virTypedParameterPtr params, int n, unsigned int flags), const char *failed)
{
    virAdmServerPtr srv = virAdmConnectLookupServer(vsh->conn, server, 0);
    int rc = -1;

    if (srv && set(srv, changes->params, changes->n, 0) < 0)
        shell_error(vsh, "%s", failed);
    else if (srv)
        rc = 0;
    virTypedParamsFree(changes->params, changes->n);
    if (srv)
        virAdmServerFree(srv);
    return rc;
}

int
run_server_threadpool_set(struct shell *vsh, const struct server_threadpool_set_args *args)
{
    struct changes changes = { 0 };

    if (args->has_min_workers && args->has_max_workers && args->min_workers > args->max_workers)
        return shell_error(vsh, "--min-workers must be less than or equal to --max-workers");
    add(&changes, VIR_THREADPOOL_WORKERS_MIN, args->has_min_workers, args->min_workers);
    add(&changes, VIR_THREADPOOL_WORKERS_MAX, args->has_max_workers, args->max_workers);
    add(&changes, VIR_THREADPOOL_WORKERS_PRIORITY, args->has_priority_workers, args->priority_workers);
    return apply(vsh, args->server_text, &changes, virAdmServerSetThreadPoolParameters,
                 "Unable to change server workerpool parameters");
}

int
run_server_clients_set(struct shell *vsh, const struct server_clients_set_args *args)
{
    struct changes changes = { 0 };

    if (args->has_max_clients && args->has_max_unauth_clients && args->max_unauth_clients > args->max_clients)
        return shell_error(vsh, "--max-unauth-clients must be less than or equal to --max-clients");
    add(&changes, VIR_SERVER_CLIENTS_MAX, args->has_max_clients, args->max_clients);
    add(&changes, VIR_SERVER_CLIENTS_UNAUTH_MAX, args->has_max_unauth_clients, args->max_unauth_clients);
    return apply(vsh, args->server_text, &changes, virAdmServerSetClientLimits,
                 "Unable to change server's client-related configuration limits");
}

int
run_server_update_tls(struct shell *vsh, const struct server_update_tls_args *args)
{
    virAdmServerPtr srv = virAdmConnectLookupServer(vsh->conn, args->server_text, 0);
    int rc;

    if (!srv)
        return -1;
    rc = virAdmServerUpdateTlsFiles(srv, 0);
    virAdmServerFree(srv);
    if (rc < 0)
        return shell_error(vsh, "Unable to update server's tls related files.");
    shell_print(vsh, "update tls related files succeed\n");
    return 0;
}
