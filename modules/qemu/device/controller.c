/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Controllers as devices: their numbers, rules and places, and what QEMU is told.
 */
#include "device/controllers.h"
#include "device/pieces.h"
#include "device/seat.h"

#include <limits.h>
#include <stdlib.h>

/* ---- completing -------------------------------------------------------------------------------- */

static bool
is_companion(const struct qemu_controller_def *controller)
{
    return controller->master.present;
}

/* The lowest number that no controller of the type has; LOWEST: that of the last one. */
static unsigned int
free_number(const struct qemu_board *board, enum qemu_controller_type type, unsigned int *lowest)
{
    while (qemu_controller_find(board, type, *lowest))
        ++*lowest;
    return *lowest;
}

/* A companion has the number of the card that it is on, the function before it; others that have no number
 * get the lowest that is free. */
static void
arrange(struct qemu_board *board)
{
    unsigned int *lowest = vir_alloc_array(qemu_controller_type_words.n, sizeof(*lowest));
    struct qemu_domain_def *doc = board->doc;

    for (size_t i = 0; i < doc->devices.n_controllers; i++) {
        struct qemu_controller_def *controller = doc->devices.controllers[i];

        if (!controller->has_index)
            controller->index = i > 0 && is_companion(controller) ? doc->devices.controllers[i - 1]->index
                : free_number(board, controller->type, &lowest[controller->type]);
        controller->has_index = true;
        qemu_controller_complete(board, controller);
    }
    free(lowest);
    qemu_controller_need(board, QEMU_CONTROLLER_TYPE_USB, 0);
    if (board->q35)
        qemu_controller_need(board, QEMU_CONTROLLER_TYPE_SATA, 0);
    qemu_controller_need(board, QEMU_CONTROLLER_TYPE_PCI, 0);
}

/* A reader of smart cards is a USB device. */
static bool
on_usb(const void *dev)
{
    return ((const struct qemu_controller_def *)dev)->type == QEMU_CONTROLLER_TYPE_CCID;
}

/* ---- rules --------------------------------------------------------------------------------------- */

static int
check_pci(const struct qemu_board *board, const struct qemu_controller_def *controller)
{
    const char *root = board->q35 ? "pcie-root" : "pci-root", *model = controller->model;

    if (controller->index == 0 && controller->device.address)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the PCI controller 0 is the root, and has no address");
    if (!model)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "the PCI controller %u has no model", controller->index);
    if ((controller->index == 0) != (strcmp(model, root) == 0))
        return vir_error(VIR_ERR_XML_ERROR,
                         "the PCI controller %u has the model '%s'; on this machine the controller 0, "
                         "and no other, is '%s'", controller->index, model, root);
    return 0;
}

/* The chipset's own controllers sit where they sit. */
static int
check_chipset(const struct qemu_board *board, const struct qemu_controller_def *controller)
{
    const struct qemu_controller_model *model = qemu_controller_model(controller);
    const struct qemu_address_def *at = controller->device.address;

    if (!qemu_controller_is_fixed(board, controller) || !at || at->type != QEMU_ADDRESS_TYPE_PCI || !at->has_slot ||
        (at->bus == 0 && at->slot == model->fixed_slot && at->function == model->fixed_function))
        return 0;
    return vir_error(VIR_ERR_INTERNAL_ERROR,
                     "the first %s controller is part of the chipset, at the PCI address 00:%02x.%u",
                     WORD(controller_type, controller->type), model->fixed_slot,
                     model->fixed_function);
}

/* Words for other boards. */
static int
check_model(const struct qemu_controller_def *controller)
{
    const char *model = controller->model;
    enum qemu_controller_type type = controller->type;

    if (is(model, "qusb1") || is(model, "qusb2") || is(model, "buslogic") || is(model, "ncr53c90"))
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "a PC has no controller of the model '%s'", model);
    if (!controller->device.address && (type == QEMU_CONTROLLER_TYPE_ISA || type == QEMU_CONTROLLER_TYPE_XENBUS))
        return vir_error(VIR_ERR_INTERNAL_ERROR, "a PC has no bus for a controller of the type '%s'",
                         WORD(controller_type, type));
    return 0;
}

