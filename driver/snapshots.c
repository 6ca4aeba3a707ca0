/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The snapshots of a domain: each descends from one, or is a root, and one may be
 * the current one, from which the next will descend.
 */
#include "snapshots.h"

#include <stdlib.h>
#include <string.h>

/* ---- the tree -------------------------------------------------------------------------------- */

static void
hang(struct vir_snapshot *snapshot, struct vir_snapshot *above)
{
    struct vir_snapshot **last = &above->first_child;

    while (*last)
        last = &(*last)->next;
    *last = snapshot;
    snapshot->next = NULL;
    snapshot->above = above;
}

static void
unhang(struct vir_snapshot *snapshot)
{
    struct vir_snapshot **at = &snapshot->above->first_child;

    while (*at != snapshot)
        at = &(*at)->next;
    *at = snapshot->next;
}

struct vir_snapshot *
snapshots_next(const struct vir_snapshot *below, const struct vir_snapshot *at)
{
    if (at->first_child)
        return at->first_child;
    while (at != below && !at->next)
        at = at->above;
    return at == below ? NULL : at->next;
}

static void
snapshot_free(struct vir_snapshots *set, struct vir_snapshot *snapshot)
{
    set->free_document(snapshot->document);
    free(snapshot->name);
    free(snapshot);
}

struct vir_snapshots *
vir_snapshots_new(void (*free_document)(void *document))
{
    struct vir_snapshots *set = VIR_NEW(struct vir_snapshots);

    set->free_document = free_document;
    return set;
}

struct vir_snapshots *
vir_snapshots_free(struct vir_snapshots *set)
{
    struct vir_snapshot *snapshot;
    size_t pos = 0;

    if (!set)
        return NULL;
    while ((snapshot = vir_hash_next(&set->by_name, &pos)))
        snapshot_free(set, snapshot);
    vir_hash_clear(&set->by_name);
    free(set);
    return NULL;
}

/* ---- looking ------------------------------------------------------------------------------- */

size_t
vir_snapshots_count(const struct vir_snapshots *set)
{
    return set->by_name.count;
}

struct vir_snapshot *
vir_snapshots_find(const struct vir_snapshots *set, const char *name)
{
    return vir_hash_get_text(&set->by_name, name);
}

struct vir_snapshot *
vir_snapshots_get(const struct vir_snapshots *set, const char *name)
{
    struct vir_snapshot *snapshot = vir_snapshots_find(set, name);

    if (!snapshot)
        vir_raise(VIR_FROM_DOMAIN_SNAPSHOT, VIR_ERR_NO_DOMAIN_SNAPSHOT, "no domain snapshot with matching name '%s'", name);
    return snapshot;
}

struct vir_snapshot *
vir_snapshots_current(const struct vir_snapshots *set)
{
    return set->current;
}

struct vir_snapshot *
vir_snapshot_parent(const struct vir_snapshots *set, const struct vir_snapshot *snapshot)
{
    return snapshot->above == &set->top ? NULL : snapshot->above;
}

size_t
vir_snapshots_below(const struct vir_snapshots *set, const struct vir_snapshot *snapshot, struct vir_snapshot ***ret_list)
{
    const struct vir_snapshot *below = snapshot ? snapshot : &set->top, *at = below;
    struct vir_snapshot **list = vir_alloc_array(set->by_name.count + 1, sizeof(*list)), *next;
    size_t n = 0;

    for (; (next = snapshots_next(below, at)); at = next)
        list[n++] = next;
    *ret_list = list;
    return n;
}

/* ---- changing ------------------------------------------------------------------------------ */

/* One that descends from itself, or from nobody that there is. */
int
vir_snapshots_check_parent(const struct vir_snapshots *set, const char *name, const char *parent)
{
    const struct vir_snapshot *at;

    if (!parent)
        return 0;
    if (strcmp(name, parent) == 0)
        return vir_raise(VIR_FROM_DOMAIN_SNAPSHOT, VIR_ERR_INVALID_ARG, "cannot set moment %s as its own parent", name);
    at = vir_snapshots_find(set, parent);
    if (!at)
        return vir_raise(VIR_FROM_DOMAIN_SNAPSHOT, VIR_ERR_INVALID_ARG, "parent %s for moment %s not found", parent, name);
    for (; at != &set->top; at = at->above)
        if (strcmp(at->name, name) == 0)
            return vir_raise(VIR_FROM_DOMAIN_SNAPSHOT, VIR_ERR_INVALID_ARG, "parent %s would create cycle to %s", parent, name);
    return 0;
}

