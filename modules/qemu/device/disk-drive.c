/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the guest sees of a disk: the drive.
 */
#include "device/disk.h"
#include "device/controllers.h"
#include "device/seat.h"
#include "qmp/qmp.h"

#include <stdlib.h>

bool
qemu_disk_is_on_lsi(const struct qemu_board *board, const struct qemu_disk_def *disk)
{
    return qemu_controller_is(board, QEMU_CONTROLLER_TYPE_SCSI, disk->device.address->controller, "lsilogic");
}

static void
put_bus(const struct qemu_board *board, struct json_object *device, enum qemu_controller_type type, unsigned int index,
        unsigned int bus)
{
    VIR_AUTO_FREE char *text = vir_strdup_printf("%s.%u", qemu_controller_name(board, type, index), bus);

    qemu_put(device, "bus", text);
}

static void
put_address(const struct qemu_board *board, struct json_object *device, const struct qemu_disk_def *disk)
{
    const struct qemu_address_def *at = disk->device.address;

    switch (disk->target.bus) {
    case QEMU_DISK_TARGET_BUS_IDE:
        put_bus(board, device, QEMU_CONTROLLER_TYPE_IDE, at->controller, at->bus);
        qemu_put_number(device, "unit", at->unit);
        break;
    case QEMU_DISK_TARGET_BUS_SATA:
        put_bus(board, device, QEMU_CONTROLLER_TYPE_SATA, at->controller, at->unit);
        break;
    case QEMU_DISK_TARGET_BUS_SCSI:
        put_bus(board, device, QEMU_CONTROLLER_TYPE_SCSI, at->controller, 0);
        if (qemu_disk_is_on_lsi(board, disk)) {
            qemu_put_number(device, "scsi-id", at->unit);
        } else {
            qemu_put_number(device, "channel", 0);
            qemu_put_number(device, "scsi-id", at->target);
            qemu_put_number(device, "lun", at->unit);
        }
        break;
    case QEMU_DISK_TARGET_BUS_FDC:
        qemu_put_number(device, "unit", at->unit);
        break;
    case QEMU_DISK_TARGET_BUS_USB:
        qemu_put_usb_address(board, device, at);
        break;
    default:
        qemu_put_pci_address(board, device, at);
        qemu_put_acpi_index(device, &disk->device);
        break;
    }
}

/* The identity that the guest sees of a SCSI disk. */
static void
put_device_id(struct json_object *device, const struct qemu_disk_def *disk)
{
    VIR_AUTO_FREE char *own = vir_strdup_printf("drive-%s", disk->device.alias.name);

    qemu_put(device, "device_id", disk->serial ? disk->serial : own);
}

static void
put_cache(struct json_object *device, enum qemu_disk_driver_cache cache)
{
    if (cache)
        qemu_put(device, "write-cache", cache == QEMU_DISK_DRIVER_CACHE_WRITETHROUGH ||
                 cache == QEMU_DISK_DRIVER_CACHE_DIRECTSYNC ? "off" : "on");
}

static bool
is_first_of_device(const struct qemu_board *board, const struct qemu_disk_def *disk)
{
    for (size_t i = 0; board->doc->devices.disks[i] != disk; i++)
        if (board->doc->devices.disks[i]->kind == disk->kind)
            return false;
    return true;
}

static char *
driver_of(const struct qemu_disk_def *disk)
{
    bool cdrom = disk->kind == QEMU_DISK_KIND_CDROM;

    switch (disk->target.bus) {
    case QEMU_DISK_TARGET_BUS_VIRTIO:
        return qemu_virtio_driver("virtio-blk", disk->model);
    case QEMU_DISK_TARGET_BUS_SCSI:
        return vir_strdup(cdrom ? "scsi-cd" : "scsi-hd");
    case QEMU_DISK_TARGET_BUS_USB:
        return vir_strdup("usb-storage");
    case QEMU_DISK_TARGET_BUS_FDC:
        return vir_strdup("floppy");
    default:
        return vir_strdup(cdrom ? "ide-cd" : "ide-hd");
    }
}

static void
put_virtio(struct json_object *device, const struct qemu_disk_def *disk)
{
    if (disk->driver.has_iothread)
        qemu_put_iothread(device, "iothread", disk->driver.iothread);
    if (disk->driver.ioeventfd)
        qemu_put_bool(device, "ioeventfd", disk->driver.ioeventfd == VIR_XML_YES);
    if (disk->driver.event_idx)
        qemu_put_bool(device, "event_idx", disk->driver.event_idx == VIR_XML_YES);
    if (disk->driver.queues)
        qemu_put_number(device, "num-queues", disk->driver.queues);
    if (disk->driver.queue_size)
        qemu_put_number(device, "queue-size", disk->driver.queue_size);
    qemu_put_virtio(device, &disk->driver.virtio);
}