/* A companion is on a card, which has the ports. */
static int
check_usb(const struct qemu_board *board, const struct qemu_controller_def *controller)
{
    const struct qemu_controller_model *model = qemu_controller_model(controller);

    for (size_t i = 0; i < board->doc->devices.n_controllers; i++) {
        const struct qemu_controller_def *other = board->doc->devices.controllers[i];

        if (other->type != QEMU_CONTROLLER_TYPE_USB)
            continue;
        if (other != controller && is(other->model, "none"))
            return vir_error(VIR_ERR_XML_DETAIL, "a USB controller of the model 'none' is no other's neighbour");
        if (other->index == controller->index && qemu_controller_usb_ports(other) > 0)
            return 0;
    }
    if (!model || !model->family)
        return 0;
    return vir_error(VIR_ERR_XML_DETAIL, "the USB controller %u of the model '%s' accompanies no other",
                     controller->index, controller->model);
}

static int
check(const struct qemu_board *board, const void *dev)
{
    const struct qemu_controller_def *controller = dev;

    if (controller->index >= QEMU_MAX_CONTROLLERS)
        return vir_error(VIR_ERR_XML_ERROR, "controller index %u: at most %d are possible",
                         controller->index, QEMU_MAX_CONTROLLERS);
    if (controller->type == QEMU_CONTROLLER_TYPE_IDE && board->q35)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "a q35 machine has no IDE controller; use bus='sata'");
    if (check_model(controller) < 0 || (controller->driver.has_iothread &&
        qemu_check_iothread(board, "controller", controller->driver.iothread) < 0))
        return -1;
    return controller->type == QEMU_CONTROLLER_TYPE_PCI ? check_pci(board, controller)
        : controller->type == QEMU_CONTROLLER_TYPE_USB && check_usb(board, controller) < 0 ? -1
        : check_chipset(board, controller);
}

static int
check_all(const struct qemu_board *board)
{
    struct { bool there[QEMU_MAX_CONTROLLERS]; } *kinds = vir_alloc_array(qemu_controller_type_words.n,
                                                                          sizeof(*kinds));
    int ret = 0;

    for (size_t i = 0; i < board->doc->devices.n_controllers && ret == 0; i++) {
        const struct qemu_controller_def *controller = board->doc->devices.controllers[i];

        if (is_companion(controller))   /* of another one, whose number it has */
            continue;
        if (kinds[controller->type].there[controller->index])
            ret = vir_error(VIR_ERR_XML_ERROR, "two controllers of type '%s' have the index %u",
                            WORD(controller_type, controller->type), controller->index);
        kinds[controller->type].there[controller->index] = true;
    }
    free(kinds);
    return ret;
}

static void
seats(struct qemu_board *board, void *dev)
{
    struct qemu_controller_def *controller = dev;
    const struct qemu_controller_model *model = qemu_controller_model(controller);

    if (!model || model->slot == QEMU_OFF_PCI || model->type == QEMU_CONTROLLER_TYPE_PCI)
        return;                         /* buses are placed before all else: seat-pci.c */
    if (qemu_controller_is_fixed(board, controller))
        qemu_seat_pci_fixed(board, &controller->device.address, model->fixed_slot, model->fixed_function);
    else if (model->family)
        qemu_seat_pci_family(board, &controller->device.address, model->family, controller->index,
                             model->function);
    else
        qemu_seat_pci(board, &controller->device.address, model->slot);
}

/* ---- what cannot be done yet ---------------------------------------------------------------------- */

/* Of the names that others of the kind have, the one that changes nothing. */
static bool
is_usual_word(const struct qemu_controller_def *controller)
{
    return (controller->type == QEMU_CONTROLLER_TYPE_IDE && is(controller->model, "piix3")) ||
        (controller->type == QEMU_CONTROLLER_TYPE_VIRTIO_SERIAL && is(controller->model, "virtio"));
}

