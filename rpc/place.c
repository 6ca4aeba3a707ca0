/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the unix sockets of this host's daemons lie, and the way to one. */
#include "rpc/place.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A folder of the user that the environment names; NULL: none. */
static const char *
folder_in(const char *name)
{
    const char *value = secure_getenv(name);

    return value && *value == '/' ? value : NULL;
}

/* Of root, too, whose directories are the system's.  Without a folder for this, it is where libvirt has it: among
 * what is cached, and not in `run` below. */
static char *
session_dir(const struct vir_host *host)
{
    const char *runtime = folder_in("XDG_RUNTIME_DIR"), *cache = folder_in("XDG_CACHE_HOME");
    const char *home = folder_in("HOME");

    if (runtime)
        return vir_path_join(runtime, "libvirt");
    if (!host->privileged)
        return vir_strdup(host->cache_dir);
    return cache ? vir_path_join(cache, "libvirt") : vir_strdup_printf("%s/.cache/libvirt", home ? home : "/root");
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