/* What it tells of itself. */
static void
put_identity(struct json_object *device, const struct qemu_disk_def *disk)
{
    qemu_put(device, "serial", disk->serial);
    if (disk->wwn)                      /* an unsigned number, of which JSON here has the signed half */
        qmp_add(device, "wwn", json_object_new_uint64(strtoull(disk->wwn, NULL, 16)));
    qemu_put(device, "vendor", disk->vendor);
    qemu_put(device, "product", disk->product);
    if (disk->target.rotation_rate)
        qemu_put_number(device, "rotation_rate", disk->target.rotation_rate);
    if (disk->target.removable)
        qemu_put_bool(device, "removable", disk->target.removable == VIR_XML_YES);
}

static void
put_blocks(struct json_object *device, const struct qemu_disk_def *disk)
{
    if (disk->blockio.logical_block_size)
        qemu_put_number(device, "logical_block_size", disk->blockio.logical_block_size);
    if (disk->blockio.physical_block_size)
        qemu_put_number(device, "physical_block_size", disk->blockio.physical_block_size);
    if (!disk->geometry.present)
        return;
    qemu_put_number(device, "cyls", disk->geometry.cyls);
    qemu_put_number(device, "heads", disk->geometry.heads);
    qemu_put_number(device, "secs", disk->geometry.secs);
    if (disk->geometry.trans)
        qemu_put(device, "bios-chs-trans", WORD(disk_geometry_trans, disk->geometry.trans));
}

static void
put_error_policies(struct json_object *device, const struct qemu_disk_def *disk)
{
    if (disk->driver.error_policy)
        qemu_put(device, "werror", disk->driver.error_policy == QEMU_DISK_DRIVER_ERROR_POLICY_ENOSPACE ? "enospc"
                 : WORD(disk_driver_error_policy, disk->driver.error_policy));
    if (disk->driver.rerror_policy)
        qemu_put(device, "rerror", WORD(disk_driver_rerror_policy, disk->driver.rerror_policy));
    else if (disk->driver.error_policy && disk->driver.error_policy != QEMU_DISK_DRIVER_ERROR_POLICY_ENOSPACE)
        qemu_put(device, "rerror", WORD(disk_driver_error_policy, disk->driver.error_policy));
}

static enum qemu_domain_os_boot_dev
boot_kind(const struct qemu_disk_def *disk)
{
    return disk->kind == QEMU_DISK_KIND_CDROM ? QEMU_DOMAIN_OS_BOOT_DEV_CDROM
        : disk->kind == QEMU_DISK_KIND_FLOPPY ? QEMU_DOMAIN_OS_BOOT_DEV_FD : QEMU_DOMAIN_OS_BOOT_DEV_HD;
}

/* Of floppies their controller has it, which is the board's own. */
static void
put_floppy_order(const struct qemu_board *board, const struct qemu_disk_def *disk, struct qemu_pieces *pieces)
{
    unsigned int index = qemu_boot_index(board, &disk->device, is_first_of_device(board, disk), boot_kind(disk));
    VIR_AUTO_FREE char *text = vir_strdup_printf("isa-fdc.bootindex%c=%u", disk->device.address->unit == 0 ? 'A' : 'B', index);

    if (index > 0)
        qemu_pieces_option(pieces, "-global", text);
}

int
qemu_disk_drive_build(const struct qemu_board *board, const void *dev, struct qemu_pieces *pieces)
{
    const struct qemu_disk_def *disk = dev;
    VIR_AUTO_FREE char *node = qemu_disk_source_node(disk), *driver = driver_of(disk);
    struct json_object *device = qemu_object("driver", driver);

    qemu_put(device, "id", disk->device.alias.name);
    put_address(board, device, disk);
    if (disk->target.bus == QEMU_DISK_TARGET_BUS_SCSI)
        put_device_id(device, disk);
    if (disk->target.bus == QEMU_DISK_TARGET_BUS_VIRTIO)
        put_virtio(device, disk);
    if (disk->source.present) {
        qemu_disk_source_build(disk, pieces);
        if (disk->target.bus != QEMU_DISK_TARGET_BUS_FDC)
            put_cache(device, disk->driver.cache);
        qemu_put(device, "drive", node);
    }
    if (disk->shareable)
        qemu_put_bool(device, "share-rw", true);
    put_blocks(device, disk);
    put_identity(device, disk);
    put_error_policies(device, disk);
    if (disk->target.bus != QEMU_DISK_TARGET_BUS_FDC)      /* whose controller has it */
        qemu_put_boot_index(board, device, &disk->device, is_first_of_device(board, disk), boot_kind(disk));
    else
        put_floppy_order(board, disk, pieces);
    qemu_pieces_add(pieces, QEMU_DEVICE, device);
    qemu_disk_limits_build(disk, pieces);
    return 0;
}
