/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What jobs on the disks of a running guest come to; see block-jobs.h.
 */
#define VIR_LOG_SOURCE "qemu.block-job"
#include "guest/block-jobs.h"
#include "device/disk-images.h"
#include "device/pieces.h"
#include "guest/block-job.h"
#include "guest/hotplug.h"
#include "guest/images.h"
#include "guest/state.h"
#include "qmp/monitor.h"

#include <stdlib.h>

/* Both kinds of event. */
static void
tell(struct qemu_run *run, const char *path, const char *disk, int type, int status)
{
    const struct vir_store_entry *entry = &run->domain->entry;

    qemu_domain_lock(run->domain);
    vir_event_emit(qemu_driver.hub, vir_event_domain_block_job(entry->name, entry->uuid, run->id, path ? path : "", type, status));
    vir_event_emit(qemu_driver.hub, vir_event_domain_block_job_2(entry->name, entry->uuid, run->id, disk, type, status));
    qemu_domain_unlock(run->domain);
}

static const char *
path_of(const struct qemu_domain_def *doc, const char *disk)
{
    int number = qemu_disk_number(doc, disk);

    return number < 0 ? NULL : qemu_disk_facts(doc, (size_t)number).path;
}

/* ---- what it came to --------------------------------------------------------------------------------- */

/* All images of the disk from the first below the guest's to the one above BASE are in the guest's. */
static void
pulled(struct qemu_domain_def *doc, const struct qemu_block_job *job)
{
    qemu_disk_drop_below(doc, job->disk, 0, job->base);
}

/* virConnectDomainEventBlockJobStatus of a job that is over; TOLD NULL: QEMU has not begun it. */
static int
outcome_of(const struct qemu_block_job *job, struct json_object *told)
{
    const char *error = qmp_get_string(told, "error");

    if (!told || error)
        return job->given_up ? VIR_DOMAIN_BLOCK_JOB_CANCELED : VIR_DOMAIN_BLOCK_JOB_FAILED;
    return VIR_DOMAIN_BLOCK_JOB_COMPLETED;
}

/* LIVE follows. */
static void
carry_out(struct qemu_domain_def *live, const struct qemu_block_job *job, int outcome)
{
    if (outcome == VIR_DOMAIN_BLOCK_JOB_COMPLETED)
        pulled(live, job);
}

/* ---- its end -------------------------------------------------------------------------------------------- */

/* QEMU forgets JOB and all nodes that it left, and so do we. */
static void
dismiss(struct qemu_run *run, struct qemu_block_job *job, const struct qemu_domain_def *live)
{
    qemu_monitor_post(run->monitor, "job-dismiss", qemu_object("id", job->id), NULL, NULL);
    qemu_images_sweep(run, live);
    qemu_block_jobs_remove(run, job);
    qemu_state_save_current(run->domain, run);
}

/* TOLD: what QEMU says of it, if it knows it. */
static int
end(struct qemu_run *run, struct qemu_block_job *job, struct json_object *told)
{
    struct qemu_def *live = qemu_live_copy(run), *was = live ? qemu_live_now(run) : NULL;
    VIR_AUTO_FREE char *disk = vir_strdup(job->disk);
    int outcome = outcome_of(job, told), type = job->type, defined = 0;
    bool before = job->ended;           /* an earlier daemon carried it out */

    if (!was) {
        qemu_def_unref(live);
        return -1;
    }
    if (outcome == VIR_DOMAIN_BLOCK_JOB_FAILED)
        vir_warn("%s: job '%s': %s", run->domain->entry.name, job->id,
                 told ? qmp_get_string(told, "error") : "QEMU knows nothing of it");
    if (!before)
        carry_out(live->doc, job, outcome);
    if (!before && outcome == VIR_DOMAIN_BLOCK_JOB_COMPLETED)
        defined = qemu_images_define(run->domain, was->doc, live->doc, NULL);
    if (defined < 0)
        qemu_warn_error(run->domain->entry.name);
    job->ended = true;
    qemu_live_show(run, qemu_def_ref(live), NULL);
    dismiss(run, job, live->doc);
    tell(run, path_of(live->doc, disk), disk, type, before ? VIR_DOMAIN_BLOCK_JOB_COMPLETED : outcome);
    qemu_def_unref(was);
    qemu_def_unref(live);
    return 0;
}

