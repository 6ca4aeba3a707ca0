/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Disks, CD-ROM drives and floppy drives; what QEMU makes of one is in disk-drive.c, the image behind it in
 * disk-source.c.
 */
#include "device/disk.h"
#include "device/disk-chain.h"
#include "device/disk-images.h"
#include "device/controllers.h"
#include "device/offer.h"
#include "device/seat.h"

#include <stdio.h>
#include <stdlib.h>

static bool
is_removable(const struct qemu_disk_def *disk)
{
    return disk->kind == QEMU_DISK_KIND_CDROM || disk->kind == QEMU_DISK_KIND_FLOPPY;
}

/* ---- completing ---------------------------------------------------------------------------- */

static int
complete(struct qemu_board *board, void *dev)
{
    struct qemu_disk_def *disk = dev;
    const char *bus = vir_hardware_disk_bus(disk->target.dev);

    (void)board;
    if (!qemu_disk_source_is_said(disk) && !is_removable(disk))
        return vir_error(VIR_ERR_NO_SOURCE, "the disk '%s' of type '%s'", disk->target.dev,
                         WORD(source_type, disk->type));
    if (!disk->target.bus && bus)
        disk->target.bus = (unsigned int)vir_xml_enum_value(&qemu_disk_target_bus_words, bus);
    if (!disk->target.bus)
        return vir_error(VIR_ERR_XML_ERROR, "the disk '%s' has no bus: name it in <target bus=>, or name the disk "
                         "vda (virtio), sda (scsi), hda (ide) or fda (fdc)", disk->target.dev);
    qemu_disk_source_complete(disk);
    disk->driver.present = true;
    if (!disk->driver.name)
        disk->driver.name = vir_strdup("qemu");
    if (is(disk->driver.type, "aio"))
        qemu_set_text(&disk->driver.type, "raw");
    if (!disk->driver.type && disk->type != QEMU_SOURCE_TYPE_VOLUME)
        disk->driver.type = vir_strdup("raw");  /* of a volume its pool tells */
    if (disk->driver.cache == QEMU_DISK_DRIVER_CACHE_DEFAULT)
        disk->driver.cache = QEMU_DISK_DRIVER_CACHE_ABSENT;
    if (disk->kind == QEMU_DISK_KIND_CDROM)
        disk->readonly = true;
    return qemu_seat_drive(disk);
}

static bool
on_usb(const void *dev)
{
    return ((const struct qemu_disk_def *)dev)->target.bus == QEMU_DISK_TARGET_BUS_USB;
}

/* ---- rules ------------------------------------------------------------------------------------ */

static int
check_address(const struct qemu_board *board, const struct qemu_disk_def *disk)
{
    enum qemu_disk_target_bus bus = disk->target.bus;
    enum qemu_address_type type = disk->device.address->type;
    bool drive = qemu_seat_is_drive(bus);
    enum qemu_address_type wanted = drive ? QEMU_ADDRESS_TYPE_DRIVE
        : bus == QEMU_DISK_TARGET_BUS_USB ? QEMU_ADDRESS_TYPE_USB : QEMU_ADDRESS_TYPE_PCI;

    if (type != wanted && !(wanted == QEMU_ADDRESS_TYPE_PCI && type == QEMU_ADDRESS_TYPE_VIRTIO_MMIO))
        return vir_error(wanted == QEMU_ADDRESS_TYPE_USB ? VIR_ERR_INTERNAL_ERROR : VIR_ERR_CONFIG_UNSUPPORTED,
                         "disk '%s' on the %s bus has an address of type '%s'; it must be '%s'",
                         disk->target.dev, WORD(disk_target_bus, bus), WORD(address_type, type),
                         WORD(address_type, wanted));
    return drive ? qemu_seat_check_drive(board, disk->target.dev, bus, disk->device.address) : 0;
}

