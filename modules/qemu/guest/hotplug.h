/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Devices of a running guest that come (attach.c), go (detach.c, unplug.c) and
 * change (update.c), its live document meanwhile (live.c), and what an earlier
 * daemon did not finish of it (missed.c).
 */
#ifndef QEMU_HOTPLUG_H
#define QEMU_HOTPLUG_H

#include "device/change.h"
#include "device/pieces.h"
#include "document/domain-xml.h"

enum { QEMU_UNPLUG_MS = 5000 };         /* how long a guest may take to let a device go */

/* ---- with the domain's job; RUN's monitor is reached ---- */

int qemu_attach_live(struct qemu_run *run, const struct qemu_change *change);
int qemu_detach_live(struct qemu_run *run, const struct qemu_change *change);
int qemu_update_live(struct qemu_run *run, const struct qemu_change *change);

/* What RUN runs with, which nobody changes any more; NULL with an error: it has ended. */
struct qemu_def *qemu_live_now(struct qemu_run *run);
/* A copy of it, to be changed. */
struct qemu_def *qemu_live_copy(struct qemu_run *run);
/* LIVE, taken over, is from now on what RUN runs with; EVENT (may be NULL) tells it. */
void qemu_live_show(struct qemu_run *run, struct qemu_def *live, struct vir_event *event);
/* The same of what the status file says already. */
void qemu_live_show_saved(struct qemu_run *run, struct qemu_def *live, struct vir_event *event);
/* Asks QEMU for the device ALIAS, which is PIECES, to go, and may WAIT until the guest has let it go and it
 * is out of the live document. */
int qemu_unplug(struct qemu_run *run, const struct qemu_pieces *pieces, const char *alias, bool wait);

/* The guest has let ALIAS go: what stood behind it, and the document's device, go too. */
int qemu_unplug_finish(struct qemu_run *run, const char *alias);
/* The devices that QEMU has, to be put; and is ALIAS one of them?  NULL: error set. */
struct json_object *qemu_peripherals(struct qemu_run *run);
bool qemu_is_peripheral(struct json_object *peripherals, const char *alias);
/* A change of devices that an earlier daemon began is finished or taken back: before any other. */
int qemu_missed_finish(struct qemu_run *run);

/* The event that MAKE makes, of the device ALIAS. */
typedef struct vir_event *qemu_make_event(const char *name, const unsigned char *uuid, int id, const char *alias);
struct vir_event *qemu_live_event(qemu_make_event *make, const struct qemu_run *run, const char *alias);

/* ---- what QEMU tells, in the loop's thread ---- */

/* With the domain's lock: the guest has let ALIAS go, or will not. */
void qemu_unplug_event(struct qemu_run *run, const char *alias, bool gone);
/* With it: what the domain runs with, for a change of a figure in it: it is shared with those who read it, and a
 * copy takes its place.  NULL: an error is logged. */
struct qemu_domain_def *qemu_live_change(struct qemu_domain *domain);
/* Without it: RUN was found again; how much memory its guest has now becomes the domain's (memory.c). */
void qemu_memory_ask(struct qemu_run *run);
/* Without it: RUN was found again, and an earlier daemon may not have seen or finished a change. */
void qemu_missed_ask(struct qemu_run *run);

#endif
