/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* auth.conf: where it lies, and who may read it. */
#include "modules/remote/auth-text.h"
#include "modules/remote/login.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_BYTES (1024 * 1024)

/* The user's own: root has one beside the system's. */
static char *
own_file(void)
{
    const char *dir = secure_getenv("XDG_CONFIG_HOME"), *home = secure_getenv("HOME");

    if (dir && *dir == '/')
        return vir_strdup_printf("%s/libvirt/auth.conf", dir);
    return vir_strdup_printf("%s/.config/libvirt/auth.conf", home && *home == '/' ? home : "/root");
}

/* The file that counts; NULL: none.  The caller frees. */
static char *
find_file(const struct remote_target *target)
{
    const char *said = remote_target_param(target, "authfile"), *env = secure_getenv("LIBVIRT_AUTH_FILE");
    VIR_AUTO_FREE char *own = own_file();

    if (said || (env && *env))
        return vir_strdup(said ? said : env);
    if (access(own, F_OK) == 0)
        return vir_steal(&own);
    return access(VIR_SYSCONFDIR "/libvirt/auth.conf", F_OK) == 0 ? vir_strdup(VIR_SYSCONFDIR "/libvirt/auth.conf")
                                                                  : NULL;
}

/* It is for its owner alone. */
static void
warn_if_open(const char *path)
{
    struct stat there;

    if (stat(path, &there) == 0 && there.st_mode & 0077)
        vir_warn("%s can be read by others, and passwords may stand in it: chmod 600 %s", path, path);
}

int
remote_auth_file(const struct remote_target *target, const char *key, char **ret)
{
    VIR_AUTO_FREE char *path = find_file(target), *text = NULL;

    *ret = NULL;
    if (!path)
        return 0;
    if (vir_file_read_path(path, MAX_BYTES, &text, NULL) < 0)
        return -1;
    if (strcmp(key, "password") == 0)   /* once a login */
        warn_if_open(path);
    *ret = remote_auth_text(text, target->host, key);
    explicit_bzero(text, strlen(text));
    return 0;
}
