/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * IOMMUs for the guest: one of virtio has its place; none is started yet.
 */
#include "device/seat.h"

static int
check(const struct qemu_board *board, const void *dev)
{
    const struct qemu_iommu_def *iommu = dev;

    if (iommu->model == QEMU_IOMMU_MODEL_SMMUV3 || !board->q35)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the machine '%s' has no IOMMU '%s'",
                         board->doc->os.type.machine, WORD(iommu_model, iommu->model));
    if (iommu->model == QEMU_IOMMU_MODEL_VIRTIO && !board->doc->features.acpi)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the IOMMU 'virtio' needs <acpi/> in <features>");
    return qemu_check_address("iommu", iommu->device.address, QEMU_ADDRESS_TYPE_PCI);
}

static void
seats(struct qemu_board *board, void *dev)
{
    struct qemu_iommu_def *iommu = dev;

    if (iommu->model == QEMU_IOMMU_MODEL_VIRTIO)
        qemu_seat_pci(board, &iommu->device.address, QEMU_ROOT);
}

const struct qemu_device_type qemu_device_iommu = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_IOMMU],
    .check = check, .seats = seats, .soldered = true,
};
