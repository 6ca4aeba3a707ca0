/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The cells of <numa>: each has a number, they stand in its order, and what is said of
 * the way from one to another holds for the way back where nothing else is said.
 */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "domain.h"
#include "edit.h"
#include "value.h"

#define LOCAL_DISTANCE 10               /* of a cell to itself; ACPI's figures */
#define MOST_DISTANCE 255

struct cell {
    struct xml_node *node;
    struct vir_bitmap *cpus;            /* NULL: none */
    unsigned int *levels;               /* of its caches, in order; NULL: not asked for yet */
    size_t n_levels;
};

struct cells {
    struct cell *at;                    /* by number */
    size_t n;
};

/* ---- the cells ------------------------------------------------------------------------- */

/* 1: a number is wrong. */
static int
note_cell(struct reader *reader, struct xml_node *node, size_t position, struct cells *cells)
{
    uint64_t id = position;
    const char *cpus = xml_edit_value(node, "cpus");

    if (xml_edit_value(node, "id") && !xml_edit_number(node, "id", UINT_MAX, &id))
        return 1;
    if (id >= cells->n)
        return xml_fail_at(reader, node, VIR_ERR_XML_ERROR, "the %zu NUMA cells are numbered from 0 on, and not %u",
                           cells->n, (unsigned int)id);
    if (cells->at[id].node)
        return xml_fail_at(reader, node, VIR_ERR_XML_ERROR, "two NUMA cells have the id %u", (unsigned int)id);
    cells->at[id].node = node;
    cells->at[id].cpus = cpus ? vir_bitmap_parse(cpus, MAX_CPUS) : NULL;
    return cpus && !cells->at[id].cpus;
}

/* No CPU is in two cells. */
static int
check_cpus(struct reader *reader, const struct cells *cells, size_t most)
{
    struct vir_bitmap *taken = vir_bitmap_new(MAX_CPUS);
    size_t count;
    int rc = 0;

    for (size_t i = 0; i < cells->n && rc == 0; i++) {
        const struct vir_bitmap *cpus = cells->at[i].cpus;

        for (size_t cpu = 0; cpus && rc == 0 && (cpu = vir_bitmap_next(cpus, cpu)) < cpus->n_bits; cpu++) {
            if (vir_bitmap_get(taken, cpu))
                rc = xml_fail_at(reader, cells->at[i].node, VIR_ERR_CONFIG_UNSUPPORTED,
                                 "the vcpu %zu is in two NUMA cells", cpu);
            vir_bitmap_set(taken, cpu, true);
        }
    }
    count = vir_bitmap_count(taken);
    vir_bitmap_free(taken);
    if (rc == 0 && most && count > most)
        rc = xml_fail_at(reader, cells->at[0].node, VIR_ERR_INTERNAL_ERROR,
                         "the NUMA cells have %zu vcpus, and the domain has %zu", count, most);
    return rc;
}

/* These amounts are KiB and bytes, whatever else the document calls them. */
static void
complete_caches(struct xml_tree *tree, const struct xml_node *cell)
{
    uint64_t bytes;

    for (struct xml_node *cache = xml_edit_child(cell, "cache"); cache; cache = xml_edit_twin(cache)) {
        struct xml_node *size = xml_edit_child(cache, "size"), *line = xml_edit_child(cache, "line");

        if (size)
            xml_edit_set(tree, size, "unit", "KiB");
        if (line && xml_edit_number(line, "value", UINT64_MAX, &bytes) && bytes == 0)
            xml_edit_remove(line);
        else if (line)
            xml_edit_set(tree, line, "unit", "B");
    }
}

static void
write_cells(struct xml_tree *tree, struct xml_node *numa, const struct cells *cells)
{
    xml_edit_remove_all(numa, "cell");
    for (size_t i = 0; i < cells->n; i++) {
        xml_edit_set_number(tree, cells->at[i].node, "id", i);
        xml_edit_append(numa, cells->at[i].node);
    }
}

/* ---- distances ---------------------------------------------------------------------------- */

/* FIGURES: the distance of each cell to each, 0: not said.  1: a number is wrong. */
static int
note_distance(struct reader *reader, const struct xml_node *sibling, const struct cells *cells, size_t from,
              unsigned char *figures)
{
    uint64_t id, value;

    if (!xml_edit_number(sibling, "id", UINT_MAX, &id) || !xml_edit_number(sibling, "value", UINT_MAX, &value))
        return 1;
    if (id >= cells->n)
        return xml_fail_at(reader, sibling, VIR_ERR_XML_ERROR, "there is no NUMA cell %u", (unsigned int)id);
    if (value < LOCAL_DISTANCE || value > MOST_DISTANCE || (id == from) != (value == LOCAL_DISTANCE))
        return xml_fail_at(reader, sibling, VIR_ERR_XML_ERROR,
                           "the distance of a cell to itself is %d, and to another one above that, at most %d",
                           LOCAL_DISTANCE, MOST_DISTANCE);
    figures[from * cells->n + id] = (unsigned char)value;
    if (!figures[id * cells->n + from])
        figures[id * cells->n + from] = (unsigned char)value;
    figures[from * cells->n + from] = figures[id * cells->n + id] = LOCAL_DISTANCE;
    return 0;
}

