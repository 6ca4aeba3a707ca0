/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Network cards (interface.c): what the guest sees (interface-card.c), and the host's end of the cable
 * (interface-cable.c).
 */
#ifndef QEMU_DEVICE_INTERFACE_H
#define QEMU_DEVICE_INTERFACE_H

#include "device/pieces.h"
#include "device/seat.h"

/* A card of the host, which the guest has for itself. */
static inline bool
qemu_interface_is_lent(const struct qemu_interface_def *interface)
{
    return interface->type == QEMU_INTERFACE_TYPE_HOSTDEV;
}

/* Its end on the host is one. */
static inline bool
qemu_interface_is_tap(const struct qemu_interface_def *interface)
{
    return interface->type == QEMU_INTERFACE_TYPE_BRIDGE || interface->type == QEMU_INTERFACE_TYPE_ETHERNET;
}

/* The card that has the tap or the MAC address NAME; NULL: error set. */
struct qemu_interface_def *qemu_interface_named(const struct qemu_domain_def *doc, const char *name);

bool qemu_interface_is_virtio(const struct qemu_interface_def *interface);
enum qemu_pci_slot qemu_interface_slot(const struct qemu_interface_def *interface);
/* HOST: the name of the cable's other end. */
struct json_object *qemu_interface_card(const struct qemu_board *board, const struct qemu_interface_def *interface,
                                        const char *host);

/* The tap is told how much passes (interface-rates.c): FRESH, for the first time. */
int qemu_interface_shape(const struct qemu_interface_def *interface, bool fresh);

int qemu_interface_cable_startable(const struct qemu_interface_def *interface);
int qemu_interface_cable_open(const struct qemu_board *board, struct qemu_interface_def *interface);
void qemu_interface_cable_close(const struct qemu_interface_def *interface);
void qemu_interface_cable_build(const struct qemu_board *board, const struct qemu_interface_def *interface,
                                const char *host, struct qemu_pieces *pieces);

#endif
