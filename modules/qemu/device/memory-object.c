/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a part of a guest's memory is made of; see memory-object.h.
 */
#include "device/memory-object.h"
#include "host/memory-files.h"
#include "qmp/qmp.h"

#include <stdlib.h>

enum {
    MOST_NODES = 1024, MOST_CELLS = 1024,
    DEVICE_UNIT = 2048,                 /* KiB: what QEMU is given of what is plugged in is a multiple of it */
};

/* These are said in several places, by enums of their own with the same words in the same order. */
enum access { UNSAID, SHARED, PRIVATE };
enum mode { NO_MODE, STRICT, PREFERRED, INTERLEAVE, RESTRICTIVE };

static const char *const policies[] = {
    [STRICT] = "bind", [PREFERRED] = "preferred", [INTERLEAVE] = "interleave", [RESTRICTIVE] = NULL,
};

/* What it is made of. */
struct matter {
    enum { ANONYMOUS, IN_MEMORY, IN_FILE } kind;
    unsigned long long huge;            /* KiB of a large page; 0: usual pages */
    char *directory;                    /* of the guest; NULL: none */
    char *path;                         /* where QEMU opens it; NULL: nowhere */
    enum access access;
    enum vir_xml_bool discard;
    bool immediate;
};

const struct qemu_domain_cpu_numa_cell_def *
qemu_numa_cell(const struct qemu_domain_def *doc, unsigned int id)
{
    return id < doc->cpu.numa.n_cells ? doc->cpu.numa.cells[id] : NULL;
}

static const struct qemu_domain_cpu_numa_cell_def *
cell_of(const struct qemu_domain_def *doc, const struct qemu_memory_part *part)
{
    return part->cell < 0 ? NULL : qemu_numa_cell(doc, (unsigned int)part->cell);
}

static bool
is_virtio_mem(const struct qemu_memory_part *part)
{
    return part->device && part->device->model == QEMU_MEMORY_MODEL_VIRTIO_MEM;
}

static const char *
own_file(const struct qemu_memory_part *part)
{
    return part->device ? part->device->source.path : NULL;
}

/* ---- how much ---------------------------------------------------------------------------------- */

static unsigned long long
sum_devices(const struct qemu_domain_def *doc, bool dimms_only)
{
    unsigned long long sum = 0;

    for (size_t i = 0; i < doc->devices.n_memories; i++)
        if (!dimms_only || doc->devices.memories[i]->model == QEMU_MEMORY_MODEL_DIMM)
            sum += doc->devices.memories[i]->target.size;
    return sum;
}

unsigned long long
qemu_memory_plugged(const struct qemu_domain_def *doc)
{
    return sum_devices(doc, false);
}

unsigned long long
qemu_memory_rounded(unsigned long long kib)
{
    return (kib + DEVICE_UNIT - 1) / DEVICE_UNIT * DEVICE_UNIT;
}

unsigned long long
qemu_memory_round_plugged(struct qemu_domain_def *doc)
{
    for (size_t i = 0; i < doc->devices.n_memories; i++)
        doc->devices.memories[i]->target.size = qemu_memory_rounded(doc->devices.memories[i]->target.size);
    return sum_devices(doc, false);
}

int
qemu_memory_add_plugged(struct qemu_domain_def *doc)
{
    for (size_t i = 0; i < doc->devices.n_memories; i++)
        if (__builtin_add_overflow(doc->memory.size, doc->devices.memories[i]->target.size, &doc->memory.size))
            return vir_error(VIR_ERR_OVERFLOW, "the memory that is plugged in is too large");
    return 0;
}

bool
qemu_memory_keeps(const struct qemu_domain_def *doc)
{
    for (size_t i = 0; i < doc->devices.n_memories; i++)
        if (doc->devices.memories[i]->model == QEMU_MEMORY_MODEL_NVDIMM)
            return true;
    return false;
}

void
qemu_memory_given(struct qemu_domain_def *doc, const char *alias, unsigned long long kib)
{
    for (size_t i = 0; i < doc->devices.n_memories; i++) {
        struct qemu_memory_def *memory = doc->devices.memories[i];

        if (!is(memory->device.alias.name, alias))
            continue;
        doc->current_memory = doc->current_memory - memory->target.current + kib;
        memory->target.current = kib;
        memory->target.has_current = true;
    }
}

