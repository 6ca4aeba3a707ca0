/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory for many small things that live and end together.  What asks for it does so once
 * for all: there was no memory if no_memory is true at the end. */
#ifndef DRIVER_XML_ARENA_H
#define DRIVER_XML_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#define XML_ARENA_CHUNK (8 * 1024 - 64)

/* All zeroes is a valid empty one. */
struct xml_arena {
    struct xml_arena_chunk *chunk;      /* the last */
    bool no_memory;                     /* an answer was NULL */
};

struct xml_arena_chunk {
    struct xml_arena_chunk *before;
    size_t used, room;
    char bytes[];
};

/* One that has room for SIZE bytes; NULL with an error. */
struct xml_arena_chunk *xml_arena_grow(struct xml_arena *arena, size_t size);

/* NULL with an error: there is no memory. */
static inline void *
xml_arena_take(struct xml_arena *arena, size_t size)
{
    struct xml_arena_chunk *chunk = arena->chunk;
    void *p;

    size = (size + 7) & ~(size_t)7;
    if ((!chunk || size > chunk->room - chunk->used) && !(chunk = xml_arena_grow(arena, size)))
        return NULL;
    p = chunk->bytes + chunk->used;
    chunk->used += size;
    return p;
}

/* Never NULL: for what is small. */
void *xml_arena_surely(struct xml_arena *arena, size_t size);
/* A copy with a NUL behind it; NULL with an error. */
char *xml_arena_text(struct xml_arena *arena, const void *text, size_t len);
void xml_arena_free(struct xml_arena *arena);

#endif
