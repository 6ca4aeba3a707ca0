/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a domain gets of the host: shares of CPUs, caches, disks, and large pages. */
#include <inttypes.h>
#include <limits.h>

#include "domain.h"
#include "edit.h"
#include "number.h"
#include "value.h"

/* ---- <cputune> -------------------------------------------------------------------------- */

/* What the host's scheduler takes. */
static const struct {
    const char *name;
    uint64_t least, most;
} figures[] = {
    { "shares", 2, 262144 },
    { "period", 1000, 1000000 }, { "quota", 1000, ULLONG_MAX / 1048576 },
    { "global_period", 1000, 1000000 }, { "global_quota", 1000, ULLONG_MAX / 1048576 },
    { "emulator_period", 1000, 1000000 }, { "emulator_quota", 1000, ULLONG_MAX / 1048576 },
    { "iothread_period", 1000, 1000000 }, { "iothread_quota", 1000, ULLONG_MAX / 1048576 },
};

static int
check_figures(struct reader *reader, const struct xml_node *cputune)
{
    for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
        const struct xml_node *node = xml_edit_child(cputune, figures[i].name);
        int64_t value;

        if (!node || vir_parse_int(xml_node_text(&reader->tree, node), INT64_MIN, INT64_MAX, &value) < 0)
            continue;
        if (value > 0 && ((uint64_t)value < figures[i].least || (uint64_t)value > figures[i].most))
            return xml_fail_at(reader, node, VIR_ERR_CONFIG_UNSUPPORTED, "<%s> is %" PRIu64 " to %" PRIu64,
                               node->name, figures[i].least, figures[i].most);
    }
    return 0;
}

/* Of CPUs that are not there, nothing is said. */
static struct vir_bitmap *
own_cpus(struct xml_tree *tree, struct xml_node *node, unsigned int count)
{
    const char *text = xml_edit_value(node, "vcpus");
    struct vir_bitmap *cpus = text ? vir_bitmap_parse(text, MAX_CPUS) : NULL;
    VIR_AUTO_FREE char *shortest = NULL;

    if (!cpus)
        return NULL;
    for (size_t cpu = count; (cpu = vir_bitmap_next(cpus, cpu)) < cpus->n_bits; cpu++)
        vir_bitmap_set(cpus, cpu, false);
    shortest = vir_bitmap_format(cpus);
    xml_edit_set(tree, node, "vcpus", shortest);
    return cpus;
}

/* Two groups of the host have the same CPUs, or none in common. */
static int
check_overlap(struct reader *reader, const struct xml_node *node, const struct vir_bitmap *cpus,
              struct vir_bitmap *taken)
{
    for (size_t cpu = 0; (cpu = vir_bitmap_next(cpus, cpu)) < cpus->n_bits; cpu++) {
        if (vir_bitmap_get(taken, cpu))
            return xml_fail_at(reader, node, VIR_ERR_XML_ERROR, "<%s> has a vcpu that another one has", node->name);
        vir_bitmap_set(taken, cpu, true);
    }
    return 0;
}

static int
complete_sizes(struct reader *reader, const struct xml_node *group)
{
    for (struct xml_node *cache = xml_edit_child(group, "cache"); cache; cache = xml_edit_twin(cache))
        if (xml_domain_amount(reader, cache, "size", "KiB") < 0)
            return -1;
    return 0;
}

static int
complete_groups(struct reader *reader, struct xml_node *cputune, const char *name, unsigned int count)
{
    struct xml_node *node = xml_edit_child(cputune, name);
    struct vir_bitmap *taken;
    int rc = 0;

    if (!node)
        return 0;
    taken = vir_bitmap_new(MAX_CPUS);
    for (; node && rc == 0; node = xml_edit_twin(node)) {
        struct vir_bitmap *cpus = own_cpus(&reader->tree, node, count);

        if (!cpus)
            continue;
        rc = check_overlap(reader, node, cpus, taken) < 0 ? -1 : complete_sizes(reader, node);
        node->dropped = vir_bitmap_count(cpus) == 0 || !node->first;
        vir_bitmap_free(cpus);
    }
    xml_edit_remove_dropped(cputune);
    vir_bitmap_free(taken);
    return rc;
}

static int
complete_cputune(struct reader *reader, struct xml_node *domain)
{
    struct xml_node *cputune = xml_edit_child(domain, "cputune");
    unsigned int count = xml_domain_vcpu_count(reader, domain);

    if (!cputune || count == 0)
        return 0;
    if (check_figures(reader, cputune) < 0 || complete_groups(reader, cputune, "cachetune", count) < 0)
        return -1;
    return complete_groups(reader, cputune, "memorytune", count);
}

/* ---- <blkiotune> --------------------------------------------------------------------------- */

