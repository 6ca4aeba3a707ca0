/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Emulators that did not say what they can do; from any thread. */
#ifndef QEMU_FAILURES_H
#define QEMU_FAILURES_H

#include <stdbool.h>
#include <sys/stat.h>

/* The program at PATH, of which SB tells, has just failed with the thread's error, which stays. */
void qemu_failure_note(const char *path, const struct stat *sb);
/* Whether it failed lately, and has not changed since; then that error is set again. */
bool qemu_failure_raise(const char *path, const struct stat *sb);
void qemu_failures_forget(void);

#endif
