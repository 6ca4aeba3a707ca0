/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Polkit, a part: it asks the authority on the system's bus whether a process
 * may do something.  Any thread.
 */
#ifndef DAEMON_POLKIT_H
#define DAEMON_POLKIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define DAEMON_POLKIT_VERSION 2
#define DAEMON_POLKIT_WHY 512           /* bytes of a sentence */
#define DAEMON_POLKIT_AT_ONCE 64        /* questions; a bus lets nobody wait for more than 128 replies */

struct daemon_polkit_subject {
    pid_t pid;                          /* of who wants to */
    uint64_t start_time;                /* of that process, in ticks since boot */
    uid_t uid;
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

struct daemon_polkit_detail { const char *key, *value; };

struct daemon_polkit_question {
    const char *action;
    const struct daemon_polkit_detail *details;
    size_t n_details;
    enum daemon_polkit_answer answer;
};

struct daemon_polkit_part {
    uint32_t version;
    /* Asks N questions (AT_ONCE at the most) at once and waits for all answers, until the deadline of vir_deadline.
     * INTERACTIVE: an agent of the user may ask for a password; what was not answered then is withdrawn. */
    void (*ask)(const struct daemon_polkit_subject *subject, bool interactive, int64_t deadline,
                struct daemon_polkit_question *questions, size_t n, char *why);
};

#endif
