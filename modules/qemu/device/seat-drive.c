/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Drives: their place on a controller follows from the letter of the target.
 */
#include "device/controllers.h"
#include "device/seat.h"

enum { MOST_UNITS = 16384 };            /* logical units of a SCSI target */

/* A bus of drives: its controller, and how many there are of each part of an address (0: any
 * number).  ROOM: drives that go to a controller by their letter. */
static const struct bus {
    enum qemu_disk_target_bus bus;
    enum qemu_controller_type type;
    unsigned int controllers, buses, targets, units, room;
} drive_buses[] = {
    { QEMU_DISK_TARGET_BUS_IDE, QEMU_CONTROLLER_TYPE_IDE, 1, 2, 1, 2, 4 },
    { QEMU_DISK_TARGET_BUS_FDC, QEMU_CONTROLLER_TYPE_FDC, 1, 1, 1, 0, 2 },
    { QEMU_DISK_TARGET_BUS_SATA, QEMU_CONTROLLER_TYPE_SATA, 0, 1, 1, 0, 6 },
    { QEMU_DISK_TARGET_BUS_SCSI, QEMU_CONTROLLER_TYPE_SCSI, 0, 1, 0, 0, 7 },
};

static const struct bus *
bus_of(enum qemu_disk_target_bus bus)
{
    for (size_t i = 0; i < sizeof(drive_buses) / sizeof(drive_buses[0]); i++)
        if (drive_buses[i].bus == bus)
            return &drive_buses[i];
    return NULL;
}

bool
qemu_seat_is_drive(enum qemu_disk_target_bus bus)
{
    return bus_of(bus) != NULL;
}

int
qemu_seat_drive(struct qemu_board *board, const char *target, enum qemu_disk_target_bus bus,
                unsigned int index, struct qemu_address_def **address)
{
    const struct bus *row = bus_of(bus);
    struct qemu_address_def *at = *address;

    if (!row || (at && at->type != QEMU_ADDRESS_TYPE_DRIVE))
        return 0;
    if (!at) {
        *address = at = qemu_address_def_new();
        at->type = QEMU_ADDRESS_TYPE_DRIVE;
        at->has_controller = at->has_bus = at->has_target = at->has_unit = true;
        at->controller = index / row->room;
        at->bus = index % row->room / (row->room / row->buses);
        at->unit = index % (row->room / row->buses);
    }
    if (at->controller >= QEMU_MAX_CONTROLLERS || at->target > 255 || at->unit >= MOST_UNITS)
        return vir_error(VIR_ERR_XML_ERROR, "the drive address %u:%u:%u:%u of disk '%s' cannot be",
                         at->controller, at->bus, at->target, at->unit, target);
    return qemu_controller_need(board, row->type, at->controller) ? 0 : -1;
}

bool
qemu_seat_holds_drive(const struct qemu_board *board, enum qemu_controller_type type, unsigned int index)
{
    for (size_t i = 0; i < board->doc->devices.n_disks; i++) {
        const struct qemu_disk_def *disk = board->doc->devices.disks[i];
        const struct bus *row = bus_of(disk->target.bus);

        if (row && row->type == type && disk->device.address && disk->device.address->controller == index)
            return true;
    }
    return false;
}

int
qemu_seat_check_drive(const struct qemu_board *board, const char *target, enum qemu_disk_target_bus bus,
                      const struct qemu_address_def *at)
{
    const struct bus *row = bus_of(bus);
    bool one_target = bus == QEMU_DISK_TARGET_BUS_SCSI &&
        qemu_controller_is(board, QEMU_CONTROLLER_TYPE_SCSI, at->controller, "lsilogic");

    if ((row->controllers && at->controller >= row->controllers) || at->bus >= row->buses ||
        (row->targets && at->target >= row->targets) || (row->units && at->unit >= row->units) ||
        (one_target && at->target > 0))
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                         "disk '%s': the %s bus has no controller %u, bus %u, target %u, unit %u", target,
                         WORD(disk_target_bus, bus), at->controller, at->bus, at->target, at->unit);
    return 0;
}
