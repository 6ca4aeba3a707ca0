/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One life of an emulator; the struct is in qemu.h. */
#ifndef QEMU_RUN_H
#define QEMU_RUN_H

#include "qemu.h"

struct qemu_run *qemu_run_new(struct qemu_domain *domain, int id);
/* Waits for the process's end, with all its traces removed. */
bool qemu_run_wait_end(struct qemu_run *run, int deadline_ms);
/* With the lock, or the last reference: forgets the events of before the domain was shown. */
void qemu_run_drop_early(struct qemu_run *run);

#endif
