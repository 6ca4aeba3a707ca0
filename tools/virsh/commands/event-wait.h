/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the event commands of all kinds of objects share: counting, time stamps, waiting. */
#ifndef VIRSH_EVENT_H
#define VIRSH_EVENT_H

#include <stdatomic.h>

#include "virsh.h"

struct virsh_events {
    struct shell *vsh;
    bool loop;                  /* go on after the first event */
    bool timestamp;
    int timeout_ms;             /* -1: none */
    atomic_bool over;           /* nothing more is to be printed */
    atomic_int count;
};

/* Prints "event 'NAME' for WHAT" in one piece, with the time if asked, and counts. */
void virsh_event_print(struct virsh_events *events, const char *fmt, ...) VIR_PRINTF(2, 3);
/* LOOP and TIMESTAMP are set already; SECONDS -1: no limit. */
int virsh_events_begin(struct shell *vsh, long long seconds, struct virsh_events *events);
/* Waits, says what came. Failure: nothing came at all. */
int virsh_events_wait(struct virsh_events *events);

#endif
