/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a console session reaches the guest: a stream of the library, or the terminal device itself. */
#ifndef VIRSH_CONSOLE_H
#define VIRSH_CONSOLE_H

#include <stdio.h>
#include <sys/types.h>

#include "virsh.h"

struct console;

/* Told while the line can be read or written; it says with receive and send how far. */
typedef void virsh_line_ready_fn(struct console *console, bool readable, bool writable);

/* Between start and stop everything is called in the thread of the event loop. */
struct virsh_line_ops {
    int (*start)(void *line, virsh_line_ready_fn *ready, struct console *console);
    void (*want)(void *line, bool readable, bool writable);     /* what is told */
    ssize_t (*receive)(void *line, char *bytes, size_t room);   /* 0: the end, -1: error, -2: not now */
    ssize_t (*send)(void *line, const char *bytes, size_t n);
    const char *(*reason)(void);                                /* of the -1 just now */
    void (*stop)(void *line);                                   /* no callback is begun any more */
    void (*close)(void *line, bool failed);
};

/* NULL: reported. */
void *virsh_line_open(struct shell *vsh, virDomainPtr dom, const char *device, unsigned int flags,
                      const struct virsh_line_ops **ret_ops);

#endif
