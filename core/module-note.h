/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the file of a module says about itself before anybody opens it. */
#ifndef VIR_CORE_MODULE_NOTE_H
#define VIR_CORE_MODULE_NOTE_H

#include "manifest.h"

/* Both return 0, or -1 with the reason as the thread's error. */

/* Whether PATH can be the module NAME of this libvirt: who may change it, whether its note is
 * that of NAME, for which driver ABI it was built. */
int vir_module_look(const char *path, const char *name);
/* Reads the manifest in the note into MANIFEST, which says nothing yet; the driver ABI may be
 * another one. */
int vir_module_read(const char *path, const char *name, struct vir_manifest *manifest);

#endif
