/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Polkit, a part: it asks the authority on the system's bus whether a process
 * may do something.  Any thread.
 */
#ifndef DAEMON_POLKIT_H
#define DAEMON_POLKIT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define DAEMON_POLKIT_VERSION 1
#define DAEMON_POLKIT_WHY 512           /* bytes of a sentence */

struct daemon_polkit_question {
    const char *action;
    pid_t pid;                          /* of who wants to */
    uint64_t start_time;                /* of that process, in ticks since boot */
    uid_t uid;
    bool interactive;                   /* an agent of the user may ask for a password */
    int64_t deadline;                   /* of vir_deadline */
    int sock;                           /* when its other end hangs up nobody wants to know any more */
};

enum daemon_polkit_answer {
    DAEMON_POLKIT_FAILED = -1,          /* it could not be asked: why */
    DAEMON_POLKIT_YES,
    DAEMON_POLKIT_NO,
    DAEMON_POLKIT_CHALLENGE,            /* after a password: interactive, but there is no agent; or not interactive */
    DAEMON_POLKIT_DISMISSED,            /* the user does not want to give one */
    DAEMON_POLKIT_LATE,                 /* the deadline has passed */
    DAEMON_POLKIT_GONE,                 /* the other end has hung up */
};

struct daemon_polkit_part {
    uint32_t version;
    /* A question that was not answered is withdrawn. */
    enum daemon_polkit_answer (*ask)(const struct daemon_polkit_question *question, char *why);
};

#endif
