/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a file to a module's entry. */
#ifndef VIR_CORE_LOADER_H
#define VIR_CORE_LOADER_H

#include <libvirt/module.h>

/* All return 0, or -1 with the reason as the thread's error. */

/* Whether FOUND is the entry of the module NAME; copies what we know of it
 * over zeroes. */
int vir_module_entry_check(const struct vir_module *found, const char *name, struct vir_module *ret_entry);

/* Opens PATH in this process, for good, and calls its load(). One thread at a time.
 * *ret_mapped: its code is there now, whether it can be used or not. */
int vir_module_open(const char *path, const char *name, struct vir_module *ret_entry, bool *ret_mapped);
/* The same for a process that exists to try it: the linker's own words; load()
 * is told directories below ROOT (NULL: it is not called). */
int vir_module_try(const char *path, const char *name, const char *root, struct vir_module *ret_entry);

#endif
