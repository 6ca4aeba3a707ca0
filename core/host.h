/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where this process runs: directories, privilege, client or daemon. */
#ifndef VIR_CORE_HOST_H
#define VIR_CORE_HOST_H

#include <libvirt/module.h>

/* What modules are told; made by the first call, constant afterwards. */
const struct vir_host *vir_host(void);
/* This process is the daemon: before anything else asks. */
void vir_host_set_daemon(bool privileged, void (*inhibit)(int delta),
                         void (*audit)(enum vir_audit_kind kind, const char *text, bool success),
                         int (*admit)(const char *name, const unsigned char *uuid));
/* The UUID that the administrator gives this host; before modules are loaded.  Not copied. */
void vir_host_set_uuid(const char *uuid);

/* The directory of modules, and the directories of manifests from the lowest
 * layer to the administrator's (NULL-terminated). */
const char *vir_host_module_dir(void);
const char *const *vir_host_manifest_dirs(void);
/* The program that looks into modules before we do. */
const char *vir_host_module_checker(void);
/* NAME, as libvirt.conf: a user's own if there is one, else the system's; NULL if there
 * is none.  The caller frees. */
char *vir_host_client_conf(const char *name);

#endif
