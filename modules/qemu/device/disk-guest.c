/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Disks as a guest's agent calls them: by the PCI address of the disk or of its controller, and the place there.
 */
#include "device/controllers.h"
#include "device/disk-guest.h"
#include "qmp/qmp.h"

static bool
read_number(struct json_object *value, const char *key, uint32_t most, unsigned int *ret)
{
    uint64_t number = qmp_get_uint(value, key, most, UINT64_MAX);

    *ret = (unsigned int)number;
    return number != UINT64_MAX;
}

/* -1: it has none that we know. */
static int
controller_of(const struct qemu_disk_def *disk)
{
    switch (disk->target.bus) {
    case QEMU_DISK_TARGET_BUS_SCSI:
        return QEMU_CONTROLLER_TYPE_SCSI;
    case QEMU_DISK_TARGET_BUS_SATA:
        return QEMU_CONTROLLER_TYPE_SATA;
    case QEMU_DISK_TARGET_BUS_IDE:
        return QEMU_CONTROLLER_TYPE_IDE;
    default:
        return -1;
    }
}

/* PLACE: on the PCI bus; DRIVE: behind what is there. */
static bool
is_there(const struct qemu_domain_def *doc, const struct qemu_disk_def *disk, const struct qemu_address_def *place,
         const struct qemu_address_def *drive)
{
    const struct qemu_address_def *at = disk->device.address;
    int controller = controller_of(disk);

    if (qemu_same_pci(at, place))
        return true;
    return at && at->type == QEMU_ADDRESS_TYPE_DRIVE && controller >= 0 && at->bus == drive->bus &&
        at->target == drive->target && at->unit == drive->unit &&
        qemu_controller_is_at(doc, (enum qemu_controller_type)controller, at->controller, place);
}

const char *
qemu_disk_of_guest(const struct qemu_domain_def *doc, struct json_object *address)
{
    struct json_object *pci = qmp_get(address, "pci-controller");
    unsigned int domain, on, slot, function, bus, target, unit;
    struct qemu_address_def place, drive;

    if (!read_number(pci, "domain", UINT16_MAX, &domain) || !read_number(pci, "bus", UINT8_MAX, &on) ||
        !read_number(pci, "slot", UINT8_MAX, &slot) || !read_number(pci, "function", UINT8_MAX, &function) ||
        !read_number(address, "bus", UINT8_MAX, &bus) || !read_number(address, "target", UINT32_MAX, &target) ||
        !read_number(address, "unit", UINT32_MAX, &unit))
        return NULL;
    place = (struct qemu_address_def){ .domain = (unsigned short)domain, .bus = (unsigned char)on,
                                       .slot = (unsigned char)slot, .function = (unsigned char)function };
    drive = (struct qemu_address_def){ .bus = (unsigned char)bus, .target = target, .unit = unit };
    for (size_t i = 0; i < doc->devices.n_disks; i++)
        if (is_there(doc, doc->devices.disks[i], &place, &drive))
            return doc->devices.disks[i]->target.dev;
    return NULL;
}
