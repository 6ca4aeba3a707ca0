/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What QEMU tells by itself. */
#ifndef QEMU_EVENTS_H
#define QEMU_EVENTS_H

#include "qemu.h"
#include "qmp/qmp.h"

/* Handles an event of the run OPAQUE and passes it on to who listens to the monitor; called
 * by its monitor in the loop's thread. */
void qemu_event(struct qmp_message *event, void *opaque);
/* With the lock held, when the domain is shown to run: handles what QEMU told before. */
void qemu_events_early(struct qemu_domain *domain, struct qemu_run *run);
/* Asks QEMU for its state; the answer becomes the domain's. */
void qemu_ask_status(struct qemu_run *run);

#endif
