/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory that is plugged in: DIMMs, some of which keep their content, and memory that
 * virtio gives and takes.
 */
#include "device/memory-object.h"
#include "device/seat.h"
#include "qmp/monitor.h"
#include "qmp/qmp.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
    LEAST_BLOCK = 2048,                 /* KiB: the large page of x86 */
    LEAST_LABEL = 128,                  /* KiB: QEMU's */
};

#define MODEL(word) QEMU_MEMORY_MODEL_##word

static const struct {
    const char *driver;                 /* NULL: QEMU has it not on x86 */
    const char *alias;                  /* with its slot or number behind */
} models[] = {
    [MODEL(DIMM)] = { "pc-dimm", "dimm" }, [MODEL(NVDIMM)] = { "nvdimm", "nvdimm" },
    [MODEL(VIRTIO_PMEM)] = { "virtio-pmem-pci", "virtiopmem" }, [MODEL(VIRTIO_MEM)] = { "virtio-mem-pci", "virtiomem" },
    [MODEL(SGX_EPC)] = { NULL, NULL },
};

static bool
is_pci(const struct qemu_memory_def *memory)
{
    return memory->model == MODEL(VIRTIO_PMEM) || memory->model == MODEL(VIRTIO_MEM);
}

static struct qemu_memory_part
part_of(const struct qemu_memory_def *memory, const char *id)
{
    return (struct qemu_memory_part){
        .id = id, .file = memory->device.alias.name, .kib = memory->target.size,
        .cell = memory->target.has_node ? (int)memory->target.node : -1, .device = memory,
    };
}

/* ---- completing ------------------------------------------------------------------------------- */

static int
complete(struct qemu_board *board, void *dev)
{
    struct qemu_memory_def *memory = dev;

    if (memory->model == MODEL(VIRTIO_PMEM) && !memory->access)
        memory->access = QEMU_MEMORY_ACCESS_SHARED;
    if (memory->model == MODEL(VIRTIO_MEM) && !memory->target.has_requested)
        memory->target.has_requested = true;
    if (board->running)
        memory->target.size = qemu_memory_rounded(memory->target.size);
    return 0;
}

static void
arrange(struct qemu_board *board)
{
    qemu_memory_count(board->doc);
}

/* The lowest slot that none is in. */
static unsigned int
free_slot(const struct qemu_domain_def *doc)
{
    size_t n = doc->devices.n_memories;
    bool *taken = vir_alloc_array(n + 1, sizeof(*taken));
    unsigned int slot = 0;

    for (size_t i = 0; i < n; i++) {
        const struct qemu_address_def *at = doc->devices.memories[i]->device.address;

        if (at && at->type == QEMU_ADDRESS_TYPE_DIMM && at->slot <= n)
            taken[at->slot] = true;
    }
    while (slot < n && taken[slot])
        slot++;
    free(taken);
    return slot;
}

static int
needs(struct qemu_board *board, void *dev)
{
    const struct qemu_domain_def *doc = board->doc;
    struct qemu_memory_def *memory = dev;
    struct qemu_address_def *at;
    unsigned int slot;

    if (is_pci(memory) || memory->model == MODEL(SGX_EPC) ||
        (memory->device.address && memory->device.address->type == QEMU_ADDRESS_TYPE_DIMM))
        return 0;
    slot = free_slot(doc);
    if (doc->max_memory.present && slot >= doc->max_memory.slots)
        return vir_error(board->running ? VIR_ERR_CONFIG_UNSUPPORTED : VIR_ERR_INTERNAL_ERROR,
                         "<maxMemory> has %u slots for memory, and all are taken", doc->max_memory.slots);
    qemu_address_def_free(memory->device.address);
    memory->device.address = NULL;
    at = qemu_address_def_new();
    at->type = QEMU_ADDRESS_TYPE_DIMM;
    at->has_slot = true;
    at->slot = slot;
    memory->device.address = at;
    return 0;
}

static void
seats(struct qemu_board *board, void *dev)
{
    struct qemu_memory_def *memory = dev;

    if (is_pci(memory))
        qemu_seat_pci(board, &memory->device.address, QEMU_PCIE);
}

/* ---- rules -------------------------------------------------------------------------------------- */

