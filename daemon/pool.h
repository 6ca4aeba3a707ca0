/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The threads that do what may wait.  All functions from any thread, except
 * where they say otherwise.
 */
#ifndef DAEMON_POOL_H
#define DAEMON_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include <libvirt/libvirt.h>

/* Where the work of one user waits: users take turns.  The pool's. */
struct daemon_lane {
    struct daemon_lane *next;           /* with work */
    struct daemon_work *first, **tail;
    bool urgent;
};

/* Something to do; the first member of what it is about. */
struct daemon_work {
    struct daemon_work *next;           /* these two: the pool's */
    struct daemon_queue *queue;
    struct daemon_lane *lanes;          /* two, of its user, all in one pool: for ordinary work, and of high priority;
                                         * NULL: nobody's */
    void (*run)(struct daemon_work *work);      /* does it, in a thread of the pool; takes it over */
    void (*drop)(struct daemon_work *work);     /* instead, when the pool ends or forgets it; may be `run` */
    bool (*is_over)(const struct daemon_work *work);    /* nobody waits for it any more; NULL: never */
    bool high;                          /* of high priority */
    bool has_key;                       /* about the guest KEY, and not of high priority */
    unsigned char key[VIR_UUID_BUFLEN];
};

struct daemon_pool_limits {
    unsigned int least, most;           /* threads that stay while there are clients, and that come for ordinary work */
    unsigned int high;                  /* more of them for work of high priority */
};

struct daemon_pool;

/* How it is now. */
struct daemon_pool_figures {
    unsigned int threads, idle;         /* for ordinary work */
    unsigned int waiting;               /* calls without a thread */
};

/* The lanes of a user, for as long as it has work. */
void daemon_lanes_init(struct daemon_lane *lanes, bool urgent);
/* Has no thread yet; lives until the process ends. */
struct daemon_pool *daemon_pool_new(struct daemon_pool_limits limits);
/* From now on other limits: threads that are too many leave when they have done what they do. */
void daemon_pool_limit(struct daemon_pool *pool, struct daemon_pool_limits limits);
/* Takes over WORK.  -1, with an error: no thread can be had, and WORK stays the caller's. */
int daemon_pool_push(struct daemon_pool *pool, struct daemon_work *work);
/* Once a second: when all threads wait for guests that do not answer, another one starts. */
void daemon_pool_relieve(struct daemon_pool *pool);
/* Nobody is there: threads leave, and take along what the C library keeps for each, until there is work again; one
 * stays, for a time when the host has no other.  Whether some are on their way. */
bool daemon_pool_rest(struct daemon_pool *pool);
/* Drops what was not begun and is over. */
void daemon_pool_forget(struct daemon_pool *pool);
/* Waits until DEADLINE (vir_deadline) for what is in progress; drops what was not begun.  0 all ended, -1
 * some did not in time.  Once. */
int daemon_pool_end(struct daemon_pool *pool, int64_t deadline);
struct daemon_pool_figures daemon_pool_look(struct daemon_pool *pool);

#endif
