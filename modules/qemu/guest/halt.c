/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guest that stands still; see halt.h.
 */
#define VIR_LOG_SOURCE "qemu.halt"
#include "guest/halt.h"
#include "guest/image.h"
#include "guest/later.h"
#include "guest/state.h"
#include "host/file.h"
#include "qmp/monitor.h"

#include <stdlib.h>

/* ---- stop and go -------------------------------------------------------------------------- */

/* QEMU's event may have told it already; the caller must find it told. */
static void
note_stopped(struct qemu_run *run, int reason)
{
    struct qemu_domain *domain = run->domain;

    qemu_domain_lock(domain);
    run->pause_reason = 0;
    if (domain->run == run && domain->live && domain->state == VIR_DOMAIN_RUNNING) {
        qemu_domain_set_state(domain, VIR_DOMAIN_PAUSED, reason);
        qemu_domain_emit(domain, VIR_DOMAIN_EVENT_SUSPENDED, VIR_DOMAIN_EVENT_SUSPENDED_PAUSED);
    }
    qemu_domain_unlock(domain);
}

int
qemu_guest_stop(struct qemu_run *run, int reason)
{
    int ret;

    qemu_domain_lock(run->domain);
    run->pause_reason = reason;
    qemu_domain_unlock(run->domain);
    ret = qemu_monitor_call(run->monitor, "stop", NULL, QEMU_COMMAND_MS, NULL);
    if (ret == 0) {
        note_stopped(run, reason);
    } else {                            /* if it still stops, it is nobody's wish but the user's to let it go on */
        qemu_domain_lock(run->domain);
        run->pause_reason = 0;
        qemu_domain_unlock(run->domain);
    }
    return ret;
}

int
qemu_guest_go(struct qemu_run *run, int reason)
{
    struct qemu_domain *domain = run->domain;

    if (qemu_monitor_call(run->monitor, "cont", NULL, QEMU_COMMAND_MS, NULL) < 0)
        return -1;
    qemu_domain_lock(domain);
    if (domain->run == run && domain->live && domain->state == VIR_DOMAIN_PAUSED) {
        qemu_domain_set_state(domain, VIR_DOMAIN_RUNNING, reason);
        qemu_domain_emit(domain, VIR_DOMAIN_EVENT_RESUMED, VIR_DOMAIN_EVENT_RESUMED_UNPAUSED);
    } else if (domain->run == run && domain->live && domain->state == VIR_DOMAIN_RUNNING) {
        domain->reason = reason;
    }
    qemu_domain_unlock(domain);
    return 0;
}

/* ---- for a while --------------------------------------------------------------------------- */

static bool
runs(struct qemu_run *run)
{
    bool ret;

    qemu_domain_lock(run->domain);
    ret = run->domain->run == run && run->domain->live && run->domain->state == VIR_DOMAIN_RUNNING;
    qemu_domain_unlock(run->domain);
    return ret;
}

static void
mark(struct qemu_run *run, bool halted, const char *image)
{
    run->halted = halted;
    qemu_set_text(&run->image, image);
    qemu_state_save_current(run->domain, run);
}

int
qemu_halt_begin(struct qemu_run *run, int reason, const char *image, bool *ret_ran)
{
    *ret_ran = runs(run);
    mark(run, *ret_ran, image);         /* first: from here on a later daemon knows what to do */
    if (!*ret_ran || !reason || qemu_guest_stop(run, reason) == 0)
        return 0;
    qemu_monitor_post(run->monitor, "cont", NULL, NULL, NULL);          /* should it stop later */
    mark(run, false, NULL);
    return -1;
}

void
qemu_halt_end(struct qemu_run *run, bool ran, int reason)
{
    virErrorPtr error = vir_error_take();
    bool gone;

    qemu_domain_lock(run->domain);
    gone = run->gone;
    qemu_domain_unlock(run->domain);
    if (ran && !gone && qemu_guest_go(run, reason) < 0)
        qemu_warn_error(run->domain->entry.name);
    mark(run, false, NULL);
    vir_error_restore(error);
}

int
qemu_halt_over(struct qemu_run *run, int reason)
{
    qemu_domain_lock(run->domain);
    run->end_reason = reason;
    qemu_domain_unlock(run->domain);
    return qemu_runs_end(&run, 1, false);
}

/* ---- what an earlier daemon had begun -------------------------------------------------------- */

static int
recover(struct qemu_run *run)
{
    enum qemu_image_look image = run->image ? qemu_image_look(run->image) : QEMU_IMAGE_NONE;
    const char *name = run->domain->entry.name;

    if (image == QEMU_IMAGE_WHOLE) {
        vir_info("domain '%s' was saved to '%s'", name, run->image);
        return qemu_halt_over(run, VIR_DOMAIN_SHUTOFF_SAVED);
    }
    if (image == QEMU_IMAGE_PART)
        qemu_file_discard(run->image);
    vir_warn("domain '%s' goes on: a change of it did not end before the daemon did", name);
    if (qemu_monitor_call(run->monitor, "migrate_cancel", NULL, QEMU_COMMAND_MS, NULL) < 0)
        qemu_warn_error(name);
    qemu_halt_end(run, run->halted, VIR_DOMAIN_RUNNING_SAVE_CANCELED);
    return 0;
}

void
qemu_halt_recover(struct qemu_run *run)
{
    if (run->halted || run->image)
        qemu_later(run, "change that an earlier daemon began", recover);
}
