/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which addresses the host has seen at which cards. */
#ifndef QEMU_NEIGHBOURS_H
#define QEMU_NEIGHBOURS_H

#include "qemu.h"

/* The IPv4 addresses that the host's ARP table has for MAC, into CARD. */
int qemu_neighbours_of(const char *mac, virDomainInterfacePtr card);

#endif
