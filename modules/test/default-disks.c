/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What disks and controllers get that the author did not say: order, buses,
 * addresses, numbers, and the controllers that drives need.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <libvirt/module-hardware.h>

#include "test.h"

#define MAX_CONTROLLER 4095             /* each missing one is made: more than the disks of a list need */

/* Puts the N pointers of LIST into order.  OF: what counts of one. */
static void
reorder(void *list, size_t n, struct vir_hardware_device (*of)(const void *one))
{
    struct vir_hardware_device *devices = vir_alloc_array(n, sizeof(*devices));
    size_t *order = vir_alloc_array(n, sizeof(*order));
    void **pointers = list, **old = vir_alloc_array(n, sizeof(*old));

    for (size_t i = 0; i < n; i++) {
        old[i] = pointers[i];
        devices[i] = of(old[i]);
    }
    vir_hardware_order(devices, n, order);
    for (size_t i = 0; i < n; i++)
        pointers[i] = old[order[i]];
    free(old);
    free(order);
    free(devices);
}

/* ---- disks ---------------------------------------------------------------------- */

/* By the bus that the author said and the letter. */
static struct vir_hardware_device
disk_in_order(const void *one)
{
    const struct test_disk_def *disk = one;
    int index = vir_hardware_disk_index(disk->target.dev);

    return (struct vir_hardware_device){ disk->target.bus, index < 0 ? 0 : (unsigned int)index };
}

static const char *
bus_word(const struct test_disk_def *disk)
{
    return vir_xml_enum_word(&test_disk_target_bus_words, disk->target.bus);
}

static int
place_drive(struct test_disk_def *disk)
{
    int index = vir_hardware_disk_index(disk->target.dev);
    struct vir_hardware_drive place;

    if (disk->device.address)
        return 0;
    if (index < 0)
        return vir_error(VIR_ERR_XML_ERROR, "Unknown disk name '%s' and no address specified",
                         disk->target.dev);
    if (!vir_hardware_drive_place(bus_word(disk), (unsigned int)index, &place))
        return 0;
    disk->device.address = test_address_def_new();
    *disk->device.address = (struct test_address_def){
        .type = TEST_ADDRESS_TYPE_DRIVE,
        .has_controller = true, .controller = place.controller, .has_bus = true, .bus = place.bus,
        .has_target = true, .target = place.target, .has_unit = true, .unit = place.unit,
    };
    return 0;
}

/* What the disk's type wants of <source>. */
static bool
has_source(const struct test_disk_def *disk)
{
    switch (disk->type) {
    case TEST_SOURCE_TYPE_FILE:
        return disk->source.file;
    case TEST_SOURCE_TYPE_BLOCK:
        return disk->source.dev;
    case TEST_SOURCE_TYPE_DIR:
        return disk->source.dir;
    default:
        return disk->source.present;
    }
}

static int
complete_disk(struct test_disk_def *disk)
{
    bool removable = disk->kind == TEST_DISK_KIND_CDROM || disk->kind == TEST_DISK_KIND_FLOPPY;
    const char *bus = vir_hardware_disk_bus(disk->target.dev);

    if (!has_source(disk) && !removable)
        return vir_error(VIR_ERR_NO_SOURCE, "%s", disk->target.dev);
    if (!disk->source.present)
        disk->type = TEST_SOURCE_TYPE_FILE;
    if (disk->kind == TEST_DISK_KIND_LUN && disk->type != TEST_SOURCE_TYPE_BLOCK &&
        disk->type != TEST_SOURCE_TYPE_NETWORK && disk->type != TEST_SOURCE_TYPE_VOLUME)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the disk '%s' is a lun, which needs type='block'",
                         disk->target.dev);
    if (disk->kind == TEST_DISK_KIND_CDROM)
        disk->readonly = true;
    if (disk->driver.type && strcmp(disk->driver.type, "aio") == 0) {      /* an old name */
        free(disk->driver.type);
        disk->driver.type = vir_strdup("raw");
    }
    if (disk->driver.cache == TEST_DISK_DRIVER_CACHE_DEFAULT)
        disk->driver.cache = TEST_DISK_DRIVER_CACHE_ABSENT;
    if (!disk->target.bus && bus)
        disk->target.bus = (unsigned int)vir_xml_enum_value(&test_disk_target_bus_words, bus);
    if (disk->target.bus == TEST_DISK_TARGET_BUS_FDC && disk->kind != TEST_DISK_KIND_FLOPPY)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "Invalid harddisk device name: %s", disk->target.dev);
    return place_drive(disk);
}

