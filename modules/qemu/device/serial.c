/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Serial ports of a PC.
 */
#include "device/character.h"
#include "device/seat.h"

enum { MOST_ISA = 4 };

static int
complete(struct qemu_board *board, void *dev)
{
    struct qemu_serial_def *serial = dev;

    qemu_character_complete(board, &serial->character);
    return 0;
}

/* The chip of a kind of port, where it is plugged in; NULL, absent: nowhere on a PC, which is refused at start. */
static const struct port {
    const char *type, *chip;
    enum qemu_address_type address;
} ports[] = {
    { "isa-serial", "isa-serial", QEMU_ADDRESS_TYPE_ISA }, { "usb-serial", "usb-serial", QEMU_ADDRESS_TYPE_USB },
    { "pci-serial", "pci-serial", QEMU_ADDRESS_TYPE_PCI }, { "isa-debug", "isa-debugcon", QEMU_ADDRESS_TYPE_ISA },
    { "system-serial", NULL, QEMU_ADDRESS_TYPE_ABSENT },
};

/* NULL: another board's. */
static const struct port *
port_of(const struct qemu_serial_def *serial)
{
    for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++)
        if (is(serial->target.type, ports[i].type))
            return &ports[i];
    return NULL;
}

static void
arrange(struct qemu_board *board)
{
    struct qemu_domain_def *doc = board->doc;

    VIR_HARDWARE_NUMBER(doc->devices.serials, doc->devices.n_serials, target.has_port, target.port);
    for (size_t i = 0; i < doc->devices.n_serials; i++) {
        struct qemu_serial_def *serial = doc->devices.serials[i];
        const struct port *port;

        serial->target.present = true;
        if (!serial->target.type)
            serial->target.type = vir_strdup("isa-serial");
        port = port_of(serial);
        if (port && !serial->target.model.name)
            serial->target.model.name = vir_strdup(port->chip);
        serial->target.model.present = serial->target.model.name;
    }
}

static bool
on_usb(const void *dev)
{
    const struct port *port = port_of(dev);

    return port && port->address == QEMU_ADDRESS_TYPE_USB;
}

static void
seats(struct qemu_board *board, void *dev)
{
    struct qemu_serial_def *serial = dev;
    const struct port *port = port_of(serial);

    if (port && port->address == QEMU_ADDRESS_TYPE_PCI)
        qemu_seat_pci(board, &serial->device.address, QEMU_PCI);
}

static int
check(const struct qemu_board *board, const void *dev)
{
    const struct qemu_serial_def *serial = dev;
    const struct port *port = port_of(serial);
    const struct qemu_address_def *at = serial->device.address;

    (void)board;
    if (!port)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "a PC has no serial port of the type '%s'",
                         serial->target.type);
    if (port->chip && !is(serial->target.model.name, port->chip))
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "a serial port of the type '%s' has the model '%s'; it must be "
                         "'%s'", port->type, serial->target.model.name, port->chip);
    if (at && port->address && at->type != port->address)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "an %s has an address of type '%s'; it must be '%s'",
                         port->type, WORD(address_type, at->type), WORD(address_type, port->address));
    if (port->address == QEMU_ADDRESS_TYPE_ISA && serial->target.port >= MOST_ISA)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "the serial port %u: a PC has %d of them", serial->target.port,
                         MOST_ISA);
    return 0;
}

static int
startable(const struct qemu_board *board, const void *dev)
{
    const struct qemu_serial_def *serial = dev;

    (void)board;
    if (!port_of(serial)->chip)
        return qemu_refuse("target", "type", serial->target.type);
    return qemu_character_startable("serial", QEMU_CHARACTER_SERIAL, &serial->character);
}

static int
build(const struct qemu_board *board, const void *dev, struct qemu_pieces *pieces)
{
    const struct qemu_serial_def *serial = dev;
    const struct port *port = port_of(serial);
    struct json_object *device = qemu_character_device(port->chip, &serial->device);

    qemu_character_build(&serial->device, QEMU_CHARACTER_SERIAL, &serial->character, pieces);
    if (is(port->type, "isa-serial"))
        qemu_put_number(device, "index", serial->target.port);
    if (port->address == QEMU_ADDRESS_TYPE_USB)
        qemu_put_usb_address(board, device, serial->device.address);
    qemu_put_pci_address(board, device, serial->device.address);
    if (serial->device.address && serial->device.address->has_iobase)
        qemu_put_number(device, "iobase", serial->device.address->iobase);
    if (serial->device.address && serial->device.address->has_irq)
        qemu_put_number(device, "irq", serial->device.address->irq);
    qemu_pieces_add(pieces, QEMU_DEVICE, device);
    return 0;
}

static void
learn(void *dev, struct json_object *answers)
{
    struct qemu_serial_def *serial = dev;

    qemu_character_learn(&serial->device, &serial->character, answers);
}

static bool
same(const void *dev, const void *wanted)
{
    const struct qemu_serial_def *one = dev, *other = wanted;

    return one->character.type == other->character.type &&
        (!other->target.has_port || one->target.port == other->target.port);
}

const struct qemu_device_type qemu_device_serial = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_SERIAL],
    .complete = complete, .arrange = arrange, .on_usb = on_usb, .seats = seats, .check = check, .startable = startable,
    .alias = "serial", .build = build,
    .learn = learn, .same = same,
    .codes = { [QEMU_NO_PLUG] = VIR_ERR_INTERNAL_ERROR, [QEMU_NONE_TO_DETACH] = VIR_ERR_INVALID_ARG },
    .opens = true, .console = true,
};
