/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Hubs for more USB devices.
 */
#include "device/pieces.h"
#include "device/seat.h"

static bool
on_usb(const void *dev)
{
    (void)dev;
    return true;
}

static int
build(const struct qemu_board *board, const void *dev, struct qemu_pieces *pieces)
{
    const struct qemu_hub_def *hub = dev;
    struct json_object *device = qemu_object("driver", "usb-hub");

    qemu_put(device, "id", hub->device.alias.name);
    qemu_put_usb_address(board, device, hub->device.address);
    qemu_pieces_add(pieces, QEMU_DEVICE, device);
    return 0;
}

const struct qemu_device_type qemu_device_hub = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_HUB],
    .on_usb = on_usb, .alias = "hub", .build = build, .soldered = true,
};
