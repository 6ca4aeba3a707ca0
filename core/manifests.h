/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The manifests of this installation. */
#ifndef VIR_CORE_MANIFESTS_H
#define VIR_CORE_MANIFESTS_H

#include "manifest.h"

/* All layers of one manifest. */
struct vir_layers {
    struct vir_manifest *manifest;
    virErrorPtr fault;                  /* why it cannot be used; NULL: it can */
};
struct VIR_VECTOR(vir_manifests, struct vir_layers);

/* Reads all of them, in the order of the files' names. */
void vir_manifests_read(struct vir_manifests *all);
/* Releases those that nobody took. */
void vir_manifests_clear(struct vir_manifests *all);
/* Whether one speaks of the module NAME: by naming it, or by its own file name (switched off
 * with an empty name, or not readable). */
bool vir_manifests_tell(const struct vir_manifests *all, const char *name);

#endif
