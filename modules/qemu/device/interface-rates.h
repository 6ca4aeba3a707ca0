/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much passes a network card, for calls, which name it by its tap or MAC address; -1: error set. */
#ifndef QEMU_INTERFACE_RATES_H
#define QEMU_INTERFACE_RATES_H

#include "device/device.h"

enum { QEMU_RATES = 7 };
extern const char *const qemu_rate_names[QEMU_RATES];

/* KiB and KiB in a second, 0: it is not said. */
int qemu_interface_rates(const struct qemu_domain_def *doc, const char *name, unsigned int *ret_rates);
/* DOC says so; what is said of one direction is all that holds of it from now on. */
int qemu_interface_say_rates(struct qemu_domain_def *doc, const char *name, const unsigned int *const *said);
/* The host keeps to what DOC says, of a guest that runs. */
int qemu_interface_keep_rates(const struct qemu_domain_def *doc, const char *name);

#endif
