/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A vcpu of a running guest that comes, and runs where it shall; or goes, when the guest lets it.
 */
#include "guest/hotplug.h"
#include "guest/tasks.h"
#include "guest/vcpus.h"

int
qemu_vcpu_plug(struct qemu_run *run, unsigned int id)
{
    struct qemu_def *live = qemu_live_copy(run);
    int ret = live ? qemu_vcpus_plug(run, live->doc, &id, 1) : -1;

    if (ret == 0)
        ret = qemu_vcpu_show(run, id, true);
    if (ret == 0)
        ret = qemu_task_place_vcpu(run, live->doc, id);
    qemu_def_unref(live);
    return ret;
}

int
qemu_vcpu_unplug(struct qemu_run *run, unsigned int id)
{
    VIR_AUTO_FREE char *alias = vir_strdup_printf("vcpu%u", id);
    struct qemu_pieces pieces = { 0 };
    int ret;

    qemu_pieces_add(&pieces, QEMU_DEVICE, qemu_object("id", alias));
    ret = qemu_unplug(run, &pieces, alias, true);
    qemu_pieces_free(&pieces);
    return ret;
}
