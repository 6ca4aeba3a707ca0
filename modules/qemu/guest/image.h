/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A file that holds a guest: its document, and behind it what QEMU wrote of its memory
 * and devices.  The form is that of libvirt 9.0.0, and either reads the other's.
 */
#ifndef QEMU_IMAGE_H
#define QEMU_IMAGE_H

#include "qemu.h"

struct qemu_saved {
    int fd;                             /* stands where QEMU's part begins */
    bool runs;                          /* the guest, when it is restored */
    unsigned int packed;                /* by which program; 0: as QEMU wrote it */
    size_t room;                        /* bytes between the header and QEMU's part */
    char *xml;                          /* owned */
};
#define QEMU_IMAGE_INIT { .fd = -1 }

/* A new file, or what is there is overwritten: IMAGE, whose xml is given, with no part of QEMU's yet.  It is no
 * good until it is sealed, with what runs says then, which waits for the disk. */
int qemu_image_create(struct qemu_saved *image, const char *path);
int qemu_image_seal(const struct qemu_saved *image, const char *path);
/* -1: there is none, or it is not whole.  FOR_WRITING: to be changed. */
int qemu_image_open(struct qemu_saved *image, const char *path, bool for_writing);
/* Its xml and runs become what IMAGE says. */
int qemu_image_change(const struct qemu_saved *image, const char *path);
void qemu_image_close(struct qemu_saved *image);        /* one that was never opened, too */

/* A file by its first word: it is whole; a daemon ended while it was written; that word itself was not written to
 * its end; no image begins so, or it cannot be read; it is not there. */
enum qemu_image_look { QEMU_IMAGE_WHOLE, QEMU_IMAGE_PART, QEMU_IMAGE_SHORT, QEMU_IMAGE_OTHER, QEMU_IMAGE_NONE };
enum qemu_image_look qemu_image_look(const char *path);

/* A descriptor from which QEMU reads its part: the file itself or, of a packed one, a program's output. */
int qemu_image_unpack(const struct qemu_saved *image);

#endif
