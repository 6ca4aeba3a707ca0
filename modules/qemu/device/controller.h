/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Controllers: what other devices are plugged into (controller.c). */
#ifndef QEMU_CONTROLLER_H
#define QEMU_CONTROLLER_H

#include "device/device.h"

enum qemu_bus {
    QEMU_NO_BUS, QEMU_PCI_ROOT, QEMU_PCIE_ROOT, QEMU_ROOT_PORT, QEMU_PCI_BRIDGE, QEMU_TO_PCI_BRIDGE,
};

/* The controller, made where there is none. */
struct qemu_controller_def *qemu_controller_need(struct qemu_board *board, enum qemu_controller_type type,
                                                 unsigned int index);
/* A new one, behind the others. */
struct qemu_controller_def *qemu_controller_add(struct qemu_board *board, enum qemu_controller_type type,
                                                unsigned int index, const char *model);
/* Is there such a one, of this model? */
bool qemu_controller_is(const struct qemu_board *board, enum qemu_controller_type type, unsigned int index,
                        const char *model);
/* The kind of bus behind a PCI controller; its model by the kind. */
enum qemu_bus qemu_controller_bus(const struct qemu_controller_def *controller);
const char *qemu_controller_bus_model(enum qemu_bus bus);

#endif
