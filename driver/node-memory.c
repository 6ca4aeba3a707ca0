/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The host's memory: how much is free, of all and of each NUMA cell, pages of each size, and
 * how equal pages are merged (KSM).  A kernel without NUMA has one cell.
 */
#include "node.h"

#include <errno.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define POOLS "/sys/kernel/mm/hugepages"
#define KSM "/sys/kernel/mm/ksm"

#define PAGES_MAX (1ULL << 40)

/* ---- cells ------------------------------------------------------------------------- */

static int
last_cell(void)
{
    struct vir_bitmap *cells = node_cells();
    size_t last = vir_bitmap_next(cells, 0);

    for (size_t cell = last; cell < NODE_CELLS_MAX; cell = vir_bitmap_next(cells, cell + 1))
        last = cell;
    vir_bitmap_free(cells);
    return (int)last;
}

/* Of the cells asked for (FIRST and MOST more of them) those that there are. */
static int
check_cells(int first, unsigned int most, int *ret_last)
{
    int last = last_cell();

    if (first < 0 || first > last)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "start cell %d out of range (0-%d)", first, last);
    *ret_last = most > (unsigned int)(last - first) ? last : first + (int)most - 1;
    return 0;
}

/* ---- how much there is ------------------------------------------------------------- */

/* KiB of the line of TEXT that has NAME ("MemFree:"). */
static bool
find_kib(const char *text, const char *name, unsigned long long *ret_kib)
{
    const char *found = text ? strstr(text, name) : NULL;

    return found && sscanf(found + strlen(name), "%llu", ret_kib) == 1;
}

/* What the line NAME says of a cell, in KiB; a cell that is not there has none. */
static unsigned long long
kib_of_cell(int cell, const char *name)
{
    VIR_AUTO_FREE char *text = node_has_cells() ? node_read(NODE_CELL "/meminfo", cell) : node_read("/proc/meminfo");
    unsigned long long kib;

    return find_kib(text, name, &kib) ? kib : 0;
}

static unsigned long long
kib_of_cells(const char *name)
{
    unsigned long long kib = 0;
    int last = last_cell();

    for (int cell = 0; cell <= last; cell++)
        kib += kib_of_cell(cell, name);
    return kib;
}

unsigned long long
node_cell_kib(int cell)
{
    return kib_of_cell(cell, "MemTotal:");
}

unsigned long long
node_memory_kib(void)
{
    return kib_of_cells("MemTotal:");
}

unsigned long long
vir_node_get_free_memory(virConnectPtr conn)
{
    unsigned long long kib = kib_of_cells("MemFree:");

    (void)conn;
    if (kib == 0)
        vir_error(VIR_ERR_INTERNAL_ERROR, "the kernel does not tell how much memory is free");
    return kib * 1024;
}

int
vir_node_get_cells_free_memory(virConnectPtr conn, unsigned long long *ret_free, int first, int max)
{
    int last, n = 0;

    (void)conn;
    if (check_cells(first, (unsigned int)max, &last) < 0)
        return -1;
    for (int cell = first; cell <= last; cell++)
        ret_free[n++] = kib_of_cell(cell, "MemFree:") * 1024;
    return n;
}

/* Fields of the whole host; a cell has the first two alone. */
static const struct { const char *name, *line; } amounts[] = {
    { VIR_NODE_MEMORY_STATS_TOTAL, "MemTotal:" },
    { VIR_NODE_MEMORY_STATS_FREE, "MemFree:" },
    { VIR_NODE_MEMORY_STATS_BUFFERS, "Buffers:" },
    { VIR_NODE_MEMORY_STATS_CACHED, "\nCached:" },
};
#define AMOUNTS 4
#define AMOUNTS_OF_CELL 2

int
vir_node_get_memory_stats(virConnectPtr conn, int cell, virNodeMemoryStatsPtr params, int *nparams,
                          unsigned int flags)
{
    bool all = cell == VIR_NODE_MEMORY_STATS_ALL_CELLS;
    int n = all ? AMOUNTS : AMOUNTS_OF_CELL, last = last_cell();
    VIR_AUTO_FREE char *text = NULL;

    (void)conn;
    (void)flags;                        /* none taken */
    if (!all && (cell < 0 || cell > last))
        return vir_error(VIR_ERR_INVALID_ARG, "cellNum is %d and must be less than or equal to %d", cell, last);
    if (*nparams == 0) {
        *nparams = n;
        return 0;
    }
    if (*nparams != n)
        return vir_error(VIR_ERR_INVALID_ARG, "nparams is %d and must be %d, or 0 to be told so", *nparams, n);
    text = all || !node_has_cells() ? node_read("/proc/meminfo") : node_read(NODE_CELL "/meminfo", cell);
    for (int i = 0; i < n; i++) {
        snprintf(params[i].field, sizeof(params[i].field), "%s", amounts[i].name);
        if (!find_kib(text, amounts[i].line, &params[i].value))
            return vir_error(VIR_ERR_INTERNAL_ERROR, "the kernel does not tell '%s' of the memory", amounts[i].name);
    }
    return 0;
}

