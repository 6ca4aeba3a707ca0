/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What QEMU tells by itself. */
#ifndef QEMU_EVENTS_H
#define QEMU_EVENTS_H

#include "qemu.h"
#include "qmp.h"

/* Handles an event of the run OPAQUE and passes it on to who listens to the monitor; called
 * by its monitor in the loop's thread. */
void qemu_event(const struct qmp_message *event, void *opaque);
/* The guest has powered off to reboot, and QEMU waits: resets it. */
void qemu_finish_reboot(struct qemu_run *run);
/* libvirt's state and reason for one of QEMU's run states. */
void qemu_state_of_status(const char *status, int *ret_state, int *ret_reason);

#endif
