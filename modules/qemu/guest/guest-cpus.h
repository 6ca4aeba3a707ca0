/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CPUs as the guest itself counts and switches them, by its agent. */
#ifndef QEMU_GUEST_CPUS_H
#define QEMU_GUEST_CPUS_H

#include "qemu.h"

enum { QEMU_GUEST_CPUS = 4096 };        /* most that a guest may tell of */

struct qemu_guest_cpu {
    unsigned int id;
    bool online, offlinable;
};

/* Those of the guest, to be freed; -1: error set. */
int qemu_guest_cpus(struct qemu_domain *domain, struct qemu_guest_cpu **ret, size_t *ret_n);
/* Switches those of the N CPUS that CHANGES has in its place to what they are not. */
int qemu_guest_cpus_switch(struct qemu_domain *domain, const struct qemu_guest_cpu *cpus, const bool *changes, size_t n);

#endif
