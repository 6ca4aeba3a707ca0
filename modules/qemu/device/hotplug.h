/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Devices that come, go and change: in a definition, and in a running guest by
 * the same rows.  A definition is never changed in place: each makes a new one.
 */
#ifndef QEMU_HOTPLUG_H
#define QEMU_HOTPLUG_H

#include "document/domain-xml.h"

struct json_object;

enum { QEMU_UNPLUG_MS = 5000 };         /* how long a guest may take to let a device go */

/* What is done to a device: which XML describes, or ALIAS names (for detaching). */
struct qemu_change {
    const char *xml, *alias;
    bool force;                         /* an update: whatever the guest says */
    bool wait;                          /* a removal: until the guest has let it go */
};

/* ---- in a definition: a new one, NULL with an error ---- */

struct qemu_def *qemu_attach_def(const struct qemu_def *def, const struct qemu_change *change);
struct qemu_def *qemu_detach_def(const struct qemu_def *def, const struct qemu_change *change);
struct qemu_def *qemu_update_def(const struct qemu_def *def, const struct qemu_change *change);

/* ---- in a running guest, with the domain's job; RUN's monitor is reached ---- */

int qemu_attach_live(struct qemu_run *run, const struct qemu_change *change);
int qemu_detach_live(struct qemu_run *run, const struct qemu_change *change);
int qemu_update_live(struct qemu_run *run, const struct qemu_change *change);

/* ---- what QEMU tells, in the loop's thread ---- */

/* With the domain's lock: the guest has let ALIAS go, or will not. */
void qemu_unplug_event(struct qemu_run *run, const char *alias, bool gone);
/* Without it: a guest that was found again may have let devices go meanwhile. */
void qemu_unplug_catch_up(struct qemu_run *run);

#endif
