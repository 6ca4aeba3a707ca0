/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * USB devices that a viewer lends: they have their ports; none is started yet.
 */
#include "device/seat.h"

static int
needs(struct qemu_board *board, void *dev)
{
    struct qemu_redirdev_def *redirdev = dev;

    qemu_seat_usb(board, &redirdev->device.address);
    return 0;
}

const struct qemu_device_type qemu_device_redirdev = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_REDIRDEV],
    .needs = needs,
    .codes = { [QEMU_NONE_TO_DETACH_LIVE] = VIR_ERR_OPERATION_INVALID },
};
