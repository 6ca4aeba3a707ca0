/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The balloon, for calls about memory. */
#ifndef QEMU_MEMBALLOON_H
#define QEMU_MEMBALLOON_H

#include "device/device.h"

/* {"path":...,"property":PROPERTY} of the balloon that the guest has. */
struct json_object *qemu_memballoon_property(const struct qemu_domain_def *doc, const char *property);
/* Every so many seconds the guest tells of its memory; 0: never.  -1: it has no balloon. */
int qemu_memballoon_set_period(struct qemu_domain_def *doc, unsigned int seconds);

#endif
