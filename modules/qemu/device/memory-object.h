/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory of a guest as QEMU's object: what it is made of, which several elements of the
 * document say: <memoryBacking>, a NUMA cell, <numatune>, and that of a device.
 */
#ifndef QEMU_MEMORY_OBJECT_H
#define QEMU_MEMORY_OBJECT_H

#include "device/pieces.h"

struct qemu_memory_part {
    const char *id;                     /* of the object */
    const char *file;                   /* its name in the guest's directory; NULL: it has none yet */
    unsigned long long kib;
    int cell;                           /* the guest's NUMA cell; -1: none */
    const struct qemu_memory_def *device;       /* NULL: it is of the board */
    bool all;                           /* the board's, and not of a cell alone */
};

/* -1 with an error: this host has not what it is to be made of. */
int qemu_memory_part_startable(const struct qemu_domain_def *doc, const struct qemu_memory_part *part);
/* Makes the directory that it lies in; what is left of it there goes. */
int qemu_memory_part_open(const struct qemu_domain_def *doc, const struct qemu_memory_part *part);
void qemu_memory_part_close(const struct qemu_domain_def *doc, const struct qemu_memory_part *part);
int qemu_memory_part_build(const struct qemu_domain_def *doc, const struct qemu_memory_part *part,
                           struct qemu_pieces *pieces);
/* Is it there before it is used? */
bool qemu_memory_part_immediate(const struct qemu_domain_def *doc, const struct qemu_memory_part *part);

/* What is plugged in, in KiB; rounded to what QEMU takes, and counted where the document says all but that. */
unsigned long long qemu_memory_plugged(const struct qemu_domain_def *doc);
unsigned long long qemu_memory_rounded(unsigned long long kib);
unsigned long long qemu_memory_round_plugged(struct qemu_domain_def *doc);
int qemu_memory_add_plugged(struct qemu_domain_def *doc);
/* Is some of it such that keeps its content? */
bool qemu_memory_keeps(const struct qemu_domain_def *doc);
/* The guest has KIB of the virtio-mem ALIAS now. */
void qemu_memory_given(struct qemu_domain_def *doc, const char *alias, unsigned long long kib);
/* KiB: what the balloon takes from, which is there at start or comes as DIMMs; and what virtio-mem gives now. */
unsigned long long qemu_memory_of_balloon(const struct qemu_domain_def *doc);
unsigned long long qemu_memory_of_virtio(const struct qemu_domain_def *doc);
/* The memory of a guest with NUMA cells is theirs, with what is plugged in: one more, the last, may have come. */
void qemu_memory_count(struct qemu_domain_def *doc);
/* MEMORY goes. */
void qemu_memory_leaves(struct qemu_domain_def *doc, const struct qemu_memory_def *memory);

/* The guest's cell ID; NULL: there is none. */
const struct qemu_domain_cpu_numa_cell_def *qemu_numa_cell(const struct qemu_domain_def *doc, unsigned int id);

#endif
