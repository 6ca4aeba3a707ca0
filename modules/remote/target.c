/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From a URI to a place: which transport, which socket, and the URI that the
 * server gets, without what was meant for us.
 */
#include "modules/remote/remote.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Parameters that the server never sees. */
static const char *const own_params[] = {
    "name", "command", "socket", "netcat", "no_verify", "no_tty", "keyfile", "pkipath", "no_sanity",
    "mode", "proxy", "auth", "authfile", "sshauth", "known_hosts", "known_hosts_verify", "tls_priority",
};

static bool
is_own(const char *name)
{
    for (size_t i = 0; i < sizeof(own_params) / sizeof(own_params[0]); i++) {
        if (strcmp(own_params[i], name) == 0)
            return true;
    }
    return false;
}

static void
add_escaped(struct vir_buf *buf, const char *text, const char *also)
{
    for (; *text; text++) {
        if (isalnum((unsigned char)*text) || strchr("-._~", *text) || strchr(also, *text))
            vir_buf_add_mem(buf, text, 1);
        else
            vir_buf_addf(buf, "%%%02X", (unsigned char)*text);
    }
}

/* scheme:///path?rest, NULL when the server is to find the driver itself. */
static char *
server_name(const struct vir_uri *uri)
{
    const char *name = remote_uri_param(uri, "name");
    struct vir_buf buf = { 0 };
    char mark = '?';

    if (name)
        return *name ? vir_strdup(name) : NULL;
    if (strcmp(uri->scheme, "remote") == 0)
        return NULL;
    vir_buf_addf(&buf, "%s://", uri->scheme);
    add_escaped(&buf, uri->path, "/:@!$&'()*+,;=");
    for (size_t i = 0; i < uri->nparams; i++) {
        if (is_own(uri->params[i].name))
            continue;
        vir_buf_add_mem(&buf, &mark, 1);
        add_escaped(&buf, uri->params[i].name, "");
        vir_buf_add(&buf, "=");
        add_escaped(&buf, uri->params[i].value, "/");
        mark = '&';
    }
    if (uri->fragment)
        vir_buf_addf(&buf, "#%s", uri->fragment);
    return vir_buf_steal(&buf);
}

const char *
remote_target_param(const struct remote_target *target, const char *name)
{
    return remote_uri_param(target->uri, name);
}

bool
remote_target_flag(const struct remote_target *target, const char *name)
{
    const char *value = remote_uri_param(target->uri, name);

    return value && strcmp(value, "0") != 0;
}

int
remote_target_init(struct remote_target *target, const struct vir_uri *uri, unsigned int flags)
{
    *target = (struct remote_target){ .uri = uri, .readonly = flags & VIR_CONNECT_RO };
    if (!uri || !uri->scheme)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "a connection without a URI");
    target->transport = uri->transport ? uri->transport : uri->server ? "tls" : "unix";
    target->name = server_name(uri);
    target->host = uri->server ? uri->server : "localhost";
    target->port = uri->port ? (unsigned int)uri->port : strcmp(target->transport, "tls") == 0 ? 16514 : 16509;
    if (strcmp(target->transport, "tcp") == 0 || strcmp(target->transport, "tls") == 0 ||
        strcmp(target->transport, "ext") == 0)
        return 0;
    if (strcmp(target->transport, "unix") == 0 && uri->server)
        return vir_error(VIR_ERR_INVALID_ARG,
                         "the transport 'unix' goes to this host, but the URI names '%s'", uri->server);
    return remote_place_find(&target->place, uri, target->readonly);
}

void
remote_target_clear(struct remote_target *target)
{
    free(vir_steal(&target->name));
    free(vir_steal(&target->place.socket));
    remote_child_end(vir_steal(&target->child));
}
