/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The state that all of libvirtd shares; main.c fills and empties it.
 */
#include "daemon/daemon.h"

#include <fnmatch.h>

struct daemon the_daemon = { .settings_lock = PTHREAD_MUTEX_INITIALIZER };

bool
daemon_allows(const struct vir_texts *list, const char *name)
{
    bool allowed;

    pthread_mutex_lock(&the_daemon.settings_lock);
    allowed = !list->given;
    /* a backslash is one: names in certificates have it before their commas */
    for (size_t i = 0; i < list->n && !allowed; i++)
        allowed = fnmatch(list->list[i], name, FNM_NOESCAPE) == 0;
    pthread_mutex_unlock(&the_daemon.settings_lock);
    return allowed;
}