static int
check_nvdimm(const struct qemu_memory_def *memory)
{
    if (memory->has_uuid)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "an nvdimm of a PC has no <uuid>");
    if (!memory->target.label.present)
        return 0;
    if (memory->target.label.size < LEAST_LABEL)
        return vir_error(VIR_ERR_XML_ERROR, "the <label> of an nvdimm has at least %d KiB", LEAST_LABEL);
    if (memory->target.label.size >= memory->target.size)
        return vir_error(VIR_ERR_XML_ERROR, "the <label> of an nvdimm is smaller than the nvdimm, %llu KiB",
                         memory->target.size);
    return 0;
}

static int
check_virtio_mem(const struct qemu_memory_def *memory)
{
    unsigned long long block = memory->target.block;

    if (block == 0 || (block & (block - 1)))
        return vir_error(VIR_ERR_XML_DETAIL, "the <block> of a virtio-mem is a power of two");
    if (block < LEAST_BLOCK)
        return vir_error(VIR_ERR_XML_DETAIL, "the <block> of a virtio-mem has at least %d KiB", LEAST_BLOCK);
    if (memory->target.requested > memory->target.size)
        return vir_error(VIR_ERR_XML_DETAIL, "%llu KiB are <requested> of a virtio-mem that has %llu KiB",
                         memory->target.requested, memory->target.size);
    if (memory->target.requested % block)
        return vir_error(VIR_ERR_XML_DETAIL, "what is <requested> of a virtio-mem is a multiple of its <block>, %llu KiB",
                         block);
    return 0;
}

static int
check_pmem(const struct qemu_memory_def *memory)
{
    if (memory->target.has_node)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "a virtio-pmem belongs to no NUMA cell: leave out its <node>");
    return memory->access == QEMU_MEMORY_ACCESS_SHARED ? 0
        : vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "a virtio-pmem needs access='shared'");
}

static int
check_model(const struct qemu_memory_def *memory)
{
    if ((memory->model == MODEL(NVDIMM) || memory->model == MODEL(VIRTIO_PMEM)) && !memory->source.path)
        return vir_error(VIR_ERR_XML_DETAIL, "memory of the model '%s' needs a <path> in its <source>",
                         WORD(memory_model, memory->model));
    return memory->model == MODEL(NVDIMM) ? check_nvdimm(memory)
        : memory->model == MODEL(VIRTIO_MEM) ? check_virtio_mem(memory)
        : memory->model == MODEL(VIRTIO_PMEM) ? check_pmem(memory) : 0;
}

static int
check_board(const struct qemu_domain_def *doc, const struct qemu_memory_def *memory)
{
    if (memory->target.has_node && doc->cpu.numa.n_cells == 0)
        return vir_error(VIR_ERR_XML_DETAIL, "memory is plugged into a NUMA cell, and the guest has none");
    if (memory->target.has_node && memory->target.node >= doc->cpu.numa.n_cells)
        return vir_error(VIR_ERR_XML_DETAIL, "memory of the NUMA cell %u, and the guest has %u cells, from 0 on",
                         memory->target.node, doc->cpu.numa.n_cells);
    if (doc->max_memory.present)
        return 0;
    vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "memory is plugged into slots that the domain has not");
    vir_error_hint("say how many, and how much it can be: <maxMemory slots='4' unit='GiB'>16</maxMemory>");
    return -1;
}

static int
check(const struct qemu_board *board, const void *dev)
{
    const struct qemu_memory_def *memory = dev;

    if (memory->model == MODEL(SGX_EPC))
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "this emulator has no memory of the model 'sgx-epc'");
    if (is_pci(memory) && qemu_check_address("memory", memory->device.address, QEMU_ADDRESS_TYPE_PCI) < 0)
        return -1;
    return check_board(board->doc, memory) < 0 ? -1 : check_model(memory);
}

/* Of those that have a slot, the one in it before; NULL: none. */
static const struct qemu_memory_def *
in_slot(const struct qemu_domain_def *doc, unsigned int slot, size_t before)
{
    for (size_t i = 0; i < before; i++) {
        const struct qemu_address_def *at = doc->devices.memories[i]->device.address;

        if (at && at->type == QEMU_ADDRESS_TYPE_DIMM && at->slot == slot)
            return doc->devices.memories[i];
    }
    return NULL;
}

