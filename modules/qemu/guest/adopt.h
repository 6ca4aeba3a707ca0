/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Taking up guests that run already, when the daemon begins. */
#ifndef QEMU_ADOPT_H
#define QEMU_ADOPT_H

#include "guest/state.h"

/* Takes over FOUND->live.  1: taken up, 0: the process is gone, -1: error. */
int qemu_adopt(struct qemu_state *found);
/* All that have a status file; one that cannot be used is set aside. */
void qemu_adopt_all(void);
/* Those whose status file is lost or broken, by their processes (rescue.c). */
void qemu_rescue_all(void);
/* Afterwards, before any guest is started: removes sockets and FIFOs of guests that do not run. */
void qemu_sweep_traces(void);

#endif
