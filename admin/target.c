/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which daemon is meant: libvirtd:///system, virtqemud:///session?socket=PATH.
 * The socket is named after the scheme, and that of libvirtd after libvirt.
 */
#include "admin/admin.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/uri.h"
#include "rpc/place.h"

#define CONFIG "libvirt-admin.conf"

/* What a program without a wish gets; NULL with an error. */
static char *
default_uri(void)
{
    const char *text = secure_getenv("LIBVIRT_ADMIN_DEFAULT_URI");
    char *uri = NULL;

    if (text && *text)
        return vir_strdup(text);
    if (vir_core.conf_uri(CONFIG, NULL, &uri) < 0)
        return NULL;
    return uri ? uri : vir_strdup(geteuid() == 0 ? "libvirtd:///system" : "libvirtd:///session");
}

static bool
may_be_alias(const char *name)
{
    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("_-", *c))
            return false;
    return *name;
}

static char *
resolve(const char *name, bool aliases)
{
    char *uri = NULL;

    if (!name)
        return default_uri();
    if (aliases && may_be_alias(name) && vir_core.conf_uri(CONFIG, name, &uri) < 0)
        return NULL;
    return uri ? uri : vir_strdup(name);
}

static bool
is_daemon(const char *scheme)
{
    size_t len = strlen(scheme);

    return strcmp(scheme, "libvirtd") == 0 || (len > 5 && !strncmp(scheme, "virt", 4) && scheme[len - 1] == 'd');
}

static int
refuse_scheme(const struct vir_uri *uri)
{
    vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "Unsupported URI scheme '%s%s%s'", uri->scheme,
              uri->transport ? "+" : "", uri->transport ? uri->transport : "");
    vir_error_hint("it is the name of a daemon of this host, as in libvirtd:///system");
    return -1;
}

/* *RET_GIVEN: the path that the URI names, borrowed; NULL: none. */
static int
check_params(const struct vir_uri *uri, const char **ret_given)
{
    *ret_given = NULL;
    for (size_t i = 0; i < uri->nparams; i++) {
        if (strcmp(uri->params[i].name, "socket") != 0)
            return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "Unknown URI parameter '%s'", uri->params[i].name);
        *ret_given = uri->params[i].value;
    }
    return 0;
}

static int
find_socket(const struct vir_uri *uri, char **ret_socket)
{
    const bool session = strcmp(uri->path, "/session") == 0;
    VIR_AUTO_FREE char *dir = NULL;
    const char *given;

    if (!is_daemon(uri->scheme) || (uri->transport && strcmp(uri->transport, "unix") != 0))
        return refuse_scheme(uri);
    if (!session && strcmp(uri->path, "/system") != 0)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "Invalid URI path '%s', try '%s'", uri->path,
                         vir_core.host()->privileged ? "/system" : "/session");
    if (check_params(uri, &given) < 0)
        return -1;
    if (given) {
        *ret_socket = vir_strdup(given);
        return 0;
    }
    dir = rpc_place_dir(vir_core.host(), session);
    *ret_socket = vir_strdup_printf("%s/%s-admin-sock", dir,
                                    strcmp(uri->scheme, "libvirtd") == 0 ? "libvirt" : uri->scheme);
    return 0;
}

int
adm_target_find(const char *name, bool aliases, char **ret_uri, char **ret_socket)
{
    VIR_AUTO_FREE char *text = resolve(name, aliases);
    VIR_AUTO_FREE struct vir_uri *uri = NULL;

    if (!text)
        return -1;
    if (!strchr(text, ':'))
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "No URI scheme specified");
    uri = vir_uri_parse(text);
    if (!uri || find_socket(uri, ret_socket) < 0)
        return -1;
    *ret_uri = vir_steal(&text);
    return 0;
}
