/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One table says what each model of controller is for the guest and for QEMU;
 * which controllers a document has, and those that it needs.
 */
#include "device/controllers.h"

/* On which machines. */
enum { PC = 1, Q35 = 2 };

static const struct qemu_controller_model models[] = {
    { QEMU_CONTROLLER_TYPE_PCI, "pci-root", .bus = QEMU_PCI_ROOT },
    { QEMU_CONTROLLER_TYPE_PCI, "pcie-root", .bus = QEMU_PCIE_ROOT },
    { QEMU_CONTROLLER_TYPE_PCI, "pcie-root-port", "pcie-root-port", .bus = QEMU_ROOT_PORT,
      .chip = "pcie-root-port" },
    { QEMU_CONTROLLER_TYPE_PCI, "pci-bridge", "pci-bridge", .bus = QEMU_PCI_BRIDGE, .chip = "pci-bridge" },
    { QEMU_CONTROLLER_TYPE_PCI, "pcie-to-pci-bridge", "pcie-pci-bridge", .bus = QEMU_TO_PCI_BRIDGE,
      .chip = "pcie-pci-bridge" },
    { QEMU_CONTROLLER_TYPE_PCI, "dmi-to-pci-bridge", "i82801b11-bridge", .bus = QEMU_DMI_BRIDGE, .chip = "i82801b11-bridge" },
    { QEMU_CONTROLLER_TYPE_PCI, "pci-expander-bus", "pxb", .bus = QEMU_EXPANDER, .chip = "pxb" },
    { QEMU_CONTROLLER_TYPE_PCI, "pcie-expander-bus", "pxb-pcie", .bus = QEMU_EXPANDER, .chip = "pxb-pcie" },
    { QEMU_CONTROLLER_TYPE_PCI, "pcie-switch-upstream-port", "x3130-upstream", .bus = QEMU_UPSTREAM, .chip = "x3130-upstream" },
    { QEMU_CONTROLLER_TYPE_PCI, "pcie-switch-downstream-port", "xio3130-downstream", .bus = QEMU_DOWNSTREAM, .chip = "xio3130-downstream" },
    { QEMU_CONTROLLER_TYPE_USB, "piix3-uhci", "piix3-usb-uhci", QEMU_PCI, .fixed_on = PC, .fixed_slot = 1,
      .fixed_function = 2, .ports = 2 },
    { QEMU_CONTROLLER_TYPE_USB, "piix4-uhci", "piix4-usb-uhci", QEMU_PCI, .ports = 2 },
    { QEMU_CONTROLLER_TYPE_USB, "vt82c686b-uhci", "vt82c686b-usb-uhci", QEMU_PCI, .ports = 2 },
    { QEMU_CONTROLLER_TYPE_USB, "pci-ohci", "pci-ohci", QEMU_PCI, .ports = 3 },
    { QEMU_CONTROLLER_TYPE_USB, "qemu-xhci", "qemu-xhci", QEMU_PCIE, .ports = 4 },
    { QEMU_CONTROLLER_TYPE_USB, "nec-xhci", "nec-usb-xhci", QEMU_PCIE, .ports = 4 },
    { QEMU_CONTROLLER_TYPE_USB, "ehci", "usb-ehci", QEMU_PCI, .ports = 6 },
    { QEMU_CONTROLLER_TYPE_USB, "ich9-ehci1", "ich9-usb-ehci1", QEMU_PCI, .family = "ich9", .function = 7,
      .ports = 6 },
    { QEMU_CONTROLLER_TYPE_USB, "ich9-uhci1", "ich9-usb-uhci1", QEMU_PCI, .family = "ich9", .function = 0 },
    { QEMU_CONTROLLER_TYPE_USB, "ich9-uhci2", "ich9-usb-uhci2", QEMU_PCI, .family = "ich9", .function = 1 },
    { QEMU_CONTROLLER_TYPE_USB, "ich9-uhci3", "ich9-usb-uhci3", QEMU_PCI, .family = "ich9", .function = 2 },
    { QEMU_CONTROLLER_TYPE_SCSI, "lsilogic", "lsi", QEMU_PCI },
    { QEMU_CONTROLLER_TYPE_SCSI, "virtio-scsi", "virtio-scsi-pci", QEMU_PCIE },
    { QEMU_CONTROLLER_TYPE_SCSI, "virtio-transitional", "virtio-scsi-pci-transitional", QEMU_PCI },
    { QEMU_CONTROLLER_TYPE_SCSI, "virtio-non-transitional", "virtio-scsi-pci-non-transitional", QEMU_PCIE },
    { QEMU_CONTROLLER_TYPE_SCSI, "lsisas1068", "mptsas1068", QEMU_PCI },
    { QEMU_CONTROLLER_TYPE_SCSI, "lsisas1078", "megasas", QEMU_PCI },
    { QEMU_CONTROLLER_TYPE_SCSI, "vmpvscsi", "pvscsi", QEMU_PCI },
    { QEMU_CONTROLLER_TYPE_SCSI, "am53c974", "am53c974", QEMU_PCI },
    { QEMU_CONTROLLER_TYPE_SCSI, "dc390", "dc-390", QEMU_PCI },
    { QEMU_CONTROLLER_TYPE_IDE, NULL, NULL, QEMU_PCI, .fixed_on = PC, .fixed_slot = 1, .fixed_function = 1,
      .soldered = true },
    { QEMU_CONTROLLER_TYPE_SATA, NULL, "ahci", QEMU_PCI, .fixed_on = Q35, .fixed_slot = 31,
      .fixed_function = 2, .soldered = true },
    { QEMU_CONTROLLER_TYPE_FDC, NULL, "isa-fdc", QEMU_OFF_PCI, .fixed_on = PC, .soldered = true },
    { QEMU_CONTROLLER_TYPE_VIRTIO_SERIAL, NULL, "virtio-serial-pci", QEMU_PCIE },
    { QEMU_CONTROLLER_TYPE_CCID, NULL, "usb-ccid", QEMU_OFF_PCI },
};