static int
check_all(const struct qemu_board *board)
{
    const struct qemu_domain_def *doc = board->doc;

    for (size_t i = 0; i < doc->devices.n_memories; i++) {
        const struct qemu_address_def *at = doc->devices.memories[i]->device.address;

        if (!at || at->type != QEMU_ADDRESS_TYPE_DIMM)
            continue;
        if (at->slot >= doc->max_memory.slots)
            return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "there is no slot %u for memory: <maxMemory> has %u, from 0 on",
                             at->slot, doc->max_memory.slots);
        if (in_slot(doc, at->slot, i))
            return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "two memory devices are in the slot %u", at->slot);
    }
    if (doc->devices.n_memories > doc->max_memory.slots)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "%u memory devices are more than the %u slots of <maxMemory>",
                         doc->devices.n_memories, doc->max_memory.slots);
    if (doc->devices.n_memories && doc->memory.size > doc->max_memory.size)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the memory with what is plugged in, %llu KiB, is more than "
                         "<maxMemory>, %llu KiB", doc->memory.size, doc->max_memory.size);
    return 0;
}

static int
startable(const struct qemu_board *board, const void *dev)
{
    const struct qemu_memory_part part = part_of(dev, "");

    return qemu_memory_part_startable(board->doc, &part);
}

/* ---- names ------------------------------------------------------------------------------------- */

/* DIMMs have the number of their slot; others the next of their model. */
static void
name(const struct qemu_board *board, void *dev, size_t number)
{
    const struct qemu_domain_def *doc = board->doc;
    struct qemu_memory_def *memory = dev;
    const char *alias = models[memory->model].alias;
    size_t len = strlen(alias);
    unsigned long next = 0;

    (void)number;
    if (!is_pci(memory)) {
        qemu_alias_set(&memory->device, "%s%u", alias, memory->device.address->slot);
        return;
    }
    for (size_t i = 0; i < doc->devices.n_memories; i++) {
        const char *other = doc->devices.memories[i]->device.alias.name;
        unsigned long n = other && strncmp(other, alias, len) == 0 ? strtoul(other + len, NULL, 10) + 1 : 0;

        next = n > next ? n : next;
    }
    qemu_alias_set(&memory->device, "%s%lu", alias, next);
}

/* ---- for QEMU --------------------------------------------------------------------------------------- */

static int
host_open(const struct qemu_board *board, void *dev)
{
    const struct qemu_memory_part part = part_of(dev, "");

    return qemu_memory_part_open(board->doc, &part);
}

static void
host_close(const struct qemu_board *board, const void *dev)
{
    const struct qemu_memory_part part = part_of(dev, "");

    qemu_memory_part_close(board->doc, &part);
}

static void
put_target(struct json_object *device, const struct qemu_domain_def *doc, const struct qemu_memory_def *memory,
           const struct qemu_memory_part *part)
{
    const struct qemu_address_def *at = memory->device.address;

    if (memory->target.has_node)
        qemu_put_number(device, "node", memory->target.node);
    if (memory->target.label.present)
        qemu_put_number(device, "label-size", (int64_t)(memory->target.label.size * 1024));
    if (memory->target.readonly)
        qemu_put_bool(device, "unarmed", true);
    if (memory->target.has_block)
        qemu_put_number(device, "block-size", (int64_t)(memory->target.block * 1024));
    if (memory->target.requested)
        qemu_put_number(device, "requested-size", (int64_t)(memory->target.requested * 1024));
    qemu_put(device, "memdev", part->id);
    if (memory->model == MODEL(VIRTIO_MEM) && qemu_memory_part_immediate(doc, part))
        qemu_put_bool(device, "prealloc", true);
    if (is_pci(memory))
        return;
    qemu_put_number(device, "slot", at->slot);
    if (at->base)
        qemu_put_number(device, "addr", (int64_t)strtoull(at->base, NULL, 16));
}

static int
build(const struct qemu_board *board, const void *dev, struct qemu_pieces *pieces)
{
    const struct qemu_memory_def *memory = dev;
    VIR_AUTO_FREE char *id = vir_strdup_printf("mem%s", memory->device.alias.name);
    const struct qemu_memory_part part = part_of(memory, id);
    struct json_object *device;

    if (qemu_memory_part_build(board->doc, &part, pieces) < 0)
        return -1;
    device = qemu_pci_device(board, models[memory->model].driver, &memory->device);
    put_target(device, board->doc, memory, &part);
    qemu_pieces_add(pieces, QEMU_DEVICE, device);
    qemu_pieces_ask(pieces, "query-memory-devices");
    return 0;
}

