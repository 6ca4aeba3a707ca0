/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's memory and processors in figures, by NUMA cell. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rows/numa.h"
#include "cpu-map.h"

#define CELLS_MAX 65536

/* Ids of the cells, and page sizes in KiB, as the capabilities name them. */
static int
capabilities_rows(struct shell *vsh, const char *path, const char *const *columns,
                  struct virsh_rows *ret_rows)
{
    VIR_AUTO_FREE char *xml = virConnectGetCapabilities(vsh->conn);

    if (!xml)
        return shell_error(vsh, "unable to get node capabilities");
    if (virsh_xml_rows(vsh, xml, path, columns, ret_rows) < 0)
        return -1;
    if (ret_rows->n_rows > 0 && ret_rows->n_rows <= CELLS_MAX)
        return 0;
    virsh_rows_free(ret_rows);
    return shell_error(vsh, "could not get information about NUMA topology");
}

static int
print_all_cells(struct shell *vsh)
{
    static const char *const columns[] = { "string(@id)", NULL };
    unsigned long long free_bytes, total = 0;
    struct virsh_rows rows;
    int result = 0;

    if (capabilities_rows(vsh, "/capabilities/host/topology/cells/cell", columns, &rows) < 0)
        return -1;
    for (size_t i = 0; i < rows.n_rows && result == 0; i++) {
        const int cell = atoi(rows.cells[i]);

        if (virNodeGetCellsFreeMemory(vsh->conn, &free_bytes, cell, 1) != 1) {
            result = shell_error(vsh, "failed to get free memory for NUMA node number: %d", cell);
        } else {
            shell_print(vsh, "%5d: %10llu KiB\n", cell, free_bytes / 1024);
            total += free_bytes / 1024;
        }
    }
    if (result == 0)
        shell_print(vsh, "%s\n%5s: %10llu KiB\n", "--------------------", "Total", total);
    virsh_rows_free(&rows);
    return result;
}

int
run_freecell(struct shell *vsh, const struct freecell_args *args)
{
    unsigned long long bytes;

    if (args->all)
        return print_all_cells(vsh);
    if (args->has_cellno) {
        if (virNodeGetCellsFreeMemory(vsh->conn, &bytes, (int)args->cellno, 1) != 1)
            return -1;
        shell_print(vsh, "%lld: %llu KiB\n", args->cellno, bytes / 1024);
        return 0;
    }
    bytes = virNodeGetFreeMemory(vsh->conn);
    if (bytes == 0)
        return -1;
    shell_print(vsh, "Total: %llu KiB\n", bytes / 1024);
    return 0;
}

/* How many free pages of each size a cell has, with its number above if there are several. */
static int
print_pages(struct shell *vsh, int cell, bool several, unsigned int *sizes, unsigned int n)
{
    VIR_AUTO_FREE unsigned long long *counts = vir_alloc_array(n + 1, sizeof(*counts));

    if (virNodeGetFreePages(vsh->conn, n, sizes, cell, 1, counts, 0) < 0)
        return -1;
    if (several)
        shell_print(vsh, "Node %d:\n", cell);
    for (unsigned int i = 0; i < n; i++)
        shell_print(vsh, "%uKiB: %lld\n", sizes[i], (long long)counts[i]);
    return 0;
}

static int
by_size(const void *a, const void *b)
{
    const unsigned int left = *(const unsigned int *)a, right = *(const unsigned int *)b;

    return left < right ? -1 : left > right;
}

/* All page sizes of the host, in ascending order; n 0: reported. Caller frees. */
static unsigned int *
page_sizes(struct shell *vsh, unsigned int *ret_n)
{
    static const char *const columns[] = { "string(@size)", NULL };
    struct virsh_rows rows;
    unsigned int *sizes;

    *ret_n = 0;
    if (capabilities_rows(vsh, "/capabilities/host/cpu/pages", columns, &rows) < 0)
        return NULL;
    sizes = vir_alloc_array(rows.n_rows, sizeof(*sizes));
    for (size_t i = 0; i < rows.n_rows; i++)
        sizes[i] = (unsigned int)strtoul(rows.cells[i], NULL, 10);
    *ret_n = (unsigned int)rows.n_rows;
    qsort(sizes, *ret_n, sizeof(*sizes), by_size);
    virsh_rows_free(&rows);
    return sizes;
}

static int
print_all_pages(struct shell *vsh, unsigned int size)
{
    static const char *const columns[] = { "string(@id)", NULL };
    VIR_AUTO_FREE unsigned int *sizes = NULL;
    unsigned int n = 1;
    struct virsh_rows rows;
    int result = 0;

    if (size == 0 && !(sizes = page_sizes(vsh, &n)))
        return -1;
    if (capabilities_rows(vsh, "/capabilities/host/topology/cells/cell", columns, &rows) < 0)
        return -1;
    for (size_t i = 0; i < rows.n_rows && result == 0; i++) {
        result = print_pages(vsh, atoi(rows.cells[i]), true, sizes ? sizes : &size, n);
        if (result == 0)
            shell_print(vsh, "\n");
    }
    virsh_rows_free(&rows);
    return result;
}

