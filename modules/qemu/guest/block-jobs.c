/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The jobs on the disks of a run; see block-jobs.h.
 */
#include "guest/block-jobs.h"
#include "device/disk-images.h"
#include "device/pieces.h"

#include <stdlib.h>

void
qemu_block_jobs_free(struct qemu_block_job *list)
{
    while (list) {
        struct qemu_block_job *job = list;

        list = job->next;
        free(job->disk);
        free(job->id);
        free(job);
    }
}

struct qemu_block_job *
qemu_block_job_find(const struct qemu_run *run, const char *disk)
{
    struct qemu_block_job *job = run->block_jobs;

    while (job && !is(job->disk, disk))
        job = job->next;
    return job;
}

bool
qemu_block_job_called(const struct qemu_run *run, const char *id)
{
    const struct qemu_block_job *job = run->block_jobs;

    while (job && !is(job->id, id))
        job = job->next;
    return job != NULL;
}

int
qemu_block_job_check_none(const struct qemu_run *run, const char *disk)
{
    const struct qemu_block_job *job = qemu_block_job_find(run, disk);
    bool mirror = job && (job->type == VIR_DOMAIN_BLOCK_JOB_TYPE_COPY || job->type == VIR_DOMAIN_BLOCK_JOB_TYPE_ACTIVE_COMMIT);

    if (!job)
        return 0;
    vir_error(mirror ? VIR_ERR_BLOCK_COPY_ACTIVE : VIR_ERR_OPERATION_UNSUPPORTED, "disk '%s' already in active block job", disk);
    vir_error_hint("'blockjob %s %s --abort' gives it up", run->domain->entry.name, disk);
    return -1;
}

int
qemu_block_job_check_device(const struct qemu_run *run, const struct qemu_domain_def *doc, const char *alias)
{
    for (const struct qemu_block_job *job = run->block_jobs; job; job = job->next) {
        int number = qemu_disk_number(doc, job->disk);

        if (number >= 0 && is(qemu_disk_facts(doc, (size_t)number).alias, alias))
            return qemu_block_job_check_none(run, job->disk);
    }
    return 0;
}

int
qemu_block_jobs_check_none(const struct qemu_run *run)
{
    return !run->block_jobs ? 0 : vir_error(VIR_ERR_OPERATION_INVALID, "domain has active block job");
}

void
qemu_block_jobs_add(struct qemu_run *run, struct qemu_block_job *job, const char *prefix, unsigned int node)
{
    job->id = vir_strdup_printf("%s-%s-libvirt-%u-format", prefix, job->disk, node);
    qemu_domain_lock(run->domain);
    job->next = run->block_jobs;
    run->block_jobs = job;
    qemu_domain_unlock(run->domain);
}

void
qemu_block_jobs_remove(struct qemu_run *run, struct qemu_block_job *job)
{
    struct qemu_block_job **at = &run->block_jobs;

    qemu_domain_lock(run->domain);
    while (*at != job)
        at = &(*at)->next;
    *at = job->next;
    qemu_domain_unlock(run->domain);
    job->next = NULL;
    qemu_block_jobs_free(job);
}
