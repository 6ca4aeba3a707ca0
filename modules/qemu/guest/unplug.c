/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What waits for a guest: a device that goes is gone when the guest says so, and
 * stays in the live document until then.  Who asked for it waits a while; an
 * answer that comes later is worked off by a thread.
 */
#define VIR_LOG_SOURCE "qemu.hotplug"
#include "guest/audit.h"
#include "guest/hotplug.h"
#include "guest/vcpus.h"
#include "qmp/monitor.h"

#include <stdlib.h>

/* The call that waits for a device to go; one at a time, for it has the job. */
struct qemu_unplug {
    const char *alias;
    enum { WAITING, GONE, KEPT } state;
};

int
qemu_unplug_finish(struct qemu_run *run, const char *alias)
{
    struct qemu_def *live = qemu_live_copy(run);
    const struct qemu_device_type *type;
    struct qemu_pieces pieces = { 0 };
    struct qemu_board board;
    int vcpu = qemu_vcpu_number(alias);
    void *dev;

    if (vcpu >= 0 || !live) {
        qemu_def_unref(live);
        return live ? qemu_vcpu_show(run, (unsigned int)vcpu, false) : -1;
    }
    dev = qemu_device_by_alias(live->doc, alias, &type);
    if (!dev) {                         /* by another answer */
        qemu_def_unref(live);
        return 0;
    }
    board = qemu_board_of(live->doc);
    type->build(&board, dev, &pieces);
    qemu_pieces_drop(run->monitor, &pieces);
    qemu_pieces_free(&pieces);
    if (type->host_close)
        type->host_close(&board, dev);
    qemu_audit_device(live, type, dev, NULL, "detach", true);
    qemu_device_remove(type, live->doc, dev);
    qemu_live_show(run, live, qemu_live_event(vir_event_domain_device_removed, run, alias));
    return 0;
}

/* Two answers may have told the same, and another device may have the name by now. */
static bool
is_gone(struct qemu_run *run, const char *alias)
{
    struct json_object *list = qemu_peripherals(run);
    bool gone = list && !qemu_is_peripheral(list, alias);

    json_object_put(list);
    return gone;
}

struct late {
    struct qemu_run *run;
    char *alias;
};

static void
remove_late(void *opaque)
{
    struct late *late = opaque;
    struct qemu_domain *domain = late->run->domain;

    if (qemu_job_begin(domain, "detach-device") == 0) {
        if (is_gone(late->run, late->alias) && qemu_unplug_finish(late->run, late->alias) < 0)
            qemu_warn_error(late->alias);
        qemu_job_end(domain);
    } else {
        qemu_warn_error(late->alias);
    }
    qemu_run_unref(late->run);
    free(late->alias);
    free(late);
}

/* Nobody waits for it: in the loop's thread. */
static void
remove_later(struct qemu_run *run, const char *alias)
{
    struct late *late = VIR_NEW(struct late);

    *late = (struct late){ qemu_run_ref(run), vir_strdup(alias) };
    if (qemu_thread_start(remove_late, late) == 0)
        return;
    qemu_warn_error(alias);
    qemu_run_unref(late->run);
    free(late->alias);
    free(late);
}

void
qemu_unplug_event(struct qemu_run *run, const char *alias, bool gone)
{
    struct qemu_unplug *unplug = run->unplug;

    if (unplug && strcmp(unplug->alias, alias) == 0) {
        unplug->state = gone ? GONE : KEPT;
        pthread_cond_broadcast(&run->domain->changed);
    } else if (gone) {
        remove_later(run, alias);
    }
    if (!gone)
        vir_event_emit(qemu_driver.hub, qemu_live_event(vir_event_domain_device_removal_failed, run, alias));
}

static int
wait_gone(struct qemu_run *run, struct qemu_unplug *unplug)
{
    struct qemu_domain *domain = run->domain;
    int64_t deadline = vir_deadline(QEMU_UNPLUG_MS);
    bool ended;

    qemu_domain_lock(domain);
    while (unplug->state == WAITING && !run->gone &&
           vir_cond_wait_until(&domain->changed, domain->entry.lock, deadline))
        ;
    run->unplug = NULL;
    ended = run->gone;
    qemu_domain_unlock(domain);
    if (unplug->state == GONE)
        return qemu_unplug_finish(run, unplug->alias);
    if (unplug->state == KEPT)
        return vir_error(VIR_ERR_OPERATION_FAILED, "the guest does not let the device '%s' go",
                         unplug->alias);
    if (ended)
        return vir_error(VIR_ERR_OPERATION_FAILED, "domain '%s' ended before its device '%s' went", domain->entry.name,
                         unplug->alias);
    vir_error(VIR_ERR_OPERATION_TIMEOUT, "the guest has not let the device '%s' go within %d s",
              unplug->alias, QEMU_UNPLUG_MS / 1000);
    vir_error_hint("if it does so later, the device goes then, and an event tells");
    return -1;
}

int
qemu_unplug(struct qemu_run *run, const struct qemu_pieces *pieces, const char *alias, bool wait)
{
    struct qemu_unplug waiting = { alias, WAITING };
    int ret;

    qemu_domain_lock(run->domain);
    run->unplug = wait ? &waiting : NULL;
    qemu_domain_unlock(run->domain);
    ret = qemu_pieces_unplug(run->monitor, pieces);
    if (ret == 0 && wait)
        return wait_gone(run, &waiting);
    qemu_domain_lock(run->domain);
    run->unplug = NULL;
    qemu_domain_unlock(run->domain);
    return ret;
}