int
run_freepages(struct shell *vsh, const struct freepages_args *args)
{
    unsigned int size = (unsigned int)(args->pagesize / 1024);

    if (args->all)
        return print_all_pages(vsh, size);
    if (!args->has_cellno)
        return shell_error(vsh, "missing cellno argument");
    if (size == 0)
        return shell_error(vsh, "missing pagesize argument");
    return print_pages(vsh, (int)args->cellno, false, &size, 1);
}

int
run_nodecpumap(struct shell *vsh, const struct nodecpumap_args *args)
{
    VIR_AUTO_FREE unsigned char *map = NULL;
    unsigned int online;
    const int n = virNodeGetCPUMap(vsh->conn, &map, &online, 0);
    VIR_AUTO_FREE char *text = NULL;

    if (n < 0)
        return shell_error(vsh, "Unable to get cpu map");
    text = virsh_cpu_map_text(map, n, args->pretty);
    shell_print(vsh, "%-15s %d\n%-15s %u\n%-15s %s\n", "CPUs present:", n, "CPUs online:", online, "CPU map:", text);
    return 0;
}

/* In the order in which they are printed. */
static const char *const cpu_fields[] = {
    VIR_NODE_CPU_STATS_USER, VIR_NODE_CPU_STATS_KERNEL, VIR_NODE_CPU_STATS_IDLE, VIR_NODE_CPU_STATS_IOWAIT,
    VIR_NODE_CPU_STATS_INTR, VIR_NODE_CPU_STATS_UTILIZATION,
};
static const char *const cpu_labels[] = { "user:", "system:", "idle:", "iowait:", "intr:", "usage:" };
enum { N_TIMES = 4, INTR = 4, USAGE, N_FIELDS };

struct cpu_figures { bool present[N_FIELDS]; unsigned long long value[N_FIELDS]; };

static int
read_cpu(struct shell *vsh, int cpu, struct cpu_figures *ret_figures)
{
    VIR_AUTO_FREE virNodeCPUStatsPtr stats = NULL;
    int n = 0;

    if (virNodeGetCPUStats(vsh->conn, cpu, NULL, &n, 0) < 0)
        return shell_error(vsh, "Unable to get number of cpu stats");
    stats = vir_alloc_array((size_t)n + 1, sizeof(*stats));
    if (n > 0 && virNodeGetCPUStats(vsh->conn, cpu, stats, &n, 0) < 0)         /* with 0 it would ask again */
        return shell_error(vsh, "Unable to get node cpu stats");
    *ret_figures = (struct cpu_figures){ 0 };
    for (int i = 0; i < n; i++) {
        for (int field = 0; field < N_FIELDS; field++) {
            if (strcmp(stats[i].field, cpu_fields[field]) == 0) {
                ret_figures->present[field] = true;
                ret_figures->value[field] = stats[i].value;
            }
        }
    }
    return 0;
}

/* Shares of the time that passed between two looks; a host whose clock stands has none. */
static void
print_shares(struct shell *vsh, const struct cpu_figures *before, const struct cpu_figures *after)
{
    double spent[N_TIMES], total = 0;

    for (int i = 0; i < N_TIMES; i++) {
        spent[i] = (double)(after->value[i] - before->value[i]);
        total += spent[i];
    }
    shell_print(vsh, "%-15s %5.1lf%%\n", "usage:", total > 0 ? (spent[0] + spent[1]) / total * 100 : 0);
    for (int i = 0; i < N_TIMES; i++) {
        if (after->present[i])
            shell_print(vsh, "%-15s %5.1lf%%\n", cpu_labels[i], total > 0 ? spent[i] / total * 100 : 0);
    }
}

int
run_nodecpustats(struct shell *vsh, const struct nodecpustats_args *args)
{
    const int cpu = (int)args->cpu;
    struct cpu_figures first, second;

    if (read_cpu(vsh, cpu, &first) < 0)
        return -1;
    if (args->percent && !first.present[USAGE]) {
        nanosleep(&(struct timespec){ .tv_sec = 1 }, NULL);
        if (read_cpu(vsh, cpu, &second) < 0)
            return -1;
        print_shares(vsh, &first, &second);
        return 0;
    }
    if (args->percent) {
        shell_print(vsh, "%-15s %5.1lf%%\n%-15s %5.1lf%%\n", "usage:", (double)first.value[USAGE],
                    "idle:", 100.0 - (double)first.value[USAGE]);
        return 0;
    }
    for (int i = 0; i < INTR; i++) {
        if (first.present[i])
            shell_print(vsh, "%-15s %20llu\n", cpu_labels[i], first.value[i]);
    }
    return 0;
}

int
run_nodememstats(struct shell *vsh, const struct nodememstats_args *args)
{
    VIR_AUTO_FREE virNodeMemoryStatsPtr stats = NULL;
    const int cell = (int)args->cell;
    int n = 0;

    if (virNodeGetMemoryStats(vsh->conn, cell, NULL, &n, 0) < 0)
        return shell_error(vsh, "Unable to get number of memory stats");
    stats = vir_alloc_array((size_t)n + 1, sizeof(*stats));
    if (n > 0 && virNodeGetMemoryStats(vsh->conn, cell, stats, &n, 0) < 0)
        return shell_error(vsh, "Unable to get memory stats");
    for (int i = 0; i < n; i++)
        shell_print(vsh, "%-7s: %20llu KiB\n", stats[i].field, stats[i].value);
    return 0;
}
