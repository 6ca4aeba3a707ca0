/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the unix sockets of this host's daemons lie, and the way to one. */
#include "rpc/place.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* For root, whose directories are the system's, as the daemon finds its own with --session. */
static char *
session_dir(const struct vir_host *host)
{
    const char *dir = secure_getenv("XDG_RUNTIME_DIR"), *home = secure_getenv("HOME");

    if (!host->privileged)
        return vir_strdup(host->state_dir);
    if (dir && *dir == '/')
        return vir_strdup_printf("%s/libvirt", dir);
    dir = secure_getenv("XDG_CACHE_HOME");
    if (dir && *dir == '/')
        return vir_strdup_printf("%s/libvirt/run", dir);
    return vir_strdup_printf("%s/.cache/libvirt/run", home && *home == '/' ? home : "/root");
}

char *
rpc_place_dir(const struct vir_host *host, bool session)
{
    return session ? session_dir(host) : vir_strdup(VIR_RUNSTATEDIR "/libvirt");
}

int
rpc_place_connect(const char *path)
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
