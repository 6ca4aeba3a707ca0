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

struct qemu_def {
    int refs;                           /* atomic */
    struct qemu_domain_def *doc;
};

enum {
    /* more than any machine of QEMU has; the machine's own limit is less */
    QEMU_MAX_VCPUS = 4096,
    QEMU_MAX_CONTROLLERS = 256,         /* of one kind */
    QEMU_MAX_NAME = 240,                /* bytes; file names are made from it */
};

/* What a user wrote, completed.  FLAGS: virDomainDefineFlags. */
struct qemu_def *qemu_def_parse(const char *xml, struct qemu_caps_store *caps, unsigned int flags);
/* What this driver wrote, as it is. */
struct qemu_def *qemu_def_read(const char *xml);
/* Takes over DOC, a complete document; NULL: error set, DOC released. */
struct qemu_def *qemu_def_take(struct qemu_domain_def *doc);
struct qemu_def *qemu_def_ref(struct qemu_def *def);
struct qemu_def *qemu_def_unref(struct qemu_def *def);
/* A copy that can be changed while nobody else holds it. */
struct qemu_def *qemu_def_copy(const struct qemu_def *def);
/* The document; FLAGS: virDomainXMLFlags.  INACTIVE is what DEF says, unless it is live. */
char *qemu_def_format(const struct qemu_def *def, unsigned int flags);

bool qemu_def_is_kvm(const struct qemu_def *def);
/* How many vcpus are online at start. */
unsigned int qemu_def_vcpus_now(const struct qemu_def *def);

/* Completes DOC: defaults.c, default-devices.c, addresses.c.  The devices also before a
 * start, for a file may lack what it had when it was written; complete ones stay as they are. */
int qemu_doc_complete(struct qemu_domain_def *doc, struct qemu_caps_store *caps);
int qemu_doc_complete_devices(struct qemu_domain_def *doc);
int qemu_doc_default_devices(struct qemu_domain_def *doc);
int qemu_doc_place_devices(struct qemu_domain_def *doc);

/* Numbers that have to agree or to be small, also in what was written by hand into a file. */
int qemu_doc_check(const struct qemu_domain_def *doc);

/* What elements have to agree on (rules.c): what the user said, before anything is
 * completed, and the devices before they are placed. */
int qemu_doc_check_said(const struct qemu_domain_def *doc);
int qemu_doc_check_devices(const struct qemu_domain_def *doc);

/* -1 with an error that names the element: what this driver does not do is
 * refused at start, so that a guest never silently lacks it (startable.c). */
int qemu_def_check_startable(const struct qemu_def *def);
/* Drives of startupPolicy='optional' start empty where the medium is not there. */
void qemu_def_leave_out_missing(struct qemu_def *live);

/* Gives every device of a live definition its alias (aliases.c). */
void qemu_def_set_aliases(struct qemu_def *live);

/* ---- document.c ---- */

bool qemu_machine_is_q35(const char *machine);
/* An address of the kind that VNC listens on: no name, no path. */
bool qemu_is_ip_address(const char *text);
/* The number in a disk target's letters: vda 0, vdz 25, vdaa 26; -1: none. */
int qemu_target_index(const char *dev);
bool qemu_scsi_is_lsi(const struct qemu_domain_def *doc, unsigned int index);
/* A new controller, behind the others. */
struct qemu_controller_def *qemu_doc_add_controller(struct qemu_domain_def *doc,
                                                    enum qemu_controller_type type,
                                                    unsigned int index, const char *model);

/* CALL for every I of a list of the devices of DOC; -1 from the function where one fails. */
#define QEMU_EACH(list, call)                                                 \
    do {                                                                      \
        for (size_t i = 0; i < doc->devices.n_##list; i++)                    \
            if (call < 0)                                                     \
                return -1;                                                    \
    } while (0)

#endif
