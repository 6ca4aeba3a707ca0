/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory in large pieces; see arena.h. */
#include "arena.h"

#include "engine.h"

#include <stdlib.h>
#include <string.h>

#include <libvirt/module-base.h>

static struct xml_arena_chunk *
chunk_add(struct xml_arena *arena, struct xml_arena_chunk *chunk, size_t room)
{
    chunk->before = arena->chunk;
    chunk->used = 0;
    chunk->room = room;
    arena->chunk = chunk;
    return chunk;
}

struct xml_arena_chunk *
xml_arena_grow(struct xml_arena *arena, size_t size)
{
    size_t room = size > XML_ARENA_CHUNK ? size : XML_ARENA_CHUNK;
    struct xml_arena_chunk *chunk = malloc(sizeof(*chunk) + room);      /* nobody needs it zeroed */

    if (chunk)
        return chunk_add(arena, chunk, room);
    arena->no_memory = true;
    vir_error(VIR_ERR_NO_MEMORY, "no memory for %zu bytes", room);
    return NULL;
}

void *
xml_arena_surely(struct xml_arena *arena, size_t size)
{
    void *p = xml_arena_take(arena, size);

    if (p)
        return p;
    chunk_add(arena, vir_alloc(sizeof(struct xml_arena_chunk) + size + 8), size + 8);
    return xml_arena_take(arena, size);
}

char *
xml_arena_text(struct xml_arena *arena, const void *text, size_t len)
{
    char *copy = xml_arena_take(arena, len + 1);

    if (!copy)
        return NULL;
    memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

void
xml_arena_free(struct xml_arena *arena)
{
    struct xml_arena_chunk *before;

    for (struct xml_arena_chunk *chunk = arena->chunk; chunk; chunk = before) {
        before = chunk->before;
        free(chunk);
    }
}
