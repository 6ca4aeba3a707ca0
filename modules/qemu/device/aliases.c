/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The name of every device of a running guest: the same in the live document,
 * on the command line and in monitor commands.
 */
#include "document/domain-xml.h"

#include <stdlib.h>
#include <string.h>

/* The group `alias` of DEVICE; one that the user chose stays. */
#define SET_ALIAS(device, ...)                                                \
    do {                                                                      \
        (device)->alias.present = true;                                       \
        if (!(device)->alias.name)                                            \
            (device)->alias.name = vir_strdup_printf(__VA_ARGS__);            \
    } while (0)

static void
name_controller(struct qemu_controller_def *controller, bool q35)
{
    const char *type = vir_xml_enum_word(&qemu_controller_type_words, controller->type);
    bool first = controller->index == 0;

    if (controller->type == QEMU_CONTROLLER_TYPE_PCI)
        SET_ALIAS(controller, "%s.%u", first && q35 ? "pcie" : "pci", controller->index);
    else if (first && (controller->type == QEMU_CONTROLLER_TYPE_USB ||
                       controller->type == QEMU_CONTROLLER_TYPE_IDE))
        SET_ALIAS(controller, "%s", type);
    else if (first && q35 && controller->type == QEMU_CONTROLLER_TYPE_SATA)
        SET_ALIAS(controller, "ide");
    else
        SET_ALIAS(controller, "%s%u", type, controller->index);
}

static void
name_disk(struct qemu_disk_def *disk, const struct qemu_domain_def *doc)
{
    const char *bus = vir_xml_enum_word(&qemu_disk_target_bus_words, disk->target.bus);
    const struct qemu_address_def *at = disk->address;

    if (!at || at->type != QEMU_ADDRESS_TYPE_DRIVE)
        SET_ALIAS(disk, "%s-disk%d", bus, qemu_target_index(disk->target.dev));
    else if (disk->target.bus == QEMU_DISK_TARGET_BUS_SCSI && !qemu_scsi_is_lsi(doc, at->controller))
        SET_ALIAS(disk, "%s%u-%u-%u-%u", bus, at->controller, at->bus, at->target, at->unit);
    else
        SET_ALIAS(disk, "%s%u-%u-%u", bus, at->controller, at->bus, at->unit);
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
        SET_ALIAS(doc->devices.interfaces[i], "net%zu", i);
    for (size_t i = 0; i < doc->devices.n_serials; i++)
        SET_ALIAS(doc->devices.serials[i], "serial%zu", i);
    for (size_t i = 0; i < doc->devices.n_consoles; i++)        /* the first is the serial port itself */
        SET_ALIAS(doc->devices.consoles[i],
                  doc->devices.consoles[i]->target.type == QEMU_CONSOLE_TARGET_TYPE_SERIAL
                  ? "serial%zu" : "console%zu", i);
    for (size_t i = 0; i < doc->devices.n_channels; i++)
        SET_ALIAS(doc->devices.channels[i], "channel%zu", i);
    for (size_t i = 0; i < doc->devices.n_inputs; i++)
        SET_ALIAS(doc->devices.inputs[i], "input%zu", i);
    for (size_t i = 0; i < doc->devices.n_videos; i++)
        SET_ALIAS(doc->devices.videos[i], "video%zu", i);
    if (doc->devices.memballoon && doc->devices.memballoon->model != QEMU_MEMBALLOON_MODEL_NONE)
        SET_ALIAS(doc->devices.memballoon, "balloon0");
    for (size_t i = 0; i < doc->devices.n_rngs; i++)
        SET_ALIAS(doc->devices.rngs[i], "rng%zu", i);
}
