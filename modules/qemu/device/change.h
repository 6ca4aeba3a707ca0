/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A change of one device of a document: which device is meant, and what the
 * new one takes over (change.c).
 */
#ifndef QEMU_CHANGE_H
#define QEMU_CHANGE_H

#include "device/device.h"

/* What is done to a device: which XML describes, or ALIAS names (for detaching). */
struct qemu_change {
    const char *xml, *alias;
    bool force;                         /* an update: whatever the guest says */
    bool wait;                          /* a removal: until the guest has let it go */
};

/* The device that XML describes, to be released by the list's table. */
void *qemu_device_parse(const char *xml, unsigned int flags, const struct qemu_device_type **ret_type);

/* The device that WANTED describes.  NULL: none, no error set, or several with an error: *RET_MANY. */
void *qemu_device_find(const struct qemu_device_type *type, const struct qemu_domain_def *doc,
                       const void *wanted, bool *ret_many);
/* The same; NULL: an error, for FAULT where there is none. */
void *qemu_device_need(const struct qemu_device_type *type, const struct qemu_domain_def *doc,
                       const void *wanted, enum qemu_fault fault);
/* NULL: none, no error set. */
void *qemu_device_by_alias(const struct qemu_domain_def *doc, const char *alias,
                           const struct qemu_device_type **ret_type);
/* The device of DOC, LIVE or a definition, that CHANGE wants to detach; NULL: error set. */
void *qemu_device_meant(const struct qemu_domain_def *doc, const struct qemu_change *change, bool live,
                        const struct qemu_device_type **ret_type);

/* -1: DOC, LIVE or a definition, has one that is the same, of which there can be no two. */
int qemu_device_check_new(const struct qemu_device_type *type, const struct qemu_domain_def *doc,
                          const void *dev, bool live);
/* What libvirt 9.0.0 says of FAULT with devices of TYPE. */
int qemu_device_code(const struct qemu_device_type *type, enum qemu_fault fault);
/* -1: one of TYPE is not VERB (attached, detached, updated) while the guest runs... */
int qemu_device_not_live(int code, const struct qemu_device_type *type, const char *verb);
/* ...or alone, in a definition. */
int qemu_device_not_alone(const struct qemu_device_type *type, const char *verb);
/* Does QEMU take it while the guest runs? */
bool qemu_device_plugs(const struct qemu_device_type *type, const void *dev);
/* Does no call attach or detach it meanwhile? */
bool qemu_device_stays(const struct qemu_device_type *type, const void *dev);
/* Could BOARD have DEV, which says all that the user says of it? */
int qemu_device_check(struct qemu_board *board, const struct qemu_device_type *type, const void *dev);

/* Gives NOW what it does not say and OLD has. */
void qemu_device_take_over(const struct qemu_device_type *type, const void *old, void *now);
/* Puts NOW (taken over) in the place of OLD (released). */
void qemu_device_replace(const struct qemu_device_type *type, struct qemu_domain_def *doc, void *old,
                         void *now);

#endif
