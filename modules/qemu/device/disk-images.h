/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The images of a document's disks, for snapshots: a disk is meant by its place, or by its source. */
#ifndef QEMU_DISK_IMAGES_H
#define QEMU_DISK_IMAGES_H

#include "device/device.h"

/* What a snapshot must know of the I-th disk; borrowed from DOC. */
struct qemu_disk_facts {
    const char *place;                  /* vda */
    const char *alias;                  /* of the drive; NULL: it has none yet */
    const char *path, *format;          /* of its image; path NULL: it has none, or that is no file or device */
    bool is_file;
    bool left_out;                      /* it has no medium, or is not written to */
    int snapshot;                       /* what the document says of it, as of a disk of a snapshot */
};
struct qemu_disk_facts qemu_disk_facts(const struct qemu_domain_def *doc, size_t i);
/* The number of the disk called NAME; -1: there is none. */
int qemu_disk_number(const struct qemu_domain_def *doc, const char *name);

/* One of the images of a disk; borrowed from DOC. */
struct qemu_disk_image {
    const char *path, *format;          /* NULL: it is no file or device */
    unsigned int index;                 /* of its nodes; 0: none */
};
/* Those that DOC tells, the guest's first; the caller frees the list. */
size_t qemu_disk_images(const struct qemu_domain_def *doc, const char *name, struct qemu_disk_image **ret_list);
/* The number of the image that NAME means: a disk's own, or as "vda[3]" that or one below it; 0: there is none. */
unsigned int qemu_disk_number_meant(const struct qemu_domain_def *doc, const char *name);
/* The image PATH among N; -1. */
int qemu_disk_image_find(const struct qemu_disk_image *images, size_t n, const char *path);

/* -1 with an error: the guest cannot be saved without what is on a transient disk... */
int qemu_disks_check_movable(const struct qemu_domain_def *doc);
/* ...and no job can work on the images of such a disk (disk-transient.c). */
int qemu_disk_check_job(const struct qemu_domain_def *doc, const char *name);

/* ---- changes of DOC ---- */

/* Tells also what the images say (disk-chain.h). */
int qemu_disk_describe(struct qemu_domain_def *doc, const char *name);
/* The qcow2 image FILE with the nodes INDEX (0: none) comes on top of the others. */
void qemu_disk_push(struct qemu_domain_def *doc, const char *name, const char *file, unsigned int index);
bool qemu_disk_pop(struct qemu_domain_def *doc, const char *name);
/* The image PATH that is below another one goes. */
bool qemu_disk_drop(struct qemu_domain_def *doc, const char *name, const char *path);
/* Those from the one with the number TOP (0: the first below the guest's) to that above BASE (0: all) go. */
void qemu_disk_drop_below(struct qemu_domain_def *doc, const char *name, unsigned int top, unsigned int base);
/* Says nothing of what is below the guest's image: that image does. */
void qemu_disk_forget_below(struct qemu_domain_def *doc, const char *name);
/* Disk NAME gets the images that it has in FROM, without their numbers and without the end. */
void qemu_disk_follow(struct qemu_domain_def *doc, const char *name, const struct qemu_domain_def *from);

/* Disk NAME gets the image that it has in LIVE; of what is below it nothing is said, or that there is nothing. */
void qemu_disk_turn(struct qemu_domain_def *doc, const char *name, const struct qemu_domain_def *live);

/* FILE, an image of disk NAME, is merged into the one that the disk has in BEFORE. */
void qemu_disk_merged(struct qemu_domain_def *doc, const char *name, const char *file, const struct qemu_domain_def *before);
/* The highest number that any node of DOC's disks has. */
unsigned int qemu_disk_last_number(const struct qemu_domain_def *doc);
/* Has an image of any of them that number? */
bool qemu_disk_has_number(const struct qemu_domain_def *doc, unsigned int number);

/* ---- for QEMU ---- */

/* The node of the image FILE that will come on top of disk NAME, or of its bytes alone. */
struct json_object *qemu_disk_overlay_node(const struct qemu_domain_def *doc, const char *name, const char *file,
                                           unsigned int index);
struct json_object *qemu_disk_overlay_storage(const struct qemu_domain_def *doc, const char *name, const char *file,
                                              unsigned int index);
/* Such a disk has a node above its image. */
bool qemu_disk_keeps_copies(const struct qemu_domain_def *doc, const char *name);
/* "ok", or what became of what its guest asked last, in that list; NULL: it is not told. */
const char *qemu_disk_status(struct json_object *drives, const struct qemu_domain_def *doc, size_t i);
/* The node that the drive has, in QEMU's list of DRIVES; NULL: none. */
const char *qemu_disk_inserted(struct json_object *drives, const struct qemu_domain_def *doc, size_t i);

#endif
