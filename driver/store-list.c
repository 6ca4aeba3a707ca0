/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is listed and told of stored objects of any kind: by the flags that hold for each. */
#include "stored.h"
#include "store-private.h"

#include <stdlib.h>

bool
store_listed(const struct store_object *object, unsigned int facts, unsigned int flags)
{
    for (size_t i = 0; i < object->n_groups; i++) {
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

/* The next of N entries that FLAGS want, locked, from *AT on; NULL: there is none any more. */
static struct vir_store_entry *
next_listed(struct vir_store_entry **list, size_t n, size_t *at, const struct store_object *object,
            unsigned int flags)
{
    while (*at < n) {
        struct vir_store_entry *entry = list[(*at)++];

        vir_store_lock(entry);
        if (!entry->dead && store_listed(object, facts_of(entry, object), flags))
            return entry;
        vir_store_unlock(entry);
    }
    return NULL;
}

int
store_list(struct vir_store *store, const struct store_object *object, virConnectPtr conn,
           void ***ret_handles, unsigned int flags)
{
    struct vir_store_entry **list, *entry;
    size_t n, at = 0;
    void **handles;
    int found = 0;

    if (!ret_handles)
        return store_count_listed(store, object, flags);
    n = vir_store_list(store, &list);
    handles = vir_alloc_array(n + 1, sizeof(void *));
    while ((entry = next_listed(list, n, &at, object, flags))) {
        handles[found] = handle_of(entry, object, conn);
        found += handles[found] != NULL;
        vir_store_unlock(entry);
    }
    vir_store_list_free(list, n);
    *ret_handles = handles;
    return found;
}

int
store_count_listed(struct vir_store *store, const struct store_object *object, unsigned int flags)
{
    struct vir_store_entry **list, *entry;
    size_t n, at = 0;
    int found = 0;

    if (flags && (flags == object->active || flags == object->inactive))
        return (int)vir_store_count(store, flags == object->active);
    n = vir_store_list(store, &list);
    for (; (entry = next_listed(list, n, &at, object, flags)); found++)
        vir_store_unlock(entry);
    vir_store_list_free(list, n);
    return found;
}

static int
store_texts(struct vir_store *store, const struct store_object *object, char **texts, int max,
            unsigned int flags, char *(*text_of)(const struct vir_store_entry *entry))
{
    struct vir_store_entry **list, *entry;
    size_t n = vir_store_list(store, &list), at = 0;
    int found = 0;

    while (found < max && (entry = next_listed(list, n, &at, object, flags))) {
        texts[found++] = text_of(entry);
        vir_store_unlock(entry);
    }
    vir_store_list_free(list, n);
    return found;
}

static char *
name_of(const struct vir_store_entry *entry)
{
    return vir_strdup(entry->name);
}

static char *
uuid_of(const struct vir_store_entry *entry)
{
    char uuid[VIR_UUID_STRING_BUFLEN];

    vir_uuid_format(entry->uuid, uuid);
    return vir_strdup(uuid);
}

int
store_names(struct vir_store *store, const struct store_object *object, char **names, int max,
            unsigned int flags)
{
    return store_texts(store, object, names, max, flags, name_of);
}

int
store_uuids(struct vir_store *store, const struct store_object *object, char **uuids, int max,
            unsigned int flags)
{
    return store_texts(store, object, uuids, max, flags, uuid_of);
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
