/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A module that joins the connections of others, for their networks, of which there are
 * seven.  It says when it is opened and closed; opening good:///slow waits for a file.
 * With NO_TABLE it has nothing to offer.
 */
#include <libvirt/module.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT_(a) #a
#define TEXT(a) TEXT_(a)
#define DEFINE(name, ...) VIR_MODULE_DEFINE(name, __VA_ARGS__)

static void
say(const char *what)
{
    char line[64];
    int n = snprintf(line, sizeof(line), TEXT(MODULE) " %s\n", what);

    if (write(STDOUT_FILENO, line, (size_t)n) != n)
        abort();
}

static int
open_it(virConnectPtr conn, virConnectAuthPtr auth, unsigned int flags)
{
    (void)auth, (void)flags;
    for (int i = 0; i < 1000 && !strcmp(vir_connect_uri(conn)->path, "/slow"); i++) {
        if (access(getenv("JOIN_RELEASE"), F_OK) == 0)
            break;
        usleep(10000);
    }
    say("opened");
    return 0;
}

static int
close_it(virConnectPtr conn)
{
    (void)conn;
    say("closed");
    return 0;
}

static const struct vir_connect_ops connect_ops = {
    VIR_OPS(vir_connect_ops),
    .connect_open = { open_it, 0, 0 },
    .connect_close = { close_it, 0, 0 },
};

#ifndef NO_TABLE
static int
num_of_networks(virConnectPtr conn)
{
    (void)conn;
    return 7;
}

static const struct vir_network_ops network_ops = {
    VIR_OPS(vir_network_ops),
    .connect_num_of_networks = { num_of_networks, 0, 0 },
};
#endif

DEFINE(MODULE,
    "provides: network\n",
    .version = "1",
#ifndef NO_TABLE
    .network = &network_ops,
#endif
    .connect = &connect_ops);
