/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Devices that are detached from a running guest.
 */
#include "guest/block-jobs.h"
#include "guest/hotplug.h"

static int
check_may_go(const struct qemu_board *board, const struct qemu_device_type *type, const void *dev)
{
    if (!qemu_device_plugs(type, dev))
        return qemu_device_not_live(VIR_ERR_OPERATION_UNSUPPORTED, type, "detached");
    return type->may_go ? type->may_go(board, dev) : 0;
}

int
qemu_detach_live(struct qemu_run *run, const struct qemu_change *change)
{
    struct qemu_def *live = qemu_live_copy(run);
    const struct qemu_device_type *type;
    struct qemu_pieces pieces = { 0 };
    struct qemu_board board;
    void *dev = live ? qemu_device_meant(live->doc, change, true, &type) : NULL;
    int ret = -1;

    if (dev) {
        board = qemu_board_of(live->doc);
        ret = check_may_go(&board, type, dev);
        if (ret == 0 && qemu_device_of(type, dev) && qemu_device_of(type, dev)->alias.name)
            ret = qemu_block_job_check_device(run, live->doc, qemu_device_of(type, dev)->alias.name);
    }
    if (ret == 0) {
        type->build(&board, dev, &pieces);
        ret = qemu_unplug(run, &pieces, qemu_device_of(type, dev)->alias.name, change->wait);
        qemu_pieces_free(&pieces);
    }
    qemu_def_unref(live);
    return ret;
}
