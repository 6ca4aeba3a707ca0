/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The devices that every guest gets, and what a device's element may leave
 * out.
 */
#include "document/domain-xml.h"

#include <stdlib.h>
#include <string.h>

/* Appends ONE to an array of pointers with its count beside it. */
#define APPEND(array, n, one)                                                 \
    do {                                                                      \
        (array) = vir_realloc_array((array), (n) + 1, sizeof(*(array)));      \
        (array)[(n)++] = (one);                                               \
    } while (0)

static void
set_missing(char **at, const char *value)
{
    if (!*at)
        *at = vir_strdup(value);
}

/* ---- controllers ---------------------------------------------------------------------- */

static void
need_controller(struct qemu_domain_def *doc, enum qemu_controller_type type, unsigned int index,
                const char *model)
{
    for (size_t i = 0; i < doc->devices.n_controllers; i++) {
        struct qemu_controller_def *controller = doc->devices.controllers[i];

        if (controller->type == type && controller->index == index) {
            if (!controller->model)
                controller->model = vir_strdup(model);
            return;
        }
    }
    qemu_doc_add_controller(doc, type, index, model);
}

/* Those without a number get the next of their kind. */
static void
number_controllers(struct qemu_domain_def *doc)
{
    for (size_t i = 0; i < doc->devices.n_controllers; i++) {
        struct qemu_controller_def *controller = doc->devices.controllers[i];

        for (size_t j = 0; !controller->has_index && j < doc->devices.n_controllers; j++) {
            const struct qemu_controller_def *other = doc->devices.controllers[j];

            if (other->has_index && other->type == controller->type && other->index >= controller->index)
                controller->index = other->index + 1;
        }
        controller->has_index = true;
    }
}

/* ---- disks ------------------------------------------------------------------------------ */

static enum qemu_disk_target_bus
bus_of_target(const char *dev)
{
    static const struct { const char *prefix; enum qemu_disk_target_bus bus; } rows[] = {
        { "hd", QEMU_DISK_TARGET_BUS_IDE }, { "sd", QEMU_DISK_TARGET_BUS_SCSI },
        { "vd", QEMU_DISK_TARGET_BUS_VIRTIO }, { "fd", QEMU_DISK_TARGET_BUS_FDC },
        { "xvd", QEMU_DISK_TARGET_BUS_XEN },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strncmp(dev, rows[i].prefix, strlen(rows[i].prefix)) == 0)
            return rows[i].bus;
    return QEMU_DISK_TARGET_BUS_ABSENT;
}

/* Drives of a controller have an address by their letter. */
static void
place_drive(struct qemu_disk_def *disk, unsigned int index)
{
    enum qemu_disk_target_bus bus = disk->target.bus;
    unsigned int room = bus == QEMU_DISK_TARGET_BUS_IDE ? 4 : bus == QEMU_DISK_TARGET_BUS_FDC ? 2
        : bus == QEMU_DISK_TARGET_BUS_SCSI ? 7 : bus == QEMU_DISK_TARGET_BUS_SATA ? 6 : 0;
    struct qemu_address_def *address;

    if (disk->device.address || room == 0)
        return;
    disk->device.address = address = qemu_address_def_new();
    address->type = QEMU_ADDRESS_TYPE_DRIVE;
    address->has_controller = address->has_bus = address->has_target = address->has_unit = true;
    address->controller = index / room;
    address->bus = bus == QEMU_DISK_TARGET_BUS_IDE ? index % room / 2 : 0;
    address->unit = bus == QEMU_DISK_TARGET_BUS_IDE ? index % 2 : index % room;
}

static bool
has_source(const struct qemu_disk_def *disk)
{
    const char *path = disk->type == QEMU_DISK_TYPE_FILE ? disk->source.file
        : disk->type == QEMU_DISK_TYPE_BLOCK ? disk->source.dev
        : disk->type == QEMU_DISK_TYPE_DIR ? disk->source.dir : "of another kind";

    return disk->source.present && path && *path;
}

