/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Free ports of a bus whose ports are numbered, in the order of their numbers.
 */
#include "device/seat.h"

#include <stdlib.h>

struct qemu_ports {
    bool *taken;                        /* by port; those behind the last cannot be needed */
    size_t n;
    unsigned int next;                  /* all before it are taken */
};

static void
note(struct qemu_ports *ports, const struct qemu_address_def *at, enum qemu_address_type type)
{
    unsigned long port;

    if (!at || at->type != type || at->controller || !at->port ||
        (type == QEMU_ADDRESS_TYPE_USB && at->bus))
        return;
    port = strtoul(at->port, NULL, 10);
    if (port < ports->n)
        ports->taken[port] = true;
}

static struct qemu_ports *
note_all(const struct qemu_domain_def *doc, enum qemu_address_type type)
{
    struct qemu_ports *ports = VIR_NEW(struct qemu_ports);
    const struct qemu_device *device;

    for (struct qemu_mixin_at at = { 0 }; qemu_mixin_next(doc, &at); )
        ports->n++;
    ports->n += 2;
    ports->taken = vir_alloc_array(ports->n, sizeof(*ports->taken));
    ports->next = 1;
    for (struct qemu_mixin_at at = { 0 }; (device = qemu_mixin_next(doc, &at)); )
        note(ports, device->address, type);
    return ports;
}

unsigned int
qemu_seat_port(const struct qemu_board *board, enum qemu_address_type type, struct qemu_ports **at)
{
    struct qemu_ports *ports = *at = *at ? *at : note_all(board->doc, type);

    while (ports->next < ports->n && ports->taken[ports->next])
        ports->next++;
    return ports->next++;
}

void
qemu_ports_free(struct qemu_ports *ports)
{
    if (ports)
        free(ports->taken);
    free(ports);
}
