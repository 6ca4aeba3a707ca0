/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What jobs on the disks of a running guest come to; see block-jobs.h.
 */
#define VIR_LOG_SOURCE "qemu.block-job"
#include "guest/block-jobs.h"
#include "device/disk-images.h"
#include "device/disk-mirror.h"
#include "device/pieces.h"
#include "guest/block-job.h"
#include "guest/hotplug.h"
#include "guest/images.h"
#include "guest/state.h"
#include "qmp/monitor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static bool
is_mirror(const struct qemu_block_job *job)
{
    return job->type == VIR_DOMAIN_BLOCK_JOB_TYPE_COPY || job->type == VIR_DOMAIN_BLOCK_JOB_TYPE_ACTIVE_COMMIT;
}

/* ---- what it came to --------------------------------------------------------------------------------- */

/* What QEMU tells of its jobs and drives. */
struct told {
    struct json_object *jobs, *drives;
};

/* Is the disk on what JOB made? */
static bool
has_turned(const struct qemu_domain_def *live, const struct qemu_block_job *job, struct json_object *drives)
{
    VIR_AUTO_FREE char *node = vir_strdup_printf("libvirt-%u-format", qemu_disk_mirror_number(live, job->disk));
    int number = qemu_disk_number(live, job->disk);

    return number >= 0 && is(qemu_disk_inserted(drives, live, (size_t)number), node);
}

/* virConnectDomainEventBlockJobStatus of a job that is over. */
static int
outcome_of(const struct qemu_domain_def *live, const struct qemu_block_job *job, const struct told *told)
{
    struct json_object *said = qemu_block_job_told(told->jobs, job->id);
    bool well = said && !qmp_get_string(said, "error");

    if (is_mirror(job) ? has_turned(live, job, told->drives) : well)
        return VIR_DOMAIN_BLOCK_JOB_COMPLETED;
    return well || job->given_up ? VIR_DOMAIN_BLOCK_JOB_CANCELED : VIR_DOMAIN_BLOCK_JOB_FAILED;
}

/* LIVE follows. */
static void
carry_out(struct qemu_domain_def *live, const struct qemu_block_job *job, int outcome)
{
    bool done = outcome == VIR_DOMAIN_BLOCK_JOB_COMPLETED;

    if (is_mirror(job))
        qemu_disk_mirror_end(live, job->disk, done);
    else if (done)
        qemu_disk_drop_below(live, job->disk, job->type == VIR_DOMAIN_BLOCK_JOB_TYPE_COMMIT ? job->top : 0, job->base);
}

