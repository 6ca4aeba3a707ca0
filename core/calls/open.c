/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening and closing connections: which URI is meant, which module takes it. */
#define VIR_LOG_SOURCE "core.open"
#include "../call.h"
#include "../connect.h"
#include "../error.h"
#include "../host.h"
#include "../log.h"
#include "../registry.h"
#include "../uri.h"
#include "open.h"
#include "core/calls.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define OPEN_FLAGS (VIR_CONNECT_RO | VIR_CONNECT_NO_ALIASES)

int
virInitialize(void)
{
    vir_log_init();
    vir_registry_init();
    return 0;
}

/* ---- which URI ---- */

/* The URI behind ALIAS in a list "alias=URI", NULL if it is none. */
static const char *
find_alias(const char *const *aliases, size_t n, const char *name)
{
    size_t len = strlen(name);

    for (size_t i = 0; i < n; i++) {
        const char *alias = aliases[i];
        size_t spaces = strspn(alias, " \t");

        if (!strncmp(alias + spaces, name, len)) {
            const char *equals = alias + spaces + len;

            equals += strspn(equals, " \t");
            if (*equals == '=')
                return equals + 1 + strspn(equals + 1, " \t");
        }
    }
    return NULL;
}

int
vir_open_conf_uri(const char *file, const char *name, char **ret_text)
{
    VIR_AUTO_FREE char *path = vir_host_client_conf(file);
    const char *const *aliases;
    const char *text = NULL;
    struct vir_conf *conf;
    size_t n = 0;
    int rc;

    if (!path)
        return 0;
    conf = vir_conf_read(path);
    if (!conf)
        return -1;
    vir_conf_warn_exposed(conf);
    if (name) {
        rc = vir_conf_get_list(conf, "uri_aliases", &aliases, &n);
        text = rc == 1 ? find_alias(aliases, n, name) : NULL;
    } else {
        rc = vir_conf_get_string(conf, "uri_default", &text);
    }
    if (rc >= 0 && text && *text)
        *ret_text = vir_strdup(text);
    vir_conf_free(conf);
    return rc < 0 ? -1 : 0;
}

/* What a program without a wish gets. */
static char *
default_text(void)
{
    const char *text = secure_getenv("LIBVIRT_DEFAULT_URI");
    char *from_conf = NULL;

    if (text && *text)
        return vir_strdup(text);
    if (vir_open_conf_uri("libvirt.conf", NULL, &from_conf) < 0)
        return NULL;
    if (from_conf)
        return from_conf;
    text = vir_registry_default_uri();
    if (text)
        return vir_strdup(text);
    vir_raise(VIR_FROM_NONE, VIR_ERR_NO_CONNECT, "the default URI: no hypervisor was found on this host");
    vir_error_hint("name one, or set LIBVIRT_DEFAULT_URI or uri_default in libvirt.conf");
    return NULL;
}

/* An alias has no ':' and consists of letters, digits, '_', '.' and '-'. */
static bool
may_be_alias(const char *name)
{
    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("_.-", *c))
            return false;
    return *name;
}

/* The URI that NAME, or what a program without a wish gets, stands for. */
static char *
resolve_name(const char *name, unsigned int flags)
{
    VIR_AUTO_FREE char *wanted = name && *name ? vir_strdup(name) : default_text();
    char *text = NULL;

    if (!wanted)
        return NULL;
    if (may_be_alias(wanted) && !(flags & VIR_CONNECT_NO_ALIASES) && vir_open_conf_uri("libvirt.conf", wanted, &text) < 0)
        return NULL;
    if (text)
        return text;
    /* A scheme alone: from the time when there was one hypervisor. */
    return vir_strdup(vir_registry_scheme_uri(wanted) ? vir_registry_scheme_uri(wanted) : wanted);
}

/* ---- which module ---- */

/*
 * A URI that names neither a transport nor a server goes to a module that
 * declared its scheme for this kind of process; all others go to one that
 * takes the rest, which will ask a daemon.  It is open then.
 */
