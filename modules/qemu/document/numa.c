/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The NUMA cells that the guest sees: which CPUs and memory are near each other, how far
 * the others are, and what lies between them.
 */
#include "device/memory-object.h"
#include "document/machine.h"

enum { LOCAL_DISTANCE = 10, USUAL_DISTANCE = 20 };     /* ACPI's figures */

typedef struct qemu_domain_cpu_numa_cell_def cell_def;
typedef struct qemu_domain_cpu_numa_interconnects_latency_def latency_def;
typedef struct qemu_domain_cpu_numa_interconnects_bandwidth_def bandwidth_def;
typedef struct qemu_domain_cpu_numa_cell_cache_def cache_def;

bool
qemu_numa_has_hmat(const struct qemu_domain_def *doc)
{
    for (size_t i = 0; i < doc->cpu.numa.n_cells; i++)
        if (doc->cpu.numa.cells[i]->n_caches)
            return true;
    return doc->cpu.numa.interconnects.n_latencies || doc->cpu.numa.interconnects.n_bandwidths;
}

/* ---- cells ------------------------------------------------------------------------------------- */

/* The nearest cell with CPUs, by what is said of the ways to CELL; where nothing is said, the first one. */
static unsigned int
initiator_of(const struct qemu_domain_def *doc, unsigned int cell)
{
    const latency_def *nearest = NULL;
    const bandwidth_def *widest = NULL;

    if (doc->cpu.numa.cells[cell]->cpus)
        return cell;
    for (size_t i = 0; i < doc->cpu.numa.interconnects.n_latencies; i++) {
        const latency_def *way = doc->cpu.numa.interconnects.latencies[i];

        if (way->target == cell && (!nearest || way->value < nearest->value))
            nearest = way;
    }
    for (size_t i = 0; i < doc->cpu.numa.interconnects.n_bandwidths; i++) {
        const bandwidth_def *way = doc->cpu.numa.interconnects.bandwidths[i];

        if (way->target == cell && (!widest || way->value > widest->value))
            widest = way;
    }
    if (nearest || widest)
        return nearest ? nearest->initiator : widest->initiator;
    for (size_t i = 0; i < doc->cpu.numa.n_cells; i++)
        if (doc->cpu.numa.cells[i]->cpus)
            return (unsigned int)i;
    return 0;
}

/* "0,2-3": QEMU takes each range by itself. */
static void
put_cpus(struct vir_buf *buf, const char *cpus)
{
    while (cpus && *cpus) {
        size_t len = strcspn(cpus, ",");

        vir_buf_addf(buf, ",cpus=%.*s", (int)len, cpus);
        cpus += len + (cpus[len] == ',');
    }
}

static int
build_cell(const struct qemu_domain_def *doc, unsigned int i, struct qemu_command *command)
{
    struct vir_buf buf = { 0 };

    if (qemu_memory_build_cell(doc, i, command) < 0)
        return -1;
    vir_buf_addf(&buf, "node,nodeid=%u", i);
    put_cpus(&buf, doc->cpu.numa.cells[i]->cpus);
    if (qemu_numa_has_hmat(doc))
        vir_buf_addf(&buf, ",initiator=%u", initiator_of(doc, i));
    vir_buf_addf(&buf, ",memdev=ram-node%u", i);
    qemu_command_add(command, "-numa", buf.text);
    vir_buf_free(&buf);
    return 0;
}

/* ---- distances ------------------------------------------------------------------------------------ */

static unsigned int
distance(const cell_def *cell, unsigned int from, unsigned int to)
{
    for (size_t i = 0; i < cell->distances.n_siblings; i++)
        if (cell->distances.siblings[i]->id == to)
            return cell->distances.siblings[i]->value;
    return from == to ? LOCAL_DISTANCE : USUAL_DISTANCE;
}

static bool
has_distances(const struct qemu_domain_def *doc)
{
    for (size_t i = 0; i < doc->cpu.numa.n_cells; i++)
        if (doc->cpu.numa.cells[i]->distances.n_siblings)
            return true;
    return false;
}

static void
build_distances(const struct qemu_domain_def *doc, struct qemu_command *command)
{
    size_t n = has_distances(doc) ? doc->cpu.numa.n_cells : 0;

    for (unsigned int from = 0; from < n; from++)
        for (unsigned int to = 0; to < n; to++)
            qemu_command_addf(command, "-numa", "dist,src=%u,dst=%u,val=%u", from, to,
                              distance(doc->cpu.numa.cells[from], from, to));
}