static int
complete_disk(struct qemu_disk_def *disk)
{
    bool removable = disk->kind == QEMU_DISK_KIND_CDROM || disk->kind == QEMU_DISK_KIND_FLOPPY;
    int index = qemu_target_index(disk->target.dev);

    if (index < 0)
        return vir_error(VIR_ERR_XML_ERROR, "the disk target dev='%s' is not a name like vda",
                         disk->target.dev);
    if (!has_source(disk) && !removable)
        return vir_error(VIR_ERR_NO_SOURCE, "the disk '%s' of type '%s'", disk->target.dev,
                         vir_xml_enum_word(&qemu_disk_type_words, disk->type));
    if (!disk->target.bus)
        disk->target.bus = bus_of_target(disk->target.dev);
    if (!disk->target.bus)
        return vir_error(VIR_ERR_XML_ERROR, "the disk '%s' has no bus", disk->target.dev);
    disk->driver.present = true;
    set_missing(&disk->driver.name, "qemu");
    set_missing(&disk->driver.type, "raw");
    if (disk->kind == QEMU_DISK_KIND_CDROM)
        disk->readonly = true;
    place_drive(disk, (unsigned int)index);
    return 0;
}

static void
need_disk_controllers(struct qemu_domain_def *doc)
{
    static const struct {
        enum qemu_disk_target_bus bus;
        enum qemu_controller_type type;
        const char *model;
    } rows[] = {
        { QEMU_DISK_TARGET_BUS_IDE, QEMU_CONTROLLER_TYPE_IDE, NULL },
        { QEMU_DISK_TARGET_BUS_FDC, QEMU_CONTROLLER_TYPE_FDC, NULL },
        { QEMU_DISK_TARGET_BUS_SCSI, QEMU_CONTROLLER_TYPE_SCSI, "lsilogic" },
        { QEMU_DISK_TARGET_BUS_SATA, QEMU_CONTROLLER_TYPE_SATA, NULL },
    };

    for (size_t i = 0; i < doc->devices.n_disks; i++) {
        const struct qemu_disk_def *disk = doc->devices.disks[i];

        for (size_t r = 0; disk->device.address && r < sizeof(rows) / sizeof(rows[0]); r++)
            if (rows[r].bus == disk->target.bus && disk->device.address->type == QEMU_ADDRESS_TYPE_DRIVE)
                need_controller(doc, rows[r].type, disk->device.address->controller, rows[r].model);
    }
}

/* ---- network cards ------------------------------------------------------------------------- */

static int
complete_interface(struct qemu_interface_def *interface)
{
    unsigned char random[VIR_UUID_BUFLEN];

    if (!interface->mac.present) {
        if (vir_uuid_generate(random) < 0)
            return -1;
        memcpy(interface->mac.address, "\x52\x54\x00", 3);
        memcpy(interface->mac.address + 3, random, 3);
        interface->mac.present = true;
    }
    interface->model.present = true;
    set_missing(&interface->model.type, "rtl8139");
    return 0;
}

/* ---- character devices ------------------------------------------------------------------------ */

static void
complete_serials(struct qemu_domain_def *doc)
{
    for (size_t i = 0; i < doc->devices.n_serials; i++) {
        struct qemu_serial_def *serial = doc->devices.serials[i];

        if (!serial->target.has_port)
            serial->target.port = (unsigned int)i;
        serial->target.has_port = serial->target.present = true;
        set_missing(&serial->target.type, "isa-serial");
        if (strcmp(serial->target.type, "isa-serial") == 0) {
            serial->target.model.present = true;
            set_missing(&serial->target.model.name, "isa-serial");
        }
    }
}

static void
number_consoles(struct qemu_domain_def *doc)
{
    for (size_t i = 0; i < doc->devices.n_consoles; i++) {
        struct qemu_console_def *console = doc->devices.consoles[i];

        if (!console->target.has_port)
            console->target.port = (unsigned int)i;
        console->target.has_port = console->target.present = true;
    }
}

static bool
is_serial_console(const struct qemu_console_def *console)
{
    return !console->target.type || console->target.type == QEMU_CONSOLE_TARGET_TYPE_SERIAL;
}

/* A console alone means a serial port. */
static void
add_serial_of_console(struct qemu_domain_def *doc)
{
    const struct qemu_console_def *console = doc->devices.n_consoles ? doc->devices.consoles[0] : NULL;
    struct qemu_serial_def *serial;

    if (!console || doc->devices.n_serials || !is_serial_console(console))
        return;
    serial = qemu_serial_def_new();
    qemu_character_assign(&serial->character, &console->character);
    APPEND(doc->devices.serials, doc->devices.n_serials, serial);
}

static int
stop(const char *path, const char *name, const char *text, void *opaque)
{
    (void)path;
    (void)name;
    (void)text;
    (void)opaque;
    return -1;
}

