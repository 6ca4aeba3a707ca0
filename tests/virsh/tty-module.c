/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A driver for console.py: tty:///dev/pts/N has one running domain, "con", whose
 * console is that terminal, and no streams to consoles.
 */
#define VIR_MODULE_DOMAIN VIR_FROM_NONE
#define VIR_LOG_SOURCE "tty"
#include <libvirt/module.h>

#include <stdlib.h>
#include <string.h>

VIR_DECLARE_CALLS(tty);

static const unsigned char uuid[VIR_UUID_BUFLEN] = { 1 };

int
tty_connect_open(virConnectPtr conn, virConnectAuthPtr auth, unsigned int flags)
{
    (void)conn, (void)auth, (void)flags;
    return 0;
}

const char *
tty_connect_get_type(virConnectPtr conn)
{
    (void)conn;
    return "tty";
}

virDomainPtr
tty_domain_lookup_by_name(virConnectPtr conn, const char *name)
{
    if (strcmp(name, "con") == 0)
        return vir_domain_new(conn, "con", uuid, 1);
    vir_error(VIR_ERR_NO_DOMAIN, "no domain '%s'", name);
    return NULL;
}

/* Whatever the document says: it is there already. */
virDomainPtr
tty_domain_create_xml(virConnectPtr conn, const char *xml, unsigned int flags)
{
    (void)xml, (void)flags;
    return vir_domain_new(conn, "con", uuid, 1);
}

int
tty_domain_get_state(virDomainPtr dom, int *state, int *reason, unsigned int flags)
{
    (void)dom, (void)flags;
    *state = VIR_DOMAIN_RUNNING;
    if (reason)
        *reason = 0;
    return 0;
}

char *
tty_domain_get_xml_desc(virDomainPtr dom, unsigned int flags)
{
    (void)flags;
    return vir_strdup_printf("<domain><devices><console type='pty'><source path='%s'/></console></devices></domain>",
                             vir_connect_uri(vir_domain_connect(dom))->path);
}

static const struct vir_connect_ops connect_ops = {
    VIR_OPS(vir_connect_ops),
    .connect_open = { tty_connect_open, 0, 0 },
    .connect_get_type = { tty_connect_get_type, 0, 0 },
};

static const struct vir_domain_ops domain_ops = {
    VIR_OPS(vir_domain_ops),
    .domain_lookup_by_name = { tty_domain_lookup_by_name, 0, 0 },
    .domain_create_xml = { tty_domain_create_xml, 0, 0 },
    .domain_get_state = { tty_domain_get_state, 0, 0 },
    .domain_get_xml_desc = { tty_domain_get_xml_desc, 0, 0 },
};

VIR_MODULE_DEFINE(tty,
    "provides: connection\n"
    "schemes: tty\n"
    "description: a terminal as the console of a domain\n",
    .version = "1",
    .connect = &connect_ops,
    .domain = &domain_ops,
);
