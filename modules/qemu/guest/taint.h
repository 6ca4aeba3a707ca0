/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a guest has or had done to it that makes its faults hard to understand. */
#ifndef QEMU_TAINT_H
#define QEMU_TAINT_H

#include "device/device.h"

struct qemu_emulator;

/* Calls FN for each of TAINTS: the WORD for logs, the SENTENCE for people. */
void qemu_taints_each(unsigned int taints, void (*fn)(const char *word, const char *sentence, void *opaque), void *opaque);
/* Those that follow from what a guest runs with. */
unsigned int qemu_taints_of(const struct qemu_domain_def *doc);
/* Its machine will not be in later emulators: QEMU_TAINT_DEPRECATED. */
bool qemu_is_deprecated(const struct qemu_domain_def *doc, const struct qemu_emulator *emulator);
/* Without the lock: RUN's guest has TAINT from now on.  With the job the next daemon knows it. */
void qemu_taint(struct qemu_run *run, enum qemu_taint taint, bool job);

#endif