static bool
is_root(const struct qemu_controller_model *model)
{
    return model->bus == QEMU_PCI_ROOT || model->bus == QEMU_PCIE_ROOT;
}

static int
startable(const struct qemu_board *board, const void *dev)
{
    const struct qemu_controller_def *controller = dev;
    const struct qemu_controller_model *model = qemu_controller_model(controller);

    if (!model && !controller->model)
        return qemu_refuse("controller", "type", WORD(controller_type, controller->type));
    if (!model || (!model->name && controller->model && !is_usual_word(controller)))
        return qemu_refuse("controller", "model", controller->model);
    if (!model->driver && !is_root(model) && !qemu_controller_is_soldered(board, controller))
        return qemu_refuse("controller", model->name ? "model" : "type",
                           model->name ? model->name : WORD(controller_type, controller->type));
    if (controller->chip.name && !is(model->chip, controller->chip.name))
        return qemu_refuse("model", "name", controller->chip.name);
    if (controller->target.present && model->bus != QEMU_ROOT_PORT && model->bus != QEMU_PCI_BRIDGE &&
        model->bus != QEMU_DOWNSTREAM && model->bus != QEMU_EXPANDER)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                         "the qemu driver does not do <target> of a controller of type '%s' and model '%s'",
                         WORD(controller_type, controller->type), controller->model ? controller->model : "");
    if (controller->target.hotplug == VIR_XML_NO && model->bus != QEMU_ROOT_PORT)
        return qemu_refuse("target", "hotplug", "off");
    return qemu_check_address("controller", controller->device.address,
                              on_usb(dev) ? QEMU_ADDRESS_TYPE_USB : QEMU_ADDRESS_TYPE_PCI);
}

/* ---- for QEMU -------------------------------------------------------------------------------------- */

static void
name(const struct qemu_board *board, void *dev, size_t number)
{
    struct qemu_controller_def *controller = dev;
    const char *type = WORD(controller_type, controller->type);
    bool first = controller->index == 0;

    (void)number;                       /* the index is it */
    if (controller->type == QEMU_CONTROLLER_TYPE_PCI)
        qemu_alias_set(&controller->device, "%s.%u", first && board->q35 ? "pcie" : "pci",
                       controller->index);
    else if (first && (controller->type == QEMU_CONTROLLER_TYPE_USB ||
                       controller->type == QEMU_CONTROLLER_TYPE_IDE))
        qemu_alias_set(&controller->device, "%s", type);
    else if (first && board->q35 && controller->type == QEMU_CONTROLLER_TYPE_SATA)
        qemu_alias_set(&controller->device, "ide");
    else
        qemu_alias_set(&controller->device, "%s%u", type, controller->index);
}

/* Is it one of virtio?  To others nothing of that is told. */
static bool
is_virtio(const struct qemu_controller_model *model)
{
    return strncmp(model->driver, "virtio-", strlen("virtio-")) == 0;
}

static void
put_ports(struct json_object *device, const struct qemu_controller_def *controller)
{
    bool serial = controller->type == QEMU_CONTROLLER_TYPE_VIRTIO_SERIAL;

    if (controller->has_ports && serial)
        qemu_put_number(device, "max_ports", controller->ports);
    if (controller->has_ports && qemu_controller_is_xhci(controller)) {
        qemu_put_number(device, "p2", controller->ports);
        qemu_put_number(device, "p3", controller->ports);
    }
    if (controller->has_vectors && serial)
        qemu_put_number(device, "vectors", controller->vectors);
}

