/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Network cards (interface.c), for what is between kinds.
 */
#ifndef QEMU_DEVICE_INTERFACE_H
#define QEMU_DEVICE_INTERFACE_H

#include "device/device.h"

/* A card of the host, which the guest has for itself. */
static inline bool
qemu_interface_is_lent(const struct qemu_interface_def *interface)
{
    return interface->type == QEMU_INTERFACE_TYPE_HOSTDEV;
}

#endif
