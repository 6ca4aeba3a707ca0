/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How long a call keeps the loop; in the loop's thread. */
#ifndef DAEMON_TURN_H
#define DAEMON_TURN_H

#include <stdint.h>

#define DAEMON_TURN_US 5000             /* what takes longer once is the pool's, until it is quick there */

int64_t daemon_turn_begin(void);
/* Microseconds of its own since it BEGAN. */
int64_t daemon_turn_took(int64_t began);

#endif
