/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The store of a driver's objects: three hash tables and a list over the drivers' own structs.
 * The store's lock is taken inside an entry's lock, never the other way.
 */
#include "store-private.h"
#include "stored.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"

struct vir_store {
    const struct vir_store_kind *kind;
    pthread_mutex_t lock;
    vir_store_free_fn free_entry;
    struct vir_hash by_name, by_uuid, by_id;    /* keys: members of the entries */
    struct vir_store_entry *first, *last;
    size_t count;
};

struct vir_store *
vir_store_new(const struct vir_store_kind *kind, vir_store_free_fn free_entry)
{
    struct vir_store *store = VIR_NEW(struct vir_store);

    pthread_mutex_init(&store->lock, NULL);
    store->kind = kind;
    store->free_entry = free_entry;
    return store;
}

struct vir_store *
vir_store_free(struct vir_store *store)
{
    if (!store)
        return NULL;
    while (store->first)
        vir_store_remove(store, store->first);
    vir_hash_clear(&store->by_name);
    vir_hash_clear(&store->by_uuid);
    vir_hash_clear(&store->by_id);
    pthread_mutex_destroy(&store->lock);
    free(store);
    return NULL;
}

/* ---- entries ----------------------------------------------------------------- */

void
vir_store_ref(struct vir_store_entry *entry)
{
    __atomic_add_fetch(&entry->refs, 1, __ATOMIC_RELAXED);
}

