/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A life of an emulator, watched. */
#ifndef QEMU_WATCH_H
#define QEMU_WATCH_H

#include "qemu.h"

/* Connects the monitor and watches the process; from then on its end is noticed and, in the loop's
 * thread, OVER told. */
int qemu_run_watch(struct qemu_run *run, void (*over)(struct qemu_run *run));
/* What the monitor of a guest that runs already is told first; its state becomes the domain's. */
void qemu_run_greet(struct qemu_run *run);
/* Lets go of a process that stays: the daemon leaves.  The caller has a reference of its own. */
void qemu_run_forget(struct qemu_run *run);

#endif
