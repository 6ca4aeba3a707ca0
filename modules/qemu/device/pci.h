/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The PCI buses of a board: seat-pci.c seats devices on them, pci-buses.c has
 * and adds the buses.
 */
#ifndef QEMU_PCI_H
#define QEMU_PCI_H

#include "device/controllers.h"
#include "device/seat.h"

enum { QEMU_PCI_BUSES = 256, QEMU_PCI_SLOTS = 32, QEMU_PCI_FUNCTIONS = 8 };

struct qemu_place { unsigned int bus, slot, function; };

/* Who asks for a place. */
struct qemu_seat {
    struct qemu_address_def **address;  /* in the device */
    enum qemu_pci_slot kind;
    bool fixed;                         /* part of the chipset: at AT */
    struct qemu_place at;
    const char *family;                 /* shares a slot with the others of it; NULL: none */
    unsigned int number;                /* of the family */
};

struct qemu_pci {
    struct qemu_domain_def *doc;
    enum qemu_bus kind[QEMU_PCI_BUSES];
    uint8_t used[QEMU_PCI_BUSES][QEMU_PCI_SLOTS];       /* a bit for each function */
    bool ports[QEMU_PCI_SLOTS];         /* slots of bus 0 that hold root ports */
    bool changed;                       /* something was placed */
    struct qemu_seat *seats;            /* in the order in which they are placed */
    size_t n_seats;
};

/* An address 00:00.0 is none: it is the host bridge's. */
static inline bool
qemu_pci_placed(const struct qemu_address_def *at)
{
    return at && at->type == QEMU_ADDRESS_TYPE_PCI && at->has_slot &&
        (at->domain || at->bus || at->slot || at->function);
}

/* One device of PCIe is plugged into it. */
static inline bool
qemu_pci_is_port(enum qemu_bus kind)
{
    return kind == QEMU_ROOT_PORT || kind == QEMU_DOWNSTREAM;
}

/* Which slots there are on a bus of this kind. */
static inline unsigned int
qemu_pci_first(enum qemu_bus kind)
{
    return kind == QEMU_PCI_ROOT || kind == QEMU_PCIE_ROOT || kind == QEMU_PCI_BRIDGE || kind == QEMU_TO_PCI_BRIDGE;
}

static inline unsigned int
qemu_pci_last(enum qemu_bus kind)
{
    return qemu_pci_is_port(kind) ? 0 : QEMU_PCI_SLOTS - 1;
}

/* The kinds of all that are there; their controllers by number, NULL: none. */
void qemu_pci_note_buses(struct qemu_pci *pci);
struct qemu_controller_def *qemu_pci_controller(const struct qemu_pci *pci, unsigned int bus);
/* More than the root? */
bool qemu_pci_has_buses(const struct qemu_pci *pci);
/* Buses that only an address tells of.  A conventional card of a q35 sits one bus further, behind the
 * bridge that is plugged into the root port of that number. */
int qemu_pci_add_said(struct qemu_board *board, struct qemu_address_def *at, enum qemu_pci_slot kind);
/* Those that the seats need, and SPARE: one root port more; without places. */
int qemu_pci_add_needed(struct qemu_board *board, bool spare);
/* Gives places to those that have none: of the user, told of by an address, needed. */
int qemu_pci_place_buses(struct qemu_board *board);

/* The number of a port follows from its place. */
void qemu_pci_number_port(struct qemu_controller_def *port, struct qemu_place at);
/* The first port with nothing behind it; a free slot on a conventional bus.  -1, no error set: none. */
int qemu_pci_free_port(const struct qemu_pci *pci, struct qemu_place *ret);
int qemu_pci_free_slot(const struct qemu_pci *pci, struct qemu_place *ret);
int qemu_pci_free_root_slot(const struct qemu_pci *pci, struct qemu_place *ret);
void qemu_pci_write(struct qemu_pci *pci, struct qemu_address_def **address, struct qemu_place place);

#endif
