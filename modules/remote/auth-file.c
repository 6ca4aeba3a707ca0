/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* auth.conf: where it lies, and who may read it. */
#include "modules/remote/auth-text.h"
#include "modules/remote/login.h"

#include <errno.h>
#include <fcntl.h>
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

/* Passwords stand in it: it is for its owner alone. */
static char *
read_file(const char *path)
{
    VIR_AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat there;
    VIR_AUTO_FREE char *text = NULL;
    ssize_t n;

    if (fd < 0 || fstat(fd, &there) < 0)
        return vir_error_errno(errno, "cannot read %s", path), NULL;
    if (there.st_mode & 0077)
        vir_warn("%s can be read by others, and passwords may stand in it: chmod 600 %s", path, path);
    if (there.st_size > MAX_BYTES)
        return vir_error_null(VIR_ERR_CONF_SYNTAX, "%s has more than %d bytes", path, MAX_BYTES);
    text = vir_alloc((size_t)there.st_size + 1);
    n = read(fd, text, (size_t)there.st_size);
    if (n < 0)
        return vir_error_errno(errno, "cannot read %s", path), NULL;
    text[n] = '\0';
    return vir_steal(&text);
}

int
remote_auth_file(const struct remote_target *target, const char *key, char **ret)
{
    VIR_AUTO_FREE char *path = find_file(target), *text = NULL;

    *ret = NULL;
    if (!path)
        return 0;
    text = read_file(path);
    if (!text)
        return -1;
    *ret = remote_auth_text(text, target->host, key);
    explicit_bzero(text, strlen(text));
    return 0;
}
