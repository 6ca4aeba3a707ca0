/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One life of an emulator; the struct is in qemu.h. */
#ifndef QEMU_RUN_H
#define QEMU_RUN_H

#include "document/domain-xml.h"
#include "qemu.h"

struct qemu_run *qemu_run_new(struct qemu_domain *domain, int id);
/* Connects the monitor and watches the process; from then on its end is noticed and, in the loop's
 * thread, OVER told. */
int qemu_run_watch(struct qemu_run *run, void (*over)(struct qemu_run *run));
/* Connects to the monitor where that has not been possible yet; with the domain's job.  -1: error set. */
int qemu_run_reach(struct qemu_run *run);
/* What the monitor of a guest that runs already is told first; its state becomes the domain's. */
void qemu_run_greet(struct qemu_run *run);
/* Lets go of a process that stays: the daemon leaves.  The caller has a reference of its own. */
void qemu_run_forget(struct qemu_run *run);
/* Waits for the process's end, with all its traces removed. */
bool qemu_run_wait_end(struct qemu_run *run, int deadline_ms);

#endif
