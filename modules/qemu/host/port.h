/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* TCP ports of the host for what guests offer to viewers. */
#ifndef QEMU_PORT_H
#define QEMU_PORT_H

enum { QEMU_FIRST_PORT = 5900, QEMU_LAST_PORT = 65535 };

/* The first one from FIRST to LAST that nobody listens on and that no other guest was given; 0: there is none. */
int qemu_port_take(int first, int last);
/* One that was taken may be given again; any other number: nothing happens. */
void qemu_port_give_back(int port);

#endif
