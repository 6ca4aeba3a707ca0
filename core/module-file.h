/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of modules and their directory, from outside. */
#ifndef VIR_CORE_MODULE_FILE_H
#define VIR_CORE_MODULE_FILE_H

#include <libvirt/module.h>

/* Why a module cannot be used. -1. */
#define unfit(...) vir_raise(VIR_FROM_NONE, VIR_ERR_OPERATION_FAILED, __VA_ARGS__)

/* Both return 0, or -1 with the reason as the thread's error. */

/* Whether only root and we can put modules into DIR: it, and all above it. */
int vir_module_dir_check(const char *dir);
/* Whether PATH is a regular file that only root and we can write to. */
int vir_module_file_check(const char *path);

/* What names one state of the file PATH, and us: a line; NULL without an error if
 * there is no such file.  The caller frees. */
char *vir_module_identity(const char *path);

#endif
