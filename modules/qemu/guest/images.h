/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The images of a running guest, which come, go and are exchanged: the definition and QEMU's nodes follow. */
#ifndef QEMU_GUEST_IMAGES_H
#define QEMU_GUEST_IMAGES_H

#include "document/domain-xml.h"

struct json_object;
struct qemu_disk_image;

/* With the job:
 * the definition of DOMAIN, which had the images of WAS and has those of LIVE, follows where it says what it had or
 * has; the disk TURNED (NULL: none) is on what a job made.  *RET_OLD (may be NULL) is what it was, a reference, also with -1; NULL: it has none. */
int qemu_images_define(struct qemu_domain *domain, const struct qemu_domain_def *was, const struct qemu_domain_def *live,
                       const char *turned, struct qemu_def **ret_old);
/* A number for the nodes of an image of RUN, which runs with DOC: none has it, and none that went lately had it. */
unsigned int qemu_images_new_number(struct qemu_run *run, const struct qemu_domain_def *doc);
/* Nodes of images that DOC, what RUN runs with, does not name go, unless they are in use. */
void qemu_images_sweep(struct qemu_run *run, const struct qemu_domain_def *doc);
/* Bytes of the image INDEX as the guest sees it; 0: QEMU does not say. */
uint64_t qemu_images_size(struct qemu_run *run, unsigned int index);
/* What NODE (taken over), the storage of INDEX, reaches becomes an empty qcow2 image of SIZE bytes, which says that it
 * lies on BELOW (NULL: nothing). */
int qemu_images_format(struct qemu_run *run, struct json_object *node, unsigned int index, uint64_t size,
                       const struct qemu_disk_image *below);

#endif