/* Files that the disk had and has not any more. */
static void
remove_files(const struct qemu_domain_def *was, const struct qemu_domain_def *live, const char *disk)
{
    VIR_AUTO_FREE struct qemu_disk_image *before = NULL;
    VIR_AUTO_FREE struct qemu_disk_image *after = NULL;
    size_t n_before = qemu_disk_images(was, disk, &before), n_after = qemu_disk_images(live, disk, &after);

    for (size_t i = 0; i < n_before; i++)
        if (before[i].path && qemu_disk_image_find(after, n_after, before[i].path) < 0 && unlink(before[i].path) < 0)
            vir_warn("cannot remove '%s': %s", before[i].path, strerror(errno));
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

/* LIVE and the definition follow, and the status file says so. */
static void
conclude(struct qemu_run *run, struct qemu_block_job *job, struct qemu_def *live, int outcome)
{
    struct qemu_def *was = qemu_def_copy(live);
    bool done = outcome == VIR_DOMAIN_BLOCK_JOB_COMPLETED;

    carry_out(live->doc, job, outcome);
    if (done && qemu_images_define(run->domain, was->doc, live->doc, is_mirror(job) ? job->disk : NULL, NULL) < 0)
        qemu_warn_error(run->domain->entry.name);
    job->ended = true;
    qemu_live_show(run, qemu_def_ref(live), NULL);
    if (done && job->remove)
        remove_files(was->doc, live->doc, job->disk);
    qemu_def_unref(was);
}

static int
end(struct qemu_run *run, struct qemu_block_job *job, const struct told *told)
{
    struct qemu_def *live = qemu_live_copy(run);
    VIR_AUTO_FREE char *disk = vir_strdup(job->disk);
    int outcome = VIR_DOMAIN_BLOCK_JOB_COMPLETED, type = job->type;

    if (!live)
        return -1;
    if (!job->ended) {                  /* else an earlier daemon did all that */
        outcome = outcome_of(live->doc, job, told);
        if (outcome == VIR_DOMAIN_BLOCK_JOB_FAILED)
            vir_warn("%s: job '%s' failed: %s", run->domain->entry.name, job->id,
                     qmp_get_string(qemu_block_job_told(told->jobs, job->id), "error"));
        conclude(run, job, live, outcome);
    }
    dismiss(run, job, live->doc);
    tell(run, path_of(live->doc, disk), disk, type, outcome);
    qemu_def_unref(live);
    return 0;
}

/* WORD is what its mirror says from now on. */
static int
say(struct qemu_run *run, const struct qemu_block_job *job, const char *word)
{
    struct qemu_def *live = qemu_live_copy(run);

    if (!live)
        return -1;
    if (is_mirror(job))
        qemu_disk_mirror_say(live->doc, job->disk, word);
    qemu_live_show(run, live, NULL);
    return 0;
}

static int
become_ready(struct qemu_run *run, struct qemu_block_job *job)
{
    struct qemu_def *live;

    qemu_domain_lock(run->domain);
    job->ready = true;
    qemu_domain_unlock(run->domain);
    if (say(run, job, "yes") < 0 || !(live = qemu_live_now(run)))
        return -1;
    tell(run, path_of(live->doc, job->disk), job->disk, job->type, VIR_DOMAIN_BLOCK_JOB_READY);
    qemu_def_unref(live);
    return 0;
}

static int
settle(struct qemu_run *run, struct qemu_block_job *job, const struct told *told)
{
    struct json_object *said = qemu_block_job_told(told->jobs, job->id);
    const char *status = qmp_get_string(said, "status");

    if (!said || is(status, "concluded"))
        return end(run, job, told);
    return is(status, "ready") && !job->ready ? become_ready(run, job) : 0;
}

int
qemu_block_jobs_settle(struct qemu_run *run)
{
    struct told told = { 0 };
    int ret = 0;

    if (!run->block_jobs)
        return 0;
    if (qemu_monitor_call(run->monitor, "query-jobs", NULL, QEMU_COMMAND_MS, &told.jobs) < 0 ||
        qemu_monitor_call(run->monitor, "query-block", NULL, QEMU_COMMAND_MS, &told.drives) < 0)
        ret = -1;
    for (struct qemu_block_job *job = run->block_jobs, *next; job && ret == 0; job = next) {
        next = job->next;
        ret = settle(run, job, &told);
    }
    json_object_put(told.jobs);
    json_object_put(told.drives);
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
    if (say(run, job, "abort") < 0) {
        json_object_put(args);
        return -1;
    }
    qemu_put_bool(args, "force", false);        /* a copy that is ready is whole then */
    return qemu_monitor_call(run->monitor, "block-job-cancel", args, QEMU_COMMAND_MS, NULL);
}

static int
pivot(struct qemu_run *run, struct qemu_block_job *job)
{
    if (!job->ready)
        return vir_error(VIR_ERR_BLOCK_COPY_ACTIVE, "block job '%s' not ready for pivot yet", job->id);
    return say(run, job, "pivot") < 0 ? -1
        : qemu_monitor_call(run->monitor, "job-complete", qemu_object("id", job->id), QEMU_COMMAND_MS, NULL);
}

/* The number of the guest's image. */
static unsigned int
number_now(struct qemu_run *run, const char *disk)
{
    struct qemu_def *live = qemu_live_now(run);
    VIR_AUTO_FREE struct qemu_disk_image *images = NULL;
    unsigned int ret = live && qemu_disk_images(live->doc, disk, &images) > 0 ? images[0].index : 0;

    qemu_def_unref(live);
    return ret;
}

int
qemu_block_job_abort(struct qemu_run *run, const char *disk, unsigned int flags)
{
    struct qemu_block_job *job = qemu_block_jobs_settle(run) < 0 ? NULL : qemu_block_job_find(run, disk);
    bool turns = flags & VIR_DOMAIN_BLOCK_JOB_ABORT_PIVOT;
    unsigned int before = number_now(run, disk);
    int ret;

    if (!job)
        return no_job(disk);
    ret = turns ? pivot(run, job) : give_up(run, job);
    if (ret == 0 && !(flags & VIR_DOMAIN_BLOCK_JOB_ABORT_ASYNC)) {
        ret = await_end(run, disk);
        if (ret == 0 && turns && number_now(run, disk) == before)
            ret = vir_error(VIR_ERR_OPERATION_FAILED, "the job on disk '%s' failed while it was to pivot", disk);
    }
    return ret;
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
