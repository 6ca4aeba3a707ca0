/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Jobs: who changes an object, who waits for it and in which order, and for how long. */
#include "store-private.h"

#include <stdio.h>

enum { MAX_WAITING = 100 };             /* calls about one object; the daemon has fewer threads */

static int
busy_error(const struct vir_store_entry *entry, const char *what)
{
    const struct store_part *part = store_part(entry);
    const struct vir_job *job = entry->job;
    int64_t held = vir_now_ms() - job->since_ms;
    char since[32] = "";
    struct tm tm;

    if (localtime_r(&job->since, &tm))
        strftime(since, sizeof(since), "%H:%M:%S", &tm);
    return vir_raise(part->kind->error_domain, VIR_ERR_OPERATION_TIMEOUT,
                     "cannot %s %s '%s': another call (%s) has been changing it since %s (%lld.%03d s)",
                     what, part->kind->noun, entry->name, job->what, since, (long long)(held / 1000),
                     (int)(held % 1000));
}

static bool
is_dead(const struct vir_store_entry *entry)
{
    return __atomic_load_n(&entry->dead, __ATOMIC_ACQUIRE);
}

void
store_job_take(struct vir_store_entry *entry, const char *what)
{
    struct store_part *part = store_part(entry);

    part->job = (struct vir_job){ what, vir_now_ms(), time(NULL) };
    entry->job = &part->job;
}

/* With the entry's lock: until it is ME's turn, which is that of the first in the queue when nobody has
 * the job; false: DEADLINE came first, or the object's end. */
static bool
wait_for_turn(struct vir_store_entry *entry, const struct store_waiter *me, int64_t deadline)
{
    struct store_part *part = store_part(entry);
    bool in_time = true;

    while ((entry->job || part->waiting != me) && !is_dead(entry) && in_time)
        in_time = vir_cond_wait_until(&part->job_changed, &part->lock, deadline);
    return !entry->job && part->waiting == me && !is_dead(entry);
}

/* With the entry's lock: waits in the queue.  True: it is our turn. */
static bool
queue_up(struct vir_store_entry *entry, int64_t deadline)
{
    struct store_part *part = store_part(entry);
    struct store_waiter me = { NULL }, **at = &part->waiting;
    bool turn;

    while (*at)
        at = &(*at)->next;
    *at = &me;
    part->n_waiting++;
    turn = wait_for_turn(entry, &me, deadline);
    for (at = &part->waiting; *at != &me; at = &(*at)->next)
        ;
    *at = me.next;
    part->n_waiting--;
    if (!turn)                          /* it may be the next one's now */
        pthread_cond_broadcast(&part->job_changed);
    return turn;
}

/* With the entry's lock. */
static int
begin(struct vir_store_entry *entry, const char *what, int deadline_ms)
{
    struct store_part *part = store_part(entry);
    const struct vir_store_kind *kind = part->kind;
    bool turn = !entry->job && !part->waiting && !is_dead(entry);

    if (!turn && part->n_waiting >= MAX_WAITING)
        return vir_raise(kind->error_domain, VIR_ERR_OPERATION_FAILED,
                         "cannot %s %s '%s': %u other calls wait to change it", what, kind->noun, entry->name,
                         part->n_waiting);
    if (!turn && !is_dead(entry))
        turn = queue_up(entry, vir_deadline(deadline_ms));
    if (is_dead(entry))
        return vir_raise(kind->error_domain, kind->no_such, "%s '%s' was removed meanwhile", kind->noun,
                         entry->name);
    if (!turn)
        return entry->job ? busy_error(entry, what)
            : vir_raise(kind->error_domain, VIR_ERR_OPERATION_TIMEOUT,
                        "cannot %s %s '%s': %u other calls wait to change it", what, kind->noun, entry->name,
                        part->n_waiting);
    store_job_take(entry, what);
    return 0;
}

int
vir_job_begin(struct vir_store_entry *entry, const char *what, int deadline_ms)
{
    int ret;

    pthread_mutex_lock(entry->lock);
    ret = begin(entry, what, deadline_ms);
    pthread_mutex_unlock(entry->lock);
    return ret;
}

void
vir_job_end_locked(struct vir_store_entry *entry)
{
    entry->job = NULL;
    pthread_cond_broadcast(&store_part(entry)->job_changed);
}

void
vir_job_end(struct vir_store_entry *entry)
{
    pthread_mutex_lock(entry->lock);
    vir_job_end_locked(entry);
    pthread_mutex_unlock(entry->lock);
}