int
test_complete_disks(struct test_domain_def *def)
{
    reorder(def->devices.disks, def->devices.n_disks, disk_in_order);
    for (size_t i = 0; i < def->devices.n_disks; i++)
        if (complete_disk(def->devices.disks[i]) < 0)
            return -1;
    return 0;
}

/* ---- controllers ------------------------------------------------------------------ */

static bool
is_usb2(const struct test_controller_def *controller)
{
    return controller->type == TEST_CONTROLLER_TYPE_USB && controller->model &&
           strncmp(controller->model, "ich9-", 5) == 0;
}

static bool
is_companion(const struct test_controller_def *controller)
{
    return is_usb2(controller) && strncmp(controller->model, "ich9-uhci", 9) == 0;
}

/* By kind and index, companions behind the one they belong to; one without an index comes last. */
static struct vir_hardware_device
controller_in_order(const void *one)
{
    const struct test_controller_def *controller = one;
    unsigned int number = UINT_MAX;

    if (controller->has_index && controller->index <= UINT_MAX / 2)
        number = controller->index * 2 + is_companion(controller);
    return (struct vir_hardware_device){ controller->type, number };
}

static const struct test_controller_def *
find_controller(const struct test_domain_def *def, enum test_controller_type type, unsigned int index)
{
    for (size_t i = 0; i < def->devices.n_controllers; i++) {
        const struct test_controller_def *controller = def->devices.controllers[i];

        if (controller->type == type && controller->has_index && controller->index == index)
            return controller;
    }
    return NULL;
}

/* The lowest number that no controller of the type has; LOWEST: that of the last one. */
static unsigned int
free_number(const struct test_domain_def *def, enum test_controller_type type, unsigned int *lowest)
{
    while (find_controller(def, type, *lowest))
        ++*lowest;
    return *lowest;
}

/* The companions of a USB 2 controller share its number; each other gets the lowest that is free. */
static void
number_controllers(struct test_domain_def *def)
{
    unsigned int *lowest = vir_alloc_array(test_controller_type_words.n, sizeof(*lowest));
    struct test_controller_def **all = def->devices.controllers;

    for (size_t i = 0; i < def->devices.n_controllers; i++) {
        if (all[i]->has_index)
            continue;
        all[i]->index = i > 0 && is_companion(all[i]) && is_usb2(all[i - 1]) ? all[i - 1]->index
            : free_number(def, all[i]->type, &lowest[all[i]->type]);
        all[i]->has_index = true;
    }
    free(lowest);
}

/* Several of one number can only be USB controllers, of which one is no companion. */
static int
check_controllers(const struct test_domain_def *def)
{
    struct test_controller_def **all = def->devices.controllers;

    for (size_t i = 0; i < def->devices.n_controllers; i++) {
        bool master = !is_companion(all[i]);

        for (size_t j = 0; j < def->devices.n_controllers; j++) {
            if (j == i || all[j]->type != all[i]->type || all[j]->index != all[i]->index)
                continue;
            if (all[i]->type != TEST_CONTROLLER_TYPE_USB)
                return vir_error(VIR_ERR_XML_ERROR, "several %s controllers have the index %u",
                                 vir_xml_enum_word(&test_controller_type_words, all[i]->type), all[i]->index);
            master = master || !is_companion(all[j]);
        }
        if (!master)
            return vir_error(VIR_ERR_XML_DETAIL, "the USB controller %u of model '%s' has no EHCI controller",
                             all[i]->index, all[i]->model);
    }
    return 0;
}

