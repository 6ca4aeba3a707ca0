/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of an emulator, made from a definition that can be started. */
#ifndef QEMU_COMMAND_H
#define QEMU_COMMAND_H

#include "device/pieces.h"

/* MONITOR_FD: a listening socket that the emulator inherits.
 * -1: error set. */
int qemu_command_make(const struct qemu_def *def, int monitor_fd, struct qemu_opened *opened, struct qemu_command *ret);

#endif
