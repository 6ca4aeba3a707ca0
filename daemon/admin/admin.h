/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The program ADMIN: the daemon as its administrator sees and changes it.
 * What it tells belongs to others, whom it asks; what may wait (names of users,
 * files) is served by threads of the server "admin" (client/call.c).
 */
#ifndef DAEMON_ADMIN_H
#define DAEMON_ADMIN_H

#include <libvirt/libvirt-admin.h>

#include "daemon/daemon.h"
#include "daemon/wire.h"
#include "wire/dispatch.h"
#include "wire/protocol.h"

/* No call of this program knows any. -1: error set. */
int daemon_admin_flags(const struct daemon_call *call, unsigned int flags);
/* The server that a call names: -1, with an error, if there is none. */
int daemon_admin_server(const struct admin_nonnull_server *named, enum daemon_server *ret_server);

/* ---- limits.c ---- */
/* From now on other limits, until the settings are read again.  -1: error set, nothing has changed. */
int daemon_admin_limit(enum daemon_server server, const struct daemon_limits *limits);

/* ---- params.c: typed parameters ---- */
/* Where a number goes in struct daemon_limits. */
struct daemon_admin_number { const char *name; size_t place; };
/* Writes the parameters, each of which is one of NUMBERS, into LIMITS.  -1: error set, some may be written. */
int daemon_admin_take(const virTypedParameter *params, unsigned int n, const struct daemon_admin_number *numbers,
                      size_t n_numbers, struct daemon_limits *limits);
/* A growing list, the members of a reply. */
void daemon_admin_tell(virTypedParameterPtr *params, unsigned int *n, const char *name, unsigned int number);

#endif