/* ---- ways and caches -------------------------------------------------------------------------------- */

/* By the level of the cache that answers. */
static const char *const hierarchies[] = { "memory", "first-level", "second-level", "third-level" };
enum { MOST_LEVEL = sizeof(hierarchies) / sizeof(hierarchies[0]) - 1 };

static int
check_level(unsigned int level)
{
    return level <= MOST_LEVEL ? 0
        : vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "QEMU has caches of memory of the levels 1 to %d, and not %u", MOST_LEVEL,
                    level);
}

static int
build_ways(const struct qemu_domain_def *doc, struct qemu_command *command)
{
    for (size_t i = 0; i < doc->cpu.numa.interconnects.n_latencies; i++) {
        const latency_def *way = doc->cpu.numa.interconnects.latencies[i];

        if (check_level(way->cache) < 0)
            return -1;
        qemu_command_addf(command, "-numa", "hmat-lb,initiator=%u,target=%u,hierarchy=%s,data-type=%s-latency,latency=%u",
                          way->initiator, way->target, hierarchies[way->cache],
                          WORD(domain_cpu_numa_interconnects_latency_type, way->type), way->value);
    }
    for (size_t i = 0; i < doc->cpu.numa.interconnects.n_bandwidths; i++) {
        const bandwidth_def *way = doc->cpu.numa.interconnects.bandwidths[i];

        if (check_level(way->cache) < 0)
            return -1;
        qemu_command_addf(command, "-numa",
                          "hmat-lb,initiator=%u,target=%u,hierarchy=%s,data-type=%s-bandwidth,bandwidth=%lluK",
                          way->initiator, way->target, hierarchies[way->cache],
                          WORD(domain_cpu_numa_interconnects_bandwidth_type, way->type), way->value);
    }
    return 0;
}

#define ASSOCIATIVITY(word) QEMU_DOMAIN_CPU_NUMA_CELL_CACHE_ASSOCIATIVITY_##word
#define POLICY(word) QEMU_DOMAIN_CPU_NUMA_CELL_CACHE_POLICY_##word

static int
build_cache(unsigned int cell, const cache_def *cache, struct qemu_command *command)
{
    if (check_level(cache->level) < 0)
        return -1;
    qemu_command_addf(command, "-numa", "hmat-cache,node-id=%u,size=%lluK,level=%u,associativity=%s,policy=%s,line=%llu",
                      cell, cache->size.value, cache->level,
                      cache->associativity == ASSOCIATIVITY(DIRECT) ? "direct"
                      : cache->associativity == ASSOCIATIVITY(FULL) ? "complex" : "none",
                      cache->policy == POLICY(WRITEBACK) ? "write-back"
                      : cache->policy == POLICY(WRITETHROUGH) ? "write-through" : "none", cache->line.value);
    return 0;
}

int
qemu_numa_build(const struct qemu_domain_def *doc, struct qemu_command *command)
{
    for (size_t i = 0; i < doc->cpu.numa.n_cells; i++)
        if (build_cell(doc, (unsigned int)i, command) < 0)
            return -1;
    build_distances(doc, command);
    if (build_ways(doc, command) < 0)
        return -1;
    for (size_t i = 0; i < doc->cpu.numa.n_cells; i++)
        for (size_t c = 0; c < doc->cpu.numa.cells[i]->n_caches; c++)
            if (build_cache((unsigned int)i, doc->cpu.numa.cells[i]->caches[c], command) < 0)
                return -1;
    return 0;
}

int
qemu_numa_build_seen(const struct qemu_domain_def *doc, struct qemu_command *command)
{
    for (size_t i = 0; i < doc->cpu.numa.n_cells; i++) {
        struct vir_buf buf = { 0 };

        vir_buf_addf(&buf, "node,mem=%llu", doc->cpu.numa.cells[i]->memory);
        put_cpus(&buf, doc->cpu.numa.cells[i]->cpus);
        qemu_command_add(command, "-numa", buf.text);
        vir_buf_free(&buf);
    }
    build_distances(doc, command);
    return build_ways(doc, command);
}
