/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the host tells of network cards.
 */
#include "device/interface.h"
#include "device/interface-told.h"
#include "host/link.h"
#include "host/neighbours.h"

#include <stdio.h>
#include <stdlib.h>

static void
mac_text(const struct qemu_interface_def *interface, char text[18])
{
    const unsigned char *mac = interface->mac.address;

    snprintf(text, 18, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
}

struct qemu_interface_def *
qemu_interface_named(const struct qemu_domain_def *doc, const char *name)
{
    for (size_t i = 0; i < doc->devices.n_interfaces; i++) {
        struct qemu_interface_def *interface = doc->devices.interfaces[i];
        char text[18];

        mac_text(interface, text);
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

/* ---- addresses --------------------------------------------------------------------------------------- */

static virDomainInterfacePtr
seen_at(const struct qemu_interface_def *interface)
{
    virDomainInterfacePtr card = VIR_NEW(virDomainInterface);

    card->name = vir_strdup(interface->target.dev);
    card->hwaddr = vir_alloc(18);
    mac_text(interface, card->hwaddr);
    if (qemu_neighbours_of(card->hwaddr, card) == 0)
        return card;
    virDomainInterfaceFree(card);
    return NULL;
}

int
qemu_interface_told_addresses(const struct qemu_domain_def *doc, virDomainInterfacePtr **ret)
{
    virDomainInterfacePtr *cards = vir_alloc_array(doc->devices.n_interfaces + 1, sizeof(*cards)), card;
    int n = 0;

    for (size_t i = 0; i < doc->devices.n_interfaces; i++) {
        if (!doc->devices.interfaces[i]->target.dev)
            continue;
        card = seen_at(doc->devices.interfaces[i]);
        if (!card) {
            while (n > 0)
                virDomainInterfaceFree(cards[--n]);
            free(cards);
            return -1;
        }
        if (card->naddrs > 0)
            cards[n++] = card;
        else
            virDomainInterfaceFree(card);
    }
    *ret = cards;
    return n;
}
