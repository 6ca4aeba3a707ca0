/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the store keeps beside a driver's entry; entry->lock is its first member. */
#ifndef DRIVER_STORE_PRIVATE_H
#define DRIVER_STORE_PRIVATE_H

#include <time.h>

#include <libvirt/module.h>

/* Who changes an object. */
struct vir_job {
    const char *what;
    int64_t since_ms;                   /* CLOCK_MONOTONIC */
    time_t since;                       /* for people */
};

/* A call that waits for the job; on its stack. */
struct store_waiter {
    struct store_waiter *next;
};

struct store_part {
    pthread_mutex_t lock;               /* the entry's */
    struct vir_job job;                 /* entry->job points here while somebody has it */
    pthread_cond_t job_changed;         /* the job ended, the queue moved, or the entry is dead */
    struct store_waiter *waiting;       /* with the entry's lock: the first one is the next */
    unsigned int n_waiting;
    const struct vir_store_kind *kind;
    vir_store_free_fn free_entry;
    struct vir_store_entry *prev, *next;        /* with the store's lock */
};

/* With the entry's lock, when nobody has a job. */
void store_job_take(struct vir_store_entry *entry, const char *what);

static inline struct store_part *
store_part(const struct vir_store_entry *entry)
{
    return (struct store_part *)entry->lock;
}

#endif