/* ---- pages ------------------------------------------------------------------------- */

static unsigned int
system_page_kib(void)
{
    return (unsigned int)(sysconf(_SC_PAGESIZE) / 1024);
}

/* Where pages of KIB are counted, of a cell or (-1) of the host. */
static void
pool_path(int cell, unsigned int kib, const char *file, char path[160])
{
    char cells[64] = "/sys/kernel/mm";

    if (cell >= 0 && node_has_cells())
        snprintf(cells, sizeof(cells), NODE_CELL, cell);
    snprintf(path, 160, "%s/hugepages/hugepages-%ukB/%s", cells, kib, file);
}

static bool
read_pool(int cell, unsigned int kib, const char *file, unsigned long long *ret_pages)
{
    char path[160];

    pool_path(cell, kib, file, path);

    VIR_AUTO_FREE char *text = node_read("%s", path);

    return text && sscanf(text, "%llu", ret_pages) == 1;
}

size_t
node_page_sizes(unsigned int *ret_kib, size_t max)
{
    DIR *pools = opendir(POOLS);
    const struct dirent *entry;
    size_t n = 0;

    ret_kib[n++] = system_page_kib();
    while (pools && n < max && (entry = readdir(pools))) {
        unsigned int kib;
        size_t at = n;

        if (sscanf(entry->d_name, "hugepages-%ukB", &kib) != 1)
            continue;
        for (n++; at > 0 && ret_kib[at - 1] > kib; at--)
            ret_kib[at] = ret_kib[at - 1];
        ret_kib[at] = kib;
    }
    if (pools)
        closedir(pools);
    return n;
}

/* What pools of huge pages have is not among those of the system's size. */
unsigned long long
node_cell_pages(int cell, unsigned int kib)
{
    unsigned int sizes[16];
    unsigned long long pages = 0, huge = 0;

    if (kib != system_page_kib())
        return read_pool(cell, kib, "nr_hugepages", &pages) ? pages : 0;
    for (size_t n = node_page_sizes(sizes, sizeof(sizes) / sizeof(sizes[0])), i = 0; i < n; i++)
        if (sizes[i] != kib)
            huge += node_cell_pages(cell, sizes[i]) * sizes[i];
    return (node_cell_kib(cell) - huge) / kib;
}

int
vir_node_get_free_pages(virConnectPtr conn, unsigned int npages, unsigned int *pages, int first, unsigned int cells,
                        unsigned long long *counts, unsigned int flags)
{
    int last, n = 0;

    (void)conn;
    (void)flags;                        /* none taken */
    if (check_cells(first, cells, &last) < 0)
        return -1;
    for (int cell = first; cell <= last; cell++) {
        for (unsigned int i = 0; i < npages; i++, n++) {
            if (pages[i] == system_page_kib())
                counts[n] = kib_of_cell(cell, "MemFree:") / pages[i];
            else if (!read_pool(cell, pages[i], "free_hugepages", &counts[n]))
                return vir_error(VIR_ERR_OPERATION_FAILED, "page size %u is not available on node %d", pages[i], cell);
        }
    }
    return n;
}

/* Writes TEXT to a file of the kernel's. */
static int
tell_kernel(const char *path, const char *text)
{
    size_t len = strlen(text);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    int err = fd < 0 ? errno : write(fd, text, len) == (ssize_t)len ? 0 : errno;

    if (fd >= 0)
        close(fd);
    return err ? vir_error_errno(err, "cannot write '%s' to '%s'", text, path) : 0;
}

static int
alloc_pages(int cell, unsigned int kib, unsigned long long pages, bool add)
{
    unsigned long long had = 0, have = 0;
    char path[160], text[32];

    if (kib == system_page_kib())
        return vir_error(VIR_ERR_OPERATION_UNSUPPORTED, "system pages pool can't be modified");
    if (!read_pool(cell, kib, "nr_hugepages", &had))
        return cell < 0 ? vir_error(VIR_ERR_OPERATION_FAILED, "page size %u is not available", kib)
            : vir_error(VIR_ERR_OPERATION_FAILED, "page size %u is not available on node %d", kib, cell);
    if (pages > PAGES_MAX)
        return vir_error(VIR_ERR_OPERATION_FAILED, "%llu pages of %u KiB are more than any host has", pages, kib);
    if (add)
        pages += had;
    pool_path(cell, kib, "nr_hugepages", path);
    snprintf(text, sizeof(text), "%llu", pages);
    if (tell_kernel(path, text) < 0)
        return -1;
    if (!read_pool(cell, kib, "nr_hugepages", &have) || have != pages)      /* it takes what it finds */
        return vir_error(VIR_ERR_OPERATION_FAILED, "of %llu pages of %u KiB the kernel found %llu", pages, kib, have);
    return 0;
}

