/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Devices on the command line, in the order of the last function.
 */
#include "device/command-parts.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- controllers ------------------------------------------------------------------- */

static int
add_pci_controller(const struct qemu_board *board, const struct qemu_controller_def *controller)
{
    struct json_object *device;

    if (is(controller->model, "pci-root") || is(controller->model, "pcie-root"))
        return 0;
    if (is(controller->model, "pcie-to-pci-bridge")) {
        qemu_add_device(board, qemu_pci_device(board, "pcie-pci-bridge", &controller->device));
        return 0;
    }
    if (!is(controller->model, "pcie-root-port"))
        return qemu_refuse("controller type='pci'", "model", controller->model);
    if (controller->target.hotplug == VIR_XML_NO)
        return qemu_refuse("target", "hotplug", "off");
    device = qemu_pci_device(board, "pcie-root-port", &controller->device);
    if (controller->target.has_port)
        qemu_put_number(device, "port", controller->target.port);
    qemu_put_number(device, "chassis",
                    controller->target.has_chassis ? controller->target.chassis : controller->index);
    qemu_add_device(board, device);
    return 0;
}

static int
add_controller(const struct qemu_board *board, const struct qemu_controller_def *controller)
{
    static const struct { enum qemu_controller_type type; const char *model, *driver; } drivers[] = {
        { QEMU_CONTROLLER_TYPE_USB, "piix3-uhci", "piix3-usb-uhci" },
        { QEMU_CONTROLLER_TYPE_USB, "qemu-xhci", "qemu-xhci" },
        { QEMU_CONTROLLER_TYPE_USB, "nec-xhci", "nec-usb-xhci" },
        { QEMU_CONTROLLER_TYPE_USB, "ehci", "usb-ehci" },
        { QEMU_CONTROLLER_TYPE_SCSI, "lsilogic", "lsi" },
        { QEMU_CONTROLLER_TYPE_SCSI, "virtio-scsi", "virtio-scsi-pci" },
        { QEMU_CONTROLLER_TYPE_SATA, NULL, "ahci" },
        { QEMU_CONTROLLER_TYPE_VIRTIO_SERIAL, NULL, "virtio-serial-pci" },
    };
    const char *type = vir_xml_enum_word(&qemu_controller_type_words, controller->type);

    if (controller->type == QEMU_CONTROLLER_TYPE_PCI)
        return 0;                       /* they came first */
    if (controller->index == 0 && ((controller->type == QEMU_CONTROLLER_TYPE_IDE && !board->q35) ||
                                   (controller->type == QEMU_CONTROLLER_TYPE_SATA && board->q35)))
        return 0;                       /* part of the chipset */
    for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
        if (controller->type != drivers[i].type ||
            (drivers[i].model && !is(controller->model, drivers[i].model)))
            continue;
        qemu_add_device(board, qemu_pci_device(board, drivers[i].driver, &controller->device));
        return 0;
    }
    return controller->model ? qemu_refuse("controller", "model", controller->model)
                             : qemu_refuse("controller", "type", type);
}

/* PCI buses by number, so that each is there before what is plugged into it. */
static int
add_buses(const struct qemu_board *board)
{
    for (unsigned int index = 1; index < 256; index++)
        for (size_t i = 0; i < board->doc->devices.n_controllers; i++)
            if (board->doc->devices.controllers[i]->type == QEMU_CONTROLLER_TYPE_PCI &&
                board->doc->devices.controllers[i]->index == index &&
                add_pci_controller(board, board->doc->devices.controllers[i]) < 0)
                return -1;
    return 0;
}

/* ---- network cards ----------------------------------------------------------------------- */

static int
add_interface(const struct qemu_board *board, size_t i)
{
    static const char *const cards[] = { "virtio", "e1000", "e1000e", "rtl8139", "ne2k_pci", "pcnet", NULL };
    const struct qemu_interface_def *interface = board->doc->devices.interfaces[i];
    const unsigned char *mac = interface->mac.address;
    VIR_AUTO_FREE char *host = vir_strdup_printf("host%s", interface->device.alias.name);
    struct json_object *netdev, *device;
    const char *const *card = cards;
    char text[18];

    if (interface->type != QEMU_INTERFACE_TYPE_USER)
        return qemu_refuse("interface", "type", vir_xml_enum_word(&qemu_interface_type_words,
                                                                  interface->type));
    while (*card && strcmp(*card, interface->model.type) != 0)
        card++;
    if (!*card)
        return qemu_refuse("model", "type", interface->model.type);
    netdev = qemu_object("type", "user");
    qemu_put(netdev, "id", host);
    qemu_command_json(board->command, "-netdev", netdev);
    device = qemu_pci_device(board, is(*card, "virtio") ? "virtio-net-pci" : *card, &interface->device);
    qemu_put(device, "netdev", host);
    snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
             mac[5]);
    qemu_put(device, "mac", text);
    qemu_put_boot_index(board, device, interface->device.boot.present ? interface->device.boot.order : 0,
                        i == 0, QEMU_DOMAIN_OS_BOOT_DEV_NETWORK);
    qemu_add_device(board, device);
    return 0;
}

