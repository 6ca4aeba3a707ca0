/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's files about the host, below /proc and /sys, and which cells and processors they are of. */
#include "node.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX (64 * 1024 * 1024)     /* /proc/cpuinfo has 1.5 KiB for each processor */

static char *
read_path(const char *fmt, va_list args)
{
    virErrorPtr before = vir_error_take();
    char path[128], *text = NULL;

    vsnprintf(path, sizeof(path), fmt, args);
    vir_file_read_path(path, FILE_MAX, &text, NULL);
    vir_error_restore(before);
    return text;
}

char *
node_read(const char *fmt, ...)
{
    va_list args;
    char *text;

    va_start(args, fmt);
    text = read_path(fmt, args);
    va_end(args);
    return text;
}

struct vir_bitmap *
node_read_set(size_t n_bits, const char *fmt, ...)
{
    VIR_AUTO_FREE char *text = NULL;
    va_list args;

    va_start(args, fmt);
    text = read_path(fmt, args);
    va_end(args);
    if (!text)
        return NULL;
    text[strcspn(text, "\n")] = '\0';
    return vir_bitmap_parse(text, n_bits);
}

bool
node_has_cells(void)
{
    return access("/sys/devices/system/node/node0", F_OK) == 0;
}

struct vir_bitmap *
node_cells(void)
{
    struct vir_bitmap *cells = node_read_set(NODE_CELLS_MAX, "/sys/devices/system/node/online");

    if (!cells || vir_bitmap_count(cells) == 0) {
        vir_bitmap_free(cells);
        cells = vir_bitmap_new(NODE_CELLS_MAX);
        vir_bitmap_set(cells, 0, true);
    }
    return cells;
}

struct vir_bitmap *
node_cell_cpus(int cell)
{
    return node_has_cells() ? node_read_set(NODE_CPUS_MAX, NODE_CELL "/cpulist", cell)
        : cell == 0 ? node_read_set(NODE_CPUS_MAX, "/sys/devices/system/cpu/online") : NULL;
}

int
node_cpu_number(size_t cpu, const char *what)
{
    VIR_AUTO_FREE char *text = node_read("/sys/devices/system/cpu/cpu%zu/topology/%s", cpu, what);
    int value = text ? atoi(text) : 0;

    return value > 0 ? value : 0;       /* -1: not known */
}
