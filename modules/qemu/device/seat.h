/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where devices are plugged in: a file for each kind of bus (seat-*.c).  A
 * seat, once given, stands in the definition, so that the guest finds its
 * devices again.
 */
#ifndef QEMU_SEAT_H
#define QEMU_SEAT_H

#include "device/device.h"

/* ---- PCI ---- */

enum qemu_pci_slot {
    QEMU_PCI, QEMU_PCIE,
    QEMU_ROOT,                          /* on the bus 0 of a q35 itself */
    QEMU_OFF_PCI,                       /* not on PCI at all */
};

/* A transitional device shows its I/O ports, which PCIe has not. */
static inline enum qemu_pci_slot
qemu_virtio_slot(enum qemu_virtio_model model)
{
    return model == QEMU_VIRTIO_MODEL_VIRTIO_TRANSITIONAL ? QEMU_PCI : QEMU_PCIE;
}

/* Asks for a place; given when all have asked, in the order of asking.  One that has an address
 * keeps it. */
void qemu_seat_pci(struct qemu_board *board, struct qemu_address_def **address, enum qemu_pci_slot slot);
/* A part of the chipset: at 00:SLOT.FUNCTION, or where that is taken, anywhere. */
void qemu_seat_pci_fixed(struct qemu_board *board, struct qemu_address_def **address, unsigned int slot,
                         unsigned int function);
/* One function of several that share a slot: those of the same FAMILY. */
void qemu_seat_pci_family(struct qemu_board *board, struct qemu_address_def **address, const char *family,
                          unsigned int number, unsigned int function);
/* Gives places to all that ask, with the buses that this takes. */
int qemu_seats_give(struct qemu_board *board, void (*ask)(struct qemu_board *board));

/* ---- drives of IDE, SATA, SCSI and floppy controllers ---- */

/* The address by the target's letter; other buses: nothing. */
int qemu_seat_drive(struct qemu_disk_def *disk);
/* The controllers that disks are plugged into. */
int qemu_seats_drives(struct qemu_board *board);
/* A free place, and its controller. */
int qemu_seat_scsi_hostdev(struct qemu_board *board, struct qemu_address_def **address);
bool qemu_seat_is_drive(enum qemu_disk_target_bus bus);
int qemu_seat_check_drive(const struct qemu_board *board, const char *target, enum qemu_disk_target_bus bus,
                          const struct qemu_address_def *at);

/* Is a drive plugged into that controller? */
bool qemu_seat_holds_drive(const struct qemu_board *board, enum qemu_controller_type type,
                           unsigned int index);

/* ---- USB ---- */

/* Asks for a port, as above. */
void qemu_seat_usb(struct qemu_board *board, struct qemu_address_def **address, bool hub);
int qemu_seats_usb(struct qemu_board *board, void (*ask)(struct qemu_board *board));
void qemu_put_usb_address(const struct qemu_board *board, struct json_object *device,
                          const struct qemu_address_def *at);

/* ---- virtio-serial ---- */

/* The controller of a device at AT; NULL: it has no address. */
int qemu_seat_virtio_serial(struct qemu_board *board, const struct qemu_address_def *at);
/* Ports for all channels. */
int qemu_seats_virtio_serial(struct qemu_board *board);
int qemu_seat_check_virtio_serial(const char *element, const struct qemu_address_def *at);
void qemu_put_virtio_serial(const struct qemu_board *board, struct json_object *device,
                            const struct qemu_address_def *at);

#endif
