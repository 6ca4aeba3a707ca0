/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Descriptors of the host that devices get when they come: from host_open until QEMU has them. */
#ifndef QEMU_OPENED_H
#define QEMU_OPENED_H

#include "device/device.h"

struct qemu_opened_fd {
    char *name;                         /* by which a running QEMU is given it */
    char *owner;
    int fd;
};

/* All zeroes: none. */
struct qemu_opened {
    struct qemu_opened_fd *list;
    size_t n;
};

/* OWNER: the alias of a device, or what it is of one.  FD is taken over. */
void qemu_opened_add(const struct qemu_board *board, const char *owner, int fd);
/* As options of QEMU name those of OWNER, with ':' between them; the caller frees.  "": it has none. */
char *qemu_opened_words(const struct qemu_board *board, const char *owner);
size_t qemu_opened_count(const struct qemu_board *board, const char *owner);
/* Gives them to a running QEMU. */
int qemu_opened_give(const struct qemu_opened *opened, struct qemu_monitor *monitor);
void qemu_opened_close(struct qemu_opened *opened);

#endif