int
vir_node_alloc_pages(virConnectPtr conn, unsigned int npages, unsigned int *sizes, unsigned long long *counts,
                     int first, unsigned int cells, unsigned int flags)
{
    bool add = !(flags & VIR_NODE_ALLOC_PAGES_SET);
    int last = first, n = 0;

    (void)conn;
    if (first != -1 && check_cells(first, cells, &last) < 0)
        return -1;
    for (int cell = first; cell <= last; cell++)
        for (unsigned int i = 0; i < npages; i++, n++)
            if (alloc_pages(cell, sizes[i], counts[i], add) < 0)
                return -1;
    return n;
}

/* ---- equal pages ------------------------------------------------------------------- */

static const struct merging { const char *name, *file; int type; } merging[] = {
    { VIR_NODE_MEMORY_SHARED_PAGES_TO_SCAN, "pages_to_scan", VIR_TYPED_PARAM_UINT },
    { VIR_NODE_MEMORY_SHARED_SLEEP_MILLISECS, "sleep_millisecs", VIR_TYPED_PARAM_UINT },
    { VIR_NODE_MEMORY_SHARED_PAGES_SHARED, "pages_shared", VIR_TYPED_PARAM_ULLONG },
    { VIR_NODE_MEMORY_SHARED_PAGES_SHARING, "pages_sharing", VIR_TYPED_PARAM_ULLONG },
    { VIR_NODE_MEMORY_SHARED_PAGES_UNSHARED, "pages_unshared", VIR_TYPED_PARAM_ULLONG },
    { VIR_NODE_MEMORY_SHARED_PAGES_VOLATILE, "pages_volatile", VIR_TYPED_PARAM_ULLONG },
    { VIR_NODE_MEMORY_SHARED_FULL_SCANS, "full_scans", VIR_TYPED_PARAM_ULLONG },
    { VIR_NODE_MEMORY_SHARED_MERGE_ACROSS_NODES, "merge_across_nodes", VIR_TYPED_PARAM_UINT },
};
#define MERGING ((int)(sizeof(merging) / sizeof(merging[0])))

int
vir_node_get_memory_parameters(virConnectPtr conn, virTypedParameterPtr params, int *nparams, unsigned int flags)
{
    int n = 0;

    (void)conn;
    (void)flags;                        /* none taken */
    for (int i = 0; i < MERGING; i++) {
        VIR_AUTO_FREE char *text = node_read(KSM "/%s", merging[i].file);
        unsigned long long value;

        if (!text || sscanf(text, "%llu", &value) != 1)
            continue;                   /* an older kernel, or one without merging */
        if (n < *nparams) {
            snprintf(params[n].field, sizeof(params[n].field), "%s", merging[i].name);
            params[n].type = merging[i].type;
            if (merging[i].type == VIR_TYPED_PARAM_UINT)
                params[n].value.ui = (unsigned int)value;
            else
                params[n].value.ul = value;
        }
        n++;
    }
    if (*nparams == 0 || n < *nparams)
        *nparams = n;
    return 0;
}

/* The row that PARAM may change: those of numbers that the kernel counts are 64 bits wide. */
static const struct merging *
find_merging(const virTypedParameter *param)
{
    for (int i = 0; i < MERGING; i++) {
        if (strcmp(merging[i].name, param->field) != 0 || merging[i].type != VIR_TYPED_PARAM_UINT)
            continue;
        if (param->type == VIR_TYPED_PARAM_UINT)
            return &merging[i];
        vir_error(VIR_ERR_INVALID_ARG, "the parameter '%s' is an unsigned int", param->field);
        return NULL;
    }
    vir_error(VIR_ERR_ARGUMENT_UNSUPPORTED, "parameter '%s' not supported", param->field);
    vir_error_hint("what can be set is %s, %s and %s", VIR_NODE_MEMORY_SHARED_PAGES_TO_SCAN,
                   VIR_NODE_MEMORY_SHARED_SLEEP_MILLISECS, VIR_NODE_MEMORY_SHARED_MERGE_ACROSS_NODES);
    return NULL;
}

int
vir_node_set_memory_parameters(virConnectPtr conn, virTypedParameterPtr params, int nparams, unsigned int flags)
{
    (void)conn;
    (void)flags;                        /* none taken */
    for (int i = 0; i < nparams; i++)
        if (!find_merging(&params[i]))
            return -1;
    for (int i = 0; i < nparams; i++) {
        char path[128], text[16];

        snprintf(path, sizeof(path), KSM "/%s", find_merging(&params[i])->file);
        snprintf(text, sizeof(text), "%u", params[i].value.ui);
        if (tell_kernel(path, text) < 0)
            return -1;
    }
    return 0;
}