static int
note_distances(struct reader *reader, const struct cells *cells, size_t from, unsigned char *figures)
{
    struct xml_node *distances = xml_edit_child(cells->at[from].node, "distances");
    struct xml_node *sibling = xml_edit_child(distances, "sibling");

    if (distances && !sibling)
        return xml_fail_at(reader, distances, VIR_ERR_XML_ERROR, "<distances> needs a <sibling>");
    for (; sibling; sibling = xml_edit_twin(sibling)) {
        int rc = note_distance(reader, sibling, cells, from, figures);

        if (rc)
            return rc;
    }
    return 0;
}

static void
write_distances(struct xml_tree *tree, const struct cells *cells, size_t from, const unsigned char *figures)
{
    struct xml_node *node = cells->at[from].node, *distances = NULL;

    xml_edit_remove_all(node, "distances");
    for (size_t to = 0; to < cells->n; to++) {
        struct xml_node *sibling;

        if (!figures[from * cells->n + to])
            continue;
        if (!distances)
            distances = xml_edit_add(tree, node, "distances");
        sibling = xml_edit_add(tree, distances, "sibling");
        xml_edit_set_number(tree, sibling, "id", to);
        xml_edit_set_number(tree, sibling, "value", figures[from * cells->n + to]);
    }
}

static int
complete_distances(struct reader *reader, const struct cells *cells)
{
    unsigned char *figures = vir_try_alloc(cells->n, cells->n, SIZE_MAX);
    int rc = figures ? 0 : -1;

    for (size_t i = 0; i < cells->n && rc == 0; i++)
        rc = note_distances(reader, cells, i, figures);
    for (size_t i = 0; i < cells->n && rc == 0; i++)
        write_distances(&reader->tree, cells, i, figures);
    free(figures);
    return rc < 0 ? -1 : 0;
}

/* ---- the ways between them -------------------------------------------------------------------- */

static int
compare_levels(const void *a, const void *b)
{
    unsigned int one = *(const unsigned int *)a, other = *(const unsigned int *)b;

    return one < other ? -1 : one > other;
}

static void
note_levels(struct cell *cell)
{
    struct xml_node *first = xml_edit_child(cell->node, "cache");
    uint64_t level;
    size_t n = 1;

    for (struct xml_node *node = first; node; node = xml_edit_twin(node))
        n++;
    cell->levels = vir_alloc_array(n, sizeof(*cell->levels));
    for (struct xml_node *node = first; node; node = xml_edit_twin(node))
        if (xml_edit_number(node, "level", UINT_MAX, &level))
            cell->levels[cell->n_levels++] = (unsigned int)level;
    qsort(cell->levels, cell->n_levels, sizeof(*cell->levels), compare_levels);
}

static bool
has_cache(struct cell *cell, unsigned int level)
{
    if (!cell->levels)
        note_levels(cell);
    return bsearch(&level, cell->levels, cell->n_levels, sizeof(level), compare_levels) != NULL;
}

static int
check_way(struct reader *reader, const struct xml_node *way, const struct cells *cells)
{
    uint64_t from, to, cache = 0;

    if (!xml_edit_number(way, "initiator", UINT_MAX, &from) || !xml_edit_number(way, "target", UINT_MAX, &to))
        return 0;
    if (from >= cells->n || to >= cells->n)
        return xml_fail_at(reader, way, VIR_ERR_XML_ERROR, "there is no NUMA cell %u",
                           (unsigned int)(from >= cells->n ? from : to));
    if (!cells->at[from].cpus)
        return xml_fail_at(reader, way, VIR_ERR_XML_ERROR, "the initiator %u is a NUMA cell without CPUs",
                           (unsigned int)from);
    if (xml_edit_number(way, "cache", UINT_MAX, &cache) && cache &&
        !has_cache(&cells->at[to], (unsigned int)cache))
        return xml_fail_at(reader, way, VIR_ERR_XML_ERROR, "the NUMA cell %u has no cache of level %u",
                           (unsigned int)to, (unsigned int)cache);
    return 0;
}

