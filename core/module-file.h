/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of modules and their directory, from outside. */
#ifndef VIR_CORE_MODULE_FILE_H
#define VIR_CORE_MODULE_FILE_H

#include "manifest.h"

/* Why a module cannot be used. -1. */
#define unfit(...) vir_raise(VIR_FROM_NONE, VIR_ERR_OPERATION_FAILED, __VA_ARGS__)

/* -1 with the reason as the thread's error: */

/* PATH open for reading, if it is a regular file that only root and we can write to. */
int vir_module_file_open(const char *path);
/* 0 if only root and we can put modules into DIR: it, and all above it. */
int vir_module_dir_check(const char *dir);

/* Adds the names in DIR that end in SUFFIX, sorted; false if it is not there. */
bool vir_module_names(const char *dir, const char *suffix, struct vir_words *names);

/* What names one state of the file PATH, and us: a line; NULL without an error if
 * there is no such file.  The caller frees. */
char *vir_module_identity(const char *path);

#endif
