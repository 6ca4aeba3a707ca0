/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mdns_adv and mdns_name.  The port that is told is that of TLS, or else that of
 * ssh, over which a client reaches the unix sockets; a TCP port is for those who
 * know what they do.
 */
#include "daemon/daemon.h"
#include "daemon/mdns.h"

#include <limits.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/part.h"

#define SSH_PORT 22

static const struct daemon_mdns_part *part;     /* NULL: nothing was told yet */

static uint16_t
port_of(int sock)
{
    union { struct sockaddr any; struct sockaddr_in in; struct sockaddr_in6 in6; } addr = { 0 };
    socklen_t len = sizeof(addr);

    if (getsockname(sock, &addr.any, &len) < 0)
        return 0;
    return ntohs(addr.any.sa_family == AF_INET6 ? addr.in6.sin6_port : addr.in.sin_port);
}

static uint16_t
port(void)
{
    for (size_t i = 0; i < the_daemon.n_listeners; i++)
        if (the_daemon.listeners[i].way == DAEMON_TLS)
            return port_of(the_daemon.listeners[i].sock);
    return SSH_PORT;
}

static char *
name(void)
{
    char host[HOST_NAME_MAX + 1] = "";

    if (the_daemon.settings.mdns_name)
        return vir_strdup(the_daemon.settings.mdns_name);
    gethostname(host, sizeof(host) - 1);
    return vir_strdup_printf("Virtualization Host %.*s", (int)strcspn(host, "."), host);
}

void
daemon_mdns_set(void)
{
    const bool wanted = the_daemon.settings.mdns_adv;
    VIR_AUTO_FREE char *own = name();
    const char *reason = NULL;
    int rc;

    if (wanted && !part)
        part = vir_part_open("mdns", DAEMON_MDNS_VERSION, &reason);
    if (!part) {
        if (wanted)
            vir_warn("mdns_adv = 1, but the network cannot be told of this daemon: %s", reason);
        return;
    }
    rc = part->set(own, wanted ? port() : 0);
    if (rc < 0)
        vir_warn("mdns_adv = 1, but the network cannot be told of this daemon: %s", strerror(-rc));
}
