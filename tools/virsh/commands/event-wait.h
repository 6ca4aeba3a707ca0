/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the event commands of all kinds of objects share: counting, time stamps, waiting. */
#ifndef VIRSH_EVENT_H
#define VIRSH_EVENT_H

#include <stdatomic.h>

#include "virsh.h"

struct virsh_events {
    struct virsh *vsh;
    bool loop;                  /* go on after the first event */
    bool timestamp;
    int timeout_ms;             /* -1: none */
    atomic_bool over;           /* nothing more is to be printed */
    atomic_int count;
};

/* Options of every event command, behind those of its object and "event". */
#define VIRSH_EVENT_OPTIONS \
    { "loop", VIRSH_BOOL, 0, "wait for more than one, until the time is over or ^C" }, \
    { "timeout", VIRSH_NUMBER, 0, "seconds to wait" }

/* Prints "event 'NAME' for WHAT" in one piece, with the time if asked, and counts. */
void virsh_event_print(struct virsh_events *events, const char *fmt, ...) VIR_PRINTF(2, 3);
int virsh_events_begin(struct virsh *vsh, const struct virsh_call *call, struct virsh_events *events);
/* Waits, says what came. Failure: nothing came at all. */
int virsh_events_wait(struct virsh_events *events);
/* --event NAME in a table of names; -1: reported. */
int virsh_event_number(struct virsh *vsh, const struct virsh_call *call, const char *const *names, size_t n);

#endif
