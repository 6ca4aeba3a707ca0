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

/* ---- what is asked of an emulator that runs (questions.c) ---- */

/* Into ANSWERS what it is and, under KVM or TCG, what that accelerator gives; -1: error set. */
struct qemu_monitor;
int qemu_questions_ask(struct qemu_monitor *monitor, struct json_object *answers);
/* Into ANSWERS what it gives under TCG, which it was started with. */
int qemu_questions_ask_tcg(struct qemu_monitor *monitor, struct json_object *answers);

/* ---- reading what is said of processors (processors.c) ---- */

int qemu_accelerator_read(struct qemu_accelerator *accelerator, struct json_object *answer);
void qemu_accelerator_free(struct qemu_accelerator *accelerator);
/* The words of an array of strings, or the names of its objects, sorted; at most MAX.  -1: it is none. */
int qemu_words_read(struct json_object *array, size_t max, char ***ret, size_t *ret_n);
void qemu_words_free(char **words, size_t n);

#endif
