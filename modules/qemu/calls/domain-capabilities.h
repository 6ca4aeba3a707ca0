/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef QEMU_DOMAIN_CAPABILITIES_H
#define QEMU_DOMAIN_CAPABILITIES_H

struct qemu_offer;

/* <cpu> (domain-capabilities-cpu.c) */
void qemu_offer_cpu(struct qemu_offer *offer);

#endif