unsigned long long
qemu_memory_of_balloon(const struct qemu_domain_def *doc)
{
    return doc->memory.size - sum_devices(doc, false) + sum_devices(doc, true);
}

unsigned long long
qemu_memory_of_virtio(const struct qemu_domain_def *doc)
{
    unsigned long long sum = 0;

    for (size_t i = 0; i < doc->devices.n_memories; i++)
        sum += doc->devices.memories[i]->target.current;
    return sum;
}

/* What of a running guest's memory device it can use, and the balloon can take. */
static unsigned long long
used_of(const struct qemu_memory_def *memory)
{
    return memory->model == QEMU_MEMORY_MODEL_DIMM ? memory->target.size : memory->target.current;
}

void
qemu_memory_count(struct qemu_domain_def *doc)
{
    size_t n = doc->devices.n_memories;
    unsigned long long sum = sum_devices(doc, false), before = doc->memory.size;

    if (doc->cpu.numa.n_cells == 0)
        return;
    for (size_t i = 0; i < doc->cpu.numa.n_cells; i++)
        sum += doc->cpu.numa.cells[i]->memory;
    doc->memory.size = sum;
    if (doc->has_id && n && sum > before)
        doc->current_memory += used_of(doc->devices.memories[n - 1]);
    if ((!doc->has_id && doc->current_memory == before) || doc->current_memory > sum)
        doc->current_memory = sum;
}

void
qemu_memory_leaves(struct qemu_domain_def *doc, const struct qemu_memory_def *memory)
{
    bool all = doc->current_memory == doc->memory.size;
    unsigned long long used = used_of(memory);

    doc->memory.size -= memory->target.size;
    if (doc->has_id)
        doc->current_memory -= used < doc->current_memory ? used : 0;
    else if (all || doc->current_memory > doc->memory.size)
        doc->current_memory = doc->memory.size;
}

/* ---- what the document says ------------------------------------------------------------------- */

static enum access
access_of(const struct qemu_domain_def *doc, const struct qemu_memory_part *part)
{
    const struct qemu_domain_cpu_numa_cell_def *cell = cell_of(doc, part);

    if (part->device && part->device->access)
        return (enum access)part->device->access;
    if (cell && cell->mem_access)
        return (enum access)cell->mem_access;
    return (enum access)doc->memory_backing.access.mode;
}

static enum vir_xml_bool
discard_of(const struct qemu_domain_def *doc, const struct qemu_memory_part *part)
{
    const struct qemu_domain_cpu_numa_cell_def *cell = cell_of(doc, part);

    if (part->device && part->device->discard)
        return part->device->discard;
    if (cell && cell->discard)
        return cell->discard;
    return doc->memory_backing.discard ? VIR_XML_YES : VIR_XML_ABSENT;
}

static bool
is_in(const char *nodeset, int cell)
{
    struct vir_bitmap *set = vir_bitmap_parse(nodeset, MOST_CELLS);
    bool in = set && vir_bitmap_get(set, cell < 0 ? 0 : (size_t)cell);

    vir_bitmap_free(set);
    return in;
}

/* Does it have large pages, and of which size in KiB?  0: of the usual one. */
static bool
wants_huge(const struct qemu_domain_def *doc, const struct qemu_memory_part *part, unsigned long long *ret_kib)
{
    const struct qemu_domain_memory_backing_hugepages_page_def *const *pages =
        (const struct qemu_domain_memory_backing_hugepages_page_def *const *)doc->memory_backing.hugepages.pages;
    bool all = doc->memory_backing.hugepages.present && doc->memory_backing.hugepages.n_pages == 0, found = all;

    *ret_kib = 0;
    if (own_file(part))
        return false;
    if (part->device && part->device->source.has_pagesize) {
        *ret_kib = part->device->source.pagesize;
        return *ret_kib != qemu_small_page();
    }
    for (size_t i = 0; i < doc->memory_backing.hugepages.n_pages; i++) {
        bool own = pages[i]->nodeset && is_in(pages[i]->nodeset, part->cell);

        if (own || (!pages[i]->nodeset && !found)) {
            *ret_kib = pages[i]->size;
            found = true;
        }
        if (own)
            break;
    }
    return found && *ret_kib != qemu_small_page();
}

