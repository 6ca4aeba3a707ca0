/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the host's audit log is told of guests. */
#ifndef QEMU_AUDIT_H
#define QEMU_AUDIT_H

#include "device/device.h"
#include "document/domain-xml.h"

/* The process PID has started with LIVE, or (SUCCESS: false) could not; DETAIL: of the event that tells of a start. */
void qemu_audit_start(const struct qemu_def *live, pid_t pid, int detail, bool success);
/* It has ended as the virDomainShutoffReason tells. */
void qemu_audit_stop(const struct qemu_def *live, int reason);
/* A device of TYPE comes (OLD: NULL), goes (NOW: NULL) or changes, for REASON. */
void qemu_audit_device(const struct qemu_def *live, const struct qemu_device_type *type, const void *old, const void *now,
                       const char *reason, bool success);
/* What the guest has of the RESOURCE is another number. */
void qemu_audit_amount(const struct qemu_def *live, const char *resource, unsigned long long old, unsigned long long now);

#endif
