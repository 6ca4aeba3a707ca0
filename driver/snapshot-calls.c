/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is listed and told of the snapshots of a domain in a store. */
#include "snapshots.h"
#include "store-private.h"
#include "stored.h"

#include <stdlib.h>

#include "vector.h"

static const char snapshots_key;        /* its address: of the store in a connection */

/* Bit 0 of the flags is no filter: roots only, or all descendants. */
static const struct store_group groups[] = {
    { VIR_DOMAIN_SNAPSHOT_LIST_METADATA | VIR_DOMAIN_SNAPSHOT_LIST_NO_METADATA, VIR_DOMAIN_SNAPSHOT_LIST_METADATA },
    { VIR_DOMAIN_SNAPSHOT_LIST_INACTIVE | VIR_DOMAIN_SNAPSHOT_LIST_ACTIVE | VIR_DOMAIN_SNAPSHOT_LIST_DISK_ONLY,
      VIR_DOMAIN_SNAPSHOT_LIST_ACTIVE },
    { VIR_DOMAIN_SNAPSHOT_LIST_INTERNAL | VIR_DOMAIN_SNAPSHOT_LIST_EXTERNAL, VIR_DOMAIN_SNAPSHOT_LIST_INTERNAL },
};
static const struct store_object object = { .groups = groups, .n_groups = sizeof(groups) / sizeof(groups[0]) };

void
vir_connect_set_snapshots(virConnectPtr conn, struct vir_store *store)
{
    vir_connect_set_data_of(conn, &snapshots_key, store);
}

/* ---- the snapshots of a domain, for the time of a call --------------------------------------- */

/* A reference, locked; NULL: error set. */
static struct vir_store_entry *
begin(virDomainPtr dom)
{
    struct vir_store *store = vir_connect_data_of(vir_domain_connect(dom), &snapshots_key);
    struct vir_store_entry *entry;

    while ((entry = vir_store_of(store, dom))) {
        vir_store_lock(entry);
        if (!entry->dead)
            return entry;
        vir_store_unlock(entry);        /* it was removed while we waited for the lock */
        vir_store_unref(entry);
    }
    return NULL;
}

static void
end(struct vir_store_entry *entry)
{
    vir_store_unlock(entry);
    vir_store_unref(entry);
}

static struct vir_snapshots *
snapshots_of(struct vir_store_entry *entry)
{
    return store_part(entry)->kind->snapshots(entry);
}

/* ---- lists --------------------------------------------------------------------------------- */

/* With both flags of leaves there are none, as in libvirt 9.0.0. */
static bool
is_listed(const struct vir_snapshot *snapshot, unsigned int flags)
{
    return !(flags & (snapshot->first_child ? VIR_DOMAIN_SNAPSHOT_LIST_LEAVES : VIR_DOMAIN_SNAPSHOT_LIST_NO_LEAVES)) &&
        store_listed(&object, snapshot->facts, flags);
}

/* Of those below BELOW: all, or only its children. */
static int
list(const struct vir_snapshot *below, bool all, virDomainPtr dom, virDomainSnapshotPtr **ret_list, unsigned int flags)
{
    struct VIR_VECTOR(, virDomainSnapshotPtr) found = { 0 };
    const struct vir_snapshot *at = below;
    int n = 0;

    while ((at = all ? snapshots_next(below, at) : at == below ? below->first_child : at->next)) {
        if (!is_listed(at, flags))
            continue;
        n++;
        if (ret_list)
            vir_vector_add(&found, vir_snapshot_new(dom, at->name));
    }
    if (ret_list) {
        vir_vector_add(&found, NULL);
        *ret_list = found.items;
    }
    return n;
}

int
vir_stored_domain_list_all_snapshots(virDomainPtr dom, virDomainSnapshotPtr **ret_list, unsigned int flags)
{
    struct vir_store_entry *entry = begin(dom);
    int n;

    if (!entry)
        return -1;
    n = list(&snapshots_of(entry)->top, !(flags & VIR_DOMAIN_SNAPSHOT_LIST_ROOTS), dom, ret_list, flags);
    end(entry);
    return n;
}

