/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The snapshots of a domain, inside of this library. */
#ifndef DRIVER_SNAPSHOTS_H
#define DRIVER_SNAPSHOTS_H

#include <libvirt/module.h>

#include "hash.h"

struct vir_snapshots {
    struct vir_hash by_name;
    struct vir_snapshot top;            /* of no document: its children are the roots */
    struct vir_snapshot *current;       /* NULL: there is none */
    void (*free_document)(void *document);
};

/* The one behind AT in a walk over all that descend from BELOW, parents before their children; NULL: at the end. */
struct vir_snapshot *snapshots_next(const struct vir_snapshot *below, const struct vir_snapshot *at);

#endif