/* The first console of a PC is its first serial port, said a second time. */
static void
add_console_of_serial(struct qemu_domain_def *doc)
{
    const struct qemu_serial_def *serial = doc->devices.n_serials ? doc->devices.serials[0] : NULL;
    struct qemu_console_def *console;
    size_t n;

    if (!serial)
        return;
    console = qemu_console_def_new();
    qemu_character_assign(&console->character, &serial->character);
    console->target.present = console->target.has_port = true;
    console->target.type = QEMU_CONSOLE_TARGET_TYPE_SERIAL;
    if (doc->devices.n_consoles && is_serial_console(doc->devices.consoles[0])) {
        if (qemu_console_def_each_kept(doc->devices.consoles[0], stop, NULL) < 0) {
            qemu_console_def_free(console);     /* what it says beyond that stays, and is refused at start */
            return;
        }
        qemu_console_def_free(doc->devices.consoles[0]);
        doc->devices.consoles[0] = console;
        return;
    }
    n = doc->devices.n_consoles;
    APPEND(doc->devices.consoles, doc->devices.n_consoles, console);
    memmove(doc->devices.consoles + 1, doc->devices.consoles, n * sizeof(console));
    doc->devices.consoles[0] = console;
}

static struct qemu_address_def *
virtio_port(unsigned int port)
{
    struct qemu_address_def *address = qemu_address_def_new();
    char text[16];

    snprintf(text, sizeof(text), "%u", port);
    address->type = QEMU_ADDRESS_TYPE_VIRTIO_SERIAL;
    address->has_controller = address->has_bus = true;
    address->port = vir_strdup(text);
    return address;
}

/* Channels and consoles on the virtio bus are plugged into its controller. */
static void
complete_virtio_ports(struct qemu_domain_def *doc)
{
    unsigned int port = 1;

    for (size_t i = 0; i < doc->devices.n_consoles; i++)
        if (doc->devices.consoles[i]->target.type == QEMU_CONSOLE_TARGET_TYPE_VIRTIO)
            need_controller(doc, QEMU_CONTROLLER_TYPE_VIRTIO_SERIAL, 0, NULL);
    for (size_t i = 0; i < doc->devices.n_channels; i++) {
        struct qemu_channel_def *channel = doc->devices.channels[i];

        if (channel->target.type != QEMU_CHANNEL_TARGET_TYPE_VIRTIO)
            continue;
        need_controller(doc, QEMU_CONTROLLER_TYPE_VIRTIO_SERIAL, 0, NULL);
        if (!channel->device.address)
            channel->device.address = virtio_port(port++);
    }
}

/* ---- screens and input --------------------------------------------------------------------------- */

static void
add_input(struct qemu_domain_def *doc, enum qemu_input_type type)
{
    struct qemu_input_def *input;

    for (size_t i = 0; i < doc->devices.n_inputs; i++)
        if (doc->devices.inputs[i]->type == type && doc->devices.inputs[i]->bus == QEMU_INPUT_BUS_PS2)
            return;
    input = qemu_input_def_new();
    input->type = type;
    input->bus = QEMU_INPUT_BUS_PS2;
    APPEND(doc->devices.inputs, doc->devices.n_inputs, input);
}

static enum qemu_input_bus
usual_bus(enum qemu_input_type type)
{
    return type == QEMU_INPUT_TYPE_TABLET ? QEMU_INPUT_BUS_USB
        : type == QEMU_INPUT_TYPE_PASSTHROUGH ? QEMU_INPUT_BUS_VIRTIO
        : type == QEMU_INPUT_TYPE_EVDEV ? QEMU_INPUT_BUS_NONE : QEMU_INPUT_BUS_PS2;
}

static void
complete_inputs(struct qemu_domain_def *doc)
{
    unsigned int port = 1;
    char text[16];

    for (size_t i = 0; i < doc->devices.n_inputs; i++) {
        struct qemu_input_def *input = doc->devices.inputs[i];

        if (!input->bus)
            input->bus = usual_bus(input->type);
        if (input->bus != QEMU_INPUT_BUS_USB || input->device.address)
            continue;
        snprintf(text, sizeof(text), "%u", port++);
        input->device.address = qemu_address_def_new();
        input->device.address->type = QEMU_ADDRESS_TYPE_USB;
        input->device.address->has_bus = true;
        input->device.address->port = vir_strdup(text);
    }
    add_input(doc, QEMU_INPUT_TYPE_MOUSE);
    add_input(doc, QEMU_INPUT_TYPE_KEYBOARD);
}

