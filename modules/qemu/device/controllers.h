/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What other devices are plugged into: the models of controllers that this
 * driver knows, and the controllers of a document (controllers.c).
 */
#ifndef QEMU_CONTROLLERS_H
#define QEMU_CONTROLLERS_H

#include "device/seat.h"

enum { QEMU_MAX_CONTROLLERS = 256 };    /* of one kind */

/* What is behind a PCI controller. */
enum qemu_bus {
    QEMU_NO_BUS, QEMU_PCI_ROOT, QEMU_PCIE_ROOT, QEMU_ROOT_PORT, QEMU_PCI_BRIDGE, QEMU_TO_PCI_BRIDGE,
    QEMU_DMI_BRIDGE, QEMU_EXPANDER, QEMU_UPSTREAM, QEMU_DOWNSTREAM,
};

struct qemu_controller_model {
    enum qemu_controller_type type;
    const char *name;                   /* NULL: such a controller has no models */
    const char *driver;                 /* NULL: part of the board */
    enum qemu_pci_slot slot;
    enum qemu_bus bus;
    int fixed_on;                       /* machines whose first one is part of the chipset... */
    unsigned int fixed_slot, fixed_function;    /* ...at 00:SLOT.FUNCTION */
    bool soldered;                      /* and QEMU makes it itself there */
    const char *family;                 /* functions of one card, which... */
    unsigned int function;              /* ...each is */
    const char *chip;                   /* <model name> of a PCI controller */
    unsigned int ports;                 /* of a USB controller; a companion has none of its own */
};

/* NULL: none that this driver knows. */
const struct qemu_controller_model *qemu_controller_model(const struct qemu_controller_def *controller);
/* The chipset's own: at its place, and made by QEMU itself. */
bool qemu_controller_is_fixed(const struct qemu_board *board, const struct qemu_controller_def *controller);
bool qemu_controller_is_soldered(const struct qemu_board *board, const struct qemu_controller_def *controller);
/* The kind of bus behind a PCI controller; its model by the kind. */
enum qemu_bus qemu_controller_bus(const struct qemu_controller_def *controller);
const char *qemu_controller_bus_model(enum qemu_bus bus);

/* What QEMU calls it, and so its buses; the chipset's own have names that nobody gave them. */
const char *qemu_controller_name(const struct qemu_board *board, enum qemu_controller_type type, unsigned int index);

/* One of those that have as many ports as the document says. */
bool qemu_controller_is_xhci(const struct qemu_controller_def *controller);
/* How many USB devices can be plugged into it. */
unsigned int qemu_controller_usb_ports(const struct qemu_controller_def *controller);

/* The model and what follows from it, of one that has its number. */
void qemu_controller_complete(const struct qemu_board *board, struct qemu_controller_def *controller);
/* NULL: there is none of that number. */
struct qemu_controller_def *qemu_controller_find(const struct qemu_board *board, enum qemu_controller_type type,
                                                 unsigned int index);
/* The controller, made where there is none. */
struct qemu_controller_def *qemu_controller_need(struct qemu_board *board, enum qemu_controller_type type,
                                                 unsigned int index);
/* A new one, behind the others; MODEL NULL: the usual one. */
struct qemu_controller_def *qemu_controller_add(struct qemu_board *board, enum qemu_controller_type type,
                                                unsigned int index, const char *model);
/* Is there such a one, of this model? */
bool qemu_controller_is(const struct qemu_board *board, enum qemu_controller_type type, unsigned int index,
                        const char *model);

/* Is the controller INDEX of that type at this place of the PCI bus? */
bool qemu_controller_is_at(const struct qemu_domain_def *doc, enum qemu_controller_type type, unsigned int index,
                           const struct qemu_address_def *place);

#endif
