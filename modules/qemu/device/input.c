/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Keyboards, mice and tablets.
 */
#include "device/pieces.h"
#include "device/seat.h"

static enum qemu_input_bus
usual_bus(enum qemu_input_type type)
{
    return type == QEMU_INPUT_TYPE_TABLET ? QEMU_INPUT_BUS_USB
        : type == QEMU_INPUT_TYPE_PASSTHROUGH ? QEMU_INPUT_BUS_VIRTIO
        : type == QEMU_INPUT_TYPE_EVDEV ? QEMU_INPUT_BUS_ABSENT : QEMU_INPUT_BUS_PS2;
}

static int
complete(struct qemu_board *board, void *dev)
{
    struct qemu_input_def *input = dev;

    (void)board;
    if (!input->bus)
        input->bus = usual_bus(input->type);
    return 0;
}

static bool
on_usb(const void *dev)
{
    return ((const struct qemu_input_def *)dev)->bus == QEMU_INPUT_BUS_USB;
}

static void
seats(struct qemu_board *board, void *dev)
{
    struct qemu_input_def *input = dev;

    if (input->bus == QEMU_INPUT_BUS_VIRTIO)
        qemu_seat_pci(board, &input->device.address, qemu_virtio_slot(input->model));
}

/* A PC has a pair on its PS/2 ports. */
static void
need_ps2(struct qemu_domain_def *doc, enum qemu_input_type type)
{
    struct qemu_input_def *input;

    for (size_t i = 0; i < doc->devices.n_inputs; i++)
        if (doc->devices.inputs[i]->type == type && doc->devices.inputs[i]->bus == QEMU_INPUT_BUS_PS2)
            return;
    input = qemu_input_def_new();
    input->type = type;
    input->bus = QEMU_INPUT_BUS_PS2;
    qemu_device_append(&qemu_device_input, doc, input);
}

static void
arrange(struct qemu_board *board)
{
    need_ps2(board->doc, QEMU_INPUT_TYPE_MOUSE);
    need_ps2(board->doc, QEMU_INPUT_TYPE_KEYBOARD);
}

static int
check(const struct qemu_board *board, const void *dev)
{
    const struct qemu_input_def *input = dev;

    (void)board;
    if (input->bus == QEMU_INPUT_BUS_XEN)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "a PC has no input bus 'xen'");
    if (input->bus != QEMU_INPUT_BUS_USB || !input->device.address)
        return 0;
    if (input->device.address->type != QEMU_ADDRESS_TYPE_USB)
        return vir_error(VIR_ERR_XML_ERROR,
                         "a %s on the usb bus has an address of type '%s'; it must be 'usb'",
                         WORD(input_type, input->type), WORD(address_type, input->device.address->type));
    return 0;
}

static int
startable(const struct qemu_board *board, const void *dev)
{
    const struct qemu_input_def *input = dev;

    (void)board;
    if (input->bus == QEMU_INPUT_BUS_VIRTIO)
        return qemu_check_address("input", input->device.address, QEMU_ADDRESS_TYPE_PCI);
    if (input->bus && input->bus != QEMU_INPUT_BUS_PS2 && input->bus != QEMU_INPUT_BUS_USB)
        return qemu_refuse("input", "bus", WORD(input_bus, input->bus));
    return 0;
}

static const char *
virtio_driver(enum qemu_input_type type)
{
    return type == QEMU_INPUT_TYPE_MOUSE ? "virtio-mouse-pci" : type == QEMU_INPUT_TYPE_KEYBOARD ? "virtio-keyboard-pci"
        : type == QEMU_INPUT_TYPE_TABLET ? "virtio-tablet-pci" : "virtio-input-host-pci";
}

static struct json_object *
virtio_device(const struct qemu_board *board, const struct qemu_input_def *input)
{
    struct json_object *device = qemu_pci_device(board, virtio_driver(input->type), &input->device);

    qemu_put_virtio(device, &input->driver.virtio);
    if (input->type == QEMU_INPUT_TYPE_PASSTHROUGH)
        qemu_put(device, "evdev", input->source.evdev);
    return device;
}

/* What the host's device says goes to whatever the guest has of the kind. */
static struct json_object *
events_of_host(const struct qemu_input_def *input)
{
    struct json_object *object = qemu_object("qom-type", "input-linux");

    qemu_put(object, "id", input->device.alias.name);
    qemu_put(object, "evdev", input->source.dev);
    if (input->source.repeat)
        qemu_put_bool(object, "repeat", input->source.repeat == VIR_XML_YES);
    if (input->source.grab)
        qemu_put_bool(object, "grab_all", true);
    if (input->source.grab_toggle)
        qemu_put(object, "grab-toggle", WORD(input_source_grab_toggle, input->source.grab_toggle));
    return object;
}

static int
build(const struct qemu_board *board, const void *dev, struct qemu_pieces *pieces)
{
    const struct qemu_input_def *input = dev;
    struct json_object *device;

    if (input->bus == QEMU_INPUT_BUS_PS2)
        return 0;                       /* the board has it */
    if (input->type == QEMU_INPUT_TYPE_EVDEV) {
        qemu_pieces_add(pieces, QEMU_OBJECT, events_of_host(input));
        return 0;
    }
    if (input->bus == QEMU_INPUT_BUS_VIRTIO) {
        qemu_pieces_add(pieces, QEMU_DEVICE, virtio_device(board, input));
        return 0;
    }
    device = qemu_object("driver", input->type == QEMU_INPUT_TYPE_TABLET ? "usb-tablet"
                         : input->type == QEMU_INPUT_TYPE_MOUSE ? "usb-mouse" : "usb-kbd");
    qemu_put(device, "id", input->device.alias.name);
    qemu_put_usb_address(board, device, input->device.address);
    qemu_pieces_add(pieces, QEMU_DEVICE, device);
    return 0;
}

static bool
same(const void *dev, const void *wanted)
{
    const struct qemu_input_def *one = dev, *other = wanted;

    return one->type == other->type && one->bus == (other->bus ? other->bus : usual_bus(other->type));
}

static bool
plugs_as(const void *dev)
{
    const struct qemu_input_def *input = dev;

    return input->bus == QEMU_INPUT_BUS_USB || input->bus == QEMU_INPUT_BUS_VIRTIO;
}

/* A PS/2 keyboard goes with every PS/2 mouse. */
static bool
implied(const struct qemu_board *board, const void *dev)
{
    const struct qemu_input_def *input = dev;

    (void)board;
    return input->type == QEMU_INPUT_TYPE_KEYBOARD && input->bus == QEMU_INPUT_BUS_PS2;
}

const struct qemu_device_type qemu_device_input = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_INPUT],
    .complete = complete, .arrange = arrange, .on_usb = on_usb, .check = check, .seats = seats,
    .startable = startable, .alias = "input", .build = build, .same = same, .plugs_as = plugs_as, .implied = implied,
};
