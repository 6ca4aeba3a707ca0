/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The screens of a guest (graphics.c), and who looks at them (graphics-event.c). */
#ifndef QEMU_GRAPHICS_H
#define QEMU_GRAPHICS_H

#include "device/pieces.h"

void qemu_graphics_event(const struct qemu_told *told);

#endif
