/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A unix socket of this host.
 */
#include "modules/remote/remote.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* The socket, or -1 with errno. */
static int
connect_to(const char *path)
{
    const struct timeval patience = { .tv_sec = 10 };   /* the queue of a busy daemon */
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    int sock, err;

    if (strlen(path) >= sizeof(addr.sun_path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(addr.sun_path, path);
    sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (sock < 0)
        return -1;
    setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    if (connect(sock, (struct sockaddr *)&addr, sizeof(addr)) == 0)
        return sock;
    err = errno;
    close(sock);
    errno = err;
    return -1;
}

static void
add_hint(const struct remote_target *target, int err)
{
    if (err == EACCES || err == EPERM)
        vir_error_hint("the daemon's socket is not open to this user: join the group that unix_sock_group in "
                       "libvirtd.conf names, or open the connection read-only");
    else if ((err == ENOENT || err == ECONNREFUSED) && !target->session)
        vir_error_hint("no libvirtd serves that socket: start it with 'libvirtd -d', or as a service");
}

static int
connect_target(struct remote_target *target)
{
    int sock = connect_to(target->socket), err = errno;

    if (sock >= 0)
        return sock;
    if (target->session && (err == ENOENT || err == ECONNREFUSED))
        return remote_spawn_connect(target->socket, connect_to);
    if (target->fallback && (err == EACCES || err == EPERM)) {
        VIR_AUTO_FREE char *readonly = vir_strdup_printf("%s-ro", target->socket);

        sock = connect_to(readonly);
        if (sock >= 0) {
            target->readonly = true;
            return sock;
        }
    }
    vir_raise_errno(VIR_FROM_RPC, err, "Failed to connect socket to '%s'", target->socket);
    add_hint(target, err);
    return -1;
}

struct rpc_transport *
remote_unix_connect(struct remote_target *target)
{
    int sock = connect_target(target);

    return sock < 0 ? NULL : rpc_transport_of_socket(sock);
}
