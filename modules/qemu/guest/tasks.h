/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The threads of a running emulator: which one is a vcpu or serves disks, and what the
 * document says of where and how they run (tasks.c); vcpus that come and go (vcpus.c).
 */
#ifndef QEMU_TASKS_H
#define QEMU_TASKS_H

#include "document/vcpus.h"

#include <json-c/json.h>

/* 0: there is none. */
pid_t qemu_task_of_vcpu(const struct qemu_run *run, unsigned int id);
/* What QEMU tells of the threads that serve disks, to be put; NULL: error set. */
struct json_object *qemu_iothreads_told(struct qemu_run *run);
/* The thread ID in what was told; 0: there is none. */
pid_t qemu_task_of_iothread(struct json_object *told, unsigned int id);

/* Runs the thread as the document says. */
int qemu_task_place_vcpu(struct qemu_run *run, const struct qemu_domain_def *doc, unsigned int id);
int qemu_task_place_iothread(struct qemu_run *run, const struct qemu_domain_def *doc, unsigned int id);

/* Has something to be done between the machine's making and its first step?  And does it. */
bool qemu_tasks_wanted(const struct qemu_run *run, const struct qemu_domain_def *doc);
int qemu_tasks_begin(struct qemu_run *run, const struct qemu_domain_def *doc);

/* ---- with the job ---- */

/* The vcpu ID comes, or goes; the live document says so when it is done. */
int qemu_vcpu_plug(struct qemu_run *run, unsigned int id);
int qemu_vcpu_unplug(struct qemu_run *run, unsigned int id);

#endif
