/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asking an emulator what it can do: one start of the program, a few questions. */
#ifndef QEMU_PROBE_H
#define QEMU_PROBE_H

#include "emulator/capabilities.h"
#include "qmp/qmp.h"

/* The answers as one JSON object, by question; to be put by the caller.  NULL: error set. */
struct json_object *qemu_probe_ask(const char *path);
/* The same as our struct; NULL: something is missing (error set). */
struct qemu_emulator *qemu_probe_read(struct json_object *answers, const char *path, const struct stat *sb);
struct qemu_emulator *qemu_emulator_free(struct qemu_emulator *emulator);

#endif
