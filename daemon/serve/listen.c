/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sockets that the daemon makes and serves. */
#include "daemon/daemon.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* ---- making sockets ---------------------------------------------------------------- */

/* Whether somebody answers on the socket that is there already. */
static bool
is_served(const struct sockaddr_un *addr)
{
    int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    /* EAGAIN: its queue is full */
    bool served = sock >= 0 &&
                  (connect(sock, (const struct sockaddr *)addr, sizeof(*addr)) == 0 || errno == EAGAIN);

    if (sock >= 0)
        close(sock);
    return served;
}

static int
set_owner(const char *path, mode_t perms)
{
    const char *name = the_daemon.settings.sock_group;
    const struct group *group;

    if (name && the_daemon.settings.privileged) {
        group = getgrnam(name);
        if (!group)
            return vir_error(VIR_ERR_CONF_SYNTAX, "unix_sock_group: there is no group '%s'", name);
        if (lchown(path, (uid_t)-1, group->gr_gid) < 0)
            return vir_error_errno(errno, "cannot give %s to the group %s", path, name);
    }
    if (chmod(path, perms) < 0)
        return vir_error_errno(errno, "cannot set the permissions of %s", path);
    return 0;
}

int
daemon_socket_unix(const char *path, mode_t perms, unsigned int max_queued)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    struct stat there;
    mode_t mask;
    int sock, bound;

    if (strlen(path) >= sizeof(addr.sun_path))
        return vir_error(VIR_ERR_CONF_SYNTAX, "the name of the socket %s is too long", path);
    strcpy(addr.sun_path, path);
    if (is_served(&addr))
        return vir_error(VIR_ERR_OPERATION_FAILED, "another daemon serves %s", path);
    if (lstat(path, &there) == 0 && !S_ISSOCK(there.st_mode))
        return vir_error(VIR_ERR_OPERATION_FAILED, "%s is there already, and is no socket", path);
    if (unlink(path) < 0 && errno != ENOENT)
        return vir_error_errno(errno, "cannot remove the old socket %s", path);
    sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (sock < 0)
        return vir_error_errno(errno, "cannot make a socket");
    /* nobody else can connect before the permissions are right */
    mask = umask(0177);
    bound = bind(sock, (struct sockaddr *)&addr, sizeof(addr));
    umask(mask);
    if (bound < 0)
        vir_error_errno(errno, "cannot make the socket %s", path);
    else if (listen(sock, (int)max_queued) < 0)
        vir_error_errno(errno, "cannot listen on %s", path);
    else if (set_owner(path, perms) == 0)
        return sock;
    close(sock);
    return -1;
}

static int
listen_unix(const char *name, mode_t perms, enum daemon_way way)
{
    VIR_AUTO_FREE char *path = vir_path_join(the_daemon.settings.sock_dir, name);
    int sock = daemon_socket_unix(path, perms, the_daemon.settings.limits[daemon_way_server(way)].max_queued);

    return sock < 0 ? -1 : daemon_listener_add(sock, path, way);
}

void
daemon_listen_fit(struct daemon_settings *settings)
{
    const rlim_t others = 256;          /* ours, the modules', the guests' */
    const rlim_t held = DAEMON_FDS_MAX + 2 * DAEMON_STREAMS_MAX;    /* a stream's watch has a duplicate */
    const rlim_t made = 2 + (settings->listen ? 2 * settings->listen_tcp + 2 * settings->listen_tls : 0);   /* IPv4, IPv6 */
    const rlim_t given = (rlim_t)daemon_systemd_sockets(), sockets = given > made ? given : made;
    struct daemon_limits *main = &settings->limits[DAEMON_MAIN], *admin = &settings->limits[DAEMON_ADMIN];
    const rlim_t wanted = sockets * (main->max_clients + DAEMON_ROOT_SLOTS) + admin->max_clients + held;
    struct rlimit limit = { .rlim_cur = RLIM_INFINITY };
    rlim_t had, clients, left;

    settings->max_held[DAEMON_FDS] = DAEMON_FDS_MAX;
    settings->max_held[DAEMON_STREAMS] = DAEMON_STREAMS_MAX;
    settings->max_held[DAEMON_REGISTRATIONS] = DAEMON_REGISTRATIONS_MAX;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < wanted + others) {
        limit.rlim_cur = limit.rlim_max < wanted + others ? limit.rlim_max : wanted + others;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    had = limit.rlim_cur > 2 * others ? limit.rlim_cur - others : others;
    if (had >= wanted)
        return;
    if (admin->max_clients > DAEMON_ROOT_SLOTS)
        admin->max_clients = DAEMON_ROOT_SLOTS;
    had -= admin->max_clients;
    clients = had / 2 / sockets;                /* of all sockets, and no more than half */
    clients = clients > 2 * DAEMON_ROOT_SLOTS ? clients - DAEMON_ROOT_SLOTS : DAEMON_ROOT_SLOTS;
    if (main->max_clients > clients)
        main->max_clients = (unsigned int)clients;
    left = had - sockets * (main->max_clients + DAEMON_ROOT_SLOTS);
    settings->max_held[DAEMON_FDS] = (unsigned int)(DAEMON_FDS_MAX * left / held);
    settings->max_held[DAEMON_STREAMS] = (unsigned int)(DAEMON_STREAMS_MAX * left / held);
    vir_info("%llu open files are allowed: at most %u clients on each socket and %u streams",
             (unsigned long long)limit.rlim_cur, main->max_clients, settings->max_held[DAEMON_STREAMS]);
}

int
daemon_listen(void)
{
    const struct daemon_settings *settings = &the_daemon.settings;
    int dir;

    if (daemon_listen_activated() < 0)
        return -1;
    if (the_daemon.n_listeners)
        return 0;
    dir = vir_dir_open(settings->sock_dir, settings->privileged ? 0755 : 0700);
    if (dir < 0)
        return -1;
    close(dir);
    if (settings->privileged && listen_unix("libvirt-sock-ro", settings->ro_perms, DAEMON_UNIX_RO) < 0)
        return -1;
    if (settings->listen && settings->listen_tcp && daemon_listen_tcp(DAEMON_TCP, settings->tcp_port) < 0)
        return -1;
    if (settings->listen && settings->listen_tls &&
        (daemon_tls_load() < 0 || daemon_listen_tcp(DAEMON_TLS, settings->tls_port) < 0))
        return -1;
    if (listen_unix("libvirt-admin-sock", settings->admin_perms, DAEMON_UNIX_ADMIN) < 0)
        return -1;
    /* the last one: who finds it finds all of them */
    return listen_unix("libvirt-sock", settings->rw_perms, DAEMON_UNIX_RW);
}
