/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Telling the network of this daemon; the part mdns speaks with avahi-daemon, in a thread of its own. */
#ifndef DAEMON_MDNS_H
#define DAEMON_MDNS_H

#include <stdint.h>

#define DAEMON_MDNS_VERSION 1

struct daemon_mdns_part {
    uint32_t version;
    /* From now on there is a _libvirt._tcp of this NAME at PORT; 0: there is none.  Waits for nobody.
     * A negative errno: no thread or descriptor can be had. */
    int (*set)(const char *name, uint16_t port);
};

/* Does what mdns_adv and mdns_name say; they may have changed. */
void daemon_mdns_set(void);

#endif