const struct qemu_controller_model *
qemu_controller_model(const struct qemu_controller_def *controller)
{
    for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++)
        if (models[i].type == controller->type && (!models[i].name || is(controller->model, models[i].name)))
            return &models[i];
    return NULL;
}

bool
qemu_controller_is_fixed(const struct qemu_board *board, const struct qemu_controller_def *controller)
{
    const struct qemu_controller_model *model = qemu_controller_model(controller);

    return controller->index == 0 && model && model->fixed_on & (board->q35 ? Q35 : PC);
}

bool
qemu_controller_is_soldered(const struct qemu_board *board, const struct qemu_controller_def *controller)
{
    return qemu_controller_is_fixed(board, controller) && qemu_controller_model(controller)->soldered;
}

enum qemu_bus
qemu_controller_bus(const struct qemu_controller_def *controller)
{
    const struct qemu_controller_model *model = qemu_controller_model(controller);

    return model ? model->bus : QEMU_NO_BUS;
}

bool
qemu_controller_is_xhci(const struct qemu_controller_def *controller)
{
    return controller->type == QEMU_CONTROLLER_TYPE_USB &&
        (is(controller->model, "qemu-xhci") || is(controller->model, "nec-xhci"));
}

unsigned int
qemu_controller_usb_ports(const struct qemu_controller_def *controller)
{
    const struct qemu_controller_model *model = qemu_controller_model(controller);

    return controller->has_ports && qemu_controller_is_xhci(controller) ? controller->ports : model ? model->ports : 0;
}

const char *
qemu_controller_bus_model(enum qemu_bus bus)
{
    for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++)
        if (models[i].bus == bus)
            return models[i].name;
    return NULL;
}

/* ---- which there are ------------------------------------------------------------------------ */

struct qemu_controller_def *
qemu_controller_find(const struct qemu_board *board, enum qemu_controller_type type, unsigned int index)
{
    for (size_t i = 0; i < board->doc->devices.n_controllers; i++)
        if (board->doc->devices.controllers[i]->type == type &&
            board->doc->devices.controllers[i]->has_index && board->doc->devices.controllers[i]->index == index)
            return board->doc->devices.controllers[i];
    return NULL;
}

const char *
qemu_controller_name(const struct qemu_board *board, enum qemu_controller_type type, unsigned int index)
{
    if (type == QEMU_CONTROLLER_TYPE_PCI && index == 0)
        return board->q35 ? "pcie.0" : "pci.0";
    for (size_t i = 0; i < board->doc->devices.n_controllers; i++) {
        const struct qemu_controller_def *controller = board->doc->devices.controllers[i];

        if (controller->type == type && controller->index == index && !controller->master.present)
            return qemu_controller_is_soldered(board, controller) ? "ide" : controller->device.alias.name;
    }
    return WORD(controller_type, type); /* QEMU says that it has no such bus */
}

