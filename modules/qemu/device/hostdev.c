/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Devices of the host: they have their places; none is started yet.
 */
#include "device/seat.h"

static int
complete(struct qemu_board *board, void *dev)
{
    struct qemu_hostdev_def *hostdev = dev;

    (void)board;
    if (hostdev->model == QEMU_HOSTDEV_MODEL_VFIO_PCI && !hostdev->display)
        hostdev->display = VIR_XML_NO;
    return 0;
}

static int
needs(struct qemu_board *board, void *dev)
{
    struct qemu_hostdev_def *hostdev = dev;

    if (hostdev->type == QEMU_HOSTDEV_TYPE_USB)
        qemu_seat_usb(board, &hostdev->device.address);
    return 0;
}

static void
seats(struct qemu_board *board, void *dev)
{
    struct qemu_hostdev_def *hostdev = dev;

    if (hostdev->type == QEMU_HOSTDEV_TYPE_PCI || hostdev->type == QEMU_HOSTDEV_TYPE_MDEV ||
        hostdev->type == QEMU_HOSTDEV_TYPE_SCSI_HOST)
        qemu_seat_pci(board, &hostdev->device.address, QEMU_PCIE);
}

const struct qemu_device_type qemu_device_hostdev = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_HOSTDEV],
    .complete = complete, .needs = needs, .seats = seats,
};