int
vir_stored_domain_snapshot_list_all_children(virDomainSnapshotPtr snapshot, virDomainSnapshotPtr **ret_list,
                                             unsigned int flags)
{
    virDomainPtr dom = vir_snapshot_domain(snapshot);
    struct vir_store_entry *entry = begin(dom);
    struct vir_snapshot *below;
    int n = -1;

    if (!entry)
        return -1;
    below = vir_snapshots_get(snapshots_of(entry), vir_snapshot_name(snapshot));
    if (below)
        n = list(below, flags & VIR_DOMAIN_SNAPSHOT_LIST_DESCENDANTS, dom, ret_list, flags);
    end(entry);
    return n;
}

/* ---- one ------------------------------------------------------------------------------------- */

virDomainSnapshotPtr
vir_stored_domain_snapshot_lookup_by_name(virDomainPtr dom, const char *name, unsigned int flags)
{
    struct vir_store_entry *entry = begin(dom);
    virDomainSnapshotPtr handle = NULL;

    (void)flags;                        /* none taken */
    if (!entry)
        return NULL;
    if (vir_snapshots_get(snapshots_of(entry), name))
        handle = vir_snapshot_new(dom, name);
    end(entry);
    return handle;
}

int
vir_stored_domain_has_current_snapshot(virDomainPtr dom, unsigned int flags)
{
    struct vir_store_entry *entry = begin(dom);
    int ret;

    (void)flags;                        /* none taken */
    if (!entry)
        return -1;
    ret = snapshots_of(entry)->current != NULL;
    end(entry);
    return ret;
}

virDomainSnapshotPtr
vir_stored_domain_snapshot_current(virDomainPtr dom, unsigned int flags)
{
    struct vir_store_entry *entry = begin(dom);
    virDomainSnapshotPtr handle = NULL;
    struct vir_snapshot *current;

    (void)flags;                        /* none taken */
    if (!entry)
        return NULL;
    current = snapshots_of(entry)->current;
    if (current)
        handle = vir_snapshot_new(dom, current->name);
    else
        vir_raise(VIR_FROM_DOMAIN_SNAPSHOT, VIR_ERR_NO_DOMAIN_SNAPSHOT, "the domain does not have a current snapshot");
    end(entry);
    return handle;
}

virDomainSnapshotPtr
vir_stored_domain_snapshot_get_parent(virDomainSnapshotPtr snapshot, unsigned int flags)
{
    virDomainPtr dom = vir_snapshot_domain(snapshot);
    struct vir_store_entry *entry = begin(dom);
    virDomainSnapshotPtr handle = NULL;
    struct vir_snapshot *at, *parent;

    (void)flags;                        /* none taken */
    if (!entry)
        return NULL;
    at = vir_snapshots_get(snapshots_of(entry), vir_snapshot_name(snapshot));
    parent = at ? vir_snapshot_parent(snapshots_of(entry), at) : NULL;
    if (parent)
        handle = vir_snapshot_new(dom, parent->name);
    else if (at)
        vir_raise(VIR_FROM_DOMAIN_SNAPSHOT, VIR_ERR_NO_DOMAIN_SNAPSHOT, "snapshot '%s' does not have a parent", at->name);
    end(entry);
    return handle;
}

int
vir_stored_domain_snapshot_is_current(virDomainSnapshotPtr snapshot, unsigned int flags)
{
    struct vir_store_entry *entry = begin(vir_snapshot_domain(snapshot));
    struct vir_snapshot *at;
    int ret = -1;

    (void)flags;                        /* none taken */
    if (!entry)
        return -1;
    at = vir_snapshots_get(snapshots_of(entry), vir_snapshot_name(snapshot));
    if (at)
        ret = snapshots_of(entry)->current == at;
    end(entry);
    return ret;
}

/* Of those that are listed there is. */
int
vir_stored_domain_snapshot_has_metadata(virDomainSnapshotPtr snapshot, unsigned int flags)
{
    struct vir_store_entry *entry = begin(vir_snapshot_domain(snapshot));
    int ret = -1;

    (void)flags;                        /* none taken */
    if (!entry)
        return -1;
    if (vir_snapshots_get(snapshots_of(entry), vir_snapshot_name(snapshot)))
        ret = 1;
    end(entry);
    return ret;
}
