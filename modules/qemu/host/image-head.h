/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an image of a disk says of the one below it. */
#ifndef QEMU_IMAGE_HEAD_H
#define QEMU_IMAGE_HEAD_H

#include "qemu.h"

struct qemu_image_head {
    char *backing;                      /* its absolute path; NULL: there is none */
    char *written;                      /* that path as it stands there */
    bool block;                         /* and it is a device */
    char *format;                       /* of it */
};

/* 1: PATH, of FORMAT, told it; 0: it cannot, or tells of no file; -1: error set.  To be released in any case. */
int qemu_image_head_read(const char *path, const char *format, struct qemu_image_head *ret);
/* Does it begin as an image of the format qcow2 does?  Whoever writes PATH can make it so. */
bool qemu_image_is_qcow2(const char *path);
void qemu_image_head_free(struct qemu_image_head *head);

#endif