/* The host's NUMA nodes that it comes from, and how; NULL: from any. */
static const char *
nodes_of(const struct qemu_domain_def *doc, const struct qemu_memory_part *part, enum mode *ret_mode)
{
    const struct qemu_numatune_def *tune = doc->numatune;

    *ret_mode = tune && tune->memory.present ? (enum mode)tune->memory.mode : STRICT;
    for (size_t i = 0; tune && i < tune->n_memnodes; i++) {
        if (part->cell < 0 || tune->memnodes[i]->cellid != (unsigned int)part->cell)
            continue;
        *ret_mode = (enum mode)tune->memnodes[i]->mode;
        if (!part->device || !part->device->source.nodemask)
            return tune->memnodes[i]->nodeset;
    }
    if (part->device && part->device->source.nodemask)
        return part->device->source.nodemask;
    return tune && tune->memory.present ? tune->memory.nodeset : NULL;
}

/* ---- what that comes to --------------------------------------------------------------------- */

static int
matter_of(const struct qemu_domain_def *doc, const struct qemu_memory_part *part, struct matter *ret)
{
    bool in_memory = doc->memory_backing.source.type == QEMU_DOMAIN_MEMORY_BACKING_SOURCE_TYPE_MEMFD;
    bool in_file = doc->memory_backing.source.type == QEMU_DOMAIN_MEMORY_BACKING_SOURCE_TYPE_FILE;
    unsigned long long kib;
    bool huge = wants_huge(doc, part, &kib);
    int id = doc->has_id ? doc->id : -1;

    *ret = (struct matter){ .access = access_of(doc, part), .discard = discard_of(doc, part) };
    ret->immediate = huge || doc->memory_backing.allocation.mode == QEMU_DOMAIN_MEMORY_BACKING_ALLOCATION_MODE_IMMEDIATE;
    if (own_file(part)) {
        ret->kind = IN_FILE;
        ret->path = vir_strdup(own_file(part));
        if (part->device->model == QEMU_MEMORY_MODEL_NVDIMM)
            ret->immediate = !part->device->source.pmem;
        return 0;
    }
    if (huge && !(ret->directory = qemu_huge_directory(kib, id, doc->name, &ret->huge)))
        return -1;
    if (in_memory) {
        ret->kind = IN_MEMORY;
        free(vir_steal(&ret->directory));
    } else if (huge) {
        ret->kind = IN_FILE;
        ret->path = vir_strdup(ret->directory);
    } else if (in_file || ret->access) {
        ret->kind = IN_FILE;
        ret->directory = qemu_memory_directory(id, doc->name);
        ret->path = part->file ? vir_path_join(ret->directory, part->file) : NULL;
    }
    return 0;
}

static void
matter_free(struct matter *matter)
{
    free(matter->directory);
    free(matter->path);
}

int
qemu_memory_part_startable(const struct qemu_domain_def *doc, const struct qemu_memory_part *part)
{
    struct matter matter;
    enum mode mode;
    const char *nodes = nodes_of(doc, part, &mode);

    if ((nodes && qemu_host_nodes_check(nodes) < 0) || matter_of(doc, part, &matter) < 0)
        return -1;
    matter_free(&matter);
    return 0;
}

int
qemu_memory_part_open(const struct qemu_domain_def *doc, const struct qemu_memory_part *part)
{
    struct matter matter;
    int ret = matter_of(doc, part, &matter);

    if (ret < 0)
        return -1;
    if (matter.directory)
        ret = qemu_memory_directory_make(matter.directory);
    matter_free(&matter);
    return ret;
}

void
qemu_memory_part_close(const struct qemu_domain_def *doc, const struct qemu_memory_part *part)
{
    struct matter matter;

    if (matter_of(doc, part, &matter) < 0) {
        virFreeError(vir_error_take());         /* its file system is gone, and so is what was there */
        return;
    }
    if (matter.directory)
        qemu_memory_directory_leave(matter.directory, matter.huge ? NULL : matter.path);
    matter_free(&matter);
}

