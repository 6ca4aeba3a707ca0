/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the C library keeps after a crowd. */
#ifndef DAEMON_HEAP_H
#define DAEMON_HEAP_H

#define DAEMON_HEAP_MAX (256 * 1024)    /* bytes: what is as large has pages of its own, which go back when it is freed */

/* Any thread, which is about to wait for long: what is kept for it, and what is free anywhere, goes back to the system. */
void daemon_heap_rest(void);

#endif