static int
check(const struct qemu_board *board, const void *dev)
{
    const struct qemu_disk_def *disk = dev;
    bool floppy = disk->kind == QEMU_DISK_KIND_FLOPPY, fdc = disk->target.bus == QEMU_DISK_TARGET_BUS_FDC;

    if (disk->kind == QEMU_DISK_KIND_CDROM && disk->target.bus == QEMU_DISK_TARGET_BUS_VIRTIO)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "disk '%s': a cdrom cannot be on the virtio bus",
                         disk->target.dev);
    if (disk->target.dev[strcspn(disk->target.dev, "0123456789")])
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the disk target dev='%s' names a partition",
                         disk->target.dev);
    if (disk->kind == QEMU_DISK_KIND_LUN && disk->target.bus != QEMU_DISK_TARGET_BUS_VIRTIO &&
        disk->target.bus != QEMU_DISK_TARGET_BUS_SCSI)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "disk '%s': a lun cannot be on the %s bus",
                         disk->target.dev, WORD(disk_target_bus, disk->target.bus));
    if (floppy != fdc)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "disk '%s': a %s cannot be on the %s bus",
                         disk->target.dev, WORD(disk_kind, disk->kind),
                         WORD(disk_target_bus, disk->target.bus));
    if (disk->driver.has_iothread && qemu_check_iothread(board, "disk", disk->driver.iothread) < 0)
        return -1;
    return disk->device.address ? check_address(board, disk) : 0;
}

static bool
has_drive_address(const struct qemu_disk_def *disk)
{
    return disk->device.address && disk->device.address->type == QEMU_ADDRESS_TYPE_DRIVE;
}

static int
compare_places(const void *a, const void *b)
{
    const struct qemu_disk_def *one = *(struct qemu_disk_def *const *)a;
    const struct qemu_disk_def *other = *(struct qemu_disk_def *const *)b;
    const struct qemu_address_def *at = one->device.address, *there = other->device.address;
    const unsigned int parts[][2] = { { one->target.bus, other->target.bus },
                                      { at->controller, there->controller }, { at->bus, there->bus },
                                      { at->target, there->target }, { at->unit, there->unit } };

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (parts[i][0] != parts[i][1])
            return parts[i][0] < parts[i][1] ? -1 : 1;
    return 0;
}

static bool
collides(const void *dev, const void *other)
{
    const struct qemu_disk_def *one = dev, *another = other;

    return has_drive_address(one) && has_drive_address(another) && compare_places(&one, &another) == 0;
}

/* No two in one place. */
static int
check_all(const struct qemu_board *board)
{
    const struct qemu_domain_def *doc = board->doc;
    struct qemu_disk_def **drives = vir_alloc_array(doc->devices.n_disks + 1, sizeof(*drives));
    size_t n = 0;
    int ret = 0;

    for (size_t i = 0; i < doc->devices.n_disks; i++)
        if (has_drive_address(doc->devices.disks[i]))
            drives[n++] = doc->devices.disks[i];
    qsort(drives, n, sizeof(*drives), compare_places);
    for (size_t i = 1; i < n && ret == 0; i++)
        if (compare_places(&drives[i - 1], &drives[i]) == 0)
            ret = vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the disks '%s' and '%s' have the same drive address",
                            drives[i - 1]->target.dev, drives[i]->target.dev);
    free(drives);
    return ret;
}

static void
seats(struct qemu_board *board, void *dev)
{
    struct qemu_disk_def *disk = dev;

    if (disk->target.bus == QEMU_DISK_TARGET_BUS_VIRTIO)
        qemu_seat_pci(board, &disk->device.address, qemu_virtio_slot(disk->model));
}

/* ---- what cannot be done yet ---------------------------------------------------------------------- */

static bool
offer(struct qemu_offer *offer)
{
    qemu_offer_begin(offer, "diskDevice");
    qemu_offer_word(offer, "disk", true);
    qemu_offer_word(offer, "cdrom", true);
    qemu_offer_word(offer, "floppy", true);
    qemu_offer_end(offer);
    qemu_offer_begin(offer, "bus");
    qemu_offer_word(offer, "ide", offer->i440fx);
    qemu_offer_word(offer, "fdc", true);
    qemu_offer_word(offer, "scsi", true);
    qemu_offer_word(offer, "virtio", true);
    qemu_offer_word(offer, "usb", qemu_emulator_makes(offer->emulator, "usb-storage"));
    qemu_offer_word(offer, "sata", qemu_emulator_makes(offer->emulator, "ich9-ahci"));
    qemu_offer_end(offer);
    qemu_offer_virtio(offer, "model");
    return true;
}

