/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The sockets that the service manager has opened for us.  What each is for is
 * told by its path, by its name there (that of its unit, unless the unit says
 * otherwise), or by its port.
 */
#include "daemon/daemon.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

union address {
    struct sockaddr any;
    struct sockaddr_un local;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
};

static bool
ends_in(const char *text, const char *end)
{
    size_t len = strlen(text), tail = strlen(end);

    return len >= tail && strcmp(text + len - tail, end) == 0;
}

/* What the socket is for; DAEMON_WAYS: nothing of ours. */
static enum daemon_way
way_of(const union address *addr, const char *name)
{
    const struct daemon_settings *settings = &the_daemon.settings;
    int port = ntohs(addr->any.sa_family == AF_INET6 ? addr->in6.sin6_port : addr->in.sin_port);

    if (addr->any.sa_family == AF_UNIX)
        return ends_in(addr->local.sun_path, "-admin-sock") ? DAEMON_UNIX_ADMIN :
               ends_in(addr->local.sun_path, "-ro") ? DAEMON_UNIX_RO : DAEMON_UNIX_RW;
    if (addr->any.sa_family != AF_INET && addr->any.sa_family != AF_INET6)
        return DAEMON_WAYS;
    if (strstr(name, "-tls") || port == atoi(settings->tls_port))
        return DAEMON_TLS;
    return strstr(name, "-tcp") || port == atoi(settings->tcp_port) ? DAEMON_TCP : DAEMON_WAYS;
}

/* Its permissions are the unit's, and our settings say nothing about them. */
static void
warn_open(const char *path)
{
    struct stat there;

    if (the_daemon.settings.privileged && strcmp(the_daemon.settings.auth[DAEMON_UNIX_RW], "none") == 0 &&
        stat(path, &there) == 0 && (there.st_mode & 0002))
        vir_warn("DANGER: everybody on this host may use %s, and auth_unix_rw = \"none\" gives full control of it; set "
                 "SocketMode=0660 and SocketGroup= in its unit, or auth_unix_rw = \"polkit\"", path);
}

static int
serve(int fd, const union address *addr, socklen_t len, enum daemon_way way)
{
    VIR_AUTO_FREE char *name = addr->any.sa_family == AF_UNIX ? vir_strdup(addr->local.sun_path)
                                                             : daemon_address_name(&addr->any, len);

    if (way == DAEMON_UNIX_RW)
        warn_open(name);
    if (way == DAEMON_TLS && daemon_tls_load() < 0)
        return -1;
    if (daemon_listener_add(fd, name ? name : "a socket", way) < 0)
        return -1;
    the_daemon.listeners[the_daemon.n_listeners - 1].activated = true;
    return 0;
}

static int
take(int i)
{
    VIR_AUTO_FREE char *name = NULL;
    int fd = daemon_systemd_socket(i, &name), type = 0;
    union address addr = { 0 };
    socklen_t len = offsetof(union address, local.sun_path) + sizeof(addr.local.sun_path) - 1, size = sizeof(type);
    enum daemon_way way = DAEMON_WAYS;

    fcntl(fd, F_SETFD, FD_CLOEXEC);
    if (getsockname(fd, &addr.any, &len) == 0 && getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 &&
        type == SOCK_STREAM)
        way = way_of(&addr, name);
    if (way == DAEMON_WAYS) {
        vir_warn("descriptor %d ('%s') from the service manager is no socket that is served here: it is ignored", fd, name);
        return 0;
    }
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return serve(fd, &addr, len, way);
}

int
daemon_listen_activated(void)
{
    int n = daemon_systemd_sockets();

    for (int i = 0; i < n; i++)
        if (take(i) < 0)
            return -1;
    return 0;
}
