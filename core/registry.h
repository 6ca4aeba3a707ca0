/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The modules that this process knows, and which one takes a URI. */
#ifndef VIR_CORE_REGISTRY_H
#define VIR_CORE_REGISTRY_H

#include "driver.h"
#include "private.h"

/* Reads manifests and the module directory; once. */
void vir_registry_init(void);
/* The daemon: opens all its modules now.  -1: a critical one cannot be used. */
int vir_registry_open_all(void);
void vir_registry_unload(void);

/* Opens the module for URIs with SCHEME in this kind of process ("*": that takes what no
 * other takes): the first that can be used of those that name it.  1: *ret_driver; 0: none
 * names it; -1 with the error of the first. */
int vir_registry_open(const char *scheme, const struct vir_driver **ret_driver);
/* The next module behind LAST (NULL: the first) that provides one of the
 * families and is not one for connections. */
const struct vir_driver *vir_registry_provider(uint32_t provides, const struct vir_driver *last);
/* The URI that a scheme alone stands for, NULL if its manifest names none. */
const char *vir_registry_scheme_uri(const char *scheme);
/* The URI that a program without a wish gets, NULL if no hypervisor was found. */
const char *vir_registry_default_uri(void);

typedef int (*vir_module_facts_fn)(const struct vir_module_facts *facts, void *opaque);
int vir_registry_list(vir_module_facts_fn each, void *opaque);
/* The same for one file, wherever it lies: what its note says; -1 if it cannot be used. */
int vir_registry_look(const char *path, const char *name, vir_module_facts_fn each, void *opaque);

#endif
