/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libvirtd inside the process of a fuzz target: it serves the test module from a
 * directory of its own, without a login, on a thread of its own.
 */
#ifndef FUZZ_SERVED_H
#define FUZZ_SERVED_H

#include <stddef.h>

#define SERVED_CALLS "libvirt-sock"
#define SERVED_ADMIN "libvirt-admin-sock"

/* A new connection to one of its sockets; the first call starts it.  Ends the process where that fails. */
int served_connect(const char *name);
void served_say(int sock, const void *bytes, size_t n);
/* Says no more, and hears the daemon out, which must hang up in a minute.  Closes SOCK. */
void served_end(int sock);

#endif
