/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The calls that this module's tables name, by file. */
#ifndef QEMU_CALLS_H
#define QEMU_CALLS_H

#include "qemu.h"

#include <unistd.h>

VIR_DECLARE_CALLS(qemu);

/* connect.c: what serves several calls */
int qemu_connect_is_yes(virConnectPtr conn);
int qemu_connect_is_no(virConnectPtr conn);

/* define.c */
struct qemu_def *qemu_parse_for(const char *xml, unsigned int define_flags);

/* lifecycle.c */
/* Ends the guests that were started to live as long as CONN. */
void qemu_autodestroy(virConnectPtr conn);
/* Starts the guests that are marked so; for a thread of its own. */
void qemu_autostart_all(void *unused);

#endif
