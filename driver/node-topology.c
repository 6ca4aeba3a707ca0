/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host in a capabilities document: what saves its power, its cells with their processors, its caches. */
#include "node.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CPU "/sys/devices/system/cpu/cpu%zu/"
#define LEAST_LEVEL 3                   /* caches below belong to one core and are not told of */
#define CACHES 16                       /* of one processor */
#define SIZES 16                        /* of pages */

/* ---- power ----------------------------------------------------------------------------- */

static bool
has_word(const char *text, const char *word)
{
    size_t len = strlen(word);

    for (const char *at = text ? strstr(text, word) : NULL; at; at = strstr(at + len, word))
        if ((at == text || at[-1] == ' ') && strchr(" \n", at[len]))
            return true;
    return false;
}

static bool
has_iommu(void)
{
    DIR *groups = opendir("/sys/kernel/iommu_groups");
    const struct dirent *entry;
    bool found = false;

    while (groups && !found && (entry = readdir(groups)))
        found = entry->d_name[0] != '.';
    if (groups)
        closedir(groups);
    return found;
}

void
vir_node_format_power(struct vir_buf *buf)
{
    VIR_AUTO_FREE char *states = node_read("/sys/power/state"), *disks = node_read("/sys/power/disk");
    bool mem = has_word(states, "mem"), disk = has_word(states, "disk");

    if (mem || disk) {
        vir_buf_add(buf, "    <power_management>\n");
        vir_buf_add(buf, mem ? "      <suspend_mem/>\n" : "");
        vir_buf_add(buf, disk ? "      <suspend_disk/>\n" : "");
        vir_buf_add(buf, mem && disk && has_word(disks, "suspend") ? "      <suspend_hybrid/>\n" : "");
        vir_buf_add(buf, "    </power_management>\n");
    } else {
        vir_buf_add(buf, "    <power_management/>\n");
    }
    vir_buf_addf(buf, "    <iommu support='%s'/>\n", has_iommu() ? "yes" : "no");
}

/* ---- pages ----------------------------------------------------------------------------- */

void
vir_node_format_pages(struct vir_buf *buf)
{
    unsigned int sizes[SIZES];
    size_t n = node_page_sizes(sizes, SIZES);

    for (size_t i = 0; i < n; i++)
        vir_buf_addf(buf, "      <pages unit='KiB' size='%u'/>\n", sizes[i]);
}

static void
format_pages_of(struct vir_buf *buf, int cell)
{
    unsigned int sizes[SIZES];
    size_t n = node_page_sizes(sizes, SIZES);

    for (size_t i = 0; i < n; i++)
        vir_buf_addf(buf, "          <pages unit='KiB' size='%u'>%llu</pages>\n", sizes[i], node_cell_pages(cell, sizes[i]));
}

/* ---- cells ----------------------------------------------------------------------------- */

static void
format_distances(struct vir_buf *buf, int cell, const struct vir_bitmap *cells)
{
    VIR_AUTO_FREE char *text = node_read("/sys/devices/system/node/node%d/distance", cell);
    char *rest = NULL, *word = text ? strtok_r(text, " \n", &rest) : NULL;

    if (!word)
        return;
    vir_buf_add(buf, "          <distances>\n");
    for (size_t other = 0; word && other < NODE_CELLS_MAX; other++) {
        if (!vir_bitmap_get(cells, other))
            continue;
        vir_buf_addf(buf, "            <sibling id='%zu' value='%d'/>\n", other, atoi(word));
        word = strtok_r(NULL, " \n", &rest);
    }
    vir_buf_add(buf, "          </distances>\n");
}

