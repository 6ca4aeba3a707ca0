/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Parallel ports: they have their numbers; none is started yet.
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

const struct qemu_device_type qemu_device_parallel = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_PARALLEL],
    .complete = complete, .arrange = arrange, .soldered = true,
};
