/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What guests do with the host, for the kernel's audit log; the part audit has its library. */
#ifndef DAEMON_AUDIT_H
#define DAEMON_AUDIT_H

#include <libvirt/module.h>

#define DAEMON_AUDIT_VERSION 1

struct daemon_audit_part {
    uint32_t version;
    /* Opens the kernel's log: a descriptor, or a negative errno; ENODATA: the host keeps none. */
    int (*open)(void);
    /* Writes one record, which may wait for the kernel; 0, or a negative errno. */
    int (*write)(int fd, enum vir_audit_kind kind, const char *text, bool success);
};

/* Begins as audit_level says; before modules are loaded.  -1: the host keeps no log, but it must. */
int daemon_audit_start(void);
/* A record, from any thread; waits for nobody. */
void daemon_audit(enum vir_audit_kind kind, const char *text, bool success);
/* What is not written yet is; when no other thread is left. */
void daemon_audit_end(void);

#endif
