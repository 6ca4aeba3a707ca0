/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Snapshots of a domain: their documents (snapshot-keep.c) and what these leave out
 * (snapshot-complete.c), what is done for them to a running guest
 * (snapshot-live.c) and to the images of one that is off (snapshot-off.c).
 */
#ifndef QEMU_SNAPSHOT_H
#define QEMU_SNAPSHOT_H

#include "document/domain-xml.h"

struct qemu_stream;

/* ---- documents ---- */

struct vir_snapshots *qemu_snapshots_of(struct vir_store_entry *entry);        /* of struct vir_store_kind */
/* Those that an earlier daemon wrote down; before others see DOMAIN. */
void qemu_snapshots_load(struct qemu_domain *domain);
unsigned int qemu_snapshot_facts(const struct qemu_domainsnapshot_def *def);
static inline bool
qemu_snapshot_is_external(const struct qemu_domainsnapshot_def *def)
{
    return qemu_snapshot_facts(def) & VIR_DOMAIN_SNAPSHOT_LIST_EXTERNAL;
}
char *qemu_snapshot_format(const struct qemu_domainsnapshot_def *def, unsigned int flags);     /* virDomainSnapshotXMLFlags */

/* With the job, without the lock:
 * -1: none of DOMAIN's could be written down. */
int qemu_snapshot_check_keep(struct qemu_domain *domain);
/* DEF, taken over, is written down and one of DOMAIN's from now on, and the CURRENT one. */
int qemu_snapshot_keep(struct qemu_domain *domain, struct qemu_domainsnapshot_def *def, bool current);
/* The one called NAME (NULL: none) is the current one. */
int qemu_snapshot_set_current(struct qemu_domain *domain, const char *name);
int qemu_snapshot_forget(struct qemu_domain *domain, const char *name);
/* The overlays of DEF are merged into what was below them: those that descend from it say so. */
int qemu_snapshots_merged(struct qemu_domain *domain, const struct qemu_domainsnapshot_def *def);
/* Their files, when the domain OLD is called NAME. */
int qemu_snapshots_rename(const char *old, const char *name);
/* All of them. */
int qemu_snapshots_forget(struct qemu_domain *domain);
/* A copy of the document called NAME; NULL: error set. */
struct qemu_domainsnapshot_def *qemu_snapshot_copy(struct qemu_domain *domain, const char *name);

/* All disks of the domain OF, in its order, in place of those that DEF says.  USUAL: where those go of which nothing is
 * said; those inside of images go there all. */
int qemu_snapshot_complete_disks(struct qemu_domainsnapshot_def *def, const struct qemu_domain_def *of,
                                 enum vir_snapshot_place usual);
/* Of the overlays that are to be made. */
void qemu_snapshot_choose_formats(struct qemu_domainsnapshot_def *def);
/* -1: a disk of DOC, whose images are described, does not have the overlay that DEF says, above another image. */
int qemu_snapshot_check_overlays(const struct qemu_domainsnapshot_def *def, const struct qemu_domain_def *doc);

/* ---- images ---- */

/* With the job; RUN's monitor is reached. */
int qemu_snapshot_live_internal(struct qemu_run *run, const struct qemu_domainsnapshot_def *def);
/* The disks that DEF says are external are written on in the files that it says; REUSE: which are there already. */
int qemu_snapshot_live_external(struct qemu_run *run, const struct qemu_domainsnapshot_def *def, bool reuse);
int qemu_snapshot_live_delete(struct qemu_run *run, const struct qemu_domainsnapshot_def *def);
/* The overlay of each external disk of DEF goes into the image below it. */
int qemu_snapshot_live_merge(struct qemu_run *run, const struct qemu_domainsnapshot_def *def);
/* A guest that stands still goes on from the snapshot NAME inside of the images of DOC. */
int qemu_snapshot_live_load(struct qemu_run *run, const struct qemu_domain_def *doc, const char *name);

/* With the job of a domain that is off: its definition DEF's images, and a new definition where that changes. */
int qemu_snapshot_off_internal(const struct qemu_def *def, const struct qemu_domainsnapshot_def *snapshot);
int qemu_snapshot_off_external(struct qemu_domain *domain, const struct qemu_def *def,
                               const struct qemu_domainsnapshot_def *snapshot, bool reuse);     /* defines it */
int qemu_snapshot_off_load(const struct qemu_domainsnapshot_def *snapshot);
void qemu_snapshot_off_delete(const struct qemu_def *def, const struct qemu_domainsnapshot_def *snapshot);
struct qemu_def *qemu_snapshot_off_merge(const struct qemu_def *def, const struct qemu_domainsnapshot_def *snapshot);

#endif