static void
learn(void *dev, struct json_object *answers)
{
    struct json_object *list = qmp_get(answers, "query-memory-devices");
    struct qemu_memory_def *memory = dev;
    size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    struct qemu_address_def *at = memory->device.address;

    for (size_t i = 0; i < n; i++) {
        struct json_object *data = qmp_get(json_object_array_get_idx(list, i), "data");
        uint64_t base = qmp_get_uint(data, "addr", UINT64_MAX, 0);

        if (!is(qmp_get_string(data, "id"), memory->device.alias.name))
            continue;
        if (at && at->type == QEMU_ADDRESS_TYPE_DIMM && base) {
            free(at->base);
            at->base = vir_strdup_printf("0x%" PRIx64, base);
        }
        memory->target.has_current = memory->model == MODEL(VIRTIO_MEM);
        if (memory->target.has_current)
            memory->target.current = qmp_get_uint(data, "size", UINT64_MAX, 0) / 1024;
    }
}

/* ---- changes ------------------------------------------------------------------------------------------ */

static int
changeable(const void *old, void *said)
{
    const struct qemu_memory_def *memory = old, *wanted = said;
    struct qemu_memory_def *copy;
    bool same;

    if (memory->model != MODEL(VIRTIO_MEM))
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "memory of the model '%s' cannot be changed",
                         WORD(memory_model, memory->model));
    copy = qemu_memory_def_copy(memory);
    copy->target.requested = wanted->target.requested;
    copy->target.current = wanted->target.current;
    copy->target.has_current = wanted->target.has_current;
    same = qemu_memory_def_equal(copy, wanted);
    qemu_memory_def_free(copy);
    return same ? 0 : vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "of a virtio-mem only what is <requested> can be changed");
}

static void
exchange(void *now, void *said)
{
    struct qemu_memory_def *memory = now, *wanted = said;

    QEMU_EXCHANGE(memory->target.requested, wanted->target.requested);
}

static int
update(struct qemu_monitor *monitor, const struct qemu_board *board, const void *old, void *now)
{
    const struct qemu_memory_def *memory = now;
    VIR_AUTO_FREE char *path = vir_strdup_printf("/machine/peripheral/%s", memory->device.alias.name);
    struct json_object *args = qemu_object("path", path);

    (void)board;
    (void)old;
    qemu_put(args, "property", "requested-size");
    qemu_put_number(args, "value", (int64_t)(memory->target.requested * 1024));
    return qemu_monitor_call(monitor, "qom-set", args, QEMU_COMMAND_MS, NULL);
}

static bool
same_text(const char *one, const char *other)
{
    return (!one && !other) || is(one, other);
}

static bool
same(const void *dev, const void *wanted)
{
    const struct qemu_memory_def *one = dev, *other = wanted;

    return one->model == other->model && one->target.size == other->target.size &&
        one->target.has_node == other->target.has_node && one->target.node == other->target.node &&
        one->target.block == other->target.block && one->target.label.size == other->target.label.size &&
        one->target.readonly == other->target.readonly && one->source.pagesize == other->source.pagesize &&
        same_text(one->source.nodemask, other->source.nodemask) && same_text(one->source.path, other->source.path) &&
        one->source.alignsize == other->source.alignsize && one->source.pmem == other->source.pmem;
}

static void
event(const struct qemu_told *told)
{
    const char *alias = qmp_get_string(told->data, "id");

    if (is(told->event, "MEMORY_DEVICE_SIZE_CHANGE") && alias)
        vir_event_emit(qemu_driver.hub, vir_event_domain_memory_device_size_change(
                           told->name, told->uuid, told->id, alias, qmp_get_uint(told->data, "size", UINT64_MAX, 0) / 1024));
}

const struct qemu_device_type qemu_device_memory = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_MEMORY],
    .complete = complete, .arrange = arrange, .needs = needs, .check = check, .check_all = check_all, .seats = seats,
    .startable = startable, .name = name, .host_open = host_open, .host_close = host_close, .build = build, .learn = learn,
    .changeable = changeable, .exchange = exchange, .update = update, .same = same, .event = event, .plugs = true,
};
