/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the host and QEMU tell of disks, for calls: each is meant by its place or its source. */
#ifndef QEMU_DISK_TOLD_H
#define QEMU_DISK_TOLD_H

#include "device/device.h"

/* DRIVES: QEMU's answer to query-block; NULL: it does not run.  -1: there is no such disk. */
int qemu_disk_told_info(const struct qemu_domain_def *doc, const char *name, struct json_object *drives,
                        virDomainBlockInfoPtr ret_info);
/* What QEMU tells of the drive DISK in ANSWER, a list; NULL: nothing. */
struct json_object *qemu_disk_told_drive(struct json_object *answer, const struct qemu_disk_def *disk);
/* The node of its image; the caller frees.  NULL: no such disk, or it is empty. */
char *qemu_disk_told_node(const struct qemu_domain_def *doc, const char *name);

/* Limits, VIR_DOMAIN_BLOCK_IOTUNE_* (disk-limits.c): of those that are said once more all of a kind, also for the disks
 * that share them.  *RET_ARGS (may be NULL): what QEMU is told. */
int qemu_disk_limits_set(struct qemu_domain_def *doc, const char *name, const virTypedParameter *params, int n,
                         struct json_object **ret_args);
/* *n 0: how many there are. */
int qemu_disk_limits_get(const struct qemu_domain_def *doc, const char *name, virTypedParameterPtr params, int *n);

enum { QEMU_DISK_FIGURES = 8 };
/* Their names, VIR_DOMAIN_BLOCK_STATS_*: written bytes and requests, read ones, then others. */
extern const char *const qemu_disk_figures[];
/* NAME "": the sums over all disks.  ANSWER: to query-blockstats. */
int qemu_disk_told_figures(const struct qemu_domain_def *doc, const char *name, struct json_object *answer,
                           long long *ret);

#endif