unsigned int
vir_snapshot_facts(const char *state, bool external)
{
    return (external ? VIR_DOMAIN_SNAPSHOT_LIST_EXTERNAL : VIR_DOMAIN_SNAPSHOT_LIST_INTERNAL) |
        (strcmp(state, "shutoff") == 0 || strcmp(state, "crashed") == 0 ? VIR_DOMAIN_SNAPSHOT_LIST_INACTIVE
         : strcmp(state, "disk-snapshot") == 0 ? VIR_DOMAIN_SNAPSHOT_LIST_DISK_ONLY : VIR_DOMAIN_SNAPSHOT_LIST_ACTIVE);
}

int
vir_snapshots_check_new(const struct vir_snapshots *set, const char *name)
{
    if (!vir_snapshots_find(set, name))
        return 0;
    return vir_raise(VIR_FROM_DOMAIN_SNAPSHOT, VIR_ERR_OPERATION_FAILED, "domain moment %s already exists", name);
}

static int
check_complete(const struct vir_snapshot_said *said)
{
    if (!said->name)
        return vir_raise(VIR_FROM_DOMAIN_SNAPSHOT, VIR_ERR_XML_ERROR, "a redefined snapshot must have a name");
    if (vir_snapshot_check_name(said->name) < 0)
        return -1;
    if (!said->has_time)
        return vir_raise(VIR_FROM_DOMAIN_SNAPSHOT, VIR_ERR_INTERNAL_ERROR, "missing creationTime from existing snapshot");
    if (!said->has_state)
        return vir_raise(VIR_FROM_DOMAIN_SNAPSHOT, VIR_ERR_INTERNAL_ERROR, "missing state from existing snapshot");
    return said->uuid ? 0 : vir_raise(VIR_FROM_DOMAIN_SNAPSHOT, VIR_ERR_INTERNAL_ERROR, "missing domain in snapshot");
}

int
vir_snapshots_check_redefined(const struct vir_snapshots *set, const struct vir_snapshot_said *said,
                              const unsigned char *uuid)
{
    const struct vir_snapshot *old;
    char wanted[VIR_UUID_STRING_BUFLEN];

    if (check_complete(said) < 0 || vir_snapshots_check_parent(set, said->name, said->parent) < 0)
        return -1;
    if (memcmp(said->uuid, uuid, VIR_UUID_BUFLEN) != 0) {
        vir_uuid_format(uuid, wanted);
        return vir_raise(VIR_FROM_DOMAIN_SNAPSHOT, VIR_ERR_INVALID_ARG, "definition for snapshot %s must use uuid %s",
                         said->name, wanted);
    }
    if (said->domain && said->domain_was && strcmp(said->domain, said->domain_was) != 0)
        return vir_raise(VIR_FROM_DOMAIN, VIR_ERR_CONFIG_UNSUPPORTED, "Target domain name '%s' does not match source '%s'",
                         said->domain, said->domain_was);
    old = vir_snapshots_find(set, said->name);
    if (old && (old->facts ^ said->facts) & VIR_DOMAIN_SNAPSHOT_LIST_INACTIVE)
        return vir_raise(VIR_FROM_DOMAIN_SNAPSHOT, VIR_ERR_INVALID_ARG,
                         "cannot change between online and offline snapshot state in snapshot %s", said->name);
    if (old && (old->facts ^ said->facts) & VIR_DOMAIN_SNAPSHOT_LIST_DISK_ONLY)
        return vir_raise(VIR_FROM_DOMAIN_SNAPSHOT, VIR_ERR_INVALID_ARG,
                         "cannot change between disk only and full system in snapshot %s", said->name);
    return 0;
}

struct vir_snapshot *
vir_snapshots_put(struct vir_snapshots *set, const char *name, const char *parent, unsigned int facts, void *document)
{
    struct vir_snapshot *snapshot = vir_snapshots_find(set, name);
    struct vir_snapshot *above = parent ? vir_snapshots_find(set, parent) : NULL;

    if (snapshot) {
        unhang(snapshot);
        if (snapshot->document != document)
            set->free_document(snapshot->document);
    } else {
        snapshot = VIR_NEW(struct vir_snapshot);
        snapshot->name = vir_strdup(name);
        vir_hash_set_text(&set->by_name, snapshot->name, snapshot);
    }
    snapshot->facts = facts;
    snapshot->document = document;
    hang(snapshot, above ? above : &set->top);
    return snapshot;
}

void
vir_snapshots_set_current(struct vir_snapshots *set, struct vir_snapshot *snapshot)
{
    set->current = snapshot;
}

void
vir_snapshots_remove(struct vir_snapshots *set, struct vir_snapshot *snapshot)
{
    while (snapshot->first_child) {
        struct vir_snapshot *child = snapshot->first_child;

        unhang(child);
        hang(child, snapshot->above);
    }
    if (set->current == snapshot)
        set->current = vir_snapshot_parent(set, snapshot);
    unhang(snapshot);
    vir_hash_remove_text(&set->by_name, snapshot->name);
    snapshot_free(set, snapshot);
}
