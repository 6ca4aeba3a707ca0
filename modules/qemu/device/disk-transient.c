/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Disks that forget: what the guest writes goes to an image on top of the disk's, which is made when the guest starts
 * or the disk comes, and removed when it goes.  The disk's own image is below it and only read, so that guests can
 * share it.
 */
#include "device/disk-chain.h"
#include "device/disk-images.h"
#include "device/disk.h"
#include "host/image-tool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of the image on top of PATH; the caller frees. */
static char *
overlay_of(const struct qemu_board *board, const char *path)
{
    return vir_strdup_printf("%s.TRANSIENT-%s", path, board->doc->name);
}

int
qemu_disk_transient_open(const struct qemu_board *board, struct qemu_disk_def *disk, unsigned int index)
{
    VIR_AUTO_FREE char *overlay = NULL;

    if (!disk->transient.present)
        return 0;
    overlay = overlay_of(board, disk->source.file);
    if (access(overlay, F_OK) == 0) {
        vir_error(VIR_ERR_OPERATION_UNSUPPORTED, "the file '%s' for what is written to the transient disk '%s' exists already",
                  overlay, disk->target.dev);
        vir_error_hint("if no guest uses it, it was left by one and can be removed");
        return -1;
    }
    if (qemu_image_tool_overlay(overlay, disk->source.file, disk->driver.type) < 0) {
        unlink(overlay);
        return -1;
    }
    qemu_chain_push(disk, overlay, index);
    return 0;
}

void
qemu_disk_transient_close(const struct qemu_board *board, const struct qemu_disk_def *disk)
{
    const struct qemu_backing_store_def *below = disk->backing_store;
    VIR_AUTO_FREE char *overlay = NULL;

    if (!disk->transient.present || !below || !below->source.file)
        return;
    overlay = overlay_of(board, below->source.file);
    if (is(disk->source.file, overlay) && unlink(overlay) < 0 && errno != ENOENT)
        vir_warn("the file '%s' of a transient disk stays: %s", overlay, strerror(errno));
}

int
qemu_disks_check_movable(const struct qemu_domain_def *doc)
{
    for (size_t i = 0; i < doc->devices.n_disks; i++)
        if (doc->devices.disks[i]->transient.present)
            return vir_error(VIR_ERR_OPERATION_INVALID, "domain '%s' has the transient disk '%s', whose contents a saved guest "
                             "would lack", doc->name, doc->devices.disks[i]->target.dev);
    return 0;
}

int
qemu_disk_check_job(const struct qemu_domain_def *doc, const char *name)
{
    int number = qemu_disk_number(doc, name);

    if (number < 0 || !doc->devices.disks[number]->transient.present)
        return 0;
    return vir_error(VIR_ERR_OPERATION_UNSUPPORTED, "block jobs are not supported on transient disk '%s'",
                     doc->devices.disks[number]->target.dev);
}
