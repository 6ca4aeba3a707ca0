/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The servers and their threads. */
#include "daemon/daemon.h"

#include <string.h>

static struct { const char *name; struct daemon_pool *pool; } servers[DAEMON_SERVERS] = {
    [DAEMON_MAIN] = { .name = "libvirtd" }, [DAEMON_ADMIN] = { .name = "admin" },
};

const char *
daemon_server_name(enum daemon_server server)
{
    return servers[server].name;
}

enum daemon_server
daemon_server_find(const char *name)
{
    enum daemon_server server = 0;

    while (server < DAEMON_SERVERS && strcmp(servers[server].name, name) != 0)
        server++;
    return server;
}

struct daemon_pool *
daemon_server_pool(enum daemon_server server)
{
    return servers[server].pool;
}

static struct daemon_pool_limits
pool_limits(enum daemon_server server)
{
    const struct daemon_limits *limits = &the_daemon.settings.limits[server];

    return (struct daemon_pool_limits){
        .least = limits->min_workers, .most = limits->max_workers, .high = limits->prio_workers,
    };
}

void
daemon_servers_start(void)
{
    daemon_users_allow(the_daemon.settings.max_held);
    for (enum daemon_server server = 0; server < DAEMON_SERVERS; server++)
        servers[server].pool = daemon_pool_new(pool_limits(server));
}

void
daemon_servers_adjust(void)
{
    daemon_users_allow(the_daemon.settings.max_held);
    for (enum daemon_server server = 0; server < DAEMON_SERVERS; server++)
        daemon_pool_limit(servers[server].pool, pool_limits(server));
}

/* ---- all of them ------------------------------------------------------------------------ */

void
daemon_servers_forget(void)
{
    for (enum daemon_server server = 0; server < DAEMON_SERVERS; server++)
        daemon_pool_forget(servers[server].pool);
}

void
daemon_servers_relieve(void)
{
    for (enum daemon_server server = 0; server < DAEMON_SERVERS; server++)
        daemon_pool_relieve(servers[server].pool);
}

bool
daemon_servers_rest(void)
{
    bool some_leave = false;

    for (enum daemon_server server = 0; server < DAEMON_SERVERS; server++)
        some_leave |= daemon_pool_rest(servers[server].pool);
    return some_leave;
}

int
daemon_servers_end(int64_t deadline)
{
    int result = 0;

    for (enum daemon_server server = 0; server < DAEMON_SERVERS; server++)
        if (daemon_pool_end(servers[server].pool, deadline) < 0)
            result = -1;
    return result;
}
