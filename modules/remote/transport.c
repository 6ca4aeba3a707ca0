/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The transports by their names in a URI. */
#include "modules/remote/remote.h"

#include <string.h>

static const struct remote_transport transports[] = {
    { "unix", remote_unix_connect, NULL },
    { "tls", remote_tls_connect, remote_tls_let_in },
    { "tcp", remote_tcp_connect, NULL },
    { "ssh", remote_ssh_connect, NULL },
    { "libssh", remote_ssh_connect, NULL },
    { "libssh2", remote_ssh_connect, NULL },
    { "ext", remote_ext_connect, NULL },
};

const struct remote_transport *
remote_transport_find(const char *name)
{
    for (size_t i = 0; i < sizeof(transports) / sizeof(transports[0]); i++) {
        if (strcmp(transports[i].name, name) != 0)
            continue;
        if (transports[i].connect)
            return &transports[i];
        vir_error(VIR_ERR_NO_SUPPORT, "the transport '%s' is not built in this version", name);
        vir_error_hint("forward the other host's socket, for example with "
                       "ssh -L /tmp/there:/run/libvirt/libvirt-sock HOST, "
                       "and use +unix and ?socket=/tmp/there");
        return NULL;
    }
    vir_error(VIR_ERR_INVALID_ARG, "the URI names the unknown transport '%s'", name);
    vir_error_hint("known transports: unix, tls, tcp, ssh, ext");
    return NULL;
}
