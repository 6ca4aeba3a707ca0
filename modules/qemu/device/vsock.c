/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sockets between host and guest: they have their place; none is started yet.
 */
#include "device/seat.h"

static void
seats(struct qemu_board *board, void *dev)
{
    struct qemu_vsock_def *vsock = dev;

    qemu_seat_pci(board, &vsock->device.address, qemu_virtio_slot(vsock->model));
}

const struct qemu_device_type qemu_device_vsock = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_VSOCK],
    .seats = seats, .codes = { [QEMU_NONE_TO_DETACH] = VIR_ERR_OPERATION_FAILED },
};
