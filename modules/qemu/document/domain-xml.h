/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The definition of a domain: its document, read by the tables that are
 * printed from qemu.schema, and completed with what the user left out.
 */
#ifndef QEMU_DOMAIN_XML_H
#define QEMU_DOMAIN_XML_H

#include "qemu.h"
#include "qemu-schema.h"

struct qemu_caps_store;
struct qemu_change;                     /* device/change.h */
struct qemu_opened;                     /* device/opened.h */

struct qemu_def {
    int refs;                           /* atomic */
    struct qemu_domain_def *doc;
    struct qemu_domstatus_asked_def *asked;         /* check and features of its processor before QEMU gave another; NULL: it did not */
};

enum {
    /* more than any machine of QEMU has; the machine's own limit is less */
    QEMU_MAX_VCPUS = 4096,
    QEMU_MAX_NAME = 240,                /* bytes; file names are made from it */
};

/* What a user wrote, completed.  FLAGS: virDomainDefineFlags. */
struct qemu_def *qemu_def_parse(const char *xml, struct qemu_caps_store *caps, unsigned int flags);
/* What this driver wrote, as it is. */
struct qemu_def *qemu_def_read(const char *xml);
/* -1 with an error where no domain can have that name. */
int qemu_check_name(const char *name);
/* -1 with an error where a daemon that reads again what is written of DOC would not take it. */
int qemu_doc_check_kept(const struct qemu_domain_def *doc, bool live);
/* Takes over DOC, a complete document; NULL: error set, DOC released. */
struct qemu_def *qemu_def_take(struct qemu_domain_def *doc);
struct qemu_def *qemu_def_ref(struct qemu_def *def);
struct qemu_def *qemu_def_unref(struct qemu_def *def);
/* Into one piece of memory, if nobody else holds it: it is kept, and changed no more. */
void qemu_def_pack(struct qemu_def *def);
/* A copy that can be changed while nobody else holds it. */
struct qemu_def *qemu_def_copy(const struct qemu_def *def);
/* The document; FLAGS: virDomainXMLFlags.  INACTIVE is what DEF says, unless it is live. */
char *qemu_def_format(const struct qemu_def *def, unsigned int flags);

/* -1 with an error that names the difference: a guest that runs as NOW would see another machine if it ran
 * as WANTED (same-guest.c). */
int qemu_def_check_same_guest(const struct qemu_def *now, const struct qemu_def *wanted);

/* A new definition with the device that CHANGE speaks of more, less or in place of the old one (change.c);
 * NULL: error set. */
struct qemu_def *qemu_attach_def(const struct qemu_def *def, const struct qemu_change *change);
struct qemu_def *qemu_detach_def(const struct qemu_def *def, const struct qemu_change *change);
struct qemu_def *qemu_update_def(const struct qemu_def *def, const struct qemu_change *change);

static inline bool
qemu_def_is_kvm(const struct qemu_def *def)
{
    return def->doc->type == QEMU_DOMAIN_TYPE_KVM;
}

/* How many vcpus are online at start. */
static inline unsigned int
qemu_def_vcpus_now(const struct qemu_def *def)
{
    return def->doc->vcpu.has_current ? def->doc->vcpu.current : def->doc->vcpu.count;
}

/* Completes DOC (complete.c).  The devices also before a start, for a file may lack what it had when it
 * was written; complete ones stay as they are. */
int qemu_doc_complete(struct qemu_domain_def *doc, struct qemu_caps_store *caps);
int qemu_doc_complete_devices(struct qemu_domain_def *doc);

/* A guest is about to start: sizes as QEMU takes them, names, what devices have on the host. */
int qemu_doc_prepare(struct qemu_domain_def *doc, struct qemu_opened *opened);
/* What they had there goes. */
void qemu_doc_release_devices(struct qemu_domain_def *doc);
/* What they stored there, too: the guest is not known any more.  ALL: also what is said to stay. */
void qemu_doc_forget_devices(struct qemu_domain_def *doc, bool all);

/* -1 with an error that names the element: what this driver does not do is
 * refused at start, so that a guest never silently lacks it. */
int qemu_def_check_startable(const struct qemu_def *def);

#endif
