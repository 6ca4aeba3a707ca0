/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The modules that this process knows, and which one takes a URI. */
#ifndef VIR_CORE_REGISTRY_H
#define VIR_CORE_REGISTRY_H

#include "manifest.h"
#include "private.h"

enum vir_driver_state { VIR_DRIVER_KNOWN, VIR_DRIVER_OPEN, VIR_DRIVER_REFUSED };

/* One module, opened or not.  Constant but for the state, which changes under the
 * registry's lock: an open module stays open, a refused one is tried again when there
 * is another file in its place. */
struct vir_driver {
    char *name;
    char *path;
    struct vir_manifest *manifest;      /* made up from the module's own words if it has none */
    bool has_manifest;
    enum vir_driver_state state;        /* atomic */
    char *refusal;                      /* why it cannot be used; under the lock */
    char *refused_file;                 /* vir_module_identity, "" for none; NULL: never tried again */
    struct vir_module entry;            /* VIR_DRIVER_OPEN */
};

/* Reads manifests and the module directory; once. */
void vir_registry_init(void);
/* The daemon: asks and opens all its modules now. -1: a critical one cannot be used. */
int vir_registry_open_all(void);
void vir_registry_unload(void);

/* The module for URIs with SCHEME in this kind of process ("*": that takes what
 * no other takes), NULL if there is none. */
const struct vir_driver *vir_registry_by_scheme(const char *scheme);
/* The next module behind LAST (NULL: the first) that provides one of the
 * families and is not one for connections. */
const struct vir_driver *vir_registry_provider(uint32_t provides, const struct vir_driver *last);
/* The URI that a scheme alone stands for, NULL if its manifest names none. */
const char *vir_registry_scheme_uri(const char *scheme);
/* The URI that a program without a wish gets, NULL if no hypervisor was found. */
const char *vir_registry_default_uri(void);

/* Opens the module if it is not open yet. -1 with an error. */
int vir_driver_open(const struct vir_driver *driver);

int vir_registry_list(int (*each)(const struct vir_module_facts *facts, void *opaque), void *opaque);

#endif
