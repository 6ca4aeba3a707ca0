/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a definition gets that its author did not say: identity, boot device,
 * names, addresses and controllers of devices, the first console, a screen.
 * Values that do not depend on others stand in the schema.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "test.h"

/* Disks, or interfaces; what is looked up among them is looked up one by one. */
#define MAX_DEVICES 4096

static int
complete_head(struct test_domain_def *def)
{
    if (!def->has_current_memory || def->current_memory > def->memory)
        def->current_memory = def->memory;
    def->has_current_memory = true;
    if (def->vcpu.has_current && def->vcpu.current > def->vcpu.count)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "%u vcpus cannot be online of %u", def->vcpu.current,
                         def->vcpu.count);
    if (def->vcpu.current == def->vcpu.count)
        def->vcpu.has_current = false;
    if (def->type == TEST_VIRT_XEN && strcmp(def->os.type.name, "xen") == 0) {
        free(def->os.type.name);
        def->os.type.name = vir_strdup("linux");
    }
    return 0;
}

/* A fully virtualised machine boots from its disk unless something else is said. */
static void
complete_boot(struct test_domain_def *def)
{
    bool ordered = strcmp(def->os.type.name, "hvm") != 0 || def->os.n_boots > 0 || def->bootloader;
    struct test_domain_os_boot_def *boot;

    for (size_t i = 0; i < def->devices.n_disks; i++)
        ordered = ordered || def->devices.disks[i]->device.boot.present;
    for (size_t i = 0; i < def->devices.n_interfaces; i++)
        ordered = ordered || def->devices.interfaces[i]->device.boot.present;
    if (ordered)
        return;
    boot = TEST_APPEND(def->os.boots, def->os.n_boots, test_domain_os_boot_def_new());
    boot->dev = TEST_DOMAIN_OS_BOOT_DEV_HD;
}

/* ---- disks -------------------------------------------------------------------- */

/* The kinds of bus: how disks on it are named, how many of them a controller
 * drives, and how many of those share one of its buses. */
static const struct disk_bus {
    const char *prefix;
    enum test_disk_target_bus bus;
    enum test_controller_type controller;       /* ABSENT: such disks have no drive address */
    unsigned int drives, per_bus;
} disk_buses[] = {
    { "vd", TEST_DISK_TARGET_BUS_VIRTIO, TEST_CONTROLLER_TYPE_ABSENT, 0, 0 },
    { "xvd", TEST_DISK_TARGET_BUS_XEN, TEST_CONTROLLER_TYPE_ABSENT, 0, 0 },
    { "sd", TEST_DISK_TARGET_BUS_SCSI, TEST_CONTROLLER_TYPE_SCSI, 7, 7 },
    { "fd", TEST_DISK_TARGET_BUS_FDC, TEST_CONTROLLER_TYPE_FDC, 2, 2 },
    { "hd", TEST_DISK_TARGET_BUS_IDE, TEST_CONTROLLER_TYPE_IDE, 4, 2 },
    { NULL, TEST_DISK_TARGET_BUS_SATA, TEST_CONTROLLER_TYPE_SATA, 6, 6 },
};
#define N_DISK_BUSES (sizeof(disk_buses) / sizeof(disk_buses[0]))
#define MAX_CONTROLLER 4095             /* each missing one is made: more than the disks of a list need */

/* The letters at the end of a disk's name as a number: a 0, z 25, aa 26; -1: no name of a disk. */
static int
disk_index(const char *name)
{
    size_t skip = strncmp(name, "xvd", 3) == 0 ? 3 : 2;
    int index = 0;

    if (strlen(name) <= skip || strlen(name) > skip + 3)
        return -1;
    for (const char *p = name + skip; *p; p++) {
        if (*p < 'a' || *p > 'z')
            return -1;
        index = index * 26 + *p - 'a' + 1;
    }
    return index - 1;
}

/* The row of a disk; its bus follows from its name if it is not said. */
static const struct disk_bus *
find_bus(struct test_disk_def *disk)
{
    for (size_t i = 0; i < N_DISK_BUSES; i++) {
        const struct disk_bus *row = &disk_buses[i];
        bool named = row->prefix && strncmp(disk->target.dev, row->prefix, strlen(row->prefix)) == 0;

        if (disk->target.bus ? disk->target.bus == row->bus : named)
            return row;
    }
    return NULL;
}

