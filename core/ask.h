/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a child process (libvirt-module --check) says about a module. */
#ifndef VIR_CORE_ASK_H
#define VIR_CORE_ASK_H

#include <libvirt/module.h>

struct vir_module_report {
    char *schemes, *provides;           /* of the entry: words parted by spaces; NULL: none */
};
void vir_module_report_clear(struct vir_module_report *report);
/* Lets a child process try PATH, unless a verdict about exactly this file is known.
 * -1 with the reason as the thread's error. */
int vir_module_ask(const char *path, const char *name, struct vir_module_report *ret_report);

#endif
