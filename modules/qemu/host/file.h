/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of the host that an emulator is about to open: one that is not there gets a clear error, and
 * one that would let the emulator wait (a FIFO, a terminal) is refused. */
#ifndef QEMU_FILE_H
#define QEMU_FILE_H

enum qemu_file_kinds {
    QEMU_FILE_REGULAR = 1 << 0,
    QEMU_FILE_BLOCK = 1 << 1,
};

/* WHAT: "storage file".  -1: error set. */
int qemu_file_check(const char *what, const char *path, unsigned int kinds);

#endif