static int
startable(const struct qemu_board *board, const void *dev)
{
    const struct qemu_disk_def *disk = dev;
    enum qemu_disk_target_bus bus = disk->target.bus;

    (void)board;
    if (disk->kind == QEMU_DISK_KIND_LUN)
        return qemu_refuse("disk", "device", WORD(disk_kind, disk->kind));
    if (bus != QEMU_DISK_TARGET_BUS_VIRTIO && bus != QEMU_DISK_TARGET_BUS_IDE && bus != QEMU_DISK_TARGET_BUS_SATA &&
        bus != QEMU_DISK_TARGET_BUS_SCSI && bus != QEMU_DISK_TARGET_BUS_USB && bus != QEMU_DISK_TARGET_BUS_FDC)
        return qemu_refuse("target", "bus", WORD(disk_target_bus, bus));
    if (!is(disk->driver.name, "qemu"))
        return qemu_refuse("driver", "name", disk->driver.name);
    if (disk->target.tray == QEMU_DISK_TARGET_TRAY_OPEN)
        return qemu_refuse("target", "tray", "open");
    if (bus == QEMU_DISK_TARGET_BUS_VIRTIO &&
        qemu_check_address("disk", disk->device.address, QEMU_ADDRESS_TYPE_PCI) < 0)
        return -1;
    return qemu_disk_source_startable(disk);
}

/* ---- for QEMU ---------------------------------------------------------------------------------------- */

static void
name_device(const struct qemu_board *board, struct qemu_disk_def *disk)
{
    const char *bus = WORD(disk_target_bus, disk->target.bus);
    const struct qemu_address_def *at = disk->device.address;

    if (!has_drive_address(disk))
        qemu_alias_set(&disk->device, "%s-disk%d", bus, vir_hardware_disk_index(disk->target.dev));
    else if (disk->target.bus == QEMU_DISK_TARGET_BUS_SCSI && !qemu_disk_is_on_lsi(board, disk))
        qemu_alias_set(&disk->device, "%s%u-%u-%u-%u", bus, at->controller, at->bus, at->target, at->unit);
    else
        qemu_alias_set(&disk->device, "%s%u-%u-%u", bus, at->controller, at->bus, at->unit);
}

unsigned int
qemu_disk_last_number(const struct qemu_domain_def *doc)
{
    unsigned int last = 0;

    for (size_t i = 0; i < doc->devices.n_disks; i++)
        if (qemu_chain_last(doc->devices.disks[i]) > last)
            last = qemu_chain_last(doc->devices.disks[i]);
    return last;
}

/* The nodes of a guest that starts are numbered from the last disk to the first. */
static unsigned int
free_number(const struct qemu_board *board, size_t number)
{
    const struct qemu_domain_def *doc = board->doc;

    if (!board->running)
        return (unsigned int)(doc->devices.n_disks - number);
    return qemu_disk_last_number(doc) + 1;
}

static void
name(const struct qemu_board *board, void *dev, size_t number)
{
    struct qemu_disk_def *disk = dev;

    if (!disk->source.has_index)
        disk->source.index = free_number(board, number);
    disk->source.has_index = disk->source.present;
    name_device(board, disk);
}

static int
host_open(const struct qemu_board *board, void *dev)
{
    unsigned int last = qemu_disk_last_number(board->doc);

    qemu_disk_source_leave_out(dev);
    if (qemu_chain_describe(dev, &last) < 0)
        return -1;
    return qemu_disk_transient_open(board, dev, qemu_disk_last_number(board->doc) + 1);
}

static void
host_close(const struct qemu_board *board, const void *dev)
{
    qemu_disk_transient_close(board, dev);
}

/* ---- changes ------------------------------------------------------------------------------------ */

static bool
same(const void *dev, const void *wanted)
{
    const struct qemu_disk_def *one = dev, *other = wanted;

    return strcmp(one->target.dev, other->target.dev) == 0;
}

/* No drive: said again it may be, but not changed. */
static int
check_unchanged(const struct qemu_disk_def *before, struct qemu_disk_def *after)
{
    if (!is(qemu_disk_source_path(before), qemu_disk_source_path(after)))
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the medium of a %s cannot be changed: disk '%s'",
                         WORD(disk_kind, before->kind), before->target.dev);
    after->source.has_index = before->source.has_index;
    after->source.index = before->source.index;
    if (!after->backing_store && before->backing_store)
        after->backing_store = qemu_backing_store_def_copy(before->backing_store);
    return vir_xml_equal(&qemu_disk_table, before, after) ? 0
        : vir_error(VIR_ERR_OPERATION_UNSUPPORTED, "disk '%s' cannot be changed while the guest runs",
                    before->target.dev);
}

