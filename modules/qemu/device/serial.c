/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Serial ports of a PC.
 */
#include "device/character.h"

static int
complete(struct qemu_board *board, void *dev)
{
    struct qemu_serial_def *serial = dev;

    qemu_character_complete(board, &serial->character);
    return 0;
}

static void
arrange(struct qemu_board *board)
{
    for (size_t i = 0; i < board->doc->devices.n_serials; i++) {
        struct qemu_serial_def *serial = board->doc->devices.serials[i];

        if (!serial->target.has_port)
            serial->target.port = (unsigned int)i;
        serial->target.has_port = serial->target.present = true;
        if (!serial->target.type)
            serial->target.type = vir_strdup("isa-serial");
        if (!is(serial->target.type, "isa-serial"))
            continue;
        serial->target.model.present = true;
        if (!serial->target.model.name)
            serial->target.model.name = vir_strdup("isa-serial");
    }
}

static int
check(const struct qemu_board *board, const void *dev)
{
    const struct qemu_serial_def *serial = dev;

    (void)board;
    if (serial->device.address && is(serial->target.type, "isa-serial") &&
        serial->device.address->type != QEMU_ADDRESS_TYPE_ISA)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                         "an isa-serial has an address of type '%s'; it must be 'isa'",
                         WORD(address_type, serial->device.address->type));
    return 0;
}

static int
startable(const struct qemu_board *board, const void *dev)
{
    const struct qemu_serial_def *serial = dev;

    (void)board;
    if (!is(serial->target.type, "isa-serial"))
        return qemu_refuse("target", "type", serial->target.type);
    if (serial->target.model.name && !is(serial->target.model.name, "isa-serial"))
        return qemu_refuse("model", "name", serial->target.model.name);
    return qemu_character_startable("serial", &serial->character);
}

static int
build(const struct qemu_board *board, const void *dev, struct qemu_pieces *pieces)
{
    const struct qemu_serial_def *serial = dev;
    struct json_object *device = qemu_character_device("isa-serial", &serial->device);

    (void)board;
    qemu_character_build(&serial->device, &serial->character, pieces);
    qemu_put_number(device, "index", serial->target.port);
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
    .complete = complete, .arrange = arrange, .check = check, .startable = startable,
    .alias = "serial", .build = build,
    .learn = learn, .same = same,
    .codes = { [QEMU_NO_PLUG] = VIR_ERR_INTERNAL_ERROR, [QEMU_NONE_TO_DETACH] = VIR_ERR_INVALID_ARG },
    .opens = true, .console = true,
};
