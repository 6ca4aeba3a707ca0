/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is listed and told of stored objects of any kind: by the flags that hold for each. */
#include "stored.h"
#include "store-private.h"

#include <stdlib.h>

#include "vector.h"

bool
store_listed(const struct store_object *object, unsigned int facts, unsigned int flags)
{
    for (size_t i = 0; flags && i < object->n_groups; i++) {
        const struct store_group *group = &object->groups[i];
        unsigned int holds = facts & group->all ? facts & group->all : group->last;

        if (flags & group->all && !(flags & holds))
            return false;
    }
    return true;
}

unsigned int
vir_domain_state_flag(int state)
{
    switch (state) {
    case VIR_DOMAIN_RUNNING:
        return VIR_CONNECT_LIST_DOMAINS_RUNNING;
    case VIR_DOMAIN_PAUSED:
        return VIR_CONNECT_LIST_DOMAINS_PAUSED;
    case VIR_DOMAIN_SHUTOFF:
        return VIR_CONNECT_LIST_DOMAINS_SHUTOFF;
    default:
        return VIR_CONNECT_LIST_DOMAINS_OTHER;
    }
}

/* With the entry's lock. */
static unsigned int
facts_of(const struct vir_store_entry *entry, const struct store_object *object)
{
    const struct vir_store_kind *kind = store_part(entry)->kind;

    return (kind->facts ? kind->facts(entry) : 0) | (entry->id >= 0 ? object->active : 0);
}

/* With the entry's lock. */
static void *
handle_of(struct vir_store_entry *entry, const struct store_object *object, virConnectPtr conn)
{
    return object->make ? object->make(conn, entry) : store_part(entry)->kind->handle(conn, entry);
}

/* ---- many -------------------------------------------------------------------- */

/* What is done with each object that FLAGS want, until it has had enough: false. */
struct walk {
    const struct store_object *object;
    unsigned int flags;
    bool (*take)(struct walk *walk, struct vir_store_entry *entry);
    virConnectPtr conn;
    struct VIR_VECTOR(, void *) handles;
    char **texts;
    int found, max;
};

static bool
visit(struct walk *walk, struct vir_store_entry *entry, unsigned int facts)
{
    return !store_listed(walk->object, facts, walk->flags) || walk->take(walk, entry);
}

/* Name, uuid and id, and who has one, change under the store's lock, which is enough for most lists: the locks
 * of a thousand objects cost more than all the rest. */
static bool
visit_quickly(struct vir_store_entry *entry, void *opaque)
{
    struct walk *walk = opaque;

    return visit(walk, entry, entry->id >= 0 ? walk->object->active : 0);
}

static void
walk_slowly(struct vir_store *store, struct walk *walk)
{
    struct vir_store_entry **list;
    size_t n = vir_store_list(store, &list);
    bool more = true;

    for (size_t i = 0; i < n && more; i++) {
        vir_store_lock(list[i]);
        more = list[i]->dead || visit(walk, list[i], facts_of(list[i], walk->object));
        vir_store_unlock(list[i]);
    }
    vir_store_list_free(list, n);
}

/* LOCKED: to take an object needs its own lock. */
static void
walk_store(struct vir_store *store, struct walk *walk, bool locked)
{
    if (locked || walk->flags & ~(walk->object->active | walk->object->inactive))
        walk_slowly(store, walk);
    else
        store_each(store, visit_quickly, walk);
}

static bool
take_handle(struct walk *walk, struct vir_store_entry *entry)
{
    void *handle = handle_of(entry, walk->object, walk->conn);

    if (handle)
        vir_vector_add(&walk->handles, handle);
    return true;
}

int
store_list(struct vir_store *store, const struct store_object *object, virConnectPtr conn,
           void ***ret_handles, unsigned int flags)
{
    struct walk walk = { .object = object, .flags = flags, .take = take_handle, .conn = conn };

    if (!ret_handles)
        return store_count_listed(store, object, flags);
    walk_store(store, &walk, !object->make);
    vir_vector_add(&walk.handles, NULL);
    *ret_handles = walk.handles.items;
    return (int)walk.handles.n - 1;
}

static bool
count_one(struct walk *walk, struct vir_store_entry *entry)
{
    (void)entry;
    walk->found++;
    return true;
}

int
store_count_listed(struct vir_store *store, const struct store_object *object, unsigned int flags)
{
    struct walk walk = { .object = object, .flags = flags, .take = count_one };

    if (flags && (flags == object->active || flags == object->inactive))
        return (int)vir_store_count(store, flags == object->active);
    walk_store(store, &walk, false);
    return walk.found;
}

static int
list_texts(struct vir_store *store, struct walk *walk)
{
    if (walk->max > 0)
        walk_store(store, walk, false);
    return walk->found;
}

static bool
take_name(struct walk *walk, struct vir_store_entry *entry)
{
    walk->texts[walk->found++] = vir_strdup(entry->name);
    return walk->found < walk->max;
}

static bool
take_uuid(struct walk *walk, struct vir_store_entry *entry)
{
    char uuid[VIR_UUID_STRING_BUFLEN];

    vir_uuid_format(entry->uuid, uuid);
    walk->texts[walk->found++] = vir_strdup(uuid);
    return walk->found < walk->max;
}

int
store_names(struct vir_store *store, const struct store_object *object, char **names, int max,
            unsigned int flags)
{
    struct walk walk = { .object = object, .flags = flags, .take = take_name, .texts = names, .max = max };

    return list_texts(store, &walk);
}

int
store_uuids(struct vir_store *store, const struct store_object *object, char **uuids, int max,
            unsigned int flags)
{
    struct walk walk = { .object = object, .flags = flags, .take = take_uuid, .texts = uuids, .max = max };

    return list_texts(store, &walk);
}

/* ---- one --------------------------------------------------------------------- */

void *
store_found(const struct store_object *object, virConnectPtr conn, struct vir_store_entry *entry)
{
    void *handle;

    if (!entry)
        return NULL;
    vir_store_lock(entry);
    handle = handle_of(entry, object, conn);
    vir_store_unlock(entry);
    vir_store_unref(entry);
    return handle;
}

int
store_holds(struct vir_store_entry *entry, const struct store_object *object, unsigned int fact)
{
    bool holds;

    if (!entry)
        return -1;
    vir_store_lock(entry);
    holds = facts_of(entry, object) & fact;
    vir_store_unlock(entry);
    vir_store_unref(entry);
    return holds;
}

int
store_tells(struct vir_store_entry *entry, const struct store_object *object, unsigned int fact, int *ret)
{
    int holds = store_holds(entry, object, fact);

    if (holds < 0)
        return -1;
    *ret = holds;
    return 0;
}
