/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of the host. */
#ifndef QEMU_FILE_H
#define QEMU_FILE_H

#include <sys/types.h>

enum qemu_file_kinds {
    QEMU_FILE_REGULAR = 1 << 0,
    QEMU_FILE_BLOCK = 1 << 1,
};

/* A file that an emulator is about to open, WHAT: "storage file".  -1 with an error: it is not there, or
 * would let the emulator wait (a FIFO, a terminal). */
int qemu_file_check(const char *what, const char *path, unsigned int kinds);

/* A file or block device at PATH, FLAGS as of open(2); waits for the file system some seconds.  -1: error set. */
int qemu_file_open(const char *path, int flags);
/* What was written to PATH is no good: a file goes, a device or link stays. */
void qemu_file_discard(const char *path);

/* The last line of the file FD behind FROM, printable and short; NULL: none.  Caller frees. */
char *qemu_file_last_line(int fd, off_t from);

#endif
