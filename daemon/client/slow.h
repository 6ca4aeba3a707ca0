/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which calls the pool serves because they took the loop too long. */
#ifndef DAEMON_CLIENT_SLOW_H
#define DAEMON_CLIENT_SLOW_H

#include <stdbool.h>
#include <stdint.h>

/* A call that was slow once; lives until the process ends. */
struct daemon_slow;

/* WHAT, if it is slow now.  The loop's. */
struct daemon_slow *daemon_slow_find(const void *what);
/* The loop was held up by WHAT: it is slow from now on.  The loop's. */
void daemon_slow_add(const void *what);
/* The pool has served it in TOOK milliseconds.  True: it was quick often enough, and is the loop's again.  Any thread. */
bool daemon_slow_served(struct daemon_slow *slow, int64_t took);

#endif
