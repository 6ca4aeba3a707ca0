/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the store keeps beside a driver's entry; entry->lock is its first member. */
#ifndef DRIVER_STORE_PRIVATE_H
#define DRIVER_STORE_PRIVATE_H

#include <time.h>

#include <libvirt/module.h>

/* Who changes an object. */
struct store_job {
    const char *what;                   /* NULL: nobody */
    int64_t since_ms;                   /* CLOCK_MONOTONIC */
    time_t since;                       /* for people */
};

/* A long job under way. */
struct store_lasting {
    const struct vir_job_long *job;
    struct store_job held;
    struct vir_job_progress progress;
    bool aborted;                       /* it shall end early */
};

/* A long job that has ended. */
struct store_ended {
    int operation, type;                /* virDomainJobOperation; virDomainJobType, NONE: told */
    struct vir_job_progress progress;
    int64_t took_ms;
};

struct store_part {
    pthread_mutex_t lock;               /* the entry's; protects what follows */
    struct store_job job;
    struct store_lasting *lasting;      /* NULL: there is none */
    struct store_ended *last;           /* NULL: no long job has ended */
    pthread_cond_t job_changed;         /* a job ended, the queue moved, or the entry is dead */
    struct store_waiter *waiting;       /* in the order in which they came (job.c) */
    unsigned int n_waiting;
    const struct vir_store_kind *kind;
    vir_store_free_fn free_entry;
    struct vir_store_entry *prev, *next;        /* with the store's lock */
};

static inline struct store_part *
store_part(const struct vir_store_entry *entry)
{
    return (struct store_part *)entry->lock;
}

/* Each entry, in the order in which they came, until TAKE returns false; under the store's lock. */
void store_each(struct vir_store *store, bool (*take)(struct vir_store_entry *entry, void *opaque), void *opaque);

/* With the entry's lock, when nobody has a job. */
static inline void
store_job_take(struct vir_store_entry *entry, const char *what)
{
    store_part(entry)->job = (struct store_job){ what, vir_now_ms(), time(NULL) };
}

#endif
