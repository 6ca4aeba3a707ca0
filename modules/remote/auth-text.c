/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What stands in auth.conf: what would be asked otherwise.  [auth-libvirt-HOST],
 * or [auth-libvirt-default], names a group, and [credentials-GROUP] its values.
 */
#include "modules/remote/auth-text.h"

#include <libvirt/module-base.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

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

char *
remote_auth_text(const char *text, const char *host, const char *key)
{
    VIR_AUTO_FREE char *own = vir_strdup_printf("auth-libvirt-%s", host), *section = NULL;
    VIR_AUTO_FREE char *group = find_value(text, own, "credentials");

    if (!group)
        group = find_value(text, "auth-libvirt-default", "credentials");
    if (!group)
        return NULL;
    section = vir_strdup_printf("credentials-%s", group);
    return find_value(text, section, key);
}
