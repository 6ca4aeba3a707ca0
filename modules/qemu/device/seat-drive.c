/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Drives: their place on a controller follows from the letter of the target;
 * SCSI devices of the host take the places that disks leave.
 */
#include "device/controllers.h"
#include "device/seat.h"

#include <stdlib.h>

enum {
    MOST_UNITS = 16384,                 /* logical units of a SCSI target */
    LSI_UNITS = 7,                      /* of a controller of another model than virtio-scsi */
};

/* A bus of drives: its controller, and how many there are of each part of an address (0: any number). */
static const struct bus {
    enum qemu_disk_target_bus bus;
    enum qemu_controller_type type;
    unsigned int controllers, buses, targets, units;
} drive_buses[] = {
    { QEMU_DISK_TARGET_BUS_SCSI, QEMU_CONTROLLER_TYPE_SCSI, 0, 1, 0, 0 },
    { QEMU_DISK_TARGET_BUS_FDC, QEMU_CONTROLLER_TYPE_FDC, 1, 1, 1, 0 },
    { QEMU_DISK_TARGET_BUS_IDE, QEMU_CONTROLLER_TYPE_IDE, 1, 2, 1, 2 },
    { QEMU_DISK_TARGET_BUS_SATA, QEMU_CONTROLLER_TYPE_SATA, 0, 1, 1, 0 },
};
enum { N_BUSES = sizeof(drive_buses) / sizeof(drive_buses[0]) };

static const struct bus *
bus_of(enum qemu_disk_target_bus bus)
{
    for (size_t i = 0; i < N_BUSES; i++)
        if (drive_buses[i].bus == bus)
            return &drive_buses[i];
    return NULL;
}

bool
qemu_seat_is_drive(enum qemu_disk_target_bus bus)
{
    return bus_of(bus) != NULL;
}

static bool
is_drive(const struct qemu_address_def *at)
{
    return at && at->type == QEMU_ADDRESS_TYPE_DRIVE;
}

static struct qemu_address_def *
new_address(struct vir_hardware_drive place)
{
    struct qemu_address_def *at = qemu_address_def_new();

    at->type = QEMU_ADDRESS_TYPE_DRIVE;
    at->has_controller = at->has_bus = at->has_target = at->has_unit = true;
    at->controller = place.controller;
    at->bus = place.bus;
    at->target = place.target;
    at->unit = place.unit;
    return at;
}

int
qemu_seat_drive(struct qemu_disk_def *disk)
{
    int index = vir_hardware_disk_index(disk->target.dev);
    struct vir_hardware_drive place;

    if (disk->device.address)
        return 0;
    if (index < 0)
        return vir_error(VIR_ERR_XML_ERROR, "the disk target dev='%s' is not a name like vda, and it has no address",
                         disk->target.dev);
    if (vir_hardware_drive_place(WORD(disk_target_bus, disk->target.bus), (unsigned int)index, &place))
        disk->device.address = new_address(place);
    return 0;
}

/* ---- controllers ---------------------------------------------------------------------------------- */

/* As many as the greatest number that an address names wants. */
static int
need_controllers(struct qemu_board *board, enum qemu_controller_type type, const struct qemu_address_def *at)
{
    if (at->controller >= QEMU_MAX_CONTROLLERS || at->target > 255 || at->unit >= MOST_UNITS)
        return vir_error(VIR_ERR_XML_ERROR, "the drive address %u:%u:%u:%u cannot be", at->controller, at->bus,
                         at->target, at->unit);
    for (unsigned int index = 0; index <= at->controller; index++)
        if (!qemu_controller_need(board, type, index))
            return -1;
    return 0;
}

int
qemu_seats_drives(struct qemu_board *board)
{
    const struct qemu_domain_def *doc = board->doc;

    for (size_t b = 0; b < N_BUSES; b++)
        for (size_t i = 0; i < doc->devices.n_disks; i++) {
            const struct qemu_disk_def *disk = doc->devices.disks[i];

            if (disk->target.bus == drive_buses[b].bus && is_drive(disk->device.address) &&
                need_controllers(board, drive_buses[b].type, disk->device.address) < 0)
                return -1;
        }
    return 0;
}

