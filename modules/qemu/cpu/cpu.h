/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * x86 processors: what one is said to be, as a set of features, and by which model and features beside it that is
 * said shortest, as libvirt 9.0.0 would.
 */
#ifndef QEMU_CPU_H
#define QEMU_CPU_H

#include "cpu/table.h"
#include "qemu.h"

struct qemu_cpu {
    const char *vendor;                 /* name in the table; NULL: not told */
    unsigned int family, model, stepping;
    struct qemu_cpu_set features;
};

/* ---- sets (set.c) ---- */

bool qemu_cpu_set_has(const struct qemu_cpu_set *set, size_t feature);
void qemu_cpu_set_add(struct qemu_cpu_set *set, size_t feature);
struct qemu_cpu_set qemu_cpu_set_minus(const struct qemu_cpu_set *one, const struct qemu_cpu_set *other);
struct qemu_cpu_set qemu_cpu_set_and(const struct qemu_cpu_set *one, const struct qemu_cpu_set *other);
struct qemu_cpu_set qemu_cpu_set_or(const struct qemu_cpu_set *one, const struct qemu_cpu_set *other);
size_t qemu_cpu_set_count(const struct qemu_cpu_set *set);
/* "fpu, vme": the caller frees. */
char *qemu_cpu_set_words(const struct qemu_cpu_set *set);
/* Their number; N: none.  QEMU's words are known too if ALSO. */
size_t qemu_cpu_feature_find(const char *name, bool also);
const struct qemu_cpu_kind *qemu_cpu_model_find(const char *name);
const char *qemu_cpu_vendor_of(const char *letters);    /* NULL: unknown */

/* ---- saying it (decode.c) ---- */

/* A model, and what is different about it. */
struct qemu_cpu_said {
    const struct qemu_cpu_kind *kind;   /* NULL: none fits */
    struct qemu_cpu_set more, less;     /* less: also what the hypervisor lacks of what it thinks the model is */
    struct qemu_cpu_set had;            /* what older versions of it thought the model is */
};

/* Models that can be used, and what the hypervisor lacks of each; all 0: any. */
struct qemu_cpu_choice {
    bool (*usable)(const char *model, struct qemu_cpu_set *ret_missing, const void *opaque);
    const void *opaque;
};

/* HOST: nothing can be left out of a model.  PREFERRED (may be NULL): the model's name, if that can be. */
struct qemu_cpu_said qemu_cpu_decode(const struct qemu_cpu *cpu, bool host, const struct qemu_cpu_choice *choice,
                                     const char *preferred);
/* <feature>s, each on a line of its own; POLICY may be NULL. */
void qemu_cpu_set_format(const struct qemu_cpu_set *set, const char *policy, int indent, struct vir_buf *buf);
/* The same, each on a line of its own that begins with INDENT blanks: the model's own too if ALL, then by name. */
void qemu_cpu_said_format(const struct qemu_cpu_said *said, bool all, int indent, struct vir_buf *buf);

/* ---- the host's (host.c) ---- */

struct qemu_cpu_host {
    struct qemu_cpu cpu;
    struct qemu_cpu_said said;
    unsigned int microcode, address_bits;       /* 0: not told */
    uint64_t tsc_hz;                    /* 0: not told */
    bool tsc_scales;
};

/* Lines of <cpu> in <host> of the capabilities: up to its counter, and from the length of addresses on. */
void qemu_cpu_host_format(struct vir_buf *buf);
void qemu_cpu_host_format_features(struct vir_buf *buf);

/* Asked of the processor once. */
const struct qemu_cpu_host *qemu_cpu_host(void);

#endif
