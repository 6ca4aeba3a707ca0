/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The log of a domain: the command lines of its emulators and what they write. */
#ifndef QEMU_LOG_H
#define QEMU_LOG_H

#include "document/command.h"

/* Opens NAME.log and the FIFO behind it, made anew where RET_FD wants it for an emulator. */
struct vir_process_log *qemu_log_open(const struct qemu_domain_def *doc, int *ret_fd);
/* The log of a guest, for reading; -1: error set. */
int qemu_log_file(const char *guest);
/* Writes what is being started, and what taints it; returns the length of the file FD, the log, after it. */
off_t qemu_log_begin(struct vir_process_log *log, int fd, const struct qemu_domain_def *doc, unsigned int tainted,
                     const struct qemu_command *command);
/* Whether process PID holds the log of the guest as its standard input, maybe under a longer name, or
 * the FIFO as its output (NULL: of any guest): then this driver started it. */
bool qemu_log_is_of(pid_t pid, const char *guest, const unsigned char *uuid);
/* The last line that was written behind FROM, printable and short; NULL: none. Caller frees. */
char *qemu_log_last_line(const char *name, off_t from);

#endif
