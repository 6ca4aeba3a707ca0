/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disks as a guest's agent calls them. */
#ifndef QEMU_DISK_GUEST_H
#define QEMU_DISK_GUEST_H

#include "device/device.h"

/* The target of the disk that the agent has found at ADDRESS; NULL: that is none of DOC's. */
const char *qemu_disk_of_guest(const struct qemu_domain_def *doc, struct json_object *address);

#endif
