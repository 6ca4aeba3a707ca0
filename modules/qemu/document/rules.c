/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the elements of a document must agree on, beyond what the schema says of
 * each: checked when a domain is defined, and once more when it starts, for a
 * definition may come from a file.
 */
#include "document/domain-xml.h"

#include <stdlib.h>
#include <string.h>

#define WORD(words, value) (vir_xml_enum_word(&qemu_##words##_words, value))

/* ---- the machine --------------------------------------------------------------------- */

static int
check_lifecycle(const struct qemu_domain_def *doc)
{
    enum qemu_lifecycle off = doc->on_poweroff, reboot = doc->on_reboot, crash = doc->on_crash;

    if (off != QEMU_LIFECYCLE_DESTROY && off != QEMU_LIFECYCLE_RESTART)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "on_poweroff is '%s'; it can be 'destroy' or 'restart'",
                         WORD(lifecycle, off));
    if (reboot != QEMU_LIFECYCLE_DESTROY && reboot != QEMU_LIFECYCLE_RESTART)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "on_reboot is '%s'; it can be 'destroy' or 'restart'",
                         WORD(lifecycle, reboot));
    if (crash == QEMU_LIFECYCLE_RENAME_RESTART)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "on_crash cannot be 'rename-restart'");
    return 0;
}

static int
check_timers(const struct qemu_domain_def *doc)
{
    for (size_t i = 0; i < doc->clock.n_timers; i++) {
        enum qemu_domain_clock_timer_name name = doc->clock.timers[i]->name;

        if (name == QEMU_DOMAIN_CLOCK_TIMER_NAME_PLATFORM || name == QEMU_DOMAIN_CLOCK_TIMER_NAME_ARMVTIMER)
            return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "a PC has no timer '%s'",
                             WORD(domain_clock_timer_name, name));
    }
    return 0;
}

static int
check_cpu(const struct qemu_domain_def *doc)
{
    bool custom = !doc->cpu.mode || doc->cpu.mode == QEMU_DOMAIN_CPU_MODE_CUSTOM;

    if (custom && doc->cpu.n_features && !doc->cpu.model.name)
        return vir_error(VIR_ERR_XML_ERROR, "<cpu> has a <feature> and no <model> that it belongs to");
    if (doc->cpu.migratable && (custom || doc->cpu.mode == QEMU_DOMAIN_CPU_MODE_HOST_MODEL))
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the attribute 'migratable' of <cpu> needs "
                         "mode='host-passthrough' or mode='maximum'");
    if (doc->vcpu.has_current && doc->vcpu.current > doc->vcpu.count)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "%u vcpus cannot be online of %u", doc->vcpu.current,
                         doc->vcpu.count);
    return 0;
}

/* ---- disks --------------------------------------------------------------------------------- */

/* The parts of a drive's address: how many there are of each on its bus; 0: any number. */
static int
check_drive(const struct qemu_domain_def *doc, const struct qemu_disk_def *disk)
{
    static const struct {
        enum qemu_disk_target_bus bus;
        unsigned int controllers, buses, targets, units;
    } rows[] = {
        { QEMU_DISK_TARGET_BUS_IDE, 1, 2, 1, 2 }, { QEMU_DISK_TARGET_BUS_FDC, 1, 1, 1, 0 },
        { QEMU_DISK_TARGET_BUS_SATA, 0, 1, 1, 0 }, { QEMU_DISK_TARGET_BUS_SCSI, 0, 1, 0, 0 },
    };
    const struct qemu_address_def *at = disk->device.address;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bool scsi = disk->target.bus == QEMU_DISK_TARGET_BUS_SCSI;

        if (rows[i].bus != disk->target.bus)
            continue;
        if ((rows[i].controllers && at->controller >= rows[i].controllers) ||
            (at->bus >= rows[i].buses) || (rows[i].targets && at->target >= rows[i].targets) ||
            (rows[i].units && at->unit >= rows[i].units) ||
            (scsi && at->target > 0 && qemu_scsi_is_lsi(doc, at->controller)))
            return vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                             "disk '%s': the %s bus has no controller %u, bus %u, target %u, unit %u",
                             disk->target.dev, WORD(disk_target_bus, disk->target.bus), at->controller,
                             at->bus, at->target, at->unit);
    }
    return 0;
}

