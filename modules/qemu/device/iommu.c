/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * IOMMUs for the guest: first on the command line, before what they translate for.
 */
#include "device/pieces.h"
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

static int
build(const struct qemu_board *board, const void *dev, struct qemu_pieces *pieces)
{
    const struct qemu_iommu_def *iommu = dev;
    const struct { const char *key; enum vir_xml_bool value; } rows[] = {
        { "intremap", iommu->driver.intremap }, { "caching-mode", iommu->driver.caching_mode },
        { "eim", iommu->driver.eim }, { "device-iotlb", iommu->driver.iotlb },
    };
    struct json_object *device;

    if (iommu->model == QEMU_IOMMU_MODEL_VIRTIO) {
        qemu_pieces_add(pieces, QEMU_DEVICE, qemu_pci_device(board, "virtio-iommu", &iommu->device));
        return 0;
    }
    device = qemu_object("driver", "intel-iommu");
    qemu_put(device, "id", iommu->device.alias.name);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].value && strcmp(rows[i].key, "eim") == 0)
            qemu_put(device, rows[i].key, rows[i].value == VIR_XML_YES ? "on" : "off");
        else if (rows[i].value)
            qemu_put_bool(device, rows[i].key, rows[i].value == VIR_XML_YES);
    if (iommu->driver.aw_bits)
        qemu_put_number(device, "aw-bits", iommu->driver.aw_bits);
    qemu_pieces_add(pieces, QEMU_DEVICE, device);
    return 0;
}

const struct qemu_device_type qemu_device_iommu = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_IOMMU],
    .check = check, .seats = seats, .alias = "iommu", .build = build, .soldered = true,
};
