/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Disks on the command line.
 */
#include "device/command-parts.h"

#include <stdio.h>
#include <stdlib.h>

static int
check_disk(const struct qemu_board *board, const struct qemu_disk_def *disk)
{
    enum qemu_disk_target_bus bus = disk->target.bus;

    if (disk->type != QEMU_DISK_TYPE_FILE && disk->type != QEMU_DISK_TYPE_BLOCK)
        return qemu_refuse("disk", "type", vir_xml_enum_word(&qemu_disk_type_words, disk->type));
    if (disk->kind != QEMU_DISK_KIND_DISK && disk->kind != QEMU_DISK_KIND_CDROM)
        return qemu_refuse("disk", "device", vir_xml_enum_word(&qemu_disk_kind_words, disk->kind));
    if (bus != QEMU_DISK_TARGET_BUS_VIRTIO && bus != QEMU_DISK_TARGET_BUS_IDE &&
        bus != QEMU_DISK_TARGET_BUS_SATA && bus != QEMU_DISK_TARGET_BUS_SCSI)
        return qemu_refuse("target", "bus", vir_xml_enum_word(&qemu_disk_target_bus_words, bus));
    if (bus == QEMU_DISK_TARGET_BUS_IDE && board->q35)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                         "disk '%s': a q35 machine has no IDE controller; use bus='sata'",
                         disk->target.dev);
    if (bus == QEMU_DISK_TARGET_BUS_VIRTIO && disk->kind == QEMU_DISK_KIND_CDROM)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "disk '%s': a cdrom cannot be on the virtio bus",
                         disk->target.dev);
    if (!is(disk->driver.name, "qemu"))
        return qemu_refuse("driver", "name", disk->driver.name);
    if (!is(disk->driver.type, "raw") && !is(disk->driver.type, "qcow2"))
        return qemu_refuse("driver", "type", disk->driver.type);
    if (disk->driver.error_policy || disk->driver.rerror_policy || disk->driver.io ||
        disk->driver.detect_zeroes)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                         "disk '%s': the qemu driver does not do error_policy, io and detect_zeroes of "
                         "<driver> yet",
                         disk->target.dev);
    if (disk->target.tray == QEMU_DISK_TARGET_TRAY_OPEN)
        return qemu_refuse("target", "tray", "open");
    if (disk->target.removable == VIR_XML_YES)
        return qemu_refuse("target", "removable", "on");
    if (disk->source.present && !(disk->type == QEMU_DISK_TYPE_FILE ? disk->source.file : disk->source.dev))
        return vir_error(VIR_ERR_XML_ERROR, "disk '%s': <source> does not say which %s", disk->target.dev,
                         disk->type == QEMU_DISK_TYPE_FILE ? "file" : "dev");
    return 0;
}

static void
put_cache(struct json_object *node, struct json_object *device, enum qemu_disk_driver_cache cache)
{
    bool direct = cache == QEMU_DISK_DRIVER_CACHE_NONE || cache == QEMU_DISK_DRIVER_CACHE_DIRECTSYNC;
    bool through = cache == QEMU_DISK_DRIVER_CACHE_WRITETHROUGH || cache == QEMU_DISK_DRIVER_CACHE_DIRECTSYNC;
    struct json_object *options;

    if (!cache || cache == QEMU_DISK_DRIVER_CACHE_DEFAULT)
        return;
    options = json_object_new_object();
    qemu_put_bool(options, "direct", direct);
    qemu_put_bool(options, "no-flush", cache == QEMU_DISK_DRIVER_CACHE_UNSAFE);
    json_object_object_add(node, "cache", options);
    if (device)
        qemu_put(device, "write-cache", through ? "off" : "on");
}

/* The image in two layers: how its bytes are reached, and its format. */
static void
add_image(const struct qemu_board *board, const struct qemu_disk_def *disk, size_t number,
          struct json_object *device)
{
    bool block = disk->type == QEMU_DISK_TYPE_BLOCK;
    struct json_object *storage = qemu_object("driver", block ? "host_device" : "file");
    struct json_object *format = qemu_object("driver", disk->driver.type);
    char name[64];

