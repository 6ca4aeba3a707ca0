/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Printed from api/ by print_protocol.py. */
#ifndef WIRE_STUBS_H
#define WIRE_STUBS_H

#include <libvirt/module.h>

extern const struct vir_domain_ops remote_domain_ops;
extern const struct vir_network_ops remote_network_ops;

/* By hand: calls-*.c. */
char *remote_domain_move(virDomainPtr domain, virDomainPtr to);

#endif