/* The model of one that does not say it; NULL: the kind has none. */
static const char *
usual_model(const struct qemu_board *board, enum qemu_controller_type type, unsigned int index)
{
    switch (type) {
    case QEMU_CONTROLLER_TYPE_USB:
        return board->q35 && index == 0 ? "qemu-xhci" : "piix3-uhci";
    case QEMU_CONTROLLER_TYPE_SCSI:
        return "lsilogic";
    case QEMU_CONTROLLER_TYPE_PCI:
        return index > 0 ? NULL : board->q35 ? "pcie-root" : "pci-root";
    default:
        return NULL;
    }
}

/* The buses behind an expander are numbered from above. */
static void
number_expander(const struct qemu_board *board, struct qemu_controller_def *expander)
{
    unsigned int lowest = QEMU_MAX_CONTROLLERS;

    for (size_t i = 0; i < board->doc->devices.n_controllers; i++) {
        const struct qemu_controller_def *controller = board->doc->devices.controllers[i];

        if (controller->target.has_bus_nr && controller->target.bus_nr < lowest)
            lowest = controller->target.bus_nr;
    }
    if (lowest <= 2)
        return;                         /* none is left: QEMU says so */
    expander->target.present = expander->target.has_bus_nr = true;
    expander->target.bus_nr = lowest - 2;
}

/* What firmware and QEMU call a PCI controller. */
static void
complete_pci(const struct qemu_board *board, struct qemu_controller_def *controller)
{
    const struct qemu_controller_model *model = qemu_controller_model(controller);

    if (!model || !model->chip)
        return;
    controller->chip.present = true;
    if (!controller->chip.name)
        controller->chip.name = vir_strdup(model->chip);
    if ((model->bus == QEMU_ROOT_PORT || model->bus == QEMU_DOWNSTREAM) && !controller->target.has_chassis) {
        controller->target.present = controller->target.has_chassis = true;
        controller->target.chassis = controller->index;
    }
    if (model->bus == QEMU_PCI_BRIDGE && !controller->target.has_chassis_nr) {
        controller->target.present = controller->target.has_chassis_nr = true;
        controller->target.chassis_nr = controller->index;
    }
    if (model->bus == QEMU_EXPANDER && !controller->target.has_bus_nr)
        number_expander(board, controller);
}

void
qemu_controller_complete(const struct qemu_board *board, struct qemu_controller_def *controller)
{
    if (!controller->model || is(controller->model, "auto"))
        qemu_set_text(&controller->model, usual_model(board, controller->type, controller->index));
    complete_pci(board, controller);
}

struct qemu_controller_def *
qemu_controller_add(struct qemu_board *board, enum qemu_controller_type type, unsigned int index,
                    const char *model)
{
    struct qemu_controller_def *controller = qemu_controller_def_new();

    controller->type = type;
    controller->has_index = true;
    controller->index = index;
    controller->model = vir_strdup(model);
    qemu_controller_complete(board, controller);
    vir_xml_list_insert(&qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_CONTROLLER], board->doc,
                        board->doc->devices.n_controllers, controller);
    return controller;
}

struct qemu_controller_def *
qemu_controller_need(struct qemu_board *board, enum qemu_controller_type type, unsigned int index)
{
    struct qemu_controller_def *controller = qemu_controller_find(board, type, index);

    return controller ? controller : qemu_controller_add(board, type, index, NULL);
}

bool
qemu_controller_is(const struct qemu_board *board, enum qemu_controller_type type, unsigned int index,
                   const char *model)
{
    const struct qemu_controller_def *controller = qemu_controller_find(board, type, index);

    return controller && is(controller->model, model);
}

bool
qemu_controller_is_at(const struct qemu_domain_def *doc, enum qemu_controller_type type, unsigned int index,
                      const struct qemu_address_def *place)
{
    for (size_t i = 0; i < doc->devices.n_controllers; i++) {
        const struct qemu_controller_def *controller = doc->devices.controllers[i];

        if (controller->type == type && controller->index == index)
            return qemu_same_pci(controller->device.address, place);
    }
    return false;
}
