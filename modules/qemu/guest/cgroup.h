/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The control group of a running guest, struct qemu_run's `cgroup`: made before its emulator, which begins
 * in it, gone when that has ended, and found again by a new daemon.  Its parts hold the threads: "emulator",
 * "vcpuN", "iothreadN".
 */
#ifndef QEMU_CGROUP_H
#define QEMU_CGROUP_H

#include "document/domain-xml.h"

/* The host's, if guests have such groups; with the driver. */
void qemu_cgroups_find(void);
/* Removes what a daemon left that ended while it started a guest. */
void qemu_cgroups_sweep(void);

/* Makes the group as DOC says, where DOC is told its place; RUN gets another id if the name is taken.  Where
 * there are no groups, a document that needs them is refused. */
int qemu_cgroup_begin(struct qemu_run *run, struct qemu_domain_def *doc);
/* Files by which a new process comes into it, to be closed, also after -1; as vir_cgroup_entrances. */
int qemu_cgroup_enter(const struct qemu_run *run, int *fds, size_t *ret_n);
/* Its process has ended, or none began. */
void qemu_cgroup_end(struct qemu_run *run);
/* RUN was found again. */
void qemu_cgroup_adopt(struct qemu_run *run);
/* The guest of DOC had ended before it could be. */
void qemu_cgroup_forget(const struct qemu_domain_def *doc);

/* ---- parts ---- */

#define QEMU_CGROUP_EMULATOR "emulator"

/* How long threads may run in a period, microseconds; 0: it is not said. */
struct qemu_bandwidth { unsigned long long period; long long quota; };
struct qemu_bandwidth qemu_bandwidth_of_vcpus(const struct qemu_domain_def *doc);
struct qemu_bandwidth qemu_bandwidth_of_iothreads(const struct qemu_domain_def *doc);
struct qemu_bandwidth qemu_bandwidth_of_emulator(const struct qemu_domain_def *doc);
int qemu_bandwidth_set(const struct vir_cgroup *group, struct qemu_bandwidth bandwidth);

/* The thread TASK comes into PART, which is made; CPUS (NULL: any) is where it runs.  A guest without a group has
 * no parts: these do nothing then. */
int qemu_cgroup_place(struct qemu_run *run, const char *part, pid_t task, const char *cpus, struct qemu_bandwidth bandwidth);
int qemu_cgroup_pin(struct qemu_run *run, const char *part, const char *cpus);
void qemu_cgroup_remove_part(struct qemu_run *run, const char *part);

/* Calls EACH with the parts of GROUP for DOC's vcpus or threads for I/O, until one is not 0, which they give. */
typedef int (*qemu_part_fn)(const struct vir_cgroup *part, void *opaque);
int qemu_cgroup_vcpus(const struct vir_cgroup *group, const struct qemu_domain_def *doc, qemu_part_fn each, void *opaque);
int qemu_cgroup_iothreads(const struct vir_cgroup *group, const struct qemu_domain_def *doc, qemu_part_fn each,
                          void *opaque);

/* Of a limit of memory in KiB; -1: none. */
static inline int64_t
qemu_limit_bytes(unsigned long long kib)
{
    return kib >= VIR_DOMAIN_MEMORY_PARAM_UNLIMITED ? -1 : (int64_t)(kib * 1024);
}

#endif
