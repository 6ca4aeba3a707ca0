/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory that guests share: it has its place; none is started yet.
 */
#include "device/seat.h"

static void
seats(struct qemu_board *board, void *dev)
{
    struct qemu_shmem_def *shmem = dev;

    qemu_seat_pci(board, &shmem->device.address, QEMU_PCI);
}

const struct qemu_device_type qemu_device_shmem = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_SHMEM],
    .seats = seats,
};
