/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was begun, as by an earlier daemon, and nobody waits for. */
#ifndef QEMU_GUEST_LATER_H
#define QEMU_GUEST_LATER_H

#include "qemu.h"

/* Calls FN in a thread of its own, with the domain's job WHAT (a constant text) and only while RUN is the guest's
 * run and its monitor is there.  What fails is logged, -1 of FN with an error, and tried again while RUN lasts. */
void qemu_later(struct qemu_run *run, const char *what, int (*fn)(struct qemu_run *run));

#endif
