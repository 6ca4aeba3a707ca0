/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What all hypervisors share of a machine that a document leaves out: where a disk
 * is plugged in by its name, in which order disks stand, the size of a screen's
 * memory, a card's address.  Words are those of the vocabulary.
 */
#ifndef LIBVIRT_MODULE_HARDWARE_H
#define LIBVIRT_MODULE_HARDWARE_H

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(default)

/* The letters of a disk's name as a number: vda and vda1 0, vdz 25, vdaa 26; -1: no name of a disk. */
int vir_hardware_disk_index(const char *name);
/* The bus of disks that are called so; NULL: nothing follows from the name. */
const char *vir_hardware_disk_bus(const char *name);

/* Where a drive is plugged in. */
struct vir_hardware_drive {
    unsigned int controller, bus, target, unit;
};

/* The buses of drives, in the order in which controllers for them are added; NULL: there are no more.
 * The controllers of a bus are called as it is. */
const char *vir_hardware_drive_bus(size_t i);
/* The place of disk number INDEX of BUS; false: it has no drive address. */
bool vir_hardware_drive_place(const char *bus, unsigned int index, struct vir_hardware_drive *ret_place);

/* A disk: its bus and letter; a controller: its kind and index. */
struct vir_hardware_device {
    unsigned int group, number;
};

/* How N devices are listed that a document has in this order: ret_order[place] is the position of the
 * one there.  Each comes before the first of its group with a higher number, else behind the last of
 * its group, else last. */
void vir_hardware_order(const struct vir_hardware_device *devices, size_t n, size_t *ret_order);

/* Numbers those of the N devices of LIST that have no number, behind the highest.  HAS and NUMBER are
 * members of each. */
#define VIR_HARDWARE_NUMBER(list, n, has, number)                       \
    do {                                                                \
        unsigned int next_ = 0;                                         \
                                                                        \
        for (size_t i_ = 0; i_ < (n); i_++)                             \
            if ((list)[i_]->has && (list)[i_]->number >= next_)         \
                next_ = (list)[i_]->number + 1;                         \
        for (size_t i_ = 0; i_ < (n); i_++) {                           \
            if (!(list)[i_]->has)                                       \
                (list)[i_]->number = next_++;                           \
            (list)[i_]->has = true;                                     \
        }                                                               \
    } while (0)

/* KiB of memory that a graphics card of TYPE has; 0: it is not said. */
unsigned int vir_hardware_video_memory(const char *type);
/* What a graphics card has of KIB: the next power of two. */
unsigned int vir_hardware_video_size(unsigned int kib);

/* A random address in the range of PREFIX. */
void vir_hardware_mac(const unsigned char prefix[3], unsigned char ret_mac[6]);

#pragma GCC visibility pop

#endif
