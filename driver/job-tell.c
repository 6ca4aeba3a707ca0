/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is told of an object's jobs: how far the long one is, or how the last one ended; who holds it. */
#include "store-private.h"

/* Copies what is to be told of; type NONE: there is no such job. */
static struct store_ended
read_job(struct vir_store_entry *entry, bool completed, bool keep)
{
    struct store_part *part = store_part(entry);
    struct store_ended ret = { .type = VIR_DOMAIN_JOB_NONE };

    vir_store_lock(entry);
    if (completed) {
        if (part->last)
            ret = *part->last;
        if (part->last && !keep)
            part->last->type = VIR_DOMAIN_JOB_NONE;
    } else if (part->lasting) {
        ret = (struct store_ended){
            .operation = part->lasting->job->operation, .type = VIR_DOMAIN_JOB_UNBOUNDED,
            .progress = part->lasting->progress, .took_ms = vir_now_ms() - part->lasting->held.since_ms,
        };
    }
    vir_store_unlock(entry);
    return ret;
}

void
vir_job_info(struct vir_store_entry *entry, virDomainJobInfoPtr ret_info)
{
    const struct store_ended job = read_job(entry, false, true);
    const struct vir_job_amount *memory = &job.progress.memory, *file = &job.progress.file;

    *ret_info = (virDomainJobInfo){
        .type = job.type, .timeElapsed = (unsigned long long)job.took_ms,
        .dataTotal = memory->total + file->total, .dataProcessed = memory->processed + file->processed,
        .dataRemaining = memory->remaining + file->remaining,
        .memTotal = memory->total, .memProcessed = memory->processed, .memRemaining = memory->remaining,
        .fileTotal = file->total, .fileProcessed = file->processed, .fileRemaining = file->remaining,
    };
}

int
vir_job_stats(struct vir_store_entry *entry, int *ret_type, virTypedParameterPtr *ret_params, int *ret_n,
              unsigned int flags)
{
    const struct store_ended job = read_job(entry, flags & VIR_DOMAIN_JOB_STATS_COMPLETED,
                                            flags & VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED);
    const struct vir_job_amount *memory = &job.progress.memory, *file = &job.progress.file;
    const struct { const char *name; unsigned long long value; } amounts[] = {
        { VIR_DOMAIN_JOB_TIME_ELAPSED, (unsigned long long)job.took_ms },
        { VIR_DOMAIN_JOB_DATA_TOTAL, memory->total + file->total },
        { VIR_DOMAIN_JOB_DATA_PROCESSED, memory->processed + file->processed },
        { VIR_DOMAIN_JOB_DATA_REMAINING, memory->remaining + file->remaining },
        { VIR_DOMAIN_JOB_MEMORY_TOTAL, memory->total },
        { VIR_DOMAIN_JOB_MEMORY_PROCESSED, memory->processed },
        { VIR_DOMAIN_JOB_MEMORY_REMAINING, memory->remaining },
        { VIR_DOMAIN_JOB_DISK_TOTAL, file->total },
        { VIR_DOMAIN_JOB_DISK_PROCESSED, file->processed },
        { VIR_DOMAIN_JOB_DISK_REMAINING, file->remaining },
    };
    virTypedParameterPtr params = NULL;
    int n = 0, room = 0;

    if (job.type != VIR_DOMAIN_JOB_NONE) {
        virTypedParamsAddInt(&params, &n, &room, VIR_DOMAIN_JOB_OPERATION, job.operation);
        for (size_t i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++)
            virTypedParamsAddULLong(&params, &n, &room, amounts[i].name, amounts[i].value);
    }
    *ret_type = job.type;
    *ret_params = params;
    *ret_n = n;
    return 0;
}

int64_t
vir_job_held_ms(struct vir_store_entry *entry)
{
    const struct store_part *part = store_part(entry);
    int64_t held = -1;

    vir_store_lock(entry);
    if (part->job.what)
        held = vir_now_ms() - part->job.since_ms;
    else if (part->lasting)
        held = vir_now_ms() - part->lasting->held.since_ms;
    vir_store_unlock(entry);
    return held;
}
