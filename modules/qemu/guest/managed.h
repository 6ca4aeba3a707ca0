/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The saved image that is the driver's own: a domain that has one goes on from there at its next start. */
#ifndef QEMU_MANAGED_H
#define QEMU_MANAGED_H

#include "qemu.h"

char *qemu_managed_path(const char *name);              /* of the domain NAME; the caller frees */
/* Makes the directory for them. */
int qemu_managed_prepare(void);
/* With the job: the domain has one, or none any more. */
void qemu_managed_set(struct qemu_domain *domain, bool saved);
bool qemu_managed_is_there(struct qemu_domain *domain);
int qemu_managed_remove(struct qemu_domain *domain);    /* -1: error set, and it is there yet */
/* What was saved when the daemon ended; one that was not written to its end is removed.  One that cannot be read
 * is there all the same: its domain does not start anew before somebody says so. */
void qemu_managed_find(struct qemu_domain *domain);

#endif
