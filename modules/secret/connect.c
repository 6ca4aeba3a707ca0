/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Connections: secret:///system and secret:///session, and those of hypervisors
 * of the same privilege, which this module joins.
 */
#include <string.h>

#include "secret.h"

/* The imaginary host of test: has no secrets of the real one. */
static int
check_uri(const struct vir_uri *uri)
{
    const char *own = secret_driver.host->privileged ? "/system" : "/session";

    if (strcmp(uri->scheme, "test") == 0 || !uri->path || strcmp(uri->path, own) != 0)
        return vir_raise(VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR, "unexpected secret URI path '%s', try secret://%s",
                         uri->path ? uri->path : "", own);
    return 0;
}

int
secret_connect_open(virConnectPtr conn, virConnectAuthPtr auth, unsigned int flags)
{
    (void)auth;
    (void)flags;                        /* read-only is the core's business */
    if (check_uri(vir_connect_uri(conn)) < 0)
        return -1;
    vir_connect_set_secret_store(conn, secret_driver.store);
    vir_connect_set_events(conn, secret_driver.hub);
    return 0;
}

const char *
secret_connect_get_type(virConnectPtr conn)
{
    (void)conn;
    return "secret";
}

int
secret_connect_is_alive(virConnectPtr conn)
{
    (void)conn;
    return 1;
}

int
secret_connect_is_encrypted(virConnectPtr conn)
{
    (void)conn;
    return 0;
}

int
secret_connect_is_secure(virConnectPtr conn)
{
    (void)conn;
    return 1;
}
