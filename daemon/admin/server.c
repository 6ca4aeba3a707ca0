/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Servers: which there are, their threads, how many clients they take. */
#include "daemon/admin/admin.h"

#include <stddef.h>
#include <string.h>

#define N(list) (sizeof(list) / sizeof((list)[0]))
#define NUMBER(name, member) { name, offsetof(struct daemon_limits, member) }

static const struct daemon_admin_number workers[] = {
    NUMBER(VIR_THREADPOOL_WORKERS_MIN, min_workers), NUMBER(VIR_THREADPOOL_WORKERS_MAX, max_workers),
    NUMBER(VIR_THREADPOOL_WORKERS_PRIORITY, prio_workers),
};

static const struct daemon_admin_number clients[] = {
    NUMBER(VIR_SERVER_CLIENTS_MAX, max_clients), NUMBER(VIR_SERVER_CLIENTS_UNAUTH_MAX, max_anonymous),
};

/* Who finds us as the daemon of one driver looks for a server of its name. */
static bool
stands_for_us(const char *name)
{
    const struct vir_texts *names = &the_daemon.settings.modular_sockets;
    bool found = false;

    pthread_mutex_lock(&the_daemon.settings_lock);
    for (size_t i = 0; i < names->n && !found; i++)
        found = strcmp(names->list[i], name) == 0;
    pthread_mutex_unlock(&the_daemon.settings_lock);
    return found;
}

int
daemon_admin_server(const struct admin_nonnull_server *named, enum daemon_server *ret_server)
{
    *ret_server = daemon_server_find(named->name);
    if (*ret_server == DAEMON_SERVERS && stands_for_us(named->name))
        *ret_server = DAEMON_MAIN;
    if (*ret_server < DAEMON_SERVERS)
        return 0;
    return vir_error(VIR_ERR_NO_SERVER, "No server named '%s'", named->name);
}

/* ---- which there are ---------------------------------------------------------------------- */

DAEMON_SERVE(admin_connect_list_servers)
{
    const struct admin_connect_list_servers_args *in = args;
    struct admin_connect_list_servers_ret *out = ret;

    if (daemon_admin_flags(call, in->flags) < 0)
        return -1;
    out->ret = DAEMON_SERVERS;
    if (!in->need_results)
        return 0;
    out->servers = vir_alloc_array(DAEMON_SERVERS, sizeof(*out->servers));
    out->n_servers = DAEMON_SERVERS;
    for (unsigned int i = 0; i < DAEMON_SERVERS; i++)
        out->servers[i].name = (char *)(uintptr_t)daemon_server_name(i);     /* lent */
    return 0;
}

DAEMON_SERVE(admin_connect_lookup_server)
{
    const struct admin_connect_lookup_server_args *in = args;
    const struct admin_nonnull_server named = { .name = in->name };
    struct admin_connect_lookup_server_ret *out = ret;
    enum daemon_server server;

    if (daemon_admin_flags(call, in->flags) < 0 || daemon_admin_server(&named, &server) < 0)
        return -1;
    out->srv.name = vir_strdup(daemon_server_name(server));
    return 0;
}

/* ---- threads -------------------------------------------------------------------------------- */

DAEMON_SERVE(admin_server_get_threadpool_parameters)
{
    const struct admin_server_get_threadpool_parameters_args *in = args;
    struct admin_server_get_threadpool_parameters_ret *out = ret;
    const struct daemon_limits *limits;
    struct daemon_pool_figures figures;
    enum daemon_server server;

    if (daemon_admin_flags(call, in->flags) < 0 || daemon_admin_server(&in->srv, &server) < 0)
        return -1;
    limits = &the_daemon.settings.limits[server];
    figures = daemon_pool_look(daemon_server_pool(server));
    daemon_admin_tell(&out->params, &out->n_params, VIR_THREADPOOL_WORKERS_MIN, limits->min_workers);
    daemon_admin_tell(&out->params, &out->n_params, VIR_THREADPOOL_WORKERS_MAX, limits->max_workers);
    daemon_admin_tell(&out->params, &out->n_params, VIR_THREADPOOL_WORKERS_CURRENT, figures.threads);
    daemon_admin_tell(&out->params, &out->n_params, VIR_THREADPOOL_WORKERS_FREE, figures.idle);
    daemon_admin_tell(&out->params, &out->n_params, VIR_THREADPOOL_WORKERS_PRIORITY, limits->prio_workers);
    daemon_admin_tell(&out->params, &out->n_params, VIR_THREADPOOL_JOB_QUEUE_DEPTH, figures.waiting);
    return 0;
}

