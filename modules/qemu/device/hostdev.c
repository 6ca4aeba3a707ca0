/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Devices of the host: they have their places; none is started yet.
 */
#include "device/seat.h"

static int
complete(struct qemu_board *board, void *dev)
{
    struct qemu_hostdev_def *hostdev = dev;

    if (hostdev->model == QEMU_HOSTDEV_MODEL_VFIO_PCI && !hostdev->display)
        hostdev->display = VIR_XML_NO;
    return hostdev->type == QEMU_HOSTDEV_TYPE_SCSI ? qemu_seat_scsi_hostdev(board, &hostdev->device.address) : 0;
}

static bool
on_usb(const void *dev)
{
    return ((const struct qemu_hostdev_def *)dev)->type == QEMU_HOSTDEV_TYPE_USB;
}

static int
check(const struct qemu_board *board, const void *dev)
{
    const struct qemu_hostdev_def *hostdev = dev;

    (void)board;
    if (hostdev->mode == QEMU_HOSTDEV_MODE_CAPABILITIES)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "<hostdev mode='capabilities'> is for containers");
    if (hostdev->model == QEMU_HOSTDEV_MODEL_VFIO_CCW || hostdev->model == QEMU_HOSTDEV_MODEL_VFIO_AP)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "a PC has no hostdev of model '%s'",
                         WORD(hostdev_model, hostdev->model));
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
    .complete = complete, .on_usb = on_usb, .check = check, .seats = seats,
};