/* ---- the rest -------------------------------------------------------------------------------------- */

static int
add_audio(const struct qemu_board *board, const struct qemu_audio_def *audio)
{
    struct json_object *value;

    if (audio->type != QEMU_AUDIO_TYPE_NONE || audio->id != 1)
        return qemu_refuse("audio", "type", vir_xml_enum_word(&qemu_audio_type_words, audio->type));
    value = qemu_object("id", "audio1");
    qemu_put(value, "driver", "none");
    qemu_command_json(board->command, "-audiodev", value);
    return 0;
}

static int
add_memballoon(const struct qemu_board *board, const struct qemu_memballoon_def *balloon)
{
    if (!balloon || balloon->model == QEMU_MEMBALLOON_MODEL_NONE)
        return 0;
    if (balloon->model != QEMU_MEMBALLOON_MODEL_VIRTIO)
        return qemu_refuse("memballoon", "model", vir_xml_enum_word(&qemu_memballoon_model_words,
                                                                    balloon->model));
    qemu_add_device(board, qemu_pci_device(board, "virtio-balloon-pci", &balloon->device));
    return 0;
}

static int
add_rng(const struct qemu_board *board, const struct qemu_rng_def *rng)
{
    bool builtin = rng->backend.model == QEMU_RNG_BACKEND_MODEL_BUILTIN;
    VIR_AUTO_FREE char *id = vir_strdup_printf("obj%s", rng->device.alias.name);
    struct json_object *source, *device;

    if (rng->model != QEMU_RNG_MODEL_VIRTIO)
        return qemu_refuse("rng", "model", vir_xml_enum_word(&qemu_rng_model_words, rng->model));
    if (rng->backend.model == QEMU_RNG_BACKEND_MODEL_EGD)
        return qemu_refuse("backend", "model", "egd");
    source = qemu_object("qom-type", builtin ? "rng-builtin" : "rng-random");
    qemu_put(source, "id", id);
    if (!builtin)
        qemu_put(source, "filename", rng->backend.path ? rng->backend.path : "/dev/urandom");
    qemu_command_json(board->command, "-object", source);
    device = qemu_pci_device(board, "virtio-rng-pci", &rng->device);
    qemu_put(device, "rng", id);
    qemu_add_device(board, device);
    return 0;
}

int
qemu_command_devices(const struct qemu_def *def, struct qemu_command *command)
{
    const struct qemu_domain_def *doc = def->doc;
    const struct qemu_board board = { .doc = doc, .command = command,
                                     .q35 = qemu_machine_is_q35(doc->os.type.machine) };

    if (add_buses(&board) < 0)
        return -1;
    QEMU_EACH(controllers, add_controller(&board, doc->devices.controllers[i]));
    QEMU_EACH(disks, qemu_add_disk(&board, i));
    QEMU_EACH(interfaces, add_interface(&board, i));
    QEMU_EACH(serials, qemu_add_serial(&board, doc->devices.serials[i]));
    QEMU_EACH(consoles, qemu_add_console(&board, doc->devices.consoles[i]));
    QEMU_EACH(channels, qemu_add_channel(&board, doc->devices.channels[i]));
    QEMU_EACH(audios, add_audio(&board, doc->devices.audios[i]));
    QEMU_EACH(graphics, qemu_add_graphics(&board, doc->devices.graphics[i]));
    QEMU_EACH(inputs, qemu_add_input(&board, doc->devices.inputs[i]));
    QEMU_EACH(videos, qemu_add_video(&board, doc->devices.videos[i]));
    if (add_memballoon(&board, doc->devices.memballoon) < 0)
        return -1;
    QEMU_EACH(rngs, add_rng(&board, doc->devices.rngs[i]));
    return 0;
}
