/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Devices that are attached to a running guest: completed, named and built as at
 * a start, with what they need.
 */
#include "guest/audit.h"
#include "guest/channels.h"
#include "device/opened.h"
#include "guest/hotplug.h"
#include "guest/state.h"

/* The next of DOC's devices that BEFORE has not: what was attached, and what that needs. */
static bool
each_new(const struct qemu_domain_def *doc, const struct qemu_domain_def *before, struct qemu_each *each)
{
    const struct qemu_device_type *type;

    while (qemu_each_device(doc, each)) {
        const struct qemu_device *device = qemu_device_of(each->type, each->dev);

        if (device && device->alias.name && !qemu_device_by_alias(before, device->alias.name, &type))
            return true;
    }
    return false;
}

static int
build_new(const struct qemu_board *board, const struct qemu_domain_def *before, struct qemu_pieces *pieces)
{
    for (struct qemu_each each = { 0 }; each_new(board->doc, before, &each); ) {
        if (each.type->startable && each.type->startable(board, each.dev) < 0)
            return -1;
        if (!qemu_device_plugs(each.type, each.dev))
            return qemu_device_not_live(qemu_device_code(each.type, QEMU_NO_PLUG), each.type, "attached");
        if (each.type->host_open && each.type->host_open(board, each.dev) < 0)
            return -1;
        if (each.type->build(board, each.dev, pieces) < 0)
            return -1;
    }
    return 0;
}

/* They will not come. */
static void
close_new(const struct qemu_board *board, const struct qemu_domain_def *before)
{
    for (struct qemu_each each = { 0 }; each_new(board->doc, before, &each); )
        if (each.type->host_close)
            each.type->host_close(board, each.dev);
}

static int
plug_pieces(struct qemu_run *run, struct qemu_def *live, const struct qemu_opened *opened,
            const struct qemu_pieces *pieces)
{
    struct json_object *answers = NULL;
    int ret = qemu_state_save_next(run->domain, run, live);

    if (ret == 0 && (qemu_opened_give(opened, run->monitor) < 0 || qemu_pieces_plug(run->monitor, pieces, &answers) < 0)) {
        qemu_state_save_current(run->domain, run);
        ret = -1;
    }
    if (ret == 0)
        qemu_devices_learn(live->doc, answers);
    json_object_put(answers);
    return ret;
}

static int
plug(struct qemu_run *run, struct qemu_def *live, const struct qemu_domain_def *before, bool *ret_asked)
{
    struct qemu_board board = qemu_board_of(live->doc);
    struct qemu_pieces pieces = { 0 };
    struct qemu_opened opened = { 0 };
    int ret;

    board.running = true;
    board.opened = &opened;
    if (qemu_devices_complete(&board) < 0)
        return -1;
    qemu_devices_name(&board);
    if (qemu_doc_check_kept(live->doc, true) < 0)
        return -1;                      /* the name is another's, or the place in the boot order */
    ret = build_new(&board, before, &pieces);
    if (ret == 0)
        ret = plug_pieces(run, live, &opened, &pieces);
    if (ret < 0)
        close_new(&board, before);
    *ret_asked = qemu_pieces_asked(&pieces);
    qemu_opened_close(&opened);
    qemu_pieces_free(&pieces);
    return ret;
}

/* What the guest has got is in the document that all see; the status file knows it, but for what was LEARNT. */
static void
show(struct qemu_run *run, struct qemu_def *live, const char *alias, bool learnt)
{
    struct vir_event *event = qemu_live_event(vir_event_domain_device_added, run, alias);

    if (learnt)
        qemu_live_show(run, live, event);
    else
        qemu_live_show_saved(run, live, event);
}

/* DEV is taken over. */
static int
attach(struct qemu_run *run, const struct qemu_device_type *type, void *dev)
{
    struct qemu_def *before = qemu_live_now(run), *live = before ? qemu_def_copy(before) : NULL;
    bool asked = false;
    int ret = -1;

    if (!live || qemu_device_check_new(type, live->doc, dev, true) < 0) {
        vir_xml_free(type->list->table, dev);
    } else {
        qemu_device_append(type, live->doc, dev);
        ret = plug(run, live, before->doc, &asked);
        qemu_audit_device(live, type, NULL, dev, "attach", ret == 0);
    }
    if (ret == 0)
        show(run, vir_steal(&live), qemu_device_of(type, dev)->alias.name, asked);
    if (ret == 0 && is(qemu_device_element(type), "channel"))
        qemu_channels_ask(run);         /* the guest may have opened it before it was shown */
    qemu_def_unref(before);
    qemu_def_unref(live);
    return ret;
}

/* A drive that is there takes another medium in place of another drive. */
static bool
is_update(struct qemu_run *run, const struct qemu_device_type *type, const void *dev)
{
    struct qemu_def *live = type->takes_media && type->takes_media(dev) ? qemu_live_now(run) : NULL;
    bool many, there = live && qemu_device_find(type, live->doc, dev, &many);

    qemu_def_unref(live);
    return there;
}

int
qemu_attach_live(struct qemu_run *run, const struct qemu_change *change)
{
    const struct qemu_device_type *type;
    void *dev = qemu_device_parse(change->xml, VIR_XML_INACTIVE, &type);

    if (!dev)
        return -1;
    if (is_update(run, type, dev)) {
        vir_xml_free(type->list->table, dev);
        return qemu_update_live(run, change);
    }
    if ((type->plugs || type->plugs_as) && !qemu_device_stays(type, dev))
        return attach(run, type, dev);
    vir_xml_free(type->list->table, dev);
    return qemu_device_not_live(qemu_device_code(type, QEMU_NO_PLUG), type, "attached");
}
