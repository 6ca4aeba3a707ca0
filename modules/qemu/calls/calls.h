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

/* change.c: a change of the definition (a new one is made), of the running guest, or of both */
struct qemu_verb {
    const char *name;                   /* of the job */
    struct qemu_def *(*define)(const struct qemu_def *def, const void *what);
    int (*live)(struct qemu_run *run, const void *what);
};
/* FLAGS: VIR_DOMAIN_AFFECT_*. */
/* What FLAGS mean, for reading: a reference; and *RET_RUN (may be NULL), a reference, where that runs. */
struct qemu_def *qemu_meant_def(struct qemu_domain *domain, unsigned int flags, struct qemu_run **ret_run);
int qemu_change_domain(virDomainPtr dom, const struct qemu_verb *verb, const void *what, unsigned int flags);

/* define.c */
struct qemu_def *qemu_parse_for(const char *xml, unsigned int define_flags);

/* save.c */
/* With the job: the domain goes on from its own saved image, which is used up then.  FLAGS: virDomainCreateFlags. */
int qemu_start_saved(struct qemu_domain *domain, virConnectPtr conn, unsigned int flags);

/* lifecycle.c */
/* Ends the guests that were started to live as long as CONN. */
void qemu_autodestroy(virConnectPtr conn);
/* Starts the guests that are marked so; for a thread of its own. */
void qemu_autostart_all(void *unused);

#endif