static void
format_cpus(struct vir_buf *buf, const struct vir_bitmap *cpus)
{
    vir_buf_addf(buf, "          <cpus num='%zu'>\n", cpus ? vir_bitmap_count(cpus) : 0);
    for (size_t cpu = 0; cpus && cpu < NODE_CPUS_MAX; cpu++) {
        struct vir_bitmap *siblings;
        VIR_AUTO_FREE char *said = NULL;

        if (!vir_bitmap_get(cpus, cpu))
            continue;
        siblings = node_read_set(NODE_CPUS_MAX, CPU "topology/thread_siblings_list", cpu);
        said = siblings ? vir_bitmap_format(siblings) : NULL;
        vir_buf_addf(buf, "            <cpu id='%zu' socket_id='%d' die_id='%d' core_id='%d'", cpu,
                     node_cpu_number(cpu, "physical_package_id"), node_cpu_number(cpu, "die_id"), node_cpu_number(cpu, "core_id"));
        if (said)
            vir_buf_addf(buf, " siblings='%s'", said);
        vir_buf_add(buf, "/>\n");
        vir_bitmap_free(siblings);
    }
    vir_buf_add(buf, "          </cpus>\n");
}

static void
format_cell(struct vir_buf *buf, int cell, const struct vir_bitmap *cells, const struct vir_bitmap *cpus)
{
    vir_buf_addf(buf, "        <cell id='%d'>\n          <memory unit='KiB'>%llu</memory>\n", cell, node_cell_kib(cell));
    format_pages_of(buf, cell);
    format_distances(buf, cell, cells);
    format_cpus(buf, cpus);
    vir_buf_add(buf, "        </cell>\n");
}

/* ---- caches ---------------------------------------------------------------------------- */

/* A cache is told of once, by the first processor that it serves. */
static void
format_bank(struct vir_buf *buf, size_t cpu, int index)
{
    VIR_AUTO_FREE char *level = node_read(CPU "cache/index%d/level", cpu, index);
    VIR_AUTO_FREE char *size = node_read(CPU "cache/index%d/size", cpu, index);
    VIR_AUTO_FREE char *type = node_read(CPU "cache/index%d/type", cpu, index);
    VIR_AUTO_FREE char *id = node_read(CPU "cache/index%d/id", cpu, index);
    struct vir_bitmap *cpus = node_read_set(NODE_CPUS_MAX, CPU "cache/index%d/shared_cpu_list", cpu, index);

    if (level && size && type && cpus && atoi(level) >= LEAST_LEVEL && vir_bitmap_next(cpus, 0) == cpu) {
        VIR_AUTO_FREE char *whose = vir_bitmap_format(cpus);
        int kib = atoi(size);
        bool mib = kib % 1024 == 0;

        vir_buf_addf(buf, "      <bank id='%d' level='%d' type='%s' size='%d' unit='%s' cpus='%s'/>\n",
                     id ? atoi(id) : 0, atoi(level),
                     type[0] == 'D' ? "data" : type[0] == 'I' ? "code" : "both",
                     mib ? kib / 1024 : kib, mib ? "MiB" : "KiB", whose);
    }
    vir_bitmap_free(cpus);
}

static void
format_caches(struct vir_buf *buf)
{
    struct vir_bitmap *cpus = node_read_set(NODE_CPUS_MAX, "/sys/devices/system/cpu/online");
    struct vir_buf banks = { 0 };
    VIR_AUTO_FREE char *text = NULL;

    for (size_t cpu = 0; cpus && cpu < NODE_CPUS_MAX; cpu++)
        for (int index = 0; vir_bitmap_get(cpus, cpu) && index < CACHES; index++)
            format_bank(&banks, cpu, index);
    vir_bitmap_free(cpus);
    text = vir_buf_steal(&banks);
    if (text && *text)
        vir_buf_addf(buf, "    <cache>\n%s    </cache>\n", text);
}

void
vir_node_format_topology(struct vir_buf *buf)
{
    struct vir_bitmap *cells = node_cells();

    vir_buf_addf(buf, "    <topology>\n      <cells num='%zu'>\n", vir_bitmap_count(cells));
    for (size_t cell = 0; cell < NODE_CELLS_MAX; cell++) {
        struct vir_bitmap *cpus;

        if (!vir_bitmap_get(cells, cell))
            continue;
        cpus = node_cell_cpus((int)cell);
        format_cell(buf, (int)cell, cells, cpus);
        vir_bitmap_free(cpus);
    }
    vir_buf_add(buf, "      </cells>\n    </topology>\n");
    vir_bitmap_free(cells);
    format_caches(buf);
}
