/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A conversation with the agent inside one guest, by the host's end of its channel.  The agent belongs
 * to whoever has taken over the guest: what it sends is limited and checked, and is read only while a call
 * waits for it, in the caller's thread, so that no other guest and no monitor waits for it.
 */
#ifndef QEMU_AGENT_H
#define QEMU_AGENT_H

#include "qmp/qmp.h"

enum {
    QEMU_AGENT_SYNC_MS = 5000,          /* to find out whether it listens */
    QEMU_AGENT_ANSWER_MS = 60000,       /* one answer, where nobody set a limit... */
    QEMU_AGENT_PATIENT_MS = 3600000,    /* ...and what a guest may work at for long */
    QEMU_AGENT_PARTING_MS = 60000,      /* until the guest does as it was told */
};

struct qemu_agent;

struct qemu_agent *qemu_agent_new(const char *guest);          /* GUEST is for messages */
struct qemu_agent *qemu_agent_ref(struct qemu_agent *agent);
struct qemu_agent *qemu_agent_unref(struct qemu_agent *agent);
/* From any thread: the channel's end in the guest was closed, or the guest sleeps or ends: the call under way is over. */
void qemu_agent_hang_up(struct qemu_agent *agent);

struct qemu_agent_ask {
    const char *command;                /* for messages, too */
    struct json_object *args;           /* taken over; NULL: none */
    struct json_object *whole;          /* what is sent instead, with the command in it; taken over; NULL: none */
    int seconds;                        /* for the answer; or a virDomainAgentResponseTimeoutValues */
    bool patient;                       /* QEMU_AGENT_PATIENT_MS where that is no limit */
    bool parting;                       /* it is not answered if it works: the channel ends */
};

/* How a call ended. */
enum qemu_agent_end {
    QEMU_AGENT_ANSWERED,
    QEMU_AGENT_FAILED = -1,             /* the error is set... */
    QEMU_AGENT_LACKS = -2,              /* ...that the agent does not have the command */
};

/* One call, when those that came before it are over.  PATH: the channel's socket.  RET (may be NULL) gets what was
 * returned, or the whole answer to a whole command, to be put by the caller. */
enum qemu_agent_end qemu_agent_call(struct qemu_agent *agent, const char *path, const struct qemu_agent_ask *ask,
                                    struct json_object **ret);

#endif
