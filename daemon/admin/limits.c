/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The change of what a server may have, while it has clients. */
#include "daemon/admin/admin.h"

static int
check_workers(const struct daemon_limits *limits)
{
    const unsigned int most = daemon_settings_most("max_workers");

    if (limits->max_workers == 0)       /* libvirt's phrase: there it would mean to serve without threads */
        return vir_error(VIR_ERR_INVALID_ARG,
                         "maxWorkers must not be switched from zero to non-zero and vice versa");
    if (limits->min_workers > limits->max_workers)
        return vir_error(VIR_ERR_INVALID_ARG, "minWorkers cannot be larger than maxWorkers (%u and %u)",
                         limits->min_workers, limits->max_workers);
    if (limits->max_workers > most || limits->prio_workers > most)
        return vir_error(VIR_ERR_INVALID_ARG, "maxWorkers and prioWorkers (%u and %u) cannot be larger than %u",
                         limits->max_workers, limits->prio_workers, most);
    return 0;
}

static int
check_clients(const struct daemon_limits *limits)
{
    const unsigned int most = daemon_settings_most("max_clients");

    if (limits->max_clients > most)
        return vir_error(VIR_ERR_INVALID_ARG, "the overall maximum number of clients (%u) cannot be larger than %u",
                         limits->max_clients, most);
    if (limits->max_anonymous > limits->max_clients)
        return vir_error(VIR_ERR_INVALID_ARG,
                         "the maximum number of clients waiting for authentication (%u) must not be greater "
                         "than the overall maximum number of clients (%u)",
                         limits->max_anonymous, limits->max_clients);
    return 0;
}

int
daemon_admin_limit(enum daemon_server server, const struct daemon_limits *limits)
{
    struct daemon_settings trial = the_daemon.settings;

    if (check_workers(limits) < 0 || check_clients(limits) < 0)
        return -1;
    trial.limits[server] = *limits;
    daemon_listen_fit(&trial);
    if (trial.limits[server].max_clients < limits->max_clients) {
        vir_error(VIR_ERR_OPERATION_FAILED, "%u clients of the server %s: the limit on open files allows %u",
                  limits->max_clients, daemon_server_name(server), trial.limits[server].max_clients);
        vir_error_hint("raise it: LimitNOFILE of the service, or ulimit -n, and start the daemon again");
        return -1;
    }
    pthread_mutex_lock(&the_daemon.settings_lock);
    the_daemon.settings = trial;
    pthread_mutex_unlock(&the_daemon.settings_lock);
    daemon_servers_adjust();
    return 0;
}
