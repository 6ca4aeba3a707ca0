/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The daemon of this host: shared with virt-ssh-helper, which stands in for a client of another host. */
#ifndef REMOTE_PLACE_H
#define REMOTE_PLACE_H

#define VIR_MODULE_DOMAIN VIR_FROM_REMOTE
#define VIR_LOG_SOURCE "remote"
#include <libvirt/module.h>

/* Directories and privilege of this process. */
extern const struct vir_host *remote_host;

/* A parameter of the URI: NULL if it is not there. */
const char *remote_uri_param(const struct vir_uri *uri, const char *name);

struct remote_place {
    char *socket;                       /* its path */
    bool session;                       /* the user's own daemon, started on demand */
    bool fallback;                      /* the read-only socket will do for an unprivileged user */
};
int remote_place_find(struct remote_place *place, const struct vir_uri *uri, bool readonly);
/* Connects, and starts the user's own daemon for it; -1: error set.  READONLY becomes true where only that can be had. */
int remote_place_connect(const struct remote_place *place, bool *ret_readonly);

/* ---- spawn.c ---- */
/* Starts the user's daemon unless somebody else has, and connects to its socket. */
int remote_spawn_connect(const char *path, int (*try_connect)(const char *path));

#endif
