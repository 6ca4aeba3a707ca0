/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Parts of messages that wait for their socket.  Of a client that has left much unread they
 * lie side by side in blocks, which go back to the kernel one by one.  Each by itself would
 * leave holes in the heap, and to look for those takes tens of milliseconds.
 */
#include "daemon/daemon.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/heap.h"

#define MUCH (64 * 1024)                /* bytes that one client has not read */
#define ALIGN _Alignof(struct daemon_chunk)

struct daemon_block {
    unsigned int n;                     /* chunks in it; without any it goes */
    size_t room;                        /* bytes at its end that are free */
    unsigned char bytes[DAEMON_HEAP_MAX];
};

static struct daemon_block *
block_new(void)
{
    struct daemon_block *block = malloc(sizeof(*block));

    if (block) {
        block->n = 0;
        block->room = sizeof(block->bytes);
    }
    return block;
}

/* Of what came last. */
static struct daemon_block *
last_block(const struct daemon_client *client)
{
    if (!client->out)
        return NULL;
    return ((struct daemon_chunk *)((char *)client->out_tail - offsetof(struct daemon_chunk, next)))->block;
}

struct daemon_chunk *
daemon_chunk_new(const struct daemon_client *client, size_t len)
{
    size_t size = (sizeof(struct daemon_chunk) + len + ALIGN - 1) / ALIGN * ALIGN;
    struct daemon_block *block = NULL;
    struct daemon_chunk *chunk;

    if (client->out_bytes >= MUCH && size <= sizeof(block->bytes)) {
        block = last_block(client);
        if (!block || block->room < size)
            block = block_new();
        if (!block)
            return NULL;
        chunk = (struct daemon_chunk *)(block->bytes + sizeof(block->bytes) - block->room);
        block->room -= size;
        block->n++;
    } else {
        chunk = malloc(size);
    }
    if (chunk)
        *chunk = (struct daemon_chunk){ .block = block, .len = len, .fd = -1 };
    return chunk;
}

struct daemon_chunk *
daemon_chunk_free(struct daemon_chunk *chunk)
{
    if (!chunk)
        return NULL;
    if (chunk->fd >= 0)
        close(chunk->fd);
    explicit_bzero(chunk->bytes, chunk->len);   /* may be a secret */
    if (!chunk->block)
        free(chunk);
    else if (--chunk->block->n == 0)
        free(chunk->block);
    return NULL;
}
