/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of an emulator, made from a definition. */
#ifndef QEMU_COMMAND_H
#define QEMU_COMMAND_H

#include "document/domain-xml.h"

#include <json-c/json.h>

struct qemu_command {
    char **argv;                        /* NULL-terminated */
    size_t n;
    size_t n_ptys;                      /* character devices whose path QEMU chooses */
    bool vnc_port;                      /* QEMU chooses it */
};

/* MONITOR_FD: a listening socket that the emulator inherits.
 * -1: error set. */
int qemu_command_make(const struct qemu_def *def, int monitor_fd, struct qemu_command *ret);
void qemu_command_free(struct qemu_command *command);

#endif