static int
complete_graphics(struct qemu_graphics_def *graphics)
{
    struct qemu_graphics_listen_def *listen;

    if (graphics->type != QEMU_GRAPHICS_TYPE_VNC)
        return 0;
    if (graphics->has_port && graphics->port != -1 && graphics->port < 5900)
        return vir_error(VIR_ERR_XML_ERROR, "vnc port %d: ports begin at 5900", graphics->port);
    if (!graphics->has_port || graphics->port == -1 || graphics->autoport == VIR_XML_YES) {
        graphics->port = -1;
        graphics->autoport = VIR_XML_YES;
    } else {
        graphics->autoport = VIR_XML_NO;
    }
    graphics->has_port = true;
    if (graphics->n_listens)
        return 0;
    listen = qemu_graphics_listen_def_new();
    listen->type = QEMU_GRAPHICS_LISTEN_TYPE_ADDRESS;
    listen->address = vir_strdup(graphics->listen);
    APPEND(graphics->listens, graphics->n_listens, listen);
    return 0;
}

static void
set_missing_number(bool *has, unsigned int *at, unsigned int value)
{
    if (!*has)
        *at = value;
    *has = true;
}

static void
complete_video(struct qemu_video_def *video, bool first)
{
    enum qemu_video_model_type type = video->model.type;

    if (type == QEMU_VIDEO_MODEL_TYPE_NONE)
        return;
    if (type == QEMU_VIDEO_MODEL_TYPE_QXL) {
        set_missing_number(&video->model.has_ram, &video->model.ram, 65536);
        set_missing_number(&video->model.has_vram, &video->model.vram, 65536);
        set_missing_number(&video->model.has_vgamem, &video->model.vgamem, 16384);
    } else if (type != QEMU_VIDEO_MODEL_TYPE_VIRTIO) {
        set_missing_number(&video->model.has_vram, &video->model.vram, 16384);
    }
    set_missing_number(&video->model.has_heads, &video->model.heads, 1);
    if (first)
        video->model.primary = VIR_XML_YES;
}

/* The primary one comes first. */
static void
sort_videos(struct qemu_domain_def *doc)
{
    for (size_t i = 1; i < doc->devices.n_videos; i++) {
        struct qemu_video_def *video = doc->devices.videos[i];

        if (video->model.primary != VIR_XML_YES)
            continue;
        memmove(doc->devices.videos + 1, doc->devices.videos, i * sizeof(video));
        doc->devices.videos[0] = video;
    }
}

/* ---- what every guest has ---------------------------------------------------------------------------- */

static void
add_always(struct qemu_domain_def *doc)
{
    if (!doc->devices.n_audios) {
        struct qemu_audio_def *audio = qemu_audio_def_new();

        audio->id = 1;
        audio->type = QEMU_AUDIO_TYPE_NONE;
        APPEND(doc->devices.audios, doc->devices.n_audios, audio);
    }
    if (doc->devices.n_graphics && !doc->devices.n_videos)
        APPEND(doc->devices.videos, doc->devices.n_videos, qemu_video_def_new());
    if (!doc->devices.memballoon) {
        doc->devices.memballoon = qemu_memballoon_def_new();
        doc->devices.memballoon->model = QEMU_MEMBALLOON_MODEL_VIRTIO;
    }
}

static int
complete_each(struct qemu_domain_def *doc)
{
    for (size_t i = 0; i < doc->devices.n_disks; i++)
        if (complete_disk(doc->devices.disks[i]) < 0)
            return -1;
    for (size_t i = 0; i < doc->devices.n_interfaces; i++)
        if (complete_interface(doc->devices.interfaces[i]) < 0)
            return -1;
    for (size_t i = 0; i < doc->devices.n_graphics; i++)
        if (complete_graphics(doc->devices.graphics[i]) < 0)
            return -1;
    sort_videos(doc);
    for (size_t i = 0; i < doc->devices.n_videos; i++)
        complete_video(doc->devices.videos[i], i == 0);
    return 0;
}

int
qemu_doc_default_devices(struct qemu_domain_def *doc)
{
    bool q35 = qemu_machine_is_q35(doc->os.type.machine);

    add_always(doc);
    if (complete_each(doc) < 0)
        return -1;
    add_serial_of_console(doc);
    complete_serials(doc);
    number_consoles(doc);
    add_console_of_serial(doc);
    complete_inputs(doc);
    number_controllers(doc);
    need_controller(doc, QEMU_CONTROLLER_TYPE_USB, 0, q35 ? "qemu-xhci" : "piix3-uhci");
    if (q35)
        need_controller(doc, QEMU_CONTROLLER_TYPE_SATA, 0, NULL);
    need_controller(doc, QEMU_CONTROLLER_TYPE_PCI, 0, q35 ? "pcie-root" : "pci-root");
    need_disk_controllers(doc);
    complete_virtio_ports(doc);
    return 0;
}
