/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The images below that of a disk, as the document describes them. */
#ifndef QEMU_DISK_CHAIN_H
#define QEMU_DISK_CHAIN_H

#include "device/device.h"

struct json_object;

/* Below the images that are described, what their files say that is below them, to the end if they say that; their
 * numbers follow LAST, which grows.  -1: an image does not say what format the one below it has. */
int qemu_chain_describe(struct qemu_disk_def *disk, unsigned int *last);
/* The highest number that a node of DISK has; 0: none. */
unsigned int qemu_chain_last(const struct qemu_disk_def *disk);
bool qemu_chain_has_number(const struct qemu_disk_def *disk, unsigned int number);
/* The node of what is below; NULL: QEMU is to look itself.  *RET_END: there is nothing below. */
struct json_object *qemu_chain_node(const struct qemu_disk_def *disk, const struct qemu_backing_store_def *below,
                                    bool *ret_end);

/* FILE, of the format qcow2 and with the node INDEX (0: none), is the image of DISK, and what was it is below that. */
void qemu_chain_push(struct qemu_disk_def *disk, const char *file, unsigned int index);
/* The image below that of DISK becomes it.  False: none is described. */
bool qemu_chain_pop(struct qemu_disk_def *disk);
/* Takes out the images from the one with the number TOP (0: the one below the guest's) to that above BASE; 0: all. */
void qemu_chain_drop_below(struct qemu_disk_def *disk, unsigned int top, unsigned int base);
/* Takes out the image called FILE that is below another one. */
bool qemu_chain_drop(struct qemu_disk_def *disk, const char *file);
static inline const char *
qemu_backing_path(const struct qemu_backing_store_def *below)
{
    return below->type == QEMU_SOURCE_TYPE_FILE ? below->source.file
        : below->type == QEMU_SOURCE_TYPE_BLOCK ? below->source.dev : NULL;
}

#endif
