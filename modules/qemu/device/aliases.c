/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The name of every device of a running guest: the same in the live document,
 * on the command line and in monitor commands.
 */
#include "document/domain-xml.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One that the user chose stays. */
static void VIR_PRINTF(2, 3)
set_alias(struct qemu_device *device, const char *fmt, ...)
{
    char name[128];
    va_list args;

    device->alias.present = true;
    if (device->alias.name)
        return;
    va_start(args, fmt);
    vsnprintf(name, sizeof(name), fmt, args);
    va_end(args);
    device->alias.name = vir_strdup(name);
}

static void
name_controller(struct qemu_controller_def *controller, bool q35)
{
    const char *type = vir_xml_enum_word(&qemu_controller_type_words, controller->type);
    bool first = controller->index == 0;

    if (controller->type == QEMU_CONTROLLER_TYPE_PCI)
        set_alias(&controller->device, "%s.%u", first && q35 ? "pcie" : "pci", controller->index);
    else if (first && (controller->type == QEMU_CONTROLLER_TYPE_USB ||
                       controller->type == QEMU_CONTROLLER_TYPE_IDE))
        set_alias(&controller->device, "%s", type);
    else if (first && q35 && controller->type == QEMU_CONTROLLER_TYPE_SATA)
        set_alias(&controller->device, "ide");
    else
        set_alias(&controller->device, "%s%u", type, controller->index);
}

static void
name_disk(struct qemu_disk_def *disk, const struct qemu_domain_def *doc)
{
    const char *bus = vir_xml_enum_word(&qemu_disk_target_bus_words, disk->target.bus);
    const struct qemu_address_def *at = disk->device.address;

    if (!at || at->type != QEMU_ADDRESS_TYPE_DRIVE)
        set_alias(&disk->device, "%s-disk%d", bus, qemu_target_index(disk->target.dev));
    else if (disk->target.bus == QEMU_DISK_TARGET_BUS_SCSI && !qemu_scsi_is_lsi(doc, at->controller))
        set_alias(&disk->device, "%s%u-%u-%u-%u", bus, at->controller, at->bus, at->target, at->unit);
    else
        set_alias(&disk->device, "%s%u-%u-%u", bus, at->controller, at->bus, at->unit);
}

void
qemu_def_set_aliases(struct qemu_def *live)
{
    struct qemu_domain_def *doc = live->doc;
    bool q35 = qemu_machine_is_q35(doc->os.type.machine);

    for (size_t i = 0; i < doc->devices.n_controllers; i++)
        name_controller(doc->devices.controllers[i], q35);
    for (size_t i = 0; i < doc->devices.n_disks; i++)
        name_disk(doc->devices.disks[i], doc);
    for (size_t i = 0; i < doc->devices.n_interfaces; i++)
        set_alias(&doc->devices.interfaces[i]->device, "net%zu", i);
    for (size_t i = 0; i < doc->devices.n_serials; i++)
        set_alias(&doc->devices.serials[i]->device, "serial%zu", i);
    for (size_t i = 0; i < doc->devices.n_consoles; i++)        /* the first is the serial port itself */
        set_alias(&doc->devices.consoles[i]->device,
                  doc->devices.consoles[i]->target.type == QEMU_CONSOLE_TARGET_TYPE_SERIAL
                  ? "serial%zu" : "console%zu", i);
    for (size_t i = 0; i < doc->devices.n_channels; i++)
        set_alias(&doc->devices.channels[i]->device, "channel%zu", i);
    for (size_t i = 0; i < doc->devices.n_inputs; i++)
        set_alias(&doc->devices.inputs[i]->device, "input%zu", i);
    for (size_t i = 0; i < doc->devices.n_videos; i++)
        set_alias(&doc->devices.videos[i]->device, "video%zu", i);
    if (doc->devices.memballoon && doc->devices.memballoon->model != QEMU_MEMBALLOON_MODEL_NONE)
        set_alias(&doc->devices.memballoon->device, "balloon0");
    for (size_t i = 0; i < doc->devices.n_rngs; i++)
        set_alias(&doc->devices.rngs[i]->device, "rng%zu", i);
}
