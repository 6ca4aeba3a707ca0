/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the C library keeps after a crowd.  Chunks that a thread frees are kept for that thread, wherever
 * they lie, until it ends; a few of them hold heaps that are long, and a page for each.
 */
#include "daemon/heap.h"

#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>

#define SIZES 64                        /* of chunks that are kept: STEP bytes, twice STEP and so on, */
#define STEP 16
#define EXTRA 8                         /* each with so many more */
#define EACH 7                          /* of each size */

struct kept { void *chunks[SIZES][EACH]; };

/* All that are kept for this thread. */
static void
take_kept(struct kept *kept)
{
    for (size_t size = 0; size < SIZES; size++)
        for (size_t i = 0; i < EACH; i++)
            kept->chunks[size][i] = malloc((size + 1) * STEP + EXTRA);
}

static void *
free_kept(void *opaque)
{
    const struct kept *kept = opaque;

    for (size_t size = 0; size < SIZES; size++)
        for (size_t i = 0; i < EACH; i++)
            free(kept->chunks[size][i]);
    return NULL;
}

/* Has another thread free them, which then ends. */
static void
give_kept_back(void)
{
    struct kept kept;
    pthread_t thread;

    take_kept(&kept);
    if (pthread_create(&thread, NULL, free_kept, &kept) == 0)
        pthread_join(thread, NULL);
    else
        free_kept(&kept);
}

void
daemon_heap_rest(void)
{
    give_kept_back();
    malloc_trim(0);
}
