/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The unix socket of the daemon that serves a URI on this host, and the way to it. */
#include "modules/remote/place.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/place.h"

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
    dir = rpc_place_dir(remote_host, place->session);
    place->socket = vir_strdup_printf("%s/%s%s", dir, name, readonly && !place->session ? "-ro" : "");
    /* reading is what the old Xen proxy gave to everybody */
    place->fallback = !place->session && !readonly && strcmp(uri->scheme, "xen") == 0;
    return 0;
}

/* ---- the way there -------------------------------------------------------------- */

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
    int sock = rpc_place_connect(place->socket), err = errno;

    if (sock >= 0)
        return sock;
    if (place->session && (err == ENOENT || err == ECONNREFUSED))
        return remote_spawn_connect(place->socket, rpc_place_connect);
    if (place->fallback && (err == EACCES || err == EPERM)) {
        VIR_AUTO_FREE char *readonly = vir_strdup_printf("%s-ro", place->socket);

        sock = rpc_place_connect(readonly);
        if (sock >= 0) {
            *ret_readonly = true;
            return sock;
        }
    }
    vir_raise_errno(VIR_FROM_RPC, err, "Failed to connect socket to '%s'", place->socket);
    add_hint(place, err);
    return -1;
}
