/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A definition with a device more, less, or another one in place of it.  None is
 * ever changed: each change makes a new one.
 */
#include "device/change.h"
#include "document/domain-xml.h"

/* NULL: DEF is released. */
static struct qemu_def *
completed(struct qemu_def *def)
{
    struct qemu_board board = qemu_board_of(def->doc);

    return qemu_devices_complete(&board) < 0 || qemu_doc_check_kept(def->doc, false) < 0 ? qemu_def_unref(def)
        : def;
}

struct qemu_def *
qemu_attach_def(const struct qemu_def *def, const struct qemu_change *change)
{
    const struct qemu_device_type *type;
    void *dev = qemu_device_parse(change->xml, VIR_XML_INACTIVE, &type);
    struct qemu_def *now;

    if (!dev)
        return NULL;
    if (type->soldered)
        qemu_device_not_alone(type, "attached");
    if (type->soldered || qemu_device_check_new(type, def->doc, dev, false) < 0) {
        vir_xml_free(type->list->table, dev);
        return NULL;
    }
    now = qemu_def_copy(def);
    qemu_device_append(type, now->doc, dev);
    return completed(now);
}

struct qemu_def *
qemu_detach_def(const struct qemu_def *def, const struct qemu_change *change)
{
    struct qemu_def *now = qemu_def_copy(def);
    const struct qemu_device_type *type;
    void *dev = qemu_device_meant(now->doc, change, false, &type);

    if (dev && type->soldered)
        qemu_device_not_alone(type, "detached");
    if (!dev || type->soldered)
        return qemu_def_unref(now);
    qemu_device_remove(type, now->doc, dev);
    return completed(now);
}

struct qemu_def *
qemu_update_def(const struct qemu_def *def, const struct qemu_change *change)
{
    struct qemu_def *now = qemu_def_copy(def);
    const struct qemu_device_type *type;
    void *dev = qemu_device_parse(change->xml, VIR_XML_INACTIVE, &type), *old = NULL;
    struct qemu_board board = qemu_board_of(now->doc);

    if (dev && !type->update)
        qemu_device_not_alone(type, "updated");
    else if (dev && qemu_device_check(&board, type, dev) == 0)
        old = qemu_device_need(type, now->doc, dev, QEMU_NONE_TO_UPDATE);
    if (!old) {
        if (dev)
            vir_xml_free(type->list->table, dev);
        return qemu_def_unref(now);
    }
    qemu_device_take_over(type, old, dev);
    qemu_device_replace(type, now->doc, old, dev);
    return completed(now);
}
