/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the host tells of network cards.
 */
#include "device/interface.h"
#include "device/interface-told.h"
#include "host/link.h"

#include <stdio.h>

struct qemu_interface_def *
qemu_interface_named(const struct qemu_domain_def *doc, const char *name)
{
    for (size_t i = 0; i < doc->devices.n_interfaces; i++) {
        struct qemu_interface_def *interface = doc->devices.interfaces[i];
        const unsigned char *mac = interface->mac.address;
        char text[18];

        snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
        if (is(interface->target.dev, name) || strcasecmp(text, name) == 0)
            return interface;
    }
    return vir_error_null(VIR_ERR_INVALID_ARG, "'%s' is not a known interface", name);
}

int
qemu_interface_told_figures(const struct qemu_domain_def *doc, const char *name, virDomainInterfaceStatsPtr ret)
{
    const struct qemu_interface_def *interface = qemu_interface_named(doc, name);

    if (!interface)
        return -1;
    if (!interface->target.dev)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "the network card '%s' has no device on the host that counts", name);
    return qemu_link_figures(interface->target.dev, ret);
}

char **
qemu_interface_told_taps(const struct qemu_domain_def *doc, size_t *ret_n)
{
    char **names = vir_alloc_array(doc->devices.n_interfaces + 1, sizeof(*names));

    for (size_t i = 0; i < doc->devices.n_interfaces; i++)
        names[i] = vir_strdup(doc->devices.interfaces[i]->target.dev);
    *ret_n = doc->devices.n_interfaces;
    return names;
}
