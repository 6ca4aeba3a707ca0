/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the daemon missed of a guest that it has found again.  The status file
 * tells of a device before QEMU is told to take it, and until QEMU has let it
 * go: what it names and QEMU has not was on its way in or out.
 */
#define VIR_LOG_SOURCE "qemu.hotplug"
#include "device/character.h"
#include "guest/hotplug.h"
#include "guest/vcpus.h"
#include "qmp/monitor.h"

/* The first device of DOC that QEMU, with PERIPHERALS, has not; NULL: none. */
static const char *
first_missing(const struct qemu_domain_def *doc, struct json_object *peripherals)
{
    for (struct qemu_each each = { 0 }; qemu_each_device(doc, &each); ) {
        const struct qemu_device *device = qemu_device_of(each.type, each.dev);

        if (device && device->alias.name && qemu_device_plugs(each.type, each.dev) &&
            !qemu_is_peripheral(peripherals, device->alias.name))
            return device->alias.name;
    }
    return NULL;
}

/* Is there a terminal whose name was not learnt? */
static bool
is_unlearnt(const struct qemu_domain_def *doc)
{
    for (struct qemu_each each = { 0 }; qemu_each_device(doc, &each); ) {
        const struct qemu_character *end = qemu_character_of(each.type, each.dev);

        if (end && end->type == QEMU_CHARTYPE_PTY && !qemu_character_path(end))
            return true;
    }
    return false;
}

/* Is there a device whose update may have been cut off? */
static bool
is_restorable(const struct qemu_domain_def *doc)
{
    for (struct qemu_each each = { 0 }; qemu_each_device(doc, &each); )
        if (each.type->restore)
            return true;
    return false;
}

/* ---- with the job ------------------------------------------------------------------------------ */

static int
remove_missing(struct qemu_run *run, struct json_object *peripherals)
{
    for (;;) {
        struct qemu_def *live = qemu_live_copy(run);
        const char *alias = live ? first_missing(live->doc, peripherals) : NULL;
        int ret = alias ? qemu_unplug_finish(run, alias) : live ? 0 : -1;

        qemu_def_unref(live);
        if (!alias || ret < 0)
            return ret;
    }
}

static int
learn(struct qemu_run *run)
{
    struct qemu_def *live = qemu_live_copy(run);
    struct json_object *answer = NULL, *answers;

    if (!live || !is_unlearnt(live->doc)) {
        qemu_def_unref(live);
        return live ? 0 : -1;
    }
    if (qemu_monitor_call(run->monitor, "query-chardev", NULL, QEMU_COMMAND_MS, &answer) < 0) {
        qemu_def_unref(live);
        return -1;
    }
    answers = qmp_new_object();
    qmp_add(answers, "query-chardev", answer);
    qemu_devices_learn(live->doc, answers);
    json_object_put(answers);
    qemu_live_show(run, live, NULL);
    return 0;
}

static int
restore(struct qemu_run *run)
{
    struct qemu_def *live = qemu_live_copy(run);
    struct json_object *answer = NULL;
    struct qemu_board board;
    int ret = live ? 0 : -1;

    if (live && is_restorable(live->doc))
        ret = qemu_monitor_call(run->monitor, "query-block", NULL, QEMU_COMMAND_MS, &answer);
    if (answer) {
        board = qemu_board_of(live->doc);
        board.running = true;
        for (struct qemu_each each = { 0 }; qemu_each_device(live->doc, &each); )
            if (each.type->restore && each.type->restore(run->monitor, &board, each.dev, answer) < 0)
                qemu_warn_error(run->domain->entry.name);       /* and other changes go on */
    }
    json_object_put(answer);
    qemu_def_unref(live);
    return ret;
}

static void
set_missed(struct qemu_run *run, bool missed)
{
    qemu_domain_lock(run->domain);
    run->missed = missed;
    qemu_domain_unlock(run->domain);
}

int
qemu_missed_finish(struct qemu_run *run)
{
    struct json_object *peripherals;
    bool missed;
    int ret;

    qemu_domain_lock(run->domain);
    missed = run->missed;
    qemu_domain_unlock(run->domain);
    if (!missed)
        return 0;
    peripherals = qemu_peripherals(run);
    ret = peripherals && remove_missing(run, peripherals) == 0 && qemu_vcpus_agree(run, peripherals) == 0 &&
        restore(run) == 0 ? learn(run) : -1;
    json_object_put(peripherals);
    if (ret == 0)
        set_missed(run, false);
    return ret;
}

/* ---- when nobody waits for it -------------------------------------------------------------------- */

static void
finish_later(void *opaque)
{
    struct qemu_run *run = opaque;
    struct qemu_domain *domain = run->domain;

    if (qemu_job_begin(domain, "changes of devices that an earlier daemon began") == 0) {
        if (qemu_missed_finish(run) < 0)
            qemu_warn_error(domain->entry.name);
        qemu_job_end(domain);
    } else {
        qemu_warn_error(domain->entry.name);
    }
    qemu_run_unref(run);
}

/* In the loop's thread. */
static void
compare(struct json_object *peripherals, const char *error, void *opaque)
{
    struct qemu_run *run = opaque;
    struct qemu_domain *domain = run->domain;
    bool missed = false;

    (void)error;
    qemu_domain_lock(domain);
    if (peripherals && domain->run == run && domain->live && run->missed) {
        const struct qemu_domain_def *doc = domain->live->doc;

        missed = first_missing(doc, peripherals) || is_unlearnt(doc) || qemu_vcpus_differ(doc, peripherals);
        run->missed = missed || is_restorable(doc);     /* that is done before the next change */
    }
    qemu_domain_unlock(domain);
    if (missed && qemu_thread_start(finish_later, qemu_run_ref(run)) < 0) {
        qemu_warn_error(domain->entry.name);
        qemu_run_unref(run);
    }
}

void
qemu_missed_ask(struct qemu_run *run)
{
    set_missed(run, true);
    qemu_monitor_post(run->monitor, "qom-list", qemu_object("path", "/machine/peripheral"), compare, run);
}