static int
complete_disk(struct test_disk_def *disk)
{
    const struct disk_bus *row = find_bus(disk);
    int index = disk_index(disk->target.dev);
    bool removable = disk->kind == TEST_DISK_KIND_CDROM || disk->kind == TEST_DISK_KIND_FLOPPY;

    if (!disk->source.present && !removable)
        return vir_error(VIR_ERR_XML_ERROR, "missing source information for device %s", disk->target.dev);
    if (disk->kind == TEST_DISK_KIND_CDROM)
        disk->readonly = true;
    if (index < 0 && !disk->device.address)
        return vir_error(VIR_ERR_XML_ERROR, "Unknown disk name '%s' and no address specified",
                         disk->target.dev);
    if (!row)
        return 0;
    disk->target.bus = row->bus;
    if (row->controller == TEST_CONTROLLER_TYPE_ABSENT || disk->device.address)
        return 0;
    disk->device.address = test_address_def_new();
    *disk->device.address = (struct test_address_def){
        .type = TEST_ADDRESS_TYPE_DRIVE,
        .has_controller = true, .controller = (unsigned int)index / row->drives,
        .has_bus = true, .bus = (unsigned int)index % row->drives / row->per_bus,
        .has_target = true,
        .has_unit = true, .unit = (unsigned int)index % row->per_bus,
    };
    return 0;
}

static int
complete_disks(struct test_domain_def *def)
{
    struct test_disk_def **disks = def->devices.disks;

    for (size_t i = 0; i < def->devices.n_disks; i++)
        if (complete_disk(disks[i]) < 0)
            return -1;
    return 0;
}

/* Adds a controller unless it is there. */
static void
add_controller(struct test_domain_def *def, enum test_controller_type type, unsigned int index)
{
    struct test_controller_def *controller;

    for (size_t i = 0; i < def->devices.n_controllers; i++) {
        controller = def->devices.controllers[i];
        if (controller->type == type && controller->index == index)
            return;
    }
    controller = TEST_APPEND(def->devices.controllers, def->devices.n_controllers, test_controller_def_new());
    controller->type = type;
    controller->has_index = true;
    controller->index = index;
}

/* Controllers that the disks' addresses name and nobody defined. */
static int
add_controllers(struct test_domain_def *def, const struct disk_bus *row)
{
    unsigned int needed = 0;

    for (size_t i = 0; i < def->devices.n_disks; i++) {
        const struct test_disk_def *disk = def->devices.disks[i];
        const struct test_address_def *at = disk->device.address;

        if (disk->target.bus != row->bus || !at || at->type != TEST_ADDRESS_TYPE_DRIVE ||
            at->controller < needed)
            continue;
        if (at->controller > MAX_CONTROLLER)
            return vir_error(VIR_ERR_XML_ERROR, "disk '%s': controller %u is more than %d", disk->target.dev,
                             at->controller, MAX_CONTROLLER);
        needed = at->controller + 1;
    }
    for (unsigned int index = 0; index < needed; index++)
        add_controller(def, row->controller, index);
    return 0;
}

/* ---- other devices --------------------------------------------------------------- */

static bool
has_interface(const struct test_domain_def *def, const char *name)
{
    for (size_t i = 0; i < def->devices.n_interfaces; i++) {
        const char *known = def->devices.interfaces[i]->target.dev;

        if (known && strcmp(known, name) == 0)
            return true;
    }
    return false;
}

/* Names that begin with vnet are made up at every start elsewhere, so they count as not given. */
static void
complete_interfaces(struct test_domain_def *def)
{
    static const unsigned char ours[] = { 0x52, 0x54, 0x00 };
    unsigned int next = 0;

    for (size_t i = 0; i < def->devices.n_interfaces; i++) {
        struct test_interface_def *net = def->devices.interfaces[i];
        char name[32];

        if (!net->mac.present) {
            net->mac.present = true;
            memcpy(net->mac.address, ours, sizeof(ours));
            if (getrandom(net->mac.address + 3, 3, 0) != 3)
                net->mac.address[5] = (unsigned char)i;
        }
        if (net->target.dev && strncmp(net->target.dev, "vnet", 4) != 0)
            continue;
        do
            snprintf(name, sizeof(name), "testnet%u", next++);
        while (has_interface(def, name));
        net->target.present = true;
        free(net->target.dev);
        net->target.dev = vir_strdup(name);
    }
}

/* The first console and the first serial port are one device: who has the one
 * gets the other. */
static void
pair_console(struct test_domain_def *def)
{
    size_t n_serials = def->devices.n_serials, n_consoles = def->devices.n_consoles;

    if (n_serials > 0 && n_consoles == 0) {
        struct test_console_def *console = TEST_APPEND(def->devices.consoles, def->devices.n_consoles,
                                                       test_console_def_new());

        test_character_assign(&console->character, &def->devices.serials[0]->character);
    } else if (n_serials == 0 && n_consoles > 0 &&
               def->devices.consoles[0]->target.type == TEST_CONSOLE_TARGET_TYPE_SERIAL) {
        struct test_serial_def *serial = TEST_APPEND(def->devices.serials, def->devices.n_serials,
                                                     test_serial_def_new());

        test_character_assign(&serial->character, &def->devices.consoles[0]->character);
    }
}