static int
check_disk_address(const struct qemu_domain_def *doc, const struct qemu_disk_def *disk)
{
    enum qemu_disk_target_bus bus = disk->target.bus;
    enum qemu_address_type type = disk->device.address->type;
    bool drive = bus == QEMU_DISK_TARGET_BUS_IDE || bus == QEMU_DISK_TARGET_BUS_FDC ||
        bus == QEMU_DISK_TARGET_BUS_SATA || bus == QEMU_DISK_TARGET_BUS_SCSI;
    enum qemu_address_type wanted = drive ? QEMU_ADDRESS_TYPE_DRIVE
        : bus == QEMU_DISK_TARGET_BUS_USB ? QEMU_ADDRESS_TYPE_USB : QEMU_ADDRESS_TYPE_PCI;

    if (type != wanted && !(wanted == QEMU_ADDRESS_TYPE_PCI && type == QEMU_ADDRESS_TYPE_VIRTIO_MMIO))
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                         "disk '%s' on the %s bus has an address of type '%s'; it must be '%s'",
                         disk->target.dev, WORD(disk_target_bus, bus), WORD(address_type, type),
                         WORD(address_type, wanted));
    return drive ? check_drive(doc, disk) : 0;
}

static int
check_disk(const struct qemu_domain_def *doc, const struct qemu_disk_def *disk)
{
    bool removable = disk->kind == QEMU_DISK_KIND_CDROM || disk->kind == QEMU_DISK_KIND_FLOPPY;
    bool floppy = disk->kind == QEMU_DISK_KIND_FLOPPY, fdc = disk->target.bus == QEMU_DISK_TARGET_BUS_FDC;

    if (disk->target.tray && !removable)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "disk '%s' has a tray and is no drive",
                         disk->target.dev);
    if (disk->target.removable && disk->target.bus != QEMU_DISK_TARGET_BUS_USB)
        return vir_error(VIR_ERR_XML_ERROR,
                         "disk '%s': the attribute 'removable' of <target> needs bus='usb'",
                         disk->target.dev);
    if (disk->source.startup_policy == QEMU_DISK_SOURCE_STARTUP_POLICY_REQUISITE && !removable)
        return vir_error(VIR_ERR_XML_ERROR, "disk '%s': startupPolicy 'requisite' is for drives",
                         disk->target.dev);
    if (floppy != fdc)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "disk '%s': a %s cannot be on the %s bus",
                         disk->target.dev, WORD(disk_kind, disk->kind),
                         WORD(disk_target_bus, disk->target.bus));
    return disk->device.address ? check_disk_address(doc, disk) : 0;
}

static int
compare_drives(const void *a, const void *b)
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

static int
check_drives_differ(const struct qemu_domain_def *doc)
{
    struct qemu_disk_def **drives = vir_alloc_array(doc->devices.n_disks + 1, sizeof(*drives));
    size_t n = 0;
    int ret = 0;

    for (size_t i = 0; i < doc->devices.n_disks; i++) {
        const struct qemu_address_def *at = doc->devices.disks[i]->device.address;

        if (at && at->type == QEMU_ADDRESS_TYPE_DRIVE)
            drives[n++] = doc->devices.disks[i];
    }
    qsort(drives, n, sizeof(*drives), compare_drives);
    for (size_t i = 1; i < n && ret == 0; i++)
        if (compare_drives(&drives[i - 1], &drives[i]) == 0)
            ret = vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the disks '%s' and '%s' have the same drive address",
                            drives[i - 1]->target.dev, drives[i]->target.dev);
    free(drives);
    return ret;
}

/* ---- controllers ----------------------------------------------------------------------------- */

