/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Jobs: who changes a domain, and for how long others wait for it. */
#include "store-private.h"

#include <stdio.h>

static int
busy_error(const struct vir_store_entry *entry, const char *what)
{
    const struct vir_job *job = entry->job;
    int64_t held = vir_now_ms() - job->since_ms;
    char since[32] = "";
    struct tm tm;

    if (localtime_r(&job->since, &tm))
        strftime(since, sizeof(since), "%H:%M:%S", &tm);
    return vir_error(VIR_ERR_OPERATION_TIMEOUT,
                     "cannot %s domain '%s': another call (%s) has been changing it since %s (%lld.%03d s)",
                     what, entry->name, job->what, since, (long long)(held / 1000), (int)(held % 1000));
}

void
store_job_take(struct vir_store_entry *entry, const char *what)
{
    struct store_part *part = store_part(entry);

    part->job = (struct vir_job){ what, vir_now_ms(), time(NULL) };
    entry->job = &part->job;
}

int
vir_job_begin(struct vir_store_entry *entry, const char *what, int deadline_ms)
{
    struct store_part *part = store_part(entry);
    int64_t deadline = vir_deadline(deadline_ms);
    int rc = 0;

    pthread_mutex_lock(&part->lock);
    while (entry->job && !__atomic_load_n(&entry->dead, __ATOMIC_ACQUIRE) &&
           vir_cond_wait_until(&part->job_ended, &part->lock, deadline))
        ;
    if (__atomic_load_n(&entry->dead, __ATOMIC_ACQUIRE)) {
        rc = vir_error(VIR_ERR_NO_DOMAIN, "domain '%s' was removed meanwhile", entry->name);
    } else if (entry->job) {
        rc = busy_error(entry, what);
    } else {
        store_job_take(entry, what);
    }
    pthread_mutex_unlock(&part->lock);
    return rc;
}

void
vir_job_end_locked(struct vir_store_entry *entry)
{
    entry->job = NULL;
    pthread_cond_broadcast(&store_part(entry)->job_ended);
}

void
vir_job_end(struct vir_store_entry *entry)
{
    vir_store_lock(entry);
    vir_job_end_locked(entry);
    vir_store_unlock(entry);
}
