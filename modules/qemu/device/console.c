/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Consoles: the first may be the first serial port said again (order.c), others
 * are on the virtio bus.
 */
#include "device/character.h"
#include "device/seat.h"

static bool
is_serial(const struct qemu_console_def *console)
{
    return !console->target.type || console->target.type == QEMU_CONSOLE_TARGET_TYPE_SERIAL;
}

static bool
is_virtio(const struct qemu_console_def *console)
{
    return console->target.type == QEMU_CONSOLE_TARGET_TYPE_VIRTIO;
}

static int
complete(struct qemu_board *board, void *dev)
{
    struct qemu_console_def *console = dev;

    qemu_character_complete(board, &console->character);
    return 0;
}

static void
arrange(struct qemu_board *board)
{
    for (size_t i = 0; i < board->doc->devices.n_consoles; i++) {
        struct qemu_console_def *console = board->doc->devices.consoles[i];

        console->target.port = (unsigned int)i;         /* whatever the author says */
        console->target.has_port = console->target.present = true;
    }
}

static int
needs(struct qemu_board *board, void *dev)
{
    struct qemu_console_def *console = dev;

    return is_virtio(console) ? qemu_seat_virtio_serial(board, console->device.address) : 0;
}

static int
check(const struct qemu_board *board, const void *dev)
{
    const struct qemu_console_def *console = dev;

    (void)board;
    if (!is_serial(console) && !is_virtio(console))
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "a PC has no console of the type '%s'",
                         WORD(console_target_type, console->target.type));
    return 0;
}

static int
check_all(const struct qemu_board *board)
{
    for (size_t i = 1; i < board->doc->devices.n_consoles; i++)
        if (is_serial(board->doc->devices.consoles[i]))
            return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "only the first console can be a serial port");
    return 0;
}

static int
startable(const struct qemu_board *board, const void *dev)
{
    const struct qemu_console_def *console = dev;

    (void)board;
    if (is_serial(console))
        return 0;                       /* the serial port is the device */
    if (!is_virtio(console))
        return qemu_refuse("target", "type", WORD(console_target_type, console->target.type));
    if (qemu_character_startable("console", QEMU_CHARACTER_SERIAL, &console->character) < 0)
        return -1;
    return qemu_seat_check_virtio_serial("console", console->device.address);
}

static void
name(const struct qemu_board *board, void *dev, size_t number)
{
    struct qemu_console_def *console = dev;

    (void)board;
    qemu_alias_set(&console->device, is_serial(console) ? "serial%zu" : "console%zu", number);
}

static int
build(const struct qemu_board *board, const void *dev, struct qemu_pieces *pieces)
{
    const struct qemu_console_def *console = dev;
    struct json_object *device;

    if (is_serial(console))
        return 0;
    device = qemu_character_device("virtconsole", &console->device);
    qemu_character_build(&console->device, QEMU_CHARACTER_SERIAL, &console->character, pieces);
    qemu_put_virtio_serial(board, device, console->device.address);
    qemu_pieces_add(pieces, QEMU_DEVICE, device);
    return 0;
}

static void
learn(void *dev, struct json_object *answers)
{
    struct qemu_console_def *console = dev;

    qemu_character_learn(&console->device, &console->character, answers);
    if (console->character.type == QEMU_CHARTYPE_PTY)
        qemu_set_text(&console->character.tty, qemu_character_path(&console->character));
}

static bool
same(const void *dev, const void *wanted)
{
    const struct qemu_console_def *one = dev, *other = wanted;

    return one->target.type == other->target.type &&
        (!other->target.has_port || one->target.port == other->target.port);
}

static bool
plugs_as(const void *dev)
{
    return is_virtio(dev);
}

const struct qemu_device_type qemu_device_console = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_CONSOLE],
    .complete = complete, .arrange = arrange, .needs = needs, .check = check, .check_all = check_all,
    .startable = startable, .name = name,
    .build = build, .learn = learn, .same = same, .plugs_as = plugs_as,
    .opens = true, .console = true,
};
