/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's files about the host, for the files node*.c. */
#ifndef NODE_H
#define NODE_H

#include <libvirt/module.h>

#define NODE_CELLS_MAX 1024
#define NODE_CPUS_MAX 16384
#define NODE_CELL "/sys/devices/system/node/node%d"

/* A file's text; NULL without an error if it cannot be read. */
char *node_read(const char *fmt, ...) VIR_PRINTF(1, 2);
/* A list of numbers ("0-3,8"); NULL without an error if there is none. */
struct vir_bitmap *node_read_set(size_t n_bits, const char *fmt, ...) VIR_PRINTF(2, 3);

/* Whether the kernel knows NUMA at all. */
bool node_has_cells(void);
/* The NUMA cells that are on: one at least.  The caller frees. */
struct vir_bitmap *node_cells(void);
/* The processors of a cell that are on; NULL: none.  The caller frees. */
struct vir_bitmap *node_cell_cpus(int cell);
/* Its "core_id", "die_id", "physical_package_id"; 0: not known. */
int node_cpu_number(size_t cpu, const char *what);
unsigned long long node_cell_kib(int cell);
unsigned long long node_memory_kib(void);               /* of all cells together */
/* The sizes of pages, KiB, rising; at most MAX of them. */
size_t node_page_sizes(unsigned int *ret_kib, size_t max);
unsigned long long node_cell_pages(int cell, unsigned int kib);

#endif
