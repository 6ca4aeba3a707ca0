/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What took the loop too long goes to the pool, and comes back when it was quick there many
 * times in a row: a disk that was slow for once, a stopped process.  What is slow again has
 * to be quick twice as often, so that a module which is slow now and then costs the loop
 * ever less.
 */
#include "daemon/client/slow.h"

#include "common/vector.h"
#include "daemon/turn.h"

#define ENOUGH 64                       /* quick times in a row, at first */
#define ENOUGH_MAX (1u << 20)

struct daemon_slow {
    const void *what;                   /* row of a module, or procedure that no module serves */
    unsigned int enough;                /* the loop's to change; atomic */
    unsigned int quick;                 /* times in a row; atomic */
};

/* The loop's; at most what there are of both. */
static struct VIR_VECTOR(, struct daemon_slow *) all;

static struct daemon_slow *
find(const void *what)
{
    for (size_t i = 0; i < all.n; i++)
        if (all.items[i]->what == what)
            return all.items[i];
    return NULL;
}

static bool
is_slow(const struct daemon_slow *slow)
{
    return __atomic_load_n(&slow->quick, __ATOMIC_RELAXED) < __atomic_load_n(&slow->enough, __ATOMIC_RELAXED);
}

struct daemon_slow *
daemon_slow_find(const void *what)
{
    struct daemon_slow *slow = find(what);

    return slow && is_slow(slow) ? slow : NULL;
}

void
daemon_slow_add(const void *what)
{
    struct daemon_slow *slow = find(what);

    if (!slow) {
        slow = VIR_NEW(struct daemon_slow);
        slow->what = what;
        slow->enough = ENOUGH;
        vir_vector_add(&all, slow);
    } else if (!is_slow(slow) && slow->enough < ENOUGH_MAX) {
        __atomic_store_n(&slow->enough, slow->enough * 2, __ATOMIC_RELAXED);
    }
    __atomic_store_n(&slow->quick, 0, __ATOMIC_RELAXED);
}

bool
daemon_slow_served(struct daemon_slow *slow, int64_t took)
{
    if (took * 1000 >= DAEMON_TURN_US) {
        __atomic_store_n(&slow->quick, 0, __ATOMIC_RELAXED);
        return false;
    }
    return __atomic_add_fetch(&slow->quick, 1, __ATOMIC_RELAXED) == __atomic_load_n(&slow->enough, __ATOMIC_RELAXED);
}
