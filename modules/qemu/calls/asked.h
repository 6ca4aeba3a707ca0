/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef QEMU_ASKED_H
#define QEMU_ASKED_H

#include "emulator/capabilities.h"

/* An emulator and a machine of it, as a program names them; each may be NULL: the usual one. */
struct qemu_asked {
    const struct qemu_emulator *emulator;
    const struct qemu_machine *machine;
    const char *arch;
    bool kvm;
};
/* -1: there is no such one (error set). */
int qemu_asked_find(const char *path, const char *arch, const char *machine, const char *type, struct qemu_asked *ret);

#endif
