/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where a guest's memory lies that is files of the host: large pages, and files that
 * other processes can share.  All names are of the guest ID, called NAME.
 */
#ifndef QEMU_MEMORY_FILES_H
#define QEMU_MEMORY_FILES_H

#include "qemu.h"

/* The guest's directory for files; the caller frees. */
char *qemu_memory_directory(int id, const char *name);
/* The guest's directory for pages of KIB, or of the usual size (0), which is *RET_KIB then; the caller frees.
 * NULL with an error: there is no such file system. */
char *qemu_huge_directory(unsigned long long kib, int id, const char *name, unsigned long long *ret_kib);
/* KiB of the host's usual page. */
unsigned long long qemu_small_page(void);

int qemu_memory_directory_make(const char *path);
/* The file PATH (NULL: none) goes, and the directory if nothing else is in it. */
void qemu_memory_directory_leave(const char *directory, const char *path);

/* -1: one of NODES is no NUMA node of this host. */
int qemu_host_nodes_check(const char *nodes);

#endif