static int
check_ways(struct reader *reader, const struct xml_node *ways, const struct cells *cells, const char *name)
{
    for (struct xml_node *way = xml_edit_child(ways, name); way; way = xml_edit_twin(way))
        if (check_way(reader, way, cells) < 0)
            return -1;
    return 0;
}

/* ---- what follows for the domain ----------------------------------------------------------------- */

/* KiB of all cells; 0: one of them says no number. */
static uint64_t
sum_memory(const struct cells *cells)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < cells->n; i++) {
        const char *unit = xml_edit_value(cells->at[i].node, "unit");
        uint64_t scale = xml_unit_bytes(unit ? unit : "KiB"), bytes;

        if (!xml_edit_number(cells->at[i].node, "memory", UINT64_MAX, &bytes) ||
            __builtin_mul_overflow(bytes, scale, &bytes) ||
            __builtin_add_overflow(sum, bytes / 1024 + (bytes % 1024 != 0), &sum))
            return 0;
    }
    return sum;
}

/* The domain has as much as its cells, if that is new or nothing else is said. */
static void
complete_memory(struct reader *reader, struct xml_node *domain, const struct cells *cells)
{
    struct xml_node *memory = xml_edit_child(domain, "memory");
    uint64_t sum = sum_memory(cells), said = 0;
    bool given = memory && (!xml_edit_text_number(&reader->tree, memory, UINT64_MAX, &said) || said);
    char text[24];

    if (!sum || (given && !(reader->flags & VIR_XML_NEW)))
        return;
    if (!memory)
        memory = xml_edit_add(&reader->tree, domain, "memory");
    snprintf(text, sizeof(text), "%" PRIu64, sum);
    xml_edit_set_text(&reader->tree, memory, text);
    xml_edit_set(&reader->tree, memory, "unit", "KiB");
}

/* CPUs that are in no cell are in the first. */
static void
fill_first(struct xml_tree *tree, struct cells *cells, unsigned int vcpus)
{
    struct vir_bitmap *first = vir_bitmap_new(MAX_CPUS);
    VIR_AUTO_FREE char *text = NULL;

    for (size_t cpu = 0; cpu < vcpus; cpu++)
        vir_bitmap_set(first, cpu, true);
    for (size_t i = 1; i < cells->n; i++) {
        const struct vir_bitmap *cpus = cells->at[i].cpus;

        for (size_t cpu = 0; cpus && (cpu = vir_bitmap_next(cpus, cpu)) < cpus->n_bits; cpu++)
            vir_bitmap_set(first, cpu, false);
    }
    if (vir_bitmap_count(first)) {
        text = vir_bitmap_format(first);
        xml_edit_set(tree, cells->at[0].node, "cpus", text);
    }
    vir_bitmap_free(cells->at[0].cpus);
    cells->at[0].cpus = first;
}

/* ------------------------------------------------------------------------------------------------ */

static int
complete_cells(struct reader *reader, struct xml_node *domain, struct xml_node *numa, struct cells *cells)
{
    unsigned int vcpus = xml_domain_vcpu_count(reader, domain);
    const struct xml_node *ways = xml_edit_child(numa, "interconnects");
    size_t position = 0;

    for (struct xml_node *cell = xml_edit_child(numa, "cell"); cell; cell = xml_edit_twin(cell)) {
        int rc = note_cell(reader, cell, position++, cells);

        if (rc)
            return rc < 0 ? -1 : 0;
    }
    for (size_t i = 0; i < cells->n; i++)
        complete_caches(&reader->tree, cells->at[i].node);
    if (check_cpus(reader, cells, vcpus) < 0 || complete_distances(reader, cells) < 0)
        return -1;
    complete_memory(reader, domain, cells);
    if (reader->flags & VIR_XML_NEW)
        fill_first(&reader->tree, cells, vcpus);
    write_cells(&reader->tree, numa, cells);
    return check_ways(reader, ways, cells, "latency") < 0 ? -1 : check_ways(reader, ways, cells, "bandwidth");
}

int
xml_domain_numa(struct reader *reader, struct xml_node *domain)
{
    struct xml_node *numa = xml_edit_child(xml_edit_child(domain, "cpu"), "numa");
    struct cells cells = { 0 };
    int rc;

    for (struct xml_node *cell = xml_edit_child(numa, "cell"); cell; cell = xml_edit_twin(cell))
        cells.n++;
    if (cells.n == 0 || cells.n > reader->max_list)
        return 0;
    cells.at = vir_alloc_array(cells.n, sizeof(*cells.at));
    rc = complete_cells(reader, domain, numa, &cells);
    for (size_t i = 0; i < cells.n; i++) {
        vir_bitmap_free(cells.at[i].cpus);
        free(cells.at[i].levels);
    }
    free(cells.at);
    return rc;
}