void
test_add_controller(struct test_domain_def *def, enum test_controller_type type, unsigned int index)
{
    struct test_controller_def *controller;

    if (find_controller(def, type, index))
        return;
    controller = TEST_APPEND(def->devices.controllers, def->devices.n_controllers, test_controller_def_new());
    controller->type = type;
    controller->has_index = true;
    controller->index = index;
}

/* ---- devices of the host on a SCSI bus ---------------------------------------------- */

static bool
is_seat(const struct test_address_def *at, unsigned int controller, unsigned int unit)
{
    return at && at->type == TEST_ADDRESS_TYPE_DRIVE && at->controller == controller && at->bus == 0 &&
           at->target == 0 && at->unit == unit;
}

static bool
is_taken(const struct test_domain_def *def, unsigned int controller, unsigned int unit)
{
    for (size_t i = 0; i < def->devices.n_disks; i++)
        if (def->devices.disks[i]->target.bus == TEST_DISK_TARGET_BUS_SCSI &&
            is_seat(def->devices.disks[i]->device.address, controller, unit))
            return true;
    for (size_t i = 0; i < def->devices.n_hostdevs; i++)
        if (is_seat(def->devices.hostdevs[i]->device.address, controller, unit))
            return true;
    return false;
}

/* The first place that is free, each controller has as many as for disks. */
static void
place_hostdev(struct test_domain_def *def, struct test_hostdev_def *hostdev)
{
    struct vir_hardware_drive place;

    if (hostdev->type != TEST_HOSTDEV_TYPE_SCSI || hostdev->device.address)
        return;
    for (unsigned int index = 0;; index++) {
        vir_hardware_drive_place("scsi", index, &place);
        if (!is_taken(def, place.controller, place.unit))
            break;
    }
    hostdev->device.address = test_address_def_new();
    *hostdev->device.address = (struct test_address_def){
        .type = TEST_ADDRESS_TYPE_DRIVE, .has_controller = true, .controller = place.controller,
        .has_bus = true, .has_target = true, .has_unit = true, .unit = place.unit,
    };
}

/* NEEDED: how many controllers there have to be, so that AT is a place of one of them. */
static int
need_controller(const struct test_address_def *at, unsigned int *needed)
{
    if (!at || at->type != TEST_ADDRESS_TYPE_DRIVE || at->controller < *needed)
        return 0;
    if (at->controller > MAX_CONTROLLER)
        return vir_error(VIR_ERR_XML_ERROR, "the controller %u of an address is more than %d", at->controller,
                         MAX_CONTROLLER);
    *needed = at->controller + 1;
    return 0;
}

/* Controllers that the addresses of drives on the bus WORD name and nobody defined. */
static int
add_controllers(struct test_domain_def *def, const char *word)
{
    enum test_controller_type type = (unsigned int)vir_xml_enum_value(&test_controller_type_words, word);
    enum test_disk_target_bus bus = (unsigned int)vir_xml_enum_value(&test_disk_target_bus_words, word);
    unsigned int needed = 0;

    for (size_t i = 0; i < def->devices.n_disks; i++)
        if (def->devices.disks[i]->target.bus == bus &&
            need_controller(def->devices.disks[i]->device.address, &needed) < 0)
            return -1;
    for (size_t i = 0; type == TEST_CONTROLLER_TYPE_SCSI && i < def->devices.n_hostdevs; i++)
        if (def->devices.hostdevs[i]->type == TEST_HOSTDEV_TYPE_SCSI &&
            need_controller(def->devices.hostdevs[i]->device.address, &needed) < 0)
            return -1;
    for (unsigned int index = 0; index < needed; index++)
        test_add_controller(def, type, index);
    return 0;
}

int
test_complete_controllers(struct test_domain_def *def)
{
    for (size_t i = 0; i < def->devices.n_hostdevs; i++)
        place_hostdev(def, def->devices.hostdevs[i]);
    reorder(def->devices.controllers, def->devices.n_controllers, controller_in_order);
    number_controllers(def);
    if (check_controllers(def) < 0)
        return -1;
    for (size_t i = 0; vir_hardware_drive_bus(i); i++)
        if (add_controllers(def, vir_hardware_drive_bus(i)) < 0)
            return -1;
    return 0;
}