static void
put_virtio(struct json_object *device, const struct qemu_controller_def *controller)
{
    if (controller->driver.has_iothread)
        qemu_put_iothread(device, "iothread", controller->driver.iothread);
    if (controller->driver.has_queues)
        qemu_put_number(device, "num_queues", controller->driver.queues);
    if (controller->driver.has_cmd_per_lun)
        qemu_put_number(device, "cmd_per_lun", controller->driver.cmd_per_lun);
    if (controller->driver.has_max_sectors)
        qemu_put_number(device, "max_sectors", controller->driver.max_sectors);
    if (controller->driver.ioeventfd)
        qemu_put_bool(device, "ioeventfd", controller->driver.ioeventfd == VIR_XML_YES);
    qemu_put_virtio(device, &controller->driver.virtio);
}

/* What firmware sees of a bus. */
static void
put_target(struct json_object *device, const struct qemu_controller_def *controller, enum qemu_bus bus)
{
    if (bus == QEMU_ROOT_PORT || bus == QEMU_DOWNSTREAM) {
        if (controller->target.has_port)
            qemu_put_number(device, "port", controller->target.port);
        qemu_put_number(device, "chassis", controller->target.has_chassis ? controller->target.chassis
                        : controller->index);
    }
    if (bus == QEMU_ROOT_PORT && controller->target.hotplug)
        qemu_put_bool(device, "hotplug", controller->target.hotplug == VIR_XML_YES);
    if (bus == QEMU_PCI_BRIDGE)
        qemu_put_number(device, "chassis_nr", controller->target.has_chassis_nr
                        ? controller->target.chassis_nr : controller->index);
    if (bus == QEMU_EXPANDER && controller->target.has_bus_nr)
        qemu_put_number(device, "bus_nr", controller->target.bus_nr);
}

/* How much room a root leaves for devices above 4 GiB. */
static void
put_hole(const struct qemu_board *board, const struct qemu_controller_def *controller, struct qemu_pieces *pieces)
{
    VIR_AUTO_FREE char *text = vir_strdup_printf("%s.pci-hole64-size=%lluK", board->q35 ? "q35-pcihost" : "i440FX-pcihost",
                                                 controller->pcihole64);

    if (controller->has_pcihole64)
        qemu_pieces_option(pieces, "-global", text);
}

/* A companion is named by its controller; the board's own for floppies needs no name. */
static void
build_one(const struct qemu_board *board, const struct qemu_controller_def *controller,
          struct qemu_pieces *pieces)
{
    const struct qemu_controller_model *model = qemu_controller_model(controller);
    struct qemu_device anonymous = { .address = controller->device.address };
    bool nameless = is_companion(controller) || controller->type == QEMU_CONTROLLER_TYPE_FDC;
    struct json_object *device = qemu_pci_device(board, model->driver, nameless ? &anonymous : &controller->device);

    put_target(device, controller, model->bus);
    if (on_usb(controller))
        qemu_put_usb_address(board, device, controller->device.address);
    put_ports(device, controller);
    if (is_virtio(model))
        put_virtio(device, controller);
    if (is_companion(controller)) {
        VIR_AUTO_FREE char *bus = vir_strdup_printf("%s.0", qemu_controller_name(board, controller->type,
                                                                                 controller->index));

        qemu_put(device, "masterbus", bus);
        qemu_put_number(device, "firstport", controller->master.startport);
    }
    qemu_pieces_add(pieces, QEMU_DEVICE, device);
}

static int
build(const struct qemu_board *board, const void *dev, struct qemu_pieces *pieces)
{
    const struct qemu_controller_def *controller = dev;
    const struct qemu_controller_model *model = qemu_controller_model(controller);

    put_hole(board, controller, pieces);
    if (model->driver && !qemu_controller_is_soldered(board, controller))
        build_one(board, controller, pieces);
    return 0;
}

static bool
same(const void *dev, const void *wanted)
{
    const struct qemu_controller_def *one = dev, *other = wanted;

    return one->type == other->type && other->has_index && one->index == other->index &&
        is_companion(one) == is_companion(other) && (!is_companion(one) || is(one->model, other->model));
}

