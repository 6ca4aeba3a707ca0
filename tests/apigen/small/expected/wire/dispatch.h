/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Printed from api/ by print_protocol.py. */
#ifndef WIRE_DISPATCH_H
#define WIRE_DISPATCH_H

#include "daemon/dispatch.h"

int daemon_serve_domain_move(struct daemon_call *call, const void *args, void *ret);
int daemon_serve_domain_pin(struct daemon_call *call, const void *args, void *ret);

#endif
