/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The memory that a guest starts with: of the board, or of its NUMA cells; how much can be plugged in.
 */
#include "device/memory-object.h"
#include "document/machine.h"

#include <stdio.h>

enum {
    BOARD_UNIT = 1024,                  /* KiB: what QEMU is given of the board's memory is a multiple of it */
};

/* ---- completing --------------------------------------------------------------------------- */

int
qemu_memory_complete(struct qemu_domain_def *doc)
{
    if (qemu_memory_add_plugged(doc) < 0)
        return -1;
    if (!doc->has_current_memory || doc->current_memory == 0 || doc->current_memory > doc->memory.size)
        doc->current_memory = doc->memory.size;
    doc->has_current_memory = true;
    if (doc->max_memory.present && doc->memory.size > doc->max_memory.size)
        return vir_error(VIR_ERR_XML_ERROR, "the memory with what is plugged in, %llu KiB, is more than <maxMemory>, "
                         "%llu KiB", doc->memory.size, doc->max_memory.size);
    return 0;
}

static unsigned long long
rounded(unsigned long long kib)
{
    return (kib + BOARD_UNIT - 1) / BOARD_UNIT * BOARD_UNIT;
}

void
qemu_memory_round(struct qemu_domain_def *doc)
{
    bool all = doc->current_memory == doc->memory.size;
    size_t n_cells = doc->cpu.numa.n_cells;
    unsigned long long sum = n_cells ? 0 : rounded(doc->memory.size);

    for (size_t i = 0; i < n_cells; i++)
        sum += doc->cpu.numa.cells[i]->memory = rounded(doc->cpu.numa.cells[i]->memory);
    doc->memory.size = sum + qemu_memory_round_plugged(doc);
    if (doc->max_memory.present)
        doc->max_memory.size = rounded(doc->max_memory.size);
    if (all)
        doc->current_memory = doc->memory.size;
}

/* ---- parts ----------------------------------------------------------------------------------- */

/* The board's parts, one after the other: of each cell, or one.  ID: room for its name. */
struct each_part {
    size_t next;
    struct qemu_memory_part part;
    char id[sizeof("ram-node") + 20];
};

static bool
next_part(const struct qemu_domain_def *doc, struct each_part *each)
{
    size_t i = each->next++, n = doc->cpu.numa.n_cells;

    if (i >= (n ? n : 1))
        return false;
    each->part = (struct qemu_memory_part){ .id = each->id, .file = each->id, .cell = n ? (int)i : -1, .all = n == 0,
                                            .kib = n ? doc->cpu.numa.cells[i]->memory : doc->memory.size };
    snprintf(each->id, sizeof(each->id), n ? "ram-node%zu" : "pc.ram", i);
    return true;
}

int
qemu_memory_open(const struct qemu_domain_def *doc)
{
    for (struct each_part each = { 0 }; next_part(doc, &each); )
        if (qemu_memory_part_open(doc, &each.part) < 0)
            return -1;
    return 0;
}

void
qemu_memory_close(const struct qemu_domain_def *doc)
{
    for (struct each_part each = { 0 }; next_part(doc, &each); )
        qemu_memory_part_close(doc, &each.part);
}

/* ---- rules ------------------------------------------------------------------------------------ */

static int
check_placement(const struct qemu_domain_def *doc)
{
    bool memory = doc->numatune && doc->numatune->memory.placement == QEMU_NUMATUNE_MEMORY_PLACEMENT_AUTO;

    if (!memory && doc->vcpu.placement != QEMU_DOMAIN_VCPU_PLACEMENT_AUTO)
        return 0;
    vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "<%s placement='auto'> asks for the advice of numad, which this driver does not "
              "take", memory ? "numatune> <memory" : "vcpu");
    vir_error_hint("say which nodes: <numatune><memory nodeset='0'/></numatune> and <vcpu placement='static'>");
    return -1;
}

int
qemu_memory_startable(const struct qemu_domain_def *doc)
{
    if (check_placement(doc) < 0)
        return -1;
    for (struct each_part each = { 0 }; next_part(doc, &each); )
        if (qemu_memory_part_startable(doc, &each.part) < 0)
            return -1;
    return 0;
}

/* ---- for QEMU --------------------------------------------------------------------------------- */

void
qemu_memory_put_machine(const struct qemu_domain_def *doc, struct vir_buf *buf)
{
    vir_buf_addf(buf, ",dump-guest-core=%s", doc->memory.dump_core == VIR_XML_YES ? "on" : "off");
    if (doc->memory_backing.nosharepages)
        vir_buf_add(buf, ",mem-merge=off");
    if (qemu_memory_keeps(doc))
        vir_buf_add(buf, ",nvdimm=on");
    if (doc->cpu.numa.n_cells == 0)
        vir_buf_add(buf, ",memory-backend=pc.ram");
}

/* With the first of the parts, unless they belong to cells. */
int
qemu_memory_build(const struct qemu_domain_def *doc, struct qemu_command *command)
{
    struct qemu_pieces pieces = { 0 };
    struct each_part each = { 0 };
    int ret = 0;

    if (doc->max_memory.present)
        qemu_command_addf(command, "-m", "size=%lluk,slots=%u,maxmem=%lluk", doc->memory.size - qemu_memory_plugged(doc),
                          doc->max_memory.slots, doc->max_memory.size);
    else
        qemu_command_addf(command, "-m", "size=%lluk", doc->memory.size);
    if (doc->cpu.numa.n_cells == 0 && next_part(doc, &each))
        ret = qemu_memory_part_build(doc, &each.part, &pieces);
    qemu_command_pieces(command, &pieces);
    qemu_pieces_free(&pieces);
    qemu_command_add(command, "-overcommit", doc->memory_backing.locked ? "mem-lock=on" : "mem-lock=off");
    return ret;
}

int
qemu_memory_build_cell(const struct qemu_domain_def *doc, unsigned int cell, struct qemu_command *command)
{
    struct qemu_pieces pieces = { 0 };
    struct each_part each = { .next = cell };
    int ret = next_part(doc, &each) ? qemu_memory_part_build(doc, &each.part, &pieces) : 0;

    qemu_command_pieces(command, &pieces);
    qemu_pieces_free(&pieces);
    return ret;
}
