/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Typed parameters of calls that tune a guest. */
#ifndef QEMU_PARAMS_H
#define QEMU_PARAMS_H

#include "calls/calls.h"

struct qemu_param { const char *name; int type; };      /* virTypedParameterType */
struct qemu_params { const virTypedParameter *list; int n; };

/* -1 with an error: one is none of KNOWN, of another type, or there twice. */
int qemu_params_check(const struct qemu_params *params, const struct qemu_param *known, size_t n_known);
/* That called NAME; NULL: it is not among them. */
const virTypedParameter *qemu_params_find(const struct qemu_params *params, const char *name);
/* ROWS into the caller's PARAMS, of which there are *N; 0 asks for their number. */
void qemu_params_give(virTypedParameterPtr params, int *n, const virTypedParameter *rows, int n_rows);

/* The event that tells of CHANGED. */
struct vir_event *qemu_tuned(const struct qemu_run *run, virTypedParameterPtr changed, int n);

/* -1 with an error: of a user's own guests nothing is tuned by control groups; the group of RUN (NULL: a definition
 * is meant) lacks CONTROLLER. */
int qemu_tune_check(const struct qemu_run *run, enum vir_cgroup_controller controller);

#endif
