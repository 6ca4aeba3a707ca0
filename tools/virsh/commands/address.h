/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses of devices as words of the command line, and as elements. */
#ifndef VIRSH_ADDRESS_H
#define VIRSH_ADDRESS_H

#include "virsh.h"

struct virsh_address {
    int type;                   /* its place in the table of types */
    unsigned int numbers[4];
};

/* KIND:NUMBER.NUMBER... for a disk with this target; -1: reported. */
int virsh_address_read(struct shell *vsh, const char *text, const char *target, struct virsh_address *ret);
/* DOMAIN:BUS:SLOT.FUNCTION of a PCI device; false: it is none. */
bool virsh_address_read_pci(const char *text, struct virsh_address *ret);
void virsh_address_add(struct vir_buf *buf, const struct virsh_address *address, bool multifunction);
/* NAME='VALUE' behind a blank, if there is a value. */
void virsh_add_attribute(struct vir_buf *buf, const char *name, const char *value);

#endif