    qemu_put(storage, "filename", block ? disk->source.dev : disk->source.file);
    snprintf(name, sizeof(name), "libvirt-%zu-storage", number);
    qemu_put(storage, "node-name", name);
    qemu_put_bool(storage, "auto-read-only", true);
    qemu_put(storage, "discard", disk->driver.discard == QEMU_DISK_DRIVER_DISCARD_IGNORE ? "ignore"
             : "unmap");
    put_cache(storage, NULL, disk->driver.cache);

    qemu_put(format, "file", name);
    snprintf(name, sizeof(name), "libvirt-%zu-format", number);
    qemu_put(format, "node-name", name);
    qemu_put_bool(format, "read-only", disk->readonly);
    put_cache(format, device, disk->driver.cache);

    qemu_command_json(board->command, "-blockdev", storage);
    qemu_command_json(board->command, "-blockdev", format);
    qemu_put(device, "drive", name);
}

static void
put_drive_address(const struct qemu_board *board, struct json_object *device,
                  const struct qemu_disk_def *disk)
{
    const struct qemu_address_def *at = disk->device.address;
    char bus[64];

    switch (disk->target.bus) {
    case QEMU_DISK_TARGET_BUS_IDE:
        snprintf(bus, sizeof(bus), "ide.%u", at->bus);
        qemu_put_number(device, "unit", at->unit);
        break;
    case QEMU_DISK_TARGET_BUS_SATA:
        if (board->q35 && at->controller == 0)
            snprintf(bus, sizeof(bus), "ide.%u", at->unit);
        else
            snprintf(bus, sizeof(bus), "sata%u.%u", at->controller, at->unit);
        break;
    case QEMU_DISK_TARGET_BUS_SCSI:
        snprintf(bus, sizeof(bus), "scsi%u.0", at->controller);
        if (qemu_scsi_is_lsi(board->doc, at->controller)) {
            qemu_put_number(device, "scsi-id", at->unit);
        } else {
            qemu_put_number(device, "scsi-id", at->target);
            qemu_put_number(device, "lun", at->unit);
        }
        break;
    default:
        qemu_put_pci_address(board, device, at);
        return;
    }
    qemu_put(device, "bus", bus);
}

static bool
is_first_of_device(const struct qemu_board *board, const struct qemu_disk_def *disk)
{
    for (size_t i = 0; board->doc->devices.disks[i] != disk; i++)
        if (board->doc->devices.disks[i]->kind == disk->kind)
            return false;
    return true;
}

int
qemu_add_disk(const struct qemu_board *board, size_t i)
{
    const struct qemu_disk_def *disk = board->doc->devices.disks[i];
    bool cdrom = disk->kind == QEMU_DISK_KIND_CDROM, scsi = disk->target.bus == QEMU_DISK_TARGET_BUS_SCSI;
    struct json_object *device;

    if (check_disk(board, disk) < 0)
        return -1;
    device = qemu_object("driver", disk->target.bus == QEMU_DISK_TARGET_BUS_VIRTIO ? "virtio-blk-pci"
                         : scsi ? (cdrom ? "scsi-cd" : "scsi-hd") : (cdrom ? "ide-cd" : "ide-hd"));
    qemu_put(device, "id", disk->device.alias.name);
    put_drive_address(board, device, disk);
    if (disk->source.present)           /* numbered from the last to the first */
        add_image(board, disk, board->doc->devices.n_disks - i, device);
    if (disk->shareable)
        qemu_put_bool(device, "share-rw", true);
    qemu_put(device, "serial", disk->serial);
    qemu_put_boot_index(board, device, disk->device.boot.present ? disk->device.boot.order : 0,
                        is_first_of_device(board, disk),
                        cdrom ? QEMU_DOMAIN_OS_BOOT_DEV_CDROM : QEMU_DOMAIN_OS_BOOT_DEV_HD);
    qemu_add_device(board, device);
    return 0;
}