DAEMON_SERVE(admin_server_set_threadpool_parameters)
{
    const struct admin_server_set_threadpool_parameters_args *in = args;
    struct daemon_limits limits;
    enum daemon_server server;

    (void)ret;
    if (daemon_admin_flags(call, in->flags) < 0 || daemon_admin_server(&in->srv, &server) < 0)
        return -1;
    limits = the_daemon.settings.limits[server];
    if (daemon_admin_take(in->params, in->n_params, workers, N(workers), &limits) < 0 ||
        daemon_admin_limit(server, &limits) < 0)
        return -1;
    vir_info("the administrator has set the workers of the server %s: %u to %u, and %u of high priority",
             daemon_server_name(server), limits.min_workers, limits.max_workers, limits.prio_workers);
    return 0;
}

/* ---- clients ----------------------------------------------------------------------------------- */

DAEMON_SERVE(admin_server_get_client_limits)
{
    const struct admin_server_get_client_limits_args *in = args;
    struct admin_server_get_client_limits_ret *out = ret;
    const struct daemon_limits *limits;
    unsigned int connected, anonymous;
    enum daemon_server server;

    if (daemon_admin_flags(call, in->flags) < 0 || daemon_admin_server(&in->srv, &server) < 0)
        return -1;
    limits = &the_daemon.settings.limits[server];
    connected = daemon_clients_count(server, &anonymous);
    daemon_admin_tell(&out->params, &out->n_params, VIR_SERVER_CLIENTS_MAX, limits->max_clients);
    daemon_admin_tell(&out->params, &out->n_params, VIR_SERVER_CLIENTS_CURRENT, connected);
    daemon_admin_tell(&out->params, &out->n_params, VIR_SERVER_CLIENTS_UNAUTH_MAX, limits->max_anonymous);
    daemon_admin_tell(&out->params, &out->n_params, VIR_SERVER_CLIENTS_UNAUTH_CURRENT, anonymous);
    return 0;
}

DAEMON_SERVE(admin_server_set_client_limits)
{
    const struct admin_server_set_client_limits_args *in = args;
    struct daemon_limits limits;
    enum daemon_server server;

    (void)ret;
    if (daemon_admin_flags(call, in->flags) < 0 || daemon_admin_server(&in->srv, &server) < 0)
        return -1;
    limits = the_daemon.settings.limits[server];
    if (daemon_admin_take(in->params, in->n_params, clients, N(clients), &limits) < 0 ||
        daemon_admin_limit(server, &limits) < 0)
        return -1;
    vir_info("the administrator has set the clients of the server %s: %u at most, %u without a connection",
             daemon_server_name(server), limits.max_clients, limits.max_anonymous);
    return 0;
}

/* ---- certificates: in a thread of the pool -------------------------------------------------------- */

DAEMON_SERVE(admin_server_update_tls_files)
{
    const struct admin_server_update_tls_files_args *in = args;
    enum daemon_server server;

    (void)ret;
    if (daemon_admin_flags(call, in->flags) < 0 || daemon_admin_server(&in->srv, &server) < 0)
        return -1;
    if (server != DAEMON_MAIN)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "no tls service found, unable to update tls files");
    if (daemon_tls_update() < 0)
        return -1;
    vir_info("the administrator has had the certificates read again");
    return 0;
}
