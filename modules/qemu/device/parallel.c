/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Parallel ports of a PC.
 */
#include "device/character.h"

static int
complete(struct qemu_board *board, void *dev)
{
    struct qemu_parallel_def *parallel = dev;

    qemu_character_complete(board, &parallel->character);
    return 0;
}

static void
arrange(struct qemu_board *board)
{
    struct qemu_domain_def *doc = board->doc;

    VIR_HARDWARE_NUMBER(doc->devices.parallels, doc->devices.n_parallels, target.has_port, target.port);
}

static int
startable(const struct qemu_board *board, const void *dev)
{
    const struct qemu_parallel_def *parallel = dev;

    (void)board;
    return qemu_character_startable("parallel", QEMU_CHARACTER_PARALLEL, &parallel->character);
}

static int
build(const struct qemu_board *board, const void *dev, struct qemu_pieces *pieces)
{
    const struct qemu_parallel_def *parallel = dev;

    (void)board;
    qemu_character_build(&parallel->device, QEMU_CHARACTER_PARALLEL, &parallel->character, pieces);
    qemu_pieces_add(pieces, QEMU_DEVICE, qemu_character_device("isa-parallel", &parallel->device));
    return 0;
}

static void
learn(void *dev, struct json_object *answers)
{
    struct qemu_parallel_def *parallel = dev;

    qemu_character_learn(&parallel->device, &parallel->character, answers);
}

const struct qemu_device_type qemu_device_parallel = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_PARALLEL],
    .complete = complete, .arrange = arrange, .startable = startable, .alias = "parallel", .build = build,
    .learn = learn, .soldered = true, .opens = true,
};
