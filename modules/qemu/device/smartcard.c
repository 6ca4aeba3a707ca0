/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Smart cards: the slot of a reader, which is a controller; none is started yet.
 */
#include "device/controllers.h"
#include "device/seat.h"

static int
needs(struct qemu_board *board, void *dev)
{
    struct qemu_smartcard_def *smartcard = dev;
    struct qemu_address_def *at = smartcard->device.address;

    if (!at) {
        smartcard->device.address = at = qemu_address_def_new();
        at->type = QEMU_ADDRESS_TYPE_CCID;
        at->has_controller = at->has_slot = true;
    }
    if (at->type == QEMU_ADDRESS_TYPE_CCID)
        qemu_controller_need(board, QEMU_CONTROLLER_TYPE_CCID, at->controller);
    return 0;
}

const struct qemu_device_type qemu_device_smartcard = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_SMARTCARD],
    .needs = needs, .soldered = true,
};