static const struct vir_driver *
choose_driver(const struct vir_uri *uri, const char *text)
{
    const struct vir_driver *driver = NULL;
    int rc = uri->transport || uri->server ? 0 : vir_registry_open(uri->scheme, &driver);

    if (rc == 0)
        rc = vir_registry_open("*", &driver);
    if (rc != 0)
        return driver;
    vir_raise(VIR_FROM_NONE, VIR_ERR_NO_CONNECT, "URI '%.200s'", text);
    vir_error_hint("no module in '%s' takes it; 'libvirt-module --list' shows what is installed",
                   vir_host_module_dir());
    return NULL;
}

/* ---- opening ---- */

static virConnectPtr
new_connection(char *text, struct vir_uri *uri, const struct vir_driver *driver, unsigned int flags)
{
    virConnectPtr conn = vir_object_new(VIR_KIND_CONNECT, sizeof(*conn), NULL);

    conn->object.conn = conn;
    conn->object.end = vir_connect_end;
    pthread_mutex_init(&conn->lock, NULL);
    conn->uri_text = text;
    conn->uri = uri;
    conn->readonly = flags & VIR_CONNECT_RO;
    conn->close_reason = -1;
    vir_connect_use(conn, driver);
    return conn;
}

/* A server of such a name is a slash forgotten. */
static int
check_slashes(const struct vir_uri *uri, const char *text)
{
    if (uri->transport || !uri->server || (strcmp(uri->server, "system") && strcmp(uri->server, "session")))
        return 0;
    return vir_raise(VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR, "invalid URI %.200s (maybe you want %s:///%s)",
                     text, uri->scheme, uri->server);
}

/* Lets the module open its side. */
static int
open_module(virConnectPtr conn, virConnectAuthPtr auth, unsigned int flags)
{
    const struct vir_slot *slot = vir_connect_slot(conn, VIR_TABLE_CONNECT, VIR_SLOT_connect_open);

    if (slot && ((vir_connect_open_fn)slot->call)(conn, auth, flags) < 0)
        return -1;
    conn->opened = true;
    return 0;
}

/* Takes over TEXT. */
static virConnectPtr
open_text(char *text, virConnectAuthPtr auth, unsigned int flags)
{
    const struct vir_driver *driver;
    struct vir_uri *uri;
    virConnectPtr conn;

    if (!strchr(text, ':')) {
        vir_raise(VIR_FROM_NONE, VIR_ERR_NO_CONNECT, "URI '%.200s' does not include a driver name", text);
        vir_error_hint("one begins with it, as test:///default does; 'libvirt-module --list' shows which there are");
        free(text);
        return NULL;
    }
    uri = vir_uri_parse(text);
    driver = uri && check_slashes(uri, text) == 0 ? choose_driver(uri, text) : NULL;
    if (!driver) {
        free(uri);
        free(text);
        return NULL;
    }
    vir_debug("'%s' goes to module '%s'", text, driver->name);
    conn = new_connection(text, uri, driver, flags);
    if (open_module(conn, auth, flags) < 0) {
        vir_object_unref(conn);
        return NULL;
    }
    return conn;
}

static virConnectPtr
open_name(const char *name, virConnectAuthPtr auth, unsigned int flags)
{
    virConnectPtr conn = NULL;
    char *text;

    virInitialize();
    virResetLastError();
    if (flags & ~OPEN_FLAGS) {
        vir_raise(VIR_FROM_NONE, VIR_ERR_INVALID_ARG,
                  "unsupported flags (0x%x) in function virConnectOpenAuth", flags & ~OPEN_FLAGS);
    } else {
        text = resolve_name(name, flags);
        conn = text ? open_text(text, auth, flags) : NULL;
    }
    return vir_call_ptr(NULL, conn);
}

virConnectPtr
virConnectOpen(const char *name)
{
    return open_name(name, NULL, 0);
}

virConnectPtr
virConnectOpenReadOnly(const char *name)
{
    return open_name(name, NULL, VIR_CONNECT_RO);
}

virConnectPtr
virConnectOpenAuth(const char *name, virConnectAuthPtr auth, unsigned int flags)
{
    return open_name(name, auth, flags);
}

/* Positive when references are left; a block of handles holds one. */
int
virConnectClose(virConnectPtr conn)
{
    if (vir_call_check(VIR_CALL_virConnectClose, conn, 0) < 0)
        return -1;
    return vir_object_unref(conn);
}