/* Is DEVICE plugged into it?  Drives are asked for by their bus. */
static bool
holds(const struct qemu_controller_def *controller, const struct qemu_address_def *at)
{
    if (!at)
        return false;
    return controller->type == QEMU_CONTROLLER_TYPE_USB
        ? at->type == QEMU_ADDRESS_TYPE_USB && at->bus == controller->index
        : at->type == QEMU_ADDRESS_TYPE_VIRTIO_SERIAL && at->controller == controller->index &&
          controller->type == QEMU_CONTROLLER_TYPE_VIRTIO_SERIAL;
}

static int
may_go(const struct qemu_board *board, const void *dev)
{
    const struct qemu_controller_def *controller = dev;
    const struct qemu_device *device;
    bool used = qemu_seat_holds_drive(board, controller->type, controller->index);

    for (struct qemu_mixin_at at = { 0 }; !used && (device = qemu_mixin_next(board->doc, &at)); )
        used = holds(controller, device->address);
    return used ? vir_error(controller->type == QEMU_CONTROLLER_TYPE_SCSI ? VIR_ERR_OPERATION_FAILED
                            : VIR_ERR_OPERATION_UNSUPPORTED, "the controller '%s' is in use",
                            controller->device.alias.name) : 0;
}

/* Buses by number, so that each is there before what is plugged into it; then kind by kind. */
static int
rank(const void *dev)
{
    static const enum qemu_controller_type kinds[] = { QEMU_CONTROLLER_TYPE_PCI, QEMU_CONTROLLER_TYPE_USB,
                                                       QEMU_CONTROLLER_TYPE_SCSI, QEMU_CONTROLLER_TYPE_IDE,
                                                       QEMU_CONTROLLER_TYPE_SATA };
    const struct qemu_controller_def *controller = dev;
    int kind = 0;

    while (kind < (int)(sizeof(kinds) / sizeof(kinds[0])) && kinds[kind] != controller->type)
        kind++;
    return kind * QEMU_MAX_CONTROLLERS + (kind == 0 ? (int)controller->index : 0);
}

/* QEMU 7.2 takes a USB controller, but never tells that it has let it go. */
static bool
plugs_as(const void *dev)
{
    const struct qemu_controller_def *controller = dev;

    return controller->type == QEMU_CONTROLLER_TYPE_SCSI || controller->type == QEMU_CONTROLLER_TYPE_VIRTIO_SERIAL;
}

static bool
stays(const void *dev)
{
    return !plugs_as(dev);
}

static size_t
count(const struct qemu_board *board, enum qemu_controller_type type)
{
    size_t n = 0;

    for (size_t i = 0; i < board->doc->devices.n_controllers; i++)
        n += board->doc->devices.controllers[i]->type == type;
    return n;
}

/* The only one of its kind, as every pc has it. */
static bool
implied(const struct qemu_board *board, const void *dev)
{
    const struct qemu_controller_def *controller = dev;
    const char *usual = controller->type == QEMU_CONTROLLER_TYPE_USB ? "piix3-uhci"
        : controller->type == QEMU_CONTROLLER_TYPE_PCI ? "pci-root" : NULL;

    return usual && !board->q35 && controller->index == 0 && is(controller->model, usual) &&
        count(board, controller->type) == 1;
}

/* By kind and index, companions behind the one they accompany; those without an index come last. */
static struct vir_hardware_device
listed(const void *dev)
{
    const struct qemu_controller_def *controller = dev;
    unsigned int number = controller->has_index ? controller->index * 2 + is_companion(controller) : UINT_MAX;

    return (struct vir_hardware_device){ controller->type, number };
}

const struct qemu_device_type qemu_device_controller = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_CONTROLLER],
    .arrange = arrange, .on_usb = on_usb, .check = check, .check_all = check_all, .seats = seats,
    .startable = startable, .name = name, .build = build, .same = same, .plugs_as = plugs_as, .stays = stays,
    .unique = true, .codes = { [QEMU_THERE_LIVE] = VIR_ERR_OPERATION_FAILED },
    .may_go = may_go, .rank = rank, .implied = implied, .listed = listed,
};
