/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hash tables: open addressing, linear probing, SipHash-1-3 with a key of the process. */
#include "hash.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include <libvirt/module-base.h>

static uint64_t seed[2];
static pthread_once_t seed_once = PTHREAD_ONCE_INIT;

static void
seed_init(void)
{
    if (getrandom(seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed)) {
        seed[0] = (uint64_t)time(NULL);
        seed[1] = (uint64_t)(uintptr_t)&seed;
    }
}

static inline uint64_t
rotate(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

static inline void
sip_round(uint64_t v[4])
{
    v[0] += v[1]; v[1] = rotate(v[1], 13) ^ v[0]; v[0] = rotate(v[0], 32);
    v[2] += v[3]; v[3] = rotate(v[3], 16) ^ v[2];
    v[0] += v[3]; v[3] = rotate(v[3], 21) ^ v[0];
    v[2] += v[1]; v[1] = rotate(v[1], 17) ^ v[2]; v[2] = rotate(v[2], 32);
}

static uint64_t
hash_bytes(const void *key, size_t len)
{
    const unsigned char *p = key;
    uint64_t last = (uint64_t)len << 56;
    uint64_t v[4] = {
        seed[0] ^ 0x736f6d6570736575u, seed[1] ^ 0x646f72616e646f6du,
        seed[0] ^ 0x6c7967656e657261u, seed[1] ^ 0x7465646279746573u,
    };

    for (; len >= 8; p += 8, len -= 8) {
        uint64_t word;

        memcpy(&word, p, 8);
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    for (size_t i = 0; i < len; i++)
        last |= (uint64_t)p[i] << (8 * i);
    v[3] ^= last;
    sip_round(v);
    v[0] ^= last;
    v[2] ^= 0xff;
    sip_round(v);
    sip_round(v);
    sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* The slot of KEY, or the free slot where it belongs. */
static struct vir_hash_slot *
find_slot(const struct vir_hash *hash, uint64_t h, const void *key, size_t len)
{
    size_t i = (size_t)h & (hash->n_slots - 1);

    for (;; i = (i + 1) & (hash->n_slots - 1)) {
        struct vir_hash_slot *slot = &hash->slots[i];

        if (!slot->key)
            return slot;
        if (slot->hash == h && slot->key_len == len && memcmp(slot->key, key, len) == 0)
            return slot;
    }
}

static void
hash_grow(struct vir_hash *hash)
{
    struct vir_hash old = *hash;

    hash->n_slots = old.n_slots ? old.n_slots * 2 : 8;
    hash->slots = vir_alloc_array(hash->n_slots, sizeof(*hash->slots));
    for (size_t i = 0; i < old.n_slots; i++) {
        struct vir_hash_slot *slot = &old.slots[i];

        if (slot->key)
            *find_slot(hash, slot->hash, slot->key, slot->key_len) = *slot;
    }
    free(old.slots);
}

void *
vir_hash_get(const struct vir_hash *hash, const void *key, size_t key_len)
{
    if (!hash->count)
        return NULL;
    return find_slot(hash, hash_bytes(key, key_len), key, key_len)->value;
}

void *
vir_hash_set(struct vir_hash *hash, const void *key, size_t key_len, void *value)
{
    struct vir_hash_slot *slot;
    void *old;
    uint64_t h;

    pthread_once(&seed_once, seed_init);
    if (hash->count * 4 >= hash->n_slots * 3)
        hash_grow(hash);
    h = hash_bytes(key, key_len);
    slot = find_slot(hash, h, key, key_len);
    old = slot->value;
    if (!slot->key)
        hash->count++;
    *slot = (struct vir_hash_slot){ h, key, key_len, value };
    return old;
}

void *
vir_hash_remove(struct vir_hash *hash, const void *key, size_t key_len)
{
    size_t mask = hash->n_slots - 1, hole, i;
    struct vir_hash_slot *slot;
    void *old;

    if (!hash->count)
        return NULL;
    slot = find_slot(hash, hash_bytes(key, key_len), key, key_len);
    if (!slot->key)
        return NULL;
    old = slot->value;
    hole = (size_t)(slot - hash->slots);
    /* Those behind move up as far as their own place allows. */
    for (i = (hole + 1) & mask; hash->slots[i].key; i = (i + 1) & mask) {
        size_t home = (size_t)hash->slots[i].hash & mask;

        if (((i - home) & mask) >= ((i - hole) & mask)) {
            hash->slots[hole] = hash->slots[i];
            hole = i;
        }
    }
    memset(&hash->slots[hole], 0, sizeof(*slot));
    hash->count--;
    return old;
}

void *
vir_hash_next(const struct vir_hash *hash, size_t *pos)
{
    while (*pos < hash->n_slots) {
        struct vir_hash_slot *slot = &hash->slots[(*pos)++];

        if (slot->key)
            return slot->value;
    }
    return NULL;
}

void
vir_hash_clear(struct vir_hash *hash)
{
    free(hash->slots);
    memset(hash, 0, sizeof(*hash));
}