struct vir_store_entry *
vir_store_unref(struct vir_store_entry *entry)
{
    struct store_part *part;

    if (!entry || __atomic_sub_fetch(&entry->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return NULL;
    part = store_part(entry);
    pthread_cond_destroy(&part->job_changed);
    pthread_mutex_destroy(&part->lock);
    part->free_entry(entry);
    free(part->lasting);
    free(part->last);
    free(part);
    return NULL;
}

void
vir_store_lock(struct vir_store_entry *entry)
{
    pthread_mutex_lock(entry->lock);
}

void
vir_store_unlock(struct vir_store_entry *entry)
{
    pthread_mutex_unlock(entry->lock);
}

static struct store_part *
part_new(const struct vir_store *store)
{
    struct store_part *part = VIR_NEW(struct store_part);

    pthread_mutex_init(&part->lock, NULL);
    vir_cond_init(&part->job_changed);
    part->kind = store->kind;
    part->free_entry = store->free_entry;
    return part;
}

/* ---- changing ------------------------------------------------------------------ */

/* Another object has the name or the uuid. */
static int
check_free(const struct vir_store *store, const struct vir_store_entry *entry)
{
    char uuid[VIR_UUID_STRING_BUFLEN];
    const struct vir_store_entry *other = vir_hash_get(&store->by_uuid, entry->uuid, VIR_UUID_BUFLEN);

    if (other) {
        vir_uuid_format(other->uuid, uuid);
        return vir_raise(store->kind->error_domain, VIR_ERR_OPERATION_FAILED,
                         "%s '%s' is already defined with uuid %s", store->kind->noun, other->name, uuid);
    }
    other = vir_hash_get_text(&store->by_name, entry->name);
    if (other) {
        vir_uuid_format(other->uuid, uuid);
        return vir_raise(store->kind->error_domain, VIR_ERR_OPERATION_FAILED,
                         "%s '%s' already exists with uuid %s", store->kind->noun, other->name, uuid);
    }
    return 0;
}

static int
add(struct vir_store *store, struct vir_store_entry *entry, bool locked)
{
    pthread_mutex_lock(&store->lock);
    if (check_free(store, entry) < 0) {
        pthread_mutex_unlock(&store->lock);
        return -1;
    }
    entry->refs = 2;
    entry->dead = false;
    entry->lock = &part_new(store)->lock;
    if (locked)
        pthread_mutex_trylock(entry->lock);     /* nobody else knows it: it is free */
    vir_hash_set_text(&store->by_name, entry->name, entry);
    vir_hash_set(&store->by_uuid, entry->uuid, VIR_UUID_BUFLEN, entry);
    if (entry->id >= 0)
        vir_hash_set(&store->by_id, &entry->id, sizeof(entry->id), entry);
    store_part(entry)->prev = store->last;
    if (store->last)
        store_part(store->last)->next = entry;
    else
        store->first = entry;
    store->last = entry;
    store->count++;
    pthread_mutex_unlock(&store->lock);
    return 0;
}

int
vir_store_add(struct vir_store *store, struct vir_store_entry *entry)
{
    return add(store, entry, false);
}

int
vir_store_add_locked(struct vir_store *store, struct vir_store_entry *entry)
{
    return add(store, entry, true);
}

int
vir_store_add_with_job(struct vir_store *store, struct vir_store_entry *entry, const char *what)
{
    if (add(store, entry, true) < 0)
        return -1;
    store_job_take(entry, what);
    vir_store_unlock(entry);
    return 0;
}

static void
unlink_entry(struct vir_store *store, struct vir_store_entry *entry)
{
    const struct store_part *part = store_part(entry);

    if (part->prev)
        store_part(part->prev)->next = part->next;
    else
        store->first = part->next;
    if (part->next)
        store_part(part->next)->prev = part->prev;
    else
        store->last = part->prev;
    vir_hash_remove_text(&store->by_name, entry->name);
    vir_hash_remove(&store->by_uuid, entry->uuid, VIR_UUID_BUFLEN);
    if (entry->id >= 0)
        vir_hash_remove(&store->by_id, &entry->id, sizeof(entry->id));
    store->count--;
}

void
vir_store_remove(struct vir_store *store, struct vir_store_entry *entry)
{
    bool was_dead;

    pthread_mutex_lock(&store->lock);
    was_dead = __atomic_exchange_n(&entry->dead, true, __ATOMIC_ACQ_REL);
    if (!was_dead)
        unlink_entry(store, entry);
    pthread_mutex_unlock(&store->lock);
    if (was_dead)
        return;
    pthread_cond_broadcast(&store_part(entry)->job_changed);
    vir_store_unref(entry);
}

/* With the store's lock: NOW is where ENTRY was. */
static void
take_place(struct vir_store *store, struct vir_store_entry *entry, struct vir_store_entry *now)
{
    const struct store_part *old = store_part(entry);

    store_part(now)->prev = old->prev;
    store_part(now)->next = old->next;
    *(old->prev ? &store_part(old->prev)->next : &store->first) = now;
    *(old->next ? &store_part(old->next)->prev : &store->last) = now;
    vir_hash_remove_text(&store->by_name, entry->name);
    vir_hash_set_text(&store->by_name, now->name, now);
    vir_hash_remove(&store->by_uuid, entry->uuid, VIR_UUID_BUFLEN);
    vir_hash_set(&store->by_uuid, now->uuid, VIR_UUID_BUFLEN, now);
    if (entry->id >= 0)
        vir_hash_remove(&store->by_id, &entry->id, sizeof(entry->id));
    if (now->id >= 0)
        vir_hash_set(&store->by_id, &now->id, sizeof(now->id), now);
}

int
vir_store_replace(struct vir_store *store, struct vir_store_entry *entry, struct vir_store_entry *now, const char *what)
{
    const struct vir_store_entry *other;

    pthread_mutex_lock(&store->lock);
    other = vir_hash_get_text(&store->by_name, now->name);
    if (other && other != entry) {
        pthread_mutex_unlock(&store->lock);
        return vir_raise(store->kind->error_domain, VIR_ERR_OPERATION_INVALID, "%s with name '%s' already exists",
                         store->kind->noun, now->name);
    }
    if (now->lock) {                    /* back again */
        vir_store_ref(now);
    } else {
        now->refs = 2;
        now->lock = &part_new(store)->lock;
        store_job_take(now, what);      /* nobody else knows it */
    }
    __atomic_store_n(&now->dead, false, __ATOMIC_RELEASE);
    __atomic_store_n(&entry->dead, true, __ATOMIC_RELEASE);
    take_place(store, entry, now);
    pthread_mutex_unlock(&store->lock);
    pthread_cond_broadcast(&store_part(entry)->job_changed);
    vir_store_unref(entry);
    return 0;
}

void
vir_store_set_id(struct vir_store *store, struct vir_store_entry *entry, int id)
{
    pthread_mutex_lock(&store->lock);
    /* The table's key is the member itself. */
    if (!entry->dead && entry->id >= 0)
        vir_hash_remove(&store->by_id, &entry->id, sizeof(entry->id));
    entry->id = id;
    if (!entry->dead && id >= 0)
        vir_hash_set(&store->by_id, &entry->id, sizeof(entry->id), entry);
    pthread_mutex_unlock(&store->lock);
}

/* ---- finding -------------------------------------------------------------------- */

static struct vir_store_entry *
look_up(struct vir_store *store, struct vir_hash *hash, const void *key, size_t len)
{
    struct vir_store_entry *entry;

    pthread_mutex_lock(&store->lock);
    entry = vir_hash_get(hash, key, len);
    if (entry)
        vir_store_ref(entry);
    pthread_mutex_unlock(&store->lock);
    return entry;
}

struct vir_store_entry *
vir_store_by_name(struct vir_store *store, const char *name)
{
    return look_up(store, &store->by_name, name, strlen(name));
}

struct vir_store_entry *
vir_store_by_uuid(struct vir_store *store, const unsigned char *uuid)
{
    return look_up(store, &store->by_uuid, uuid, VIR_UUID_BUFLEN);
}

struct vir_store_entry *
vir_store_by_id(struct vir_store *store, int id)
{
    return look_up(store, &store->by_id, &id, sizeof(id));
}

static void *
not_found(const struct vir_store *store, const char *by, const char *value)
{
    vir_raise(store->kind->error_domain, store->kind->no_such, "no %s with matching %s '%s'",
              store->kind->noun, by, value);
    return NULL;
}

struct vir_store_entry *
vir_store_find_name(struct vir_store *store, const char *name)
{
    struct vir_store_entry *entry = vir_store_by_name(store, name);

    return entry ? entry : not_found(store, "name", name);
}

struct vir_store_entry *
vir_store_find_uuid(struct vir_store *store, const unsigned char *uuid, const char *name)
{
    struct vir_store_entry *entry = vir_store_by_uuid(store, uuid);
    char text[VIR_UUID_STRING_BUFLEN];

    if (entry)
        return entry;
    vir_uuid_format(uuid, text);
    if (!name)
        return not_found(store, "uuid", text);
    vir_raise(store->kind->error_domain, store->kind->no_such, "no %s with matching uuid '%s' (%s)",
              store->kind->noun, text, name);
    return NULL;
}

struct vir_store_entry *
vir_store_find_id(struct vir_store *store, int id)
{
    struct vir_store_entry *entry = vir_store_by_id(store, id);

    if (!entry)
        vir_raise(store->kind->error_domain, store->kind->no_such, "no %s with matching id %d",
                  store->kind->noun, id);
    return entry;
}

size_t
vir_store_count(struct vir_store *store, bool active)
{
    size_t count;

    pthread_mutex_lock(&store->lock);
    count = active ? store->by_id.count : store->count - store->by_id.count;
    pthread_mutex_unlock(&store->lock);
    return count;
}

void
store_each(struct vir_store *store, bool (*take)(struct vir_store_entry *entry, void *opaque), void *opaque)
{
    struct vir_store_entry *entry;

    pthread_mutex_lock(&store->lock);
    for (entry = store->first; entry && take(entry, opaque); entry = store_part(entry)->next)
        ;
    pthread_mutex_unlock(&store->lock);
}

int
store_ids(struct vir_store *store, int *ids, int max)
{
    int n = 0;

    pthread_mutex_lock(&store->lock);   /* which ids change under */
    for (struct vir_store_entry *entry = store->first; entry && n < max; entry = store_part(entry)->next)
        if (entry->id >= 0)
            ids[n++] = entry->id;
    pthread_mutex_unlock(&store->lock);
    return n;
}

size_t
vir_store_list(struct vir_store *store, struct vir_store_entry ***ret_list)
{
    struct vir_store_entry **list, *entry;
    size_t n = 0;

    pthread_mutex_lock(&store->lock);
    list = vir_alloc_array(store->count + 1, sizeof(*list));
    for (entry = store->first; entry; entry = store_part(entry)->next) {
        vir_store_ref(entry);
        list[n++] = entry;
    }
    pthread_mutex_unlock(&store->lock);
    *ret_list = list;
    return n;
}

void
vir_store_list_free(struct vir_store_entry **list, size_t n)
{
    while (n)
        vir_store_unref(list[--n]);
    free(list);
}
