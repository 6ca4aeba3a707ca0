/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is known of x86 processors: the printed table of x86.cpus. */
#ifndef QEMU_CPU_TABLE_H
#define QEMU_CPU_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { QEMU_CPU_WORDS = 4 };

/* Features: a bit for each, in the order of the table. */
struct qemu_cpu_set {
    uint64_t words[QEMU_CPU_WORDS];
};

struct qemu_cpu_vendor {
    const char *name, *letters;
};

struct qemu_cpu_feature {
    const char *name;
    const char *also;                   /* QEMU's other words, each with a NUL behind it; NULL: none */
    bool msr;                           /* LEAF is a register of the processor; else a leaf of cpuid */
    uint32_t leaf, subleaf;
    unsigned int reg, bit;              /* 0: eax, to 3: edx */
    bool stays;                         /* a guest with it does not migrate */
};

/* Of one step of its making, or several. */
struct qemu_cpu_signature {
    unsigned int family, model, first, last;
};

struct qemu_cpu_kind {
    const char *name, *vendor;          /* vendor: NULL: any */
    bool host, guest;                   /* it is what a host, or a guest, can be called */
    const struct qemu_cpu_signature *signatures;
    size_t n_signatures;
    struct qemu_cpu_set has, had;       /* had: with older versions of QEMU */
};

extern const struct qemu_cpu_vendor qemu_cpu_vendors[];
extern const struct qemu_cpu_feature qemu_cpu_features[];
extern const struct qemu_cpu_kind qemu_cpu_models[];
extern const size_t qemu_cpu_n_vendors, qemu_cpu_n_features, qemu_cpu_n_models;
extern const char qemu_cpu_others_ppc64[];      /* each with a NUL behind it */

#endif
