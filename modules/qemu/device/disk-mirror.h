/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <mirror>: the image that a job makes or has made the same as a disk, and in which the disk may go on. */
#ifndef QEMU_DISK_MIRROR_H
#define QEMU_DISK_MIRROR_H

#include "device/device.h"

struct json_object;

/* ---- of the disk whose target is NAME; changes of DOC ---- */

/* The image below the guest's that has the number INDEX. */
void qemu_disk_mirror_below(struct qemu_domain_def *doc, const char *name, unsigned int index);
/* A copy of the disk, which goes to TARGET. */
struct qemu_disk_target {
    const char *path, *format;
    bool block;                         /* it is a device */
    unsigned int index;                 /* of its nodes; those of images below it follow */
    bool shallow;                       /* what is below the disk's image will be below it */
    bool reuse;                         /* and it says what: as it is there already */
};
int qemu_disk_mirror_copy(struct qemu_domain_def *doc, const char *name, const struct qemu_disk_target *target);
/* WORD: of its attribute `ready`. */
void qemu_disk_mirror_say(struct qemu_domain_def *doc, const char *name, const char *word);
/* There is none any more; TURNED: the disk is on it. */
void qemu_disk_mirror_end(struct qemu_domain_def *doc, const char *name, bool turned);

/* ---- what DOC says ---- */

/* The node of the copy, and that of its bytes alone. */
struct json_object *qemu_disk_mirror_image(const struct qemu_domain_def *doc, const char *name);
struct json_object *qemu_disk_mirror_storage(const struct qemu_domain_def *doc, const char *name);

/* The number of its nodes; 0: there is none. */
unsigned int qemu_disk_mirror_number(const struct qemu_domain_def *doc, const char *name);
bool qemu_disk_mirror_is_ready(const struct qemu_domain_def *doc, const char *name);

#endif
