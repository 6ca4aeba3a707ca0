/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The drive that a guest sees (disk-drive.c), its limits (disk-limits.c), the image behind it (disk-source.c,
 * disk-node.c and disk-chain.c), and what is told of it (disk-event.c). */
#ifndef QEMU_DISK_H
#define QEMU_DISK_H

#include "device/pieces.h"

/* What an empty source leaves out. */
void qemu_disk_source_complete(struct qemu_disk_def *disk);
bool qemu_disk_source_is_said(const struct qemu_disk_def *disk);
int qemu_disk_source_startable(const struct qemu_disk_def *disk);
/* A drive of startupPolicy='optional' is empty where the medium is not there. */
void qemu_disk_source_leave_out(struct qemu_disk_def *disk);
/* The block nodes, the last of which is the disk's: their names, by the number that the source has. */
void qemu_disk_source_build(const struct qemu_disk_def *disk, struct qemu_pieces *pieces);
char *qemu_disk_source_node(const struct qemu_disk_def *disk);
/* The node of its image, and that of its bytes alone. */
struct json_object *qemu_disk_source_image(const struct qemu_disk_def *disk);
struct json_object *qemu_disk_source_storage(const struct qemu_disk_def *disk);
const char *qemu_disk_source_path(const struct qemu_disk_def *disk);
/* Puts another medium into the drive; FORCE: although the guest holds it.  -1: it has not the new one. */
int qemu_disk_source_change(struct qemu_monitor *monitor, const struct qemu_disk_def *old,
                            const struct qemu_disk_def *now, bool force);

/* QEMU's list of DRIVES tells whether such a change was cut off: then it is taken back.  UNUSED is the number
 * that nodes of a new medium would have. */
int qemu_disk_source_restore(struct qemu_monitor *monitor, const struct qemu_disk_def *disk,
                             struct json_object *drives, unsigned int unused);

bool qemu_disk_is_on_lsi(const struct qemu_board *board, const struct qemu_disk_def *disk);
int qemu_disk_drive_build(const struct qemu_board *board, const void *dev, struct qemu_pieces *pieces);
/* By the name of its place, or of its source; NULL: error set. */
const struct qemu_disk_def *qemu_disk_find(const struct qemu_domain_def *doc, const char *name);
void qemu_disk_limits_build(const struct qemu_disk_def *disk, struct qemu_pieces *pieces);

void qemu_disk_put_cache(struct json_object *node, enum qemu_disk_driver_cache cache);

/* How QEMU reaches the bytes of a source, without names and caches. */
int qemu_disk_node_startable(const struct qemu_disk_def *disk);
struct json_object *qemu_disk_node_storage(const struct qemu_disk_def *disk);

/* What is written to a transient disk (disk-transient.c): its image is made, with the nodes INDEX, and goes. */
int qemu_disk_transient_open(const struct qemu_board *board, struct qemu_disk_def *disk, unsigned int index);
void qemu_disk_transient_close(const struct qemu_board *board, const struct qemu_disk_def *disk);

void qemu_disk_event(const struct qemu_told *told);

#endif
