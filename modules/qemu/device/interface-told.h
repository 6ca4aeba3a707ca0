/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the host tells of network cards, for calls: the frames of their taps, as the guest sees them; their addresses. */
#ifndef QEMU_INTERFACE_TOLD_H
#define QEMU_INTERFACE_TOLD_H

#include "device/device.h"

/* That of the card that has the tap or the MAC address NAME; -1: there is none, or it has no tap. */
int qemu_interface_told_figures(const struct qemu_domain_def *doc, const char *name, virDomainInterfaceStatsPtr ret);
/* The names of the taps of all cards, NULL: it has none, in the order of the document; the caller frees the list and
 * each. */
char **qemu_interface_told_taps(const struct qemu_domain_def *doc, size_t *ret_n);

/* The cards at which the host has seen addresses, each with those, and how many; -1: error set. */
int qemu_interface_told_addresses(const struct qemu_domain_def *doc, virDomainInterfacePtr **ret);

#endif
