/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a file to a module's entry. */
#ifndef VIR_CORE_LOADER_H
#define VIR_CORE_LOADER_H

#include <libvirt/module.h>

/* Both return 0, or -1 with the reason as the thread's error. */

/* Opens PATH, which was looked at, in this process, for good.  *ret_found: its entry, NULL if
 * it has none under NAME. */
int vir_module_map(const char *path, const char *name, const struct vir_module **ret_found);
/* Checks what was FOUND there, copies what we know of it over zeroes and calls its load()
 * (not if HOST is NULL). */
int vir_module_start(const struct vir_module *found, const char *name, uint32_t provides,
                     const struct vir_host *host, struct vir_module *ret_entry);

#endif
