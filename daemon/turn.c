/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How long a call keeps the loop: its own time, computing or waiting, but not that in which
 * it could have gone on and other programs had the processors.
 */
#include "daemon/turn.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <libvirt/module.h>

#define STALE_US 1000                   /* so old may be what is known of the time without a processor */

static struct {
    int fd;                             /* of /proc/thread-self/schedstat; -1: this kernel has none */
    int64_t read_us;                    /* when it was read */
    int64_t queued_us;                  /* what it said then */
    bool opened;
} turn;

static int64_t
now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* How long this thread has waited for a processor since it began: the second of the file's numbers,
 * which are of nanoseconds. */
static int64_t
queued_us(void)
{
    char text[128], *end;
    ssize_t n = turn.fd >= 0 ? pread(turn.fd, text, sizeof(text) - 1, 0) : -1;

    if (n <= 0)
        return 0;
    text[n] = '\0';
    strtoull(text, &end, 10);
    return (int64_t)(strtoull(end, NULL, 10) / 1000);
}

int64_t
daemon_turn_begin(void)
{
    int64_t now = now_us();

    if (!turn.opened) {
        turn.fd = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
        turn.opened = true;
    }
    if (now - turn.read_us > STALE_US) {        /* reading costs as much as a tenth of a quick call */
        turn.queued_us = queued_us();
        turn.read_us = now = now_us();
    }
    return now;
}

int64_t
daemon_turn_took(int64_t began)
{
    int64_t took = now_us() - began;

    return took > DAEMON_TURN_US ? took - (queued_us() - turn.queued_us) : took;
}
