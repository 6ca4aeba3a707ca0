/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ports of USB controllers: the next free one of the first.
 */
#include "device/pieces.h"
#include "device/seat.h"

#include <stdio.h>

void
qemu_seat_usb(struct qemu_board *board, struct qemu_address_def **address)
{
    struct qemu_address_def *at;
    char text[16];

    if (*address)
        return;
    snprintf(text, sizeof(text), "%u", qemu_seat_port(board, QEMU_ADDRESS_TYPE_USB, &board->usb));
    *address = at = qemu_address_def_new();
    at->type = QEMU_ADDRESS_TYPE_USB;
    at->has_bus = true;
    at->port = vir_strdup(text);
}

void
qemu_put_usb_address(struct json_object *device, const struct qemu_address_def *at)
{
    char bus[32];

    snprintf(bus, sizeof(bus), at->bus ? "usb%u.0" : "usb.0", at->bus);
    qemu_put(device, "bus", bus);
    qemu_put(device, "port", at->port);
}