bool
qemu_memory_part_immediate(const struct qemu_domain_def *doc, const struct qemu_memory_part *part)
{
    unsigned long long kib;

    return wants_huge(doc, part, &kib) ||
        doc->memory_backing.allocation.mode == QEMU_DOMAIN_MEMORY_BACKING_ALLOCATION_MODE_IMMEDIATE;
}

/* ---- for QEMU ----------------------------------------------------------------------------------- */

static struct json_object *
node_list(const char *nodes)
{
    struct vir_bitmap *set = vir_bitmap_parse(nodes, MOST_NODES);
    struct json_object *list = json_object_new_array();

    for (size_t node = 0; set && (node = vir_bitmap_next(set, node)) < set->n_bits; node++)
        json_object_array_add(list, qmp_new_int((int64_t)node));
    vir_bitmap_free(set);
    return list;
}

static void
put_matter(struct json_object *object, const struct qemu_memory_part *part, const struct matter *matter)
{
    qemu_put(object, "id", part->id);
    if (matter->kind == IN_MEMORY && matter->huge) {
        qemu_put_bool(object, "hugetlb", true);
        qemu_put_number(object, "hugetlbsize", (int64_t)(matter->huge * 1024));
    }
    qemu_put(object, "mem-path", matter->path);
    if (matter->kind == IN_FILE && matter->discard && !own_file(part))
        qemu_put_bool(object, "discard-data", matter->discard == VIR_XML_YES);
    if (matter->kind != ANONYMOUS && matter->access)
        qemu_put_bool(object, "share", matter->access == SHARED);
    if (matter->kind != ANONYMOUS && part->all)         /* as versions of the board have it that are older than this */
        qemu_put_bool(object, "x-use-canonical-path-for-ramblock-id", false);
}

static void
put_amount(struct json_object *object, const struct qemu_domain_def *doc, const struct qemu_memory_part *part,
           const struct matter *matter)
{
    if (matter->immediate && !is_virtio_mem(part))
        qemu_put_bool(object, "prealloc", true);
    if (doc->memory_backing.allocation.threads && !is_virtio_mem(part))
        qemu_put_number(object, "prealloc-threads", doc->memory_backing.allocation.threads);
    if (is_virtio_mem(part))
        qemu_put_bool(object, "reserve", false);
    qemu_put_number(object, "size", (int64_t)(part->kib * 1024));
    if (part->device && part->device->source.alignsize)
        qemu_put_number(object, "align", (int64_t)(part->device->source.alignsize * 1024));
    if (part->device && part->device->source.pmem)
        qemu_put_bool(object, "pmem", true);
}

/* The threads that hand it out run near it. */
static void
put_nodes(struct json_object *object, const struct qemu_domain_def *doc, const struct qemu_memory_part *part,
          const struct matter *matter, struct qemu_pieces *pieces)
{
    VIR_AUTO_FREE char *threads = vir_strdup_printf("tc-%s", part->id);
    struct json_object *context;
    enum mode mode;
    const char *nodes = nodes_of(doc, part, &mode);

    if (!nodes || !policies[mode])
        return;
    qmp_add(object, "host-nodes", node_list(nodes));
    qemu_put(object, "policy", policies[mode]);
    if (!matter->immediate || is_virtio_mem(part))
        return;
    qemu_put(object, "prealloc-context", threads);
    context = qemu_object("qom-type", "thread-context");
    qemu_put(context, "id", threads);
    qmp_add(context, "node-affinity", node_list(nodes));
    qemu_pieces_add(pieces, QEMU_OBJECT, context);
}

int
qemu_memory_part_build(const struct qemu_domain_def *doc, const struct qemu_memory_part *part,
                       struct qemu_pieces *pieces)
{
    static const char *const types[] = {
        [ANONYMOUS] = "memory-backend-ram", [IN_MEMORY] = "memory-backend-memfd", [IN_FILE] = "memory-backend-file",
    };
    struct json_object *object;
    struct matter matter;

    if (matter_of(doc, part, &matter) < 0)
        return -1;
    object = qemu_object("qom-type", types[matter.kind]);
    put_matter(object, part, &matter);
    put_amount(object, doc, part, &matter);
    put_nodes(object, doc, part, &matter, pieces);
    qemu_pieces_add(pieces, QEMU_OBJECT, object);
    matter_free(&matter);
    return 0;
}
