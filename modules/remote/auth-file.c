/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * auth.conf: what would be asked otherwise.  [auth-libvirt-HOST], or
 * [auth-libvirt-default], names a group, and [credentials-GROUP] its values.
 */
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

/* The value of KEY in [SECTION]; NULL: it is not there.  The caller frees. */
static char *
find_value(const char *text, const char *section, const char *key)
{
    size_t n_section = strlen(section), n_key = strlen(key);
    bool inside = false;

    for (const char *line = text, *end; *line; line = *end ? end + 1 : end) {
        const char *p = line + strspn(line, " \t");

        end = line + strcspn(line, "\n");
        if (*p == '[') {
            inside = strncmp(p + 1, section, n_section) == 0 && p[1 + n_section] == ']';
        } else if (inside && strncmp(p, key, n_key) == 0) {
            p += n_key + strspn(p + n_key, " \t");
            if (*p != '=')
                continue;
            p += 1 + strspn(p + 1, " \t");
            while (end > p && strchr(" \t\r", end[-1]))
                end--;
            return vir_strndup(p, (size_t)(end - p));
        }
    }
    return NULL;
}

/* The group that is used for the target; NULL: none. */
static char *
find_group(const char *text, const struct remote_target *target)
{
    VIR_AUTO_FREE char *own = vir_strdup_printf("auth-libvirt-%s", target->host);
    char *group = find_value(text, own, "credentials");

    return group ? group : find_value(text, "auth-libvirt-default", "credentials");
}

int
remote_auth_file(const struct remote_target *target, const char *key, char **ret)
{
    VIR_AUTO_FREE char *path = find_file(target), *text = NULL, *group = NULL, *section = NULL;

    *ret = NULL;
    if (!path)
        return 0;
    text = read_file(path);
    if (!text)
        return -1;
    group = find_group(text, target);
    if (group) {
        section = vir_strdup_printf("credentials-%s", group);
        *ret = find_value(text, section, key);
    }
    explicit_bzero(text, strlen(text));
    return 0;
}