/* ---- SCSI devices of the host ------------------------------------------------------------------------- */

/* Calls NOTE for the address of each SCSI drive that is a unit of a first target. */
static void
each_unit(const struct qemu_domain_def *doc, void (*note)(const struct qemu_address_def *at, void *opaque),
          void *opaque)
{
    for (size_t i = 0; i < doc->devices.n_disks + doc->devices.n_hostdevs; i++) {
        const struct qemu_disk_def *disk = i < doc->devices.n_disks ? doc->devices.disks[i] : NULL;
        const struct qemu_address_def *at = disk ? disk->device.address
            : doc->devices.hostdevs[i - doc->devices.n_disks]->device.address;

        if (is_drive(at) && at->bus == 0 && at->target == 0 &&
            (!disk || disk->target.bus == QEMU_DISK_TARGET_BUS_SCSI))
            note(at, opaque);
    }
}

/* By controller: a bit for each of the units that all models have. */
static void
note_few(const struct qemu_address_def *at, void *opaque)
{
    unsigned char *taken = opaque;

    if (at->controller < QEMU_MAX_CONTROLLERS && at->unit < LSI_UNITS)
        taken[at->controller] |= (unsigned char)(1 << at->unit);
}

struct units {
    unsigned int controller;
    bool *taken;
};

static void
note_many(const struct qemu_address_def *at, void *opaque)
{
    const struct units *units = opaque;

    if (at->controller == units->controller && at->unit < MOST_UNITS)
        units->taken[at->unit] = true;
}

/* The first free unit of a virtio controller; MOST_UNITS: there is none. */
static unsigned int
find_unit(const struct qemu_domain_def *doc, unsigned int controller)
{
    struct units units = { controller, vir_alloc_array(MOST_UNITS, sizeof(*units.taken)) };
    unsigned int unit = 0;

    each_unit(doc, note_many, &units);
    while (unit < MOST_UNITS && units.taken[unit])
        unit++;
    free(units.taken);
    return unit;
}

/* LSI_UNITS: all are taken. */
static unsigned int
first_zero(unsigned char taken)
{
    unsigned int unit = 0;

    while (unit < LSI_UNITS && taken >> unit & 1)
        unit++;
    return unit;
}

/* On the first controller that has room; those without a number do not count. */
static struct vir_hardware_drive
free_place(const struct qemu_domain_def *doc)
{
    unsigned char taken[QEMU_MAX_CONTROLLERS + 1] = { 0 };
    unsigned int next = 0, unit;

    each_unit(doc, note_few, taken);
    for (size_t i = 0; i < doc->devices.n_controllers; i++) {
        const struct qemu_controller_def *controller = doc->devices.controllers[i];
        unsigned int index = controller->index;
        bool virtio = controller->model && strncmp(controller->model, "virtio", 6) == 0;

        if (controller->type != QEMU_CONTROLLER_TYPE_SCSI || !controller->has_index || index >= QEMU_MAX_CONTROLLERS)
            continue;
        unit = first_zero(taken[index]);
        if (unit == LSI_UNITS && virtio)
            unit = find_unit(doc, index);
        if (unit < (virtio ? MOST_UNITS : LSI_UNITS))
            return (struct vir_hardware_drive){ .controller = index, .unit = unit };
        if (index >= next)
            next = index + 1;
    }
    unit = first_zero(taken[next]);     /* disks whose controller is still to be made */
    return (struct vir_hardware_drive){ .controller = next, .unit = unit < LSI_UNITS ? unit : LSI_UNITS - 1 };
}

int
qemu_seat_scsi_hostdev(struct qemu_board *board, struct qemu_address_def **address)
{
    if (!*address)
        *address = new_address(free_place(board->doc));
    return is_drive(*address) ? need_controllers(board, QEMU_CONTROLLER_TYPE_SCSI, *address) : 0;
}

/* ---- rules --------------------------------------------------------------------------------------------- */

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
        return vir_error(VIR_ERR_INTERNAL_ERROR,
                         "disk '%s': the %s bus has no controller %u, bus %u, target %u, unit %u", target,
                         WORD(disk_target_bus, bus), at->controller, at->bus, at->target, at->unit);
    return 0;
}
