/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Jobs: who changes an object, who waits for it and in which order, and for how long.  An object has
 * at most one short job and one long one, which says what may go beside it.
 */
#include "store-private.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_WAITING = 100 };             /* calls about one object; the daemon has fewer threads */

/* A call that waits for its turn; on its stack. */
struct store_waiter {
    struct store_waiter *next;
    unsigned int kind;                  /* VIR_JOB_*; 0: a long one */
};

bool
vir_job_is_held(const struct vir_store_entry *entry)
{
    const struct store_part *part = store_part(entry);

    return part->job.what || part->lasting;
}

/* ---- whose turn it is; with the entry's lock ------------------------------------- */

static bool
is_dead(const struct vir_store_entry *entry)
{
    return __atomic_load_n(&entry->dead, __ATOMIC_ACQUIRE);
}

static bool
may_go(const struct store_part *part, unsigned int kind)
{
    return !part->job.what && (!part->lasting || part->lasting->job->beside & kind);
}

/* Whose turn it is of those that wait; NULL: nobody's.  One that must wait for the end of a long job
 * holds nobody up who may go beside it. */
static const struct store_waiter *
next_waiter(const struct store_part *part)
{
    const struct store_waiter *first = part->waiting;

    while (first && !may_go(part, first->kind))
        first = first->next;
    return first;
}

/* Waits in the queue; true: it is our turn. */
static bool
queue_up(struct vir_store_entry *entry, unsigned int kind, int64_t deadline)
{
    struct store_part *part = store_part(entry);
    struct store_waiter me = { .kind = kind }, **at = &part->waiting;
    bool in_time = true, turn;

    while (*at)
        at = &(*at)->next;
    *at = &me;
    part->n_waiting++;
    while (next_waiter(part) != &me && !is_dead(entry) && in_time)
        in_time = vir_cond_wait_until(&part->job_changed, &part->lock, deadline);
    turn = next_waiter(part) == &me && !is_dead(entry);
    for (at = &part->waiting; *at != &me; at = &(*at)->next)
        ;
    *at = me.next;
    part->n_waiting--;
    if (!turn)                          /* it may be the next one's now */
        pthread_cond_broadcast(&part->job_changed);
    return turn;
}

/* ---- refusals --------------------------------------------------------------------- */

static int
full_error(const struct vir_store_entry *entry, const char *what, int code)
{
    const struct store_part *part = store_part(entry);

    return vir_raise(part->kind->error_domain, code, "cannot %s %s '%s': %u other calls wait to change it", what,
                     part->kind->noun, entry->name, part->n_waiting);
}

static int
busy_error(const struct vir_store_entry *entry, const char *what)
{
    const struct store_part *part = store_part(entry);
    const struct store_job *job = part->job.what ? &part->job : part->lasting ? &part->lasting->held : NULL;
    char since[32] = "";
    int64_t held;
    struct tm tm;

    if (!job)
        return full_error(entry, what, VIR_ERR_OPERATION_TIMEOUT);
    held = vir_now_ms() - job->since_ms;
    if (localtime_r(&job->since, &tm))
        strftime(since, sizeof(since), "%H:%M:%S", &tm);
    return vir_raise(part->kind->error_domain, VIR_ERR_OPERATION_TIMEOUT,
                     "cannot %s %s '%s': another call (%s) has been changing it since %s (%lld.%03d s)",
                     what, part->kind->noun, entry->name, job->what, since, (long long)(held / 1000),
                     (int)(held % 1000));
}

/* With the entry's lock: waits for the turn of WHAT. */
static int
wait_for_turn(struct vir_store_entry *entry, unsigned int kind, const char *what, int deadline_ms)
{
    struct store_part *part = store_part(entry);
    bool turn = may_go(part, kind) && !next_waiter(part) && !is_dead(entry);

    if (!turn && part->n_waiting >= MAX_WAITING)
        return full_error(entry, what, VIR_ERR_OPERATION_FAILED);
    if (!turn && !is_dead(entry))
        turn = queue_up(entry, kind, vir_deadline(deadline_ms));
    if (is_dead(entry))
        return vir_raise(part->kind->error_domain, part->kind->no_such, "%s '%s' was removed meanwhile",
                         part->kind->noun, entry->name);
    return turn ? 0 : busy_error(entry, what);
}

/* ---- short jobs ---------------------------------------------------------------------- */

int
vir_job_begin_kind(struct vir_store_entry *entry, enum vir_job_kind kind, const char *what, int deadline_ms)
{
    int ret;

    vir_store_lock(entry);
    ret = wait_for_turn(entry, kind, what, deadline_ms);
    if (ret == 0)
        store_job_take(entry, what);
    vir_store_unlock(entry);
    return ret;
}

int
vir_job_begin(struct vir_store_entry *entry, const char *what, int deadline_ms)
{
    return vir_job_begin_kind(entry, VIR_JOB_CHANGE, what, deadline_ms);
}

void
vir_job_end_locked(struct vir_store_entry *entry)
{
    struct store_part *part = store_part(entry);

    part->job.what = NULL;
    pthread_cond_broadcast(&part->job_changed);
}

void
vir_job_end(struct vir_store_entry *entry)
{
    vir_store_lock(entry);
    vir_job_end_locked(entry);
    vir_store_unlock(entry);
}

/* ---- long jobs ------------------------------------------------------------------------ */

int
vir_job_begin_long(struct vir_store_entry *entry, const struct vir_job_long *job, int deadline_ms)
{
    struct store_lasting *lasting;
    int ret;

    vir_store_lock(entry);
    ret = wait_for_turn(entry, 0, job->what, deadline_ms);
    if (ret == 0) {
        lasting = store_part(entry)->lasting = VIR_NEW(struct store_lasting);
        lasting->job = job;
        lasting->held = (struct store_job){ job->what, vir_now_ms(), time(NULL) };
    }
    vir_store_unlock(entry);
    return ret;
}

void
vir_job_end_long(struct vir_store_entry *entry, int type)
{
    struct store_part *part = store_part(entry);

    vir_store_lock(entry);
    if (!part->last)
        part->last = VIR_NEW(struct store_ended);
    *part->last = (struct store_ended){
        .operation = part->lasting->job->operation, .type = type, .progress = part->lasting->progress,
        .took_ms = vir_now_ms() - part->lasting->held.since_ms,
    };
    free(part->lasting);
    part->lasting = NULL;
    pthread_cond_broadcast(&part->job_changed);
    vir_store_unlock(entry);
}

void
vir_job_set_progress(struct vir_store_entry *entry, const struct vir_job_progress *progress)
{
    vir_store_lock(entry);
    store_part(entry)->lasting->progress = *progress;
    vir_store_unlock(entry);
}

bool
vir_job_is_aborted(struct vir_store_entry *entry)
{
    bool aborted;

    vir_store_lock(entry);
    aborted = store_part(entry)->lasting->aborted;
    vir_store_unlock(entry);
    return aborted;
}

int
vir_job_abort(struct vir_store_entry *entry)
{
    const struct store_part *part = store_part(entry);
    const struct vir_job_long *job;

    vir_store_lock(entry);
    job = part->lasting ? part->lasting->job : NULL;
    if (job)
        part->lasting->aborted = true;
    vir_store_unlock(entry);
    if (!job)
        return vir_raise(part->kind->error_domain, VIR_ERR_OPERATION_INVALID, "no job is active on %s '%s'",
                         part->kind->noun, entry->name);
    return job->abort ? job->abort(entry) : 0;
}
