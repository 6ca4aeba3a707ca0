/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * USB devices that a viewer lends: they have their ports; none is started yet.
 */
#include "device/seat.h"

static bool
on_usb(const void *dev)
{
    (void)dev;
    return true;
}

const struct qemu_device_type qemu_device_redirdev = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_REDIRDEV],
    .on_usb = on_usb,
    .codes = { [QEMU_NONE_TO_DETACH_LIVE] = VIR_ERR_OPERATION_INVALID },
};
