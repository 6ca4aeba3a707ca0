/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Events that a client may not be told of.
 */
#ifndef DAEMON_HELD_EVENTS_H
#define DAEMON_HELD_EVENTS_H

#include "daemon/daemon.h"
#include "wire/access.h"

/* Sends MESSAGE, about the object of which WIRE is the XDR struct, if FILTER's permission is given; never waits.
 * What goes through here for one client arrives in its order. */
void daemon_event_hold(struct daemon_client *client, const struct access_rule *filter, const void *wire,
                       const struct rpc_buf *message);

#endif
