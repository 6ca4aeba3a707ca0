/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Jobs of a running emulator that change images; see block-job.h.
 */
#include "guest/block-job.h"
#include "device/pieces.h"
#include "qmp/monitor.h"

enum {
    LOOK_MS = 250,                      /* an event may be missed */
    LIMIT_MS = 60 * 60 * 1000,          /* a job copies what a disk has, and what a memory */
    GIVE_UP_MS = 25000,                 /* one that is cancelled */
};

void
qemu_block_job_event(struct qemu_run *run, const char *event)
{
    if (!is(event, "JOB_STATUS_CHANGE"))
        return;
    qemu_domain_lock(run->domain);
    run->jobs_moved++;
    pthread_cond_broadcast(&run->domain->changed);
    qemu_domain_unlock(run->domain);
}

struct json_object *
qemu_block_job_told(struct json_object *jobs, const char *id)
{
    size_t n = json_object_is_type(jobs, json_type_array) ? json_object_array_length(jobs) : 0;

    for (size_t i = 0; i < n; i++)
        if (is(qmp_get_string(json_object_array_get_idx(jobs, i), "id"), id))
            return json_object_array_get_idx(jobs, i);
    return NULL;
}

int
qemu_block_job_await(struct qemu_run *run, unsigned int seen)
{
    struct qemu_domain *domain = run->domain;
    int64_t moment = vir_deadline(LOOK_MS);
    bool over;

    if (qemu_threads_leaving())
        return vir_error(VIR_ERR_OPERATION_FAILED, "the daemon ends");
    qemu_domain_lock(domain);
    while (run->jobs_moved == seen && !run->gone && !run->destroyers &&
           vir_cond_wait_until(&domain->changed, domain->entry.lock, moment))
        ;
    over = run->gone || run->destroyers;
    qemu_domain_unlock(domain);
    return over ? vir_error(VIR_ERR_OPERATION_FAILED, "domain '%s' is not running any more", domain->entry.name) : 0;
}

unsigned int
qemu_block_jobs_moved(struct qemu_run *run)
{
    unsigned int ret;

    qemu_domain_lock(run->domain);
    ret = run->jobs_moved;
    qemu_domain_unlock(run->domain);
    return ret;
}

static int
dismiss(struct qemu_run *run, const char *id, const char *why, const char *what)
{
    VIR_AUTO_FREE char *said = why ? vir_strdup(why) : NULL;

    qemu_monitor_post(run->monitor, "job-dismiss", qemu_object("id", id), NULL, NULL);
    return said ? vir_error(VIR_ERR_OPERATION_FAILED, "%s of domain '%s': %s", what, run->domain->entry.name, said) : 0;
}

/* A command has failed: 1 if QEMU only did not answer in time, as while a job writes the guest's memory.  It does all in
 * order: what it is asked next it answers after it. */
static int
deaf(struct qemu_run *run)
{
    virErrorPtr error;

    if (!qemu_monitor_usable(run->monitor))
        run->unsettled = true;
    if (virGetLastErrorCode() != VIR_ERR_OPERATION_TIMEOUT || !qemu_monitor_usable(run->monitor))
        return -1;
    error = vir_error_take();
    vir_debug("%s", error->message);
    virFreeError(error);
    return 1;
}

/* 1: it goes on; 0: it ended well; -1.  READY (may be NULL): it stands ready. */
static int
look(struct qemu_run *run, const char *id, const char *what, bool *ready)
{
    struct json_object *jobs = NULL, *job;
    const char *status;
    int ret = 1;

    if (qemu_monitor_call(run->monitor, "query-jobs", NULL, QEMU_COMMAND_MS, &jobs) < 0)
        return deaf(run);
    job = qemu_block_job_told(jobs, id);
    status = qmp_get_string(job, "status");
    if (!job)
        ret = vir_error(VIR_ERR_OPERATION_FAILED, "%s of domain '%s': QEMU knows nothing of it", what, run->domain->entry.name);
    else if (is(status, "concluded"))
        ret = dismiss(run, id, qmp_get_string(job, "error"), what);
    else if (ready && is(status, "ready"))
        *ready = true;
    json_object_put(jobs);
    return ret;
}

/* As look(), but 1: UNTIL has passed. */
static int
wait_until(struct qemu_run *run, const char *id, const char *what, bool *ready, int64_t until)
{
    for (;;) {
        unsigned int seen = qemu_block_jobs_moved(run);
        int ret = look(run, id, what, ready);

        if (ret <= 0 || (ready && *ready))
            return ret < 0 ? -1 : 0;
        if (vir_now_ms() > until)
            return 1;
        if (qemu_block_job_await(run, seen) < 0) {
            run->unsettled = true;
            return -1;
        }
    }
}

static void
cancel(struct qemu_run *run, const char *id, const char *what)
{
    qemu_monitor_post(run->monitor, "job-cancel", qemu_object("id", id), NULL, NULL);
    if (wait_until(run, id, what, NULL, vir_deadline(GIVE_UP_MS)) > 0)
        run->unsettled = true;
    virResetLastError();                /* that it was cancelled */
}

static int
wait_for(struct qemu_run *run, const char *id, const char *what, bool *ready)
{
    int ret = wait_until(run, id, what, ready, vir_deadline(LIMIT_MS));

    if (ret <= 0)
        return ret;
    cancel(run, id, what);
    return vir_error(VIR_ERR_OPERATION_TIMEOUT, "%s of domain '%s' has not ended after %d minutes and is given up", what,
                     run->domain->entry.name, LIMIT_MS / 60000);
}

int
qemu_block_job_wait(struct qemu_run *run, const char *id, const char *what)
{
    return wait_for(run, id, what, NULL);
}

/* 0: done, or not answered yet. */
static int
tell(struct qemu_run *run, const char *command, struct json_object *args)
{
    return qemu_monitor_call(run->monitor, command, args, QEMU_COMMAND_MS, NULL) == 0 || deaf(run) > 0 ? 0 : -1;
}

int
qemu_block_job_run(struct qemu_run *run, const char *command, struct json_object *args, const char *id, const char *what)
{
    return tell(run, command, args) < 0 ? -1 : wait_for(run, id, what, NULL);
}

int
qemu_block_job_until_ready(struct qemu_run *run, const char *command, struct json_object *args, const char *id,
                           const char *what, bool *ret_ready)
{
    *ret_ready = false;
    return tell(run, command, args) < 0 ? -1 : wait_for(run, id, what, ret_ready);
}

int
qemu_block_job_complete(struct qemu_run *run, const char *id, const char *what)
{
    virErrorPtr error;

    if (tell(run, "job-complete", qemu_object("id", id)) == 0)
        return wait_for(run, id, what, NULL);
    error = vir_error_take();
    cancel(run, id, what);
    vir_error_restore(error);
    return -1;
}
