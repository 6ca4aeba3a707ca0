/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the printed stored.c says of a kind of object, and the functions by which it answers. */
#ifndef DRIVER_STORED_H
#define DRIVER_STORED_H

#include <libvirt/module.h>

/* Flags of which one holds for each object: LAST where no other does. */
struct store_group { unsigned int all, last; };

struct store_object {
    const struct store_group *groups;
    size_t n_groups;
    unsigned int active, inactive;      /* flags of what has an id, and of what has none; 0: ids mean nothing */
    void *(*make)(virConnectPtr conn, const struct vir_store_entry *entry);     /* NULL: the kind's own */
};

/* Each group filters only if one of its flags is given. */
bool store_listed(const struct store_object *object, unsigned int facts, unsigned int flags);
/* Handles of those that FLAGS want; ret_handles NULL: only their number. */
int store_list(struct vir_store *store, const struct store_object *object, virConnectPtr conn,
               void ***ret_handles, unsigned int flags);
int store_count_listed(struct vir_store *store, const struct store_object *object, unsigned int flags);
int store_names(struct vir_store *store, const struct store_object *object, char **names, int max,
                unsigned int flags);
int store_uuids(struct vir_store *store, const struct store_object *object, char **uuids, int max,
                unsigned int flags);
int store_ids(struct vir_store *store, int *ids, int max);

/* These take over the reference ENTRY; NULL: nothing was found, error set. */
void *store_found(const struct store_object *object, virConnectPtr conn, struct vir_store_entry *entry);
/* Whether the flag FACT holds for it; -1. */
int store_holds(struct vir_store_entry *entry, const struct store_object *object, unsigned int fact);
int store_tells(struct vir_store_entry *entry, const struct store_object *object, unsigned int fact, int *ret);

#endif
