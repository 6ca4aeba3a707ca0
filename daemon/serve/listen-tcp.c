/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sockets for other hosts: one for each address that listen_addr stands for. */
#include "daemon/daemon.h"

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int
raise_address(const char *port, int rc)
{
    const char *addr = the_daemon.settings.listen_addr;

    return vir_error(VIR_ERR_CONF_SYNTAX, "listen_addr \"%s\", port \"%s\": %s", addr ? addr : "", port,
                     rc == EAI_SYSTEM ? strerror(errno) : gai_strerror(rc));
}

int
daemon_socket_tcp(const struct addrinfo *one, const char *name)
{
    int on = 1, sock = socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (sock < 0)
        return vir_error_errno(errno, "cannot make a socket for %s", name);
    setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (one->ai_family == AF_INET6)
        setsockopt(sock, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
    if (bind(sock, one->ai_addr, one->ai_addrlen) == 0 &&
        listen(sock, (int)the_daemon.settings.limits[DAEMON_MAIN].max_queued) == 0)
        return sock;
    vir_error_errno(errno, "cannot listen on %s", name);
    close(sock);
    return -1;
}

/* A host without IPv6 need not listen there. */
static bool
is_absent(const struct addrinfo *one)
{
    int sock = socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (sock >= 0)
        close(sock);
    return sock < 0 && errno == EAFNOSUPPORT;
}

char *
daemon_address_name(const struct sockaddr *addr, socklen_t len)
{
    char host[NI_MAXHOST], port[NI_MAXSERV];

    if (getnameinfo(addr, len, host, sizeof(host), port, sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return NULL;
    return vir_strdup_printf(addr->sa_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
}

static int
listen_on(const struct addrinfo *one, enum daemon_way way)
{
    VIR_AUTO_FREE char *name = daemon_address_name(one->ai_addr, one->ai_addrlen);
    int sock;

    if (!name)
        return raise_address("", EAI_FAMILY);
    sock = daemon_socket_tcp(one, name);
    return sock < 0 ? -1 : daemon_listener_add(sock, name, way);
}

int
daemon_listen_tcp(enum daemon_way way, const char *port)
{
    const struct addrinfo want = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE };
    const char *addr = the_daemon.settings.listen_addr;
    struct addrinfo *addresses;
    int rc = getaddrinfo(addr && *addr ? addr : NULL, port, &want, &addresses), ret = 0;

    if (rc != 0)
        return raise_address(port, rc);
    for (const struct addrinfo *one = addresses; one && ret == 0; one = one->ai_next)
        if (!is_absent(one))
            ret = listen_on(one, way);
    freeaddrinfo(addresses);
    return ret;
}
