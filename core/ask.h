/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a child process (libvirt-module --check) says about a module. */
#ifndef VIR_CORE_ASK_H
#define VIR_CORE_ASK_H

/* Lets a child process try PATH, unless exactly this file is known to be good.  0, or -1
 * with the reason as the thread's error. */
int vir_module_ask(const char *path);

#endif