/* Whether a device is told anything. */
static bool
has_figure(struct xml_tree *tree, const struct xml_node *device)
{
    uint64_t value;

    for (const struct xml_node *node = device->first; node; node = node->next)
        if (node->kind == XML_NODE_ELEMENT && strcmp(node->name, "path") != 0 &&
            !(xml_edit_text_number(tree, node, UINT64_MAX, &value) && value == 0))
            return true;
    return false;
}

static const char *
path_of(struct xml_tree *tree, const struct xml_node *device)
{
    const struct xml_node *path = xml_edit_child(device, "path");

    return path ? xml_node_text(tree, path) : NULL;
}

static int
complete_blkiotune(struct reader *reader, struct xml_node *domain)
{
    struct xml_node *blkiotune = xml_edit_child(domain, "blkiotune");
    struct xml_node *device = xml_edit_child(blkiotune, "device");
    const struct xml_node *same = xml_edit_same(&reader->tree, device, path_of);

    if (!blkiotune)
        return 0;
    if (same)
        return xml_fail_at(reader, same, VIR_ERR_CONFIG_UNSUPPORTED, "two devices of <blkiotune> have the same <path>");
    for (; device; device = xml_edit_twin(device)) {
        if (!path_of(&reader->tree, device))
            return xml_fail_at(reader, device, VIR_ERR_CONFIG_UNSUPPORTED, "a <device> of <blkiotune> needs a <path>");
        device->dropped = !has_figure(&reader->tree, device);
    }
    xml_edit_remove_dropped(blkiotune);
    if (!blkiotune->first)
        xml_edit_remove(blkiotune);
    return 0;
}

/* ---- <memoryBacking>, <maxMemory> -------------------------------------------------------------- */

/* The cells of TEXT are there, and none has pages already; TAKEN: those that have. */
static int
check_cells(struct reader *reader, const struct xml_node *page, const char *text, size_t n_cells, struct vir_bitmap *taken)
{
    struct vir_bitmap *cells = vir_bitmap_parse(text, MAX_CPUS);
    int rc = 0;

    for (size_t cell = 0; cells && rc == 0 && (cell = vir_bitmap_next(cells, cell)) < cells->n_bits; cell++) {
        if (cell >= n_cells)
            rc = xml_fail_at(reader, page, VIR_ERR_XML_DETAIL, "there is no NUMA cell %zu to give pages to", cell);
        else if (vir_bitmap_get(taken, cell))
            rc = xml_fail_at(reader, page, VIR_ERR_XML_DETAIL, "two sizes of pages are for the NUMA cell %zu", cell);
        vir_bitmap_set(taken, cell, true);
    }
    vir_bitmap_free(cells);
    return rc;
}

/* The pages of a guest without cells are those of all of it. */
static int
complete_pages(struct reader *reader, struct xml_node *domain)
{
    struct xml_node *pages = xml_edit_child(xml_edit_child(domain, "memoryBacking"), "hugepages");
    struct xml_node *cell = xml_edit_child(xml_edit_child(xml_edit_child(domain, "cpu"), "numa"), "cell");
    const struct xml_node *all = NULL;
    struct vir_bitmap *taken;
    size_t n_cells = 0;
    int rc = 0;

    for (; cell; cell = xml_edit_twin(cell))
        n_cells++;
    if (!pages)
        return 0;
    taken = vir_bitmap_new(MAX_CPUS);
    for (struct xml_node *page = xml_edit_child(pages, "page"); page && rc == 0; page = xml_edit_twin(page)) {
        const char *text = xml_edit_value(page, "nodeset");

        if (text)
            rc = check_cells(reader, page, text, n_cells ? n_cells : 1, taken);
        if (n_cells == 0)
            xml_edit_unset(page, "nodeset");
        if (rc < 0 || xml_edit_value(page, "nodeset"))
            continue;
        if (all)
            rc = xml_fail_at(reader, page, VIR_ERR_XML_DETAIL, "two sizes of pages are for the whole guest");
        all = page;
    }
    vir_bitmap_free(taken);
    return rc;
}

static int
check_most_memory(struct reader *reader, const struct xml_node *domain)
{
    const struct xml_node *most = xml_edit_child(domain, "maxMemory");
    uint64_t size, slots;

    if (!most || !xml_edit_text_number(&reader->tree, most, UINT64_MAX, &size))
        return 0;
    if (xml_edit_value(most, "slots") && !xml_edit_number(most, "slots", UINT_MAX, &slots))
        return 0;
    if (size && (!xml_edit_value(most, "slots") || slots == 0))
        return xml_fail_at(reader, most, VIR_ERR_XML_ERROR, "<maxMemory> needs 'slots' to plug memory in");
    return 0;
}

/* ------------------------------------------------------------------------------------------------- */

int
xml_domain_tune(struct reader *reader, struct xml_node *domain)
{
    if (complete_cputune(reader, domain) < 0 || complete_blkiotune(reader, domain) < 0 ||
        complete_pages(reader, domain) < 0)
        return -1;
    return check_most_memory(reader, domain);
}