static int
check_controllers(const struct qemu_domain_def *doc)
{
    struct { bool there[QEMU_MAX_CONTROLLERS]; } *kinds = vir_alloc_array(qemu_controller_type_words.n,
                                                                          sizeof(*kinds));
    int ret = 0;

    for (size_t i = 0; i < doc->devices.n_controllers && ret == 0; i++) {
        const struct qemu_controller_def *controller = doc->devices.controllers[i];

        if (controller->index >= QEMU_MAX_CONTROLLERS)
            ret = vir_error(VIR_ERR_XML_ERROR, "controller index %u: at most %d are possible",
                            controller->index, QEMU_MAX_CONTROLLERS);
        else if (kinds[controller->type].there[controller->index])
            ret = vir_error(VIR_ERR_XML_ERROR, "two controllers of type '%s' have the index %u",
                            WORD(controller_type, controller->type), controller->index);
        else
            kinds[controller->type].there[controller->index] = true;
    }
    free(kinds);
    return ret;
}

static int
check_pci_root(const struct qemu_domain_def *doc)
{
    const char *root = qemu_machine_is_q35(doc->os.type.machine) ? "pcie-root" : "pci-root";

    for (size_t i = 0; i < doc->devices.n_controllers; i++) {
        const struct qemu_controller_def *controller = doc->devices.controllers[i];
        const char *model = controller->model;

        if (controller->type != QEMU_CONTROLLER_TYPE_PCI)
            continue;
        if (!model || (controller->index == 0) != (strcmp(model, root) == 0))
            return vir_error(VIR_ERR_XML_ERROR,
                             "the PCI controller %u has the model '%s'; on this machine the controller 0, "
                             "and no other, is '%s'", controller->index, model ? model : "", root);
    }
    return 0;
}

/* ---- what one sees and touches ------------------------------------------------------------------ */

static int
check_input(const struct qemu_input_def *input)
{
    const char *port = input->device.address ? input->device.address->port : NULL;

    if (input->bus == QEMU_INPUT_BUS_PS2 && input->type != QEMU_INPUT_TYPE_MOUSE &&
        input->type != QEMU_INPUT_TYPE_KEYBOARD)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the ps2 bus has no %s, only a mouse and a keyboard",
                         WORD(input_type, input->type));
    if (input->bus != QEMU_INPUT_BUS_USB || !input->device.address)
        return 0;
    if (input->device.address->type != QEMU_ADDRESS_TYPE_USB)
        return vir_error(VIR_ERR_XML_ERROR,
                         "a %s on the usb bus has an address of type '%s'; it must be 'usb'",
                         WORD(input_type, input->type), WORD(address_type, input->device.address->type));
    if (port && (!*port || port[strspn(port, "0123456789.")]))
        return vir_error(VIR_ERR_XML_ERROR, "the USB port '%s' is not a number like 1 or 1.2", port);
    return 0;
}

static int
check_graphics(const struct qemu_graphics_def *graphics)
{
    const struct qemu_graphics_listen_def *first = graphics->n_listens ? graphics->listens[0] : NULL;

    if (first && graphics->listen && first->address && strcmp(graphics->listen, first->address) != 0)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                         "graphics listens on '%s', and its first <listen> on '%s'", graphics->listen,
                         first->address);
    if (first && graphics->socket && first->socket && strcmp(graphics->socket, first->socket) != 0)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                         "graphics has the socket '%s', and its first <listen> '%s'", graphics->socket,
                         first->socket);
    for (size_t i = 0; i < graphics->n_listens; i++) {
        const struct qemu_graphics_listen_def *listen = graphics->listens[i];
        enum qemu_graphics_listen_type type = listen->type;

        if ((listen->network && type != QEMU_GRAPHICS_LISTEN_TYPE_NETWORK) ||
            (listen->socket && type != QEMU_GRAPHICS_LISTEN_TYPE_SOCKET))
            return vir_error(VIR_ERR_XML_ERROR,
                             "<listen type='%s'> has a network or a socket of another type",
                             WORD(graphics_listen_type, type));
    }
    if (graphics->type == QEMU_GRAPHICS_TYPE_VNC && graphics->passwd && strlen(graphics->passwd) > 8)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the password of vnc has more than 8 characters");
    if (graphics->type == QEMU_GRAPHICS_TYPE_VNC && graphics->connected &&
        graphics->connected != QEMU_GRAPHICS_CONNECTED_KEEP)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "vnc can do connected='keep' only");
    return 0;
}

