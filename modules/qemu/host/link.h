/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Network links of the host: taps, and what is said of any link by its name. */
#ifndef QEMU_LINK_H
#define QEMU_LINK_H

#include "qemu.h"

#include <stdbool.h>
#include <stddef.h>

enum { QEMU_MAX_QUEUES = 256 };         /* of a tap, as Linux has it */

/* N queues of the tap *name (NULL: the next "vnetN") into FDS; it is gone with the last of them, unless it was there.
 * HEADERS: with those of virtio.  *name is then the one that it has; -1: error set, nothing is open. */
int qemu_tap_open(const char *device, char **name, bool headers, int *fds, size_t n);
/* A tap on BRIDGE, made by QEMU's setuid helper for who may not make one; as above. */
int qemu_tap_by_helper(const char *bridge, char **name, bool headers, int *ret_fd);

int qemu_link_set_mac(const char *name, const unsigned char *mac);
int qemu_link_set_up(const char *name, bool up);
int qemu_link_set_mtu(const char *name, unsigned int bytes);
int qemu_link_mtu(const char *name);                    /* -1: error set */
int qemu_link_coalesce(const char *name, unsigned int frames);
/* What passed, as the other end sees it: what the host sent was received there. */
int qemu_link_figures(const char *name, virDomainInterfaceStatsPtr ret);
int qemu_bridge_add(const char *bridge, const char *name);

#endif
