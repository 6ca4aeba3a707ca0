/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a new emulator is told and asked, all at once: what its command line cannot say, what it
 * chose itself, and at last that the guest may run. */
#ifndef QEMU_FIRST_WORDS_H
#define QEMU_FIRST_WORDS_H

#include "document/command.h"
#include "qmp/monitor.h"

struct qemu_words;

/* Sends everything; RUN: the guest begins to run.  To be followed by qemu_words_answered, in any case,
 * before COMMAND is released. */
struct qemu_words *qemu_words_say(struct qemu_monitor *monitor, const struct qemu_command *command, bool run);
/* Waits for all answers; what QEMU chose (terminals, a port, features of the processor) goes into DEF. */
int qemu_words_answered(struct qemu_words *words, struct qemu_def *def);

#endif
