/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The log file of a domain, which is its emulator's standard output and error. */
#ifndef QEMU_LOG_H
#define QEMU_LOG_H

#include "device/command.h"

#include <sys/types.h>

/* Opens NAME.log for appending; -1: error set. */
int qemu_log_open(const char *name);
/* Whether the standard error of process PID is the log of GUEST (NULL: of any), also under a longer
 * name, in the log directory, and nobody else may write to it: then this driver started the process. */
bool qemu_log_is_written_by(pid_t pid, const char *guest);
/* Writes what is being started; returns the file's length after it. */
off_t qemu_log_begin(int fd, const struct qemu_command *command);
/* The last line that was written behind FROM, printable and short; NULL: none. Caller frees. */
char *qemu_log_last_line(const char *name, off_t from);
/* The same of any file. */
char *qemu_last_line(int fd, off_t from);

#endif
