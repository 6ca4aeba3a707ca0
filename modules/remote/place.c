/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The unix socket of the daemon that serves a URI on this host, and the way to it. */
#include "modules/remote/place.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

const char *
remote_uri_param(const struct vir_uri *uri, const char *name)
{
    for (size_t i = 0; i < uri->nparams; i++) {
        if (strcmp(uri->params[i].name, name) == 0)
            return uri->params[i].value;
    }
    return NULL;
}

/* ---- where it is ------------------------------------------------------------- */

/* Where the sockets of the user's own daemon lie: for root, whose directories
 * are the system's, as the daemon finds them with --session. */
static char *
session_dir(void)
{
    const char *dir = secure_getenv("XDG_RUNTIME_DIR"), *home = secure_getenv("HOME");

    if (!remote_host->privileged)
        return vir_strdup(remote_host->state_dir);
    if (dir && *dir == '/')
        return vir_strdup_printf("%s/libvirt", dir);
    dir = secure_getenv("XDG_CACHE_HOME");
    if (dir && *dir == '/')
        return vir_strdup_printf("%s/libvirt/run", dir);
    return vir_strdup_printf("%s/.cache/libvirt/run", home && *home == '/' ? home : "/root");
}

static char *
socket_name(const struct vir_uri *uri)
{
    const char *mode = remote_uri_param(uri, "mode");

    if (!mode || strcmp(mode, "auto") == 0 || strcmp(mode, "legacy") == 0)
        return vir_strdup("libvirt-sock");
    if (strcmp(mode, "direct") == 0)
        return vir_strdup_printf("virt%sd-sock", uri->scheme);
    return vir_error_null(VIR_ERR_INVALID_ARG, "mode=%s in the URI: known are auto, legacy and direct", mode);
}

int
remote_place_find(struct remote_place *place, const struct vir_uri *uri, bool readonly)
{
    const char *given = remote_uri_param(uri, "socket");
    VIR_AUTO_FREE char *dir = NULL, *name = NULL;

    *place = (struct remote_place){ .session = !given && strcmp(uri->path, "/session") == 0 };
    if (given) {
        place->socket = vir_strdup(given);
        return 0;
    }
    name = socket_name(uri);
    if (!name)
        return -1;
    dir = place->session ? session_dir() : vir_strdup(VIR_RUNSTATEDIR "/libvirt");
    place->socket = vir_strdup_printf("%s/%s%s", dir, name, readonly && !place->session ? "-ro" : "");
    /* reading is what the old Xen proxy gave to everybody */
    place->fallback = !place->session && !readonly && strcmp(uri->scheme, "xen") == 0;
    return 0;
}

/* ---- the way there -------------------------------------------------------------- */

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
add_hint(const struct remote_place *place, int err)
{
    if (err == EACCES || err == EPERM)
        vir_error_hint("the daemon's socket is not open to this user: join the group that unix_sock_group in "
                       "libvirtd.conf names, or open the connection read-only");
    else if ((err == ENOENT || err == ECONNREFUSED) && !place->session)
        vir_error_hint("no libvirtd serves that socket: start it with 'libvirtd -d', or as a service");
}

int
remote_place_connect(const struct remote_place *place, bool *ret_readonly)
{
    int sock = connect_to(place->socket), err = errno;

    if (sock >= 0)
        return sock;
    if (place->session && (err == ENOENT || err == ECONNREFUSED))
        return remote_spawn_connect(place->socket, connect_to);
    if (place->fallback && (err == EACCES || err == EPERM)) {
        VIR_AUTO_FREE char *readonly = vir_strdup_printf("%s-ro", place->socket);

        sock = connect_to(readonly);
        if (sock >= 0) {
            *ret_readonly = true;
            return sock;
        }
    }
    vir_raise_errno(VIR_FROM_RPC, err, "Failed to connect socket to '%s'", place->socket);
    add_hint(place, err);
    return -1;
}
