/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ports of virtio-serial controllers: consoles and channels are plugged in there.
 */
#include "device/controllers.h"
#include "device/pieces.h"
#include "device/seat.h"

#include <stdio.h>
#include <stdlib.h>

/* NUMBERED: where it has no address it gets one, with the next free port. */
int
qemu_seat_virtio_serial(struct qemu_board *board, struct qemu_address_def **address, bool numbered)
{
    struct qemu_address_def *at = *address;
    char text[16];

    if (at && at->type != QEMU_ADDRESS_TYPE_VIRTIO_SERIAL)
        return 0;
    if (!at && numbered) {
        snprintf(text, sizeof(text), "%u",
                 qemu_seat_port(board, QEMU_ADDRESS_TYPE_VIRTIO_SERIAL, &board->virtio_serial));
        *address = at = qemu_address_def_new();
        at->type = QEMU_ADDRESS_TYPE_VIRTIO_SERIAL;
        at->has_controller = at->has_bus = true;
        at->port = vir_strdup(text);
    }
    return qemu_controller_need(board, QEMU_CONTROLLER_TYPE_VIRTIO_SERIAL, at ? at->controller : 0)
        ? 0 : -1;
}

int
qemu_seat_check_virtio_serial(const char *element, const struct qemu_address_def *at)
{
    if (at && at->bus > 0)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "<%s>: a virtio-serial controller has no bus %u",
                         element, at->bus);
    return qemu_check_address(element, at, QEMU_ADDRESS_TYPE_VIRTIO_SERIAL);
}

void
qemu_put_virtio_serial(struct json_object *device, const struct qemu_address_def *at)
{
    char bus[64];

    snprintf(bus, sizeof(bus), "virtio-serial%u.0", at ? at->controller : 0);
    qemu_put(device, "bus", bus);
    if (at && at->port && strtoul(at->port, NULL, 10) > 0)
        qemu_put_number(device, "nr", (int64_t)strtoul(at->port, NULL, 10));
}