/* Numbers the ports of a list that have none. */
#define NUMBER_PORTS(list, n)                                                 \
    for (size_t i = 0; i < (n); i++) {                                        \
        if (!(list)[i]->target.has_port)                                      \
            (list)[i]->target.port = (unsigned int)i;                         \
        (list)[i]->target.has_port = true;                                    \
    }

static void
complete_characters(struct test_domain_def *def)
{
    bool virtio = false;

    pair_console(def);
    NUMBER_PORTS(def->devices.serials, def->devices.n_serials)
    NUMBER_PORTS(def->devices.parallels, def->devices.n_parallels)
    NUMBER_PORTS(def->devices.consoles, def->devices.n_consoles)
    for (size_t i = 0; i < def->devices.n_consoles; i++)
        virtio = virtio || def->devices.consoles[i]->target.type == TEST_CONSOLE_TARGET_TYPE_VIRTIO;
    for (size_t i = 0; i < def->devices.n_channels; i++)
        virtio = virtio || def->devices.channels[i]->target.type == TEST_CHANNEL_TARGET_TYPE_VIRTIO;
    if (virtio)
        add_controller(def, TEST_CONTROLLER_TYPE_VIRTIO_SERIAL, 0);
}

static void
complete_graphics(struct test_graphics_def *graphics)
{
    struct test_graphics_listen_def *listen;

    if (graphics->type != TEST_GRAPHICS_TYPE_VNC && graphics->type != TEST_GRAPHICS_TYPE_SPICE)
        return;
    if (graphics->type == TEST_GRAPHICS_TYPE_VNC) {
        if (!graphics->autoport)
            graphics->autoport = graphics->has_port && graphics->port != -1 ? VIR_XML_NO : VIR_XML_YES;
        if (!graphics->has_port || graphics->autoport == VIR_XML_YES)
            graphics->port = -1;
        graphics->has_port = true;
    }
    if (graphics->n_listens > 0)
        return;
    listen = TEST_APPEND(graphics->listens, graphics->n_listens, test_graphics_listen_def_new());
    listen->type = TEST_GRAPHICS_LISTEN_TYPE_ADDRESS;
    listen->address = vir_strdup(graphics->listen);
}

static void
complete_videos(struct test_domain_def *def)
{
    if (def->devices.n_graphics > 0 && def->devices.n_videos == 0)
        TEST_APPEND(def->devices.videos, def->devices.n_videos, test_video_def_new());
    for (size_t i = 0; i < def->devices.n_videos; i++) {
        struct test_video_def *video = def->devices.videos[i];

        if (!video->model.has_vram && video->model.type == TEST_VIDEO_MODEL_TYPE_CIRRUS) {
            video->model.has_vram = true;
            video->model.vram = 16384;
        }
        if (i == 0)
            video->model.primary = VIR_XML_YES;
    }
}

static void
complete_inputs(struct test_domain_def *def)
{
    for (size_t i = 0; i < def->devices.n_inputs; i++) {
        struct test_input_def *input = def->devices.inputs[i];

        if (!input->bus)
            input->bus = input->type == TEST_INPUT_TYPE_TABLET ? TEST_INPUT_BUS_USB : TEST_INPUT_BUS_PS2;
    }
}

int
test_domain_def_complete(struct test_domain_def *def)
{
    if (def->devices.n_disks > MAX_DEVICES || def->devices.n_interfaces > MAX_DEVICES)
        return vir_error(VIR_ERR_XML_ERROR, "domain '%s' has more than %d disks or interfaces", def->name,
                         MAX_DEVICES);
    if (!def->has_uuid && vir_uuid_generate(def->uuid) < 0)
        return -1;
    def->has_uuid = true;
    def->has_test_runstate = def->test_transient = false;       /* of node files, never written back */
    if (complete_head(def) < 0)
        return -1;
    complete_boot(def);
    if (complete_disks(def) < 0)
        return -1;
    for (size_t i = 0; i < N_DISK_BUSES; i++) {
        if (add_controllers(def, &disk_buses[i]) < 0)
            return -1;
    }
    complete_interfaces(def);
    complete_characters(def);
    complete_inputs(def);
    for (size_t i = 0; i < def->devices.n_graphics; i++)
        complete_graphics(def->devices.graphics[i]);
    complete_videos(def);
    return 0;
}
