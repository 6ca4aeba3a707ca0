/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guest whose processors stand still: because somebody wants it so, or for as long as
 * its state is written.
 */
#ifndef QEMU_HALT_H
#define QEMU_HALT_H

#include "qemu.h"

/* ---- with a job; what came of it is shown, and not yet in the status file ---- */

/* REASON: virDomainPausedReason; a guest that stands still already keeps its own. */
int qemu_guest_stop(struct qemu_run *run, int reason);
int qemu_guest_go(struct qemu_run *run, int reason);            /* virDomainRunningReason */

/* ---- for the time of a job ---- */

/* The guest stands still until qemu_halt_end (REASON 0: only when QEMU stops it by itself).  If this daemon ends
 * first, the next one has it go on, unless IMAGE, the file that is written (NULL: none), is whole by then.
 * *ret_ran: it ran. */
int qemu_halt_begin(struct qemu_run *run, int reason, const char *image, bool *ret_ran);
/* It goes on if it RAN and is still there. */
void qemu_halt_end(struct qemu_run *run, bool ran, int reason);
/* Its process ends; REASON: virDomainShutoffReason. */
int qemu_halt_over(struct qemu_run *run, int reason);
/* RUN was found again: ends what an earlier daemon had begun.  In a thread of its own. */
void qemu_halt_recover(struct qemu_run *run);

#endif