static int
check_video(const struct qemu_domain_def *doc, const struct qemu_video_def *video)
{
    enum qemu_video_model_type said = video->model.type, type = said ? said : QEMU_VIDEO_MODEL_TYPE_CIRRUS;
    bool qxl = type == QEMU_VIDEO_MODEL_TYPE_QXL;

    if (type == QEMU_VIDEO_MODEL_TYPE_NONE && doc->devices.n_videos > 1)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the video model 'none' stands alone");
    if (!qxl && (video->model.has_ram || video->model.has_vram64 || video->model.has_vgamem))
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                         "ram, vram64 and vgamem belong to the video model 'qxl', not to '%s'",
                         WORD(video_model_type, type));
    if (!qxl && type != QEMU_VIDEO_MODEL_TYPE_VIRTIO && video->model.has_heads && video->model.heads > 1)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the video model '%s' has one head only",
                         WORD(video_model_type, type));
    return 0;
}

static int
check_videos(const struct qemu_domain_def *doc)
{
    size_t primaries = 0;

    for (size_t i = 0; i < doc->devices.n_videos; i++) {
        if (check_video(doc, doc->devices.videos[i]) < 0)
            return -1;
        primaries += doc->devices.videos[i]->model.primary == VIR_XML_YES;
    }
    if (primaries > 1)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "only one video device can be the primary one");
    return 0;
}

/* ---- character devices ------------------------------------------------------------------------------ */

static int
check_serial(const struct qemu_serial_def *serial)
{
    const char *type = serial->target.type;

    if (serial->device.address && type && strcmp(type, "isa-serial") == 0 &&
        serial->device.address->type != QEMU_ADDRESS_TYPE_ISA)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                         "an isa-serial has an address of type '%s'; it must be 'isa'",
                         WORD(address_type, serial->device.address->type));
    return 0;
}

static int
check_consoles(const struct qemu_domain_def *doc)
{
    for (size_t i = 1; i < doc->devices.n_consoles; i++) {
        enum qemu_console_target_type type = doc->devices.consoles[i]->target.type;

        if (!type || type == QEMU_CONSOLE_TARGET_TYPE_SERIAL)
            return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "only the first console can be a serial port");
    }
    return 0;
}

static int
check_channels(const struct qemu_domain_def *doc)
{
    for (size_t i = 0; i < doc->devices.n_channels; i++) {
        const struct qemu_address_def *at = doc->devices.channels[i]->device.address;

        if (!at || at->type != QEMU_ADDRESS_TYPE_VIRTIO_SERIAL || !at->port)
            continue;
        if (!*at->port || strlen(at->port) > 9 || at->port[strspn(at->port, "0123456789")])
            return vir_error(VIR_ERR_XML_ERROR, "the port '%s' of a channel is not a decimal number",
                             at->port);
    }
    return 0;
}

/* ---- all of it ---------------------------------------------------------------------------------- */

int
qemu_doc_check_said(const struct qemu_domain_def *doc)
{
    return check_lifecycle(doc) < 0 || check_timers(doc) < 0 || check_cpu(doc) < 0 ? -1 : check_videos(doc);
}

int
qemu_doc_check_devices(const struct qemu_domain_def *doc)
{
    QEMU_EACH(disks, check_disk(doc, doc->devices.disks[i]));
    QEMU_EACH(inputs, check_input(doc->devices.inputs[i]));
    QEMU_EACH(graphics, check_graphics(doc->devices.graphics[i]));
    QEMU_EACH(serials, check_serial(doc->devices.serials[i]));
    return check_drives_differ(doc) < 0 || check_controllers(doc) < 0 || check_pci_root(doc) < 0 ||
        check_consoles(doc) < 0 ? -1 : check_channels(doc);
}