/* -1: the guest would go on seeing another one than AFTER says. */
static int
check_drive(const struct qemu_disk_def *before, const struct qemu_disk_def *after)
{
    const char *what = after->serial && !is(before->serial, after->serial) ? "serial"
        : after->device.boot.present && before->device.boot.order != after->device.boot.order ? "boot order" : NULL;

    return what ? vir_error(VIR_ERR_OPERATION_UNSUPPORTED, "the %s of a drive cannot be changed: disk '%s'", what,
                            before->target.dev) : 0;
}

static int
changeable(const void *old, void *said)
{
    const struct qemu_disk_def *before = old;
    struct qemu_disk_def *after = said;

    if (after->target.bus != before->target.bus || after->kind != before->kind)
        return vir_error(VIR_ERR_OPERATION_UNSUPPORTED, "the bus and the device of a drive cannot be "
                         "changed: disk '%s'", before->target.dev);
    return is_removable(before) ? check_drive(before, after) : check_unchanged(before, after);
}

/* Another medium. */
static void
exchange(void *now, void *said)
{
    struct qemu_disk_def *drive = now, *medium = said;

    QEMU_EXCHANGE(drive->type, medium->type);
    QEMU_EXCHANGE(drive->source, medium->source);
    QEMU_EXCHANGE(drive->backing_store, medium->backing_store);
    QEMU_EXCHANGE(drive->driver, medium->driver);
    QEMU_EXCHANGE(drive->rest, medium->rest);
}

static int
update(struct qemu_monitor *monitor, const struct qemu_board *board, const void *old, void *now)
{
    const struct qemu_disk_def *before = old;
    struct qemu_disk_def *after = now;
    unsigned int last;

    if (!is_removable(before))
        return 0;
    after->source.has_index = after->source.present;
    after->source.index = free_number(board, 0);
    last = after->source.index;
    if (qemu_disk_source_startable(after) < 0 || qemu_chain_describe(after, &last) < 0)
        return -1;
    return qemu_disk_source_change(monitor, before, after, board->force);
}

static int
restore(struct qemu_monitor *monitor, const struct qemu_board *board, const void *dev, struct json_object *answer)
{
    const struct qemu_disk_def *disk = dev;

    return is_removable(disk) ? qemu_disk_source_restore(monitor, disk, answer, free_number(board, 0)) : 0;
}

static bool
plugs_as(const void *dev)
{
    const struct qemu_disk_def *disk = dev;

    return disk->kind == QEMU_DISK_KIND_DISK &&
        (disk->target.bus == QEMU_DISK_TARGET_BUS_VIRTIO || disk->target.bus == QEMU_DISK_TARGET_BUS_SCSI);
}

static bool
takes_media(const void *dev)
{
    return is_removable(dev);
}

/* By bus and letter. */
static struct vir_hardware_device
listed(const void *dev)
{
    const struct qemu_disk_def *disk = dev;
    int index = vir_hardware_disk_index(disk->target.dev);

    return (struct vir_hardware_device){ disk->target.bus, index < 0 ? 0 : (unsigned int)index };
}

static char *
resource_name(const void *dev)
{
    const char *path = qemu_disk_source_path(dev);

    return path ? vir_strdup(path) : NULL;
}

static unsigned int
taints(const void *dev)
{
    const struct qemu_disk_def *disk = dev;

    return disk->kind == QEMU_DISK_KIND_CDROM && disk->type == QEMU_SOURCE_TYPE_BLOCK && qemu_disk_source_path(disk)
        ? QEMU_TAINT_HOST_CDROM : 0;
}

const struct qemu_device_type qemu_device_disk = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_DISK],
    .complete = complete, .on_usb = on_usb, .check = check, .check_all = check_all, .seats = seats,
    .offer = offer, .startable = startable, .name = name, .host_open = host_open, .host_close = host_close,
    .build = qemu_disk_drive_build,
    .changeable = changeable, .exchange = exchange, .update = update,
    .restore = restore, .event = qemu_disk_event, .same = same, .collides = collides,
    .unique = true, .plugs_as = plugs_as, .takes_media = takes_media, .listed = listed,
    .resource = "disk", .resource_name = resource_name, .taints = taints,
    .codes = { [QEMU_THERE_LIVE] = VIR_ERR_XML_ERROR, [QEMU_NO_PLUG] = VIR_ERR_INTERNAL_ERROR,
               [QEMU_NONE_TO_UPDATE] = VIR_ERR_INVALID_ARG, [QEMU_NONE_TO_UPDATE_LIVE] = VIR_ERR_INTERNAL_ERROR },
};
