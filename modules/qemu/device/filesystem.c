/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Directories of the host: they have their places; none is started yet.
 */
#include "device/seat.h"

static void
seats(struct qemu_board *board, void *dev)
{
    struct qemu_filesystem_def *filesystem = dev;

    qemu_seat_pci(board, &filesystem->device.address, qemu_virtio_slot(filesystem->model));
}

const struct qemu_device_type qemu_device_filesystem = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_FILESYSTEM],
    .seats = seats,
};
