/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much passes a network link of the host. */
#ifndef QEMU_SHAPING_H
#define QEMU_SHAPING_H

#include "qemu.h"

/* KiB in a second in the long run (0: no limit) and at most, and how many KiB may pass so. */
struct qemu_rate { unsigned long long average, peak, burst; };

/* What leaves by the link NAME passes at the rate OUT, what comes in by it at the rate IN; other limits that it had
 * are gone, unless it is FRESH and had none. */
int qemu_link_shape(const char *name, const struct qemu_rate *out, const struct qemu_rate *in, bool fresh);

#endif
