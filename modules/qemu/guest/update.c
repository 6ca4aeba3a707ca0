/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Devices of a running guest that are changed.
 */
#include "guest/audit.h"
#include "guest/hotplug.h"

/* What there is, but for what an update changes: that is as SAID, which is taken over. */
static void *
merge(const struct qemu_device_type *type, const void *old, void *said)
{
    void *now = vir_xml_copy(type->list->table, old);

    type->exchange(now, said);
    vir_xml_free(type->list->table, said);
    return now;
}

/* DEV is taken over. */
static int
update(struct qemu_run *run, const struct qemu_device_type *type, void *dev, bool force)
{
    struct qemu_def *live = qemu_live_copy(run);
    struct qemu_board board = { 0 };
    void *old = NULL;
    int ret = -1;

    if (live) {
        board = qemu_board_of(live->doc);
        board.running = true;
        board.force = force;
        if (qemu_device_check(&board, type, dev) == 0)
            old = qemu_device_need(type, live->doc, dev, QEMU_NONE_TO_UPDATE_LIVE);
    }
    if (old) {
        qemu_device_take_over(type, old, dev);
        if ((!type->complete || type->complete(&board, dev) == 0) && type->changeable(old, dev) == 0) {
            dev = merge(type, old, dev);
            ret = type->update(run->monitor, &board, old, dev);
            qemu_audit_device(live, type, old, dev, "update", ret == 0);
        }
    }
    if (ret == 0) {
        qemu_device_replace(type, live->doc, old, dev);
        qemu_live_show(run, vir_steal(&live), NULL);
        qemu_memory_ask(run);               /* what the guest took meanwhile was told of the document before */
    } else {
        vir_xml_free(type->list->table, dev);
    }
    qemu_def_unref(live);
    return ret;
}

int
qemu_update_live(struct qemu_run *run, const struct qemu_change *change)
{
    const struct qemu_device_type *type;
    void *dev = qemu_device_parse(change->xml, VIR_XML_INACTIVE, &type);

    if (!dev)
        return -1;
    if (type->update)
        return update(run, type, dev, change->force);
    vir_xml_free(type->list->table, dev);
    return qemu_device_not_live(VIR_ERR_CONFIG_UNSUPPORTED, type, "updated");
}
