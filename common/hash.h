/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A table from keys (any bytes) to pointers, in constant time even for keys
 * that somebody chose to collide.  Keys and values are borrowed: usually the key
 * is a member of the value.  Not locked.
 */
#ifndef COMMON_HASH_H
#define COMMON_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct vir_hash_slot {
    uint64_t hash;
    const void *key;            /* NULL: free */
    size_t key_len;
    void *value;
};

/* A table of zeroes is empty and valid. */
struct vir_hash {
    struct vir_hash_slot *slots;
    size_t n_slots;             /* a power of two */
    size_t count;
};

/* NULL: not there. */
void *vir_hash_get(const struct vir_hash *hash, const void *key, size_t key_len);
/* Adds or replaces; returns the value that was there, or NULL. */
void *vir_hash_set(struct vir_hash *hash, const void *key, size_t key_len, void *value);
/* Returns the value that was there, or NULL. */
void *vir_hash_remove(struct vir_hash *hash, const void *key, size_t key_len);
/* Walks the table in no particular order: start with *POS 0; NULL at the end.
 * The table must not change meanwhile. */
void *vir_hash_next(const struct vir_hash *hash, size_t *pos);
/* Empties the table; the values stay with their owner. */
void vir_hash_clear(struct vir_hash *hash);

static inline void *
vir_hash_get_text(const struct vir_hash *hash, const char *key)
{
    return vir_hash_get(hash, key, strlen(key));
}

static inline void *
vir_hash_set_text(struct vir_hash *hash, const char *key, void *value)
{
    return vir_hash_set(hash, key, strlen(key), value);
}

static inline void *
vir_hash_remove_text(struct vir_hash *hash, const char *key)
{
    return vir_hash_remove(hash, key, strlen(key));
}

#endif