int
qemu_block_jobs_settle(struct qemu_run *run)
{
    struct json_object *jobs = NULL;
    int ret = 0;

    if (!run->block_jobs)
        return 0;
    if (qemu_monitor_call(run->monitor, "query-jobs", NULL, QEMU_COMMAND_MS, &jobs) < 0)
        return -1;
    for (struct qemu_block_job *job = run->block_jobs, *next; job && ret == 0; job = next) {
        struct json_object *told = qemu_block_job_told(jobs, job->id);

        next = job->next;
        if (!told || is(qmp_get_string(told, "status"), "concluded"))
            ret = end(run, job, told);
    }
    json_object_put(jobs);
    return ret;
}

/* ---- ended by a call ---------------------------------------------------------------------------------- */

static int
no_job(const char *disk)
{
    return vir_error(VIR_ERR_INVALID_ARG, "disk %s does not have an active block job", disk);
}

/* Until there is no job on DISK. */
static int
await_end(struct qemu_run *run, const char *disk)
{
    int64_t until = vir_deadline(QEMU_JOB_MS);

    for (;;) {
        unsigned int seen = qemu_block_jobs_moved(run);

        if (qemu_block_jobs_settle(run) < 0)
            return -1;
        if (!qemu_block_job_find(run, disk))
            return 0;
        if (vir_now_ms() > until)
            return vir_error(VIR_ERR_OPERATION_TIMEOUT, "the job on disk '%s' of domain '%s' is still being ended", disk,
                             run->domain->entry.name);
        if (qemu_block_job_await(run, seen) < 0)
            return -1;
    }
}

static int
give_up(struct qemu_run *run, struct qemu_block_job *job)
{
    struct json_object *args = qemu_object("device", job->id);

    job->given_up = true;
    qemu_state_save_current(run->domain, run);
    qemu_put_bool(args, "force", false);        /* a copy that is ready is whole then */
    return qemu_monitor_call(run->monitor, "block-job-cancel", args, QEMU_COMMAND_MS, NULL);
}

int
qemu_block_job_abort(struct qemu_run *run, const char *disk, unsigned int flags)
{
    struct qemu_block_job *job = qemu_block_jobs_settle(run) < 0 ? NULL : qemu_block_job_find(run, disk);
    int ret;

    if (!job)
        return no_job(disk);
    if (flags & VIR_DOMAIN_BLOCK_JOB_ABORT_PIVOT)
        return vir_error(VIR_ERR_BLOCK_COPY_ACTIVE, "block job '%s' not ready for pivot yet", job->id);
    ret = give_up(run, job);
    return ret == 0 && !(flags & VIR_DOMAIN_BLOCK_JOB_ABORT_ASYNC) ? await_end(run, disk) : ret;
}

/* ---- ended by itself ---------------------------------------------------------------------------------- */

/* Is there more to do?  If not the thread is none any more. */
static bool
goes_on(struct qemu_run *run)
{
    bool ret;

    qemu_domain_lock(run->domain);
    ret = run->untended && !run->gone && !qemu_threads_leaving();
    run->tending = ret;
    run->untended = false;
    qemu_domain_unlock(run->domain);
    return ret;
}

/* As often as it takes: another change may last longer than one waits for it. */
static void
tend(void *opaque)
{
    struct qemu_run *run = opaque;
    struct qemu_domain *domain = run->domain;

    while (goes_on(run)) {
        if (qemu_job_begin(domain, "the end of a block job") == 0) {
            if (qemu_block_jobs_settle(run) < 0)
                qemu_warn_error(domain->entry.name);
            qemu_job_end(domain);
        } else {
            vir_debug("%s: %s", domain->entry.name, virGetLastErrorMessage());
            virResetLastError();
            qemu_domain_lock(domain);
            run->untended = true;
            qemu_domain_unlock(domain);
            if (qemu_block_job_await(run, qemu_block_jobs_moved(run)) < 0)
                virResetLastError();
        }
    }
    qemu_run_unref(run);
}

/* With the lock. */
static void
tend_later(struct qemu_run *run)
{
    run->untended = true;
    if (run->tending || qemu_thread_start(tend, qemu_run_ref(run)) == 0) {
        run->tending = true;
        return;
    }
    qemu_warn_error(run->domain->entry.name);
    qemu_run_unref(run);
}

void
qemu_block_jobs_event(struct qemu_run *run, const char *event, struct json_object *data)
{
    const char *status = qmp_get_string(data, "status");

    if (!is(event, "JOB_STATUS_CHANGE") || (!is(status, "ready") && !is(status, "concluded")))
        return;
    qemu_domain_lock(run->domain);
    for (const struct qemu_block_job *job = run->block_jobs; job; job = job->next)
        if (is(qmp_get_string(data, "id"), job->id)) {
            tend_later(run);
            break;
        }
    qemu_domain_unlock(run->domain);
}
