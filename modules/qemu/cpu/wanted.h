/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A processor as a document describes it, and whether another is as good. */
#ifndef QEMU_CPU_WANTED_H
#define QEMU_CPU_WANTED_H

#include "cpu/cpu.h"
#include "qemu-schema.h"

struct qemu_cpu_wanted {
    const struct qemu_cpu_kind *kind;   /* NULL: the host's, where that is allowed */
    const char *vendor;                 /* of the document; NULL: any */
    bool strict;                        /* it has nothing else */
    struct qemu_cpu_set require, optional, disable, force, forbid;
};

/* Into WANTED; -1: unknown (error set, of a feature with CODE). */
int qemu_cpu_wanted_model(struct qemu_cpu_wanted *wanted, const char *name);
int qemu_cpu_wanted_feature(struct qemu_cpu_wanted *wanted, const char *name, enum qemu_cpu_feature_policy policy, int code);
/* The model, its vendor and the features that DEF names; -1: unknown ones (error set). */
int qemu_cpu_wanted_read(const struct qemu_cpu_def *def, struct qemu_cpu_wanted *ret);
/* A virCPUCompareResult, and of an incompatible one the reason; the caller frees. */
int qemu_cpu_wanted_compare(const struct qemu_cpu_wanted *wanted, const struct qemu_cpu *cpu, char **ret_why);
/* What all N have; their vendor if they all say it; the model of each, if they are of one.  -1: nothing (error set). */
int qemu_cpu_wanted_common(const struct qemu_cpu_wanted *all, size_t n, struct qemu_cpu *ret, const char **ret_vendor,
                           const char **ret_model);

#endif
