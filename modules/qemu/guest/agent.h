/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is asked of the agent in a domain's guest.  No job is needed: calls of one agent wait for one another, and no
 * other call waits for them.
 */
#ifndef QEMU_GUEST_AGENT_H
#define QEMU_GUEST_AGENT_H

#include "agent/agent.h"

/* ASK's seconds: as they are.  *RET (may be NULL) as in qemu_agent_call. */
enum qemu_agent_end qemu_agent_do(struct qemu_domain *domain, const struct qemu_agent_ask *ask, struct json_object **ret);
/* The same with the seconds that the domain's users chose.  ARGS is taken over, may be NULL. */
enum qemu_agent_end qemu_agent_ask(struct qemu_domain *domain, const char *command, struct json_object *args,
                                   struct json_object **ret);
/* The same of what the guest may work at for long. */
enum qemu_agent_end qemu_agent_work(struct qemu_domain *domain, const char *command, struct json_object *args,
                                    struct json_object **ret);

/* Is there an agent that listens?  -1: error set. */
int qemu_agent_check(struct qemu_domain *domain);

/* The guest holds what it writes, of all its file systems or of those at N PLACES, or goes on: how many, or -1.  Who
 * froze must thaw, also where it failed: some may be frozen then. */
int qemu_agent_freeze(struct qemu_domain *domain, const char *const *places, size_t n);
int qemu_agent_thaw(struct qemu_domain *domain);

/* An answer that makes no sense: "COMMAND reply ..."; always -1. */
int qemu_agent_nonsense(const char *fmt, ...) VIR_PRINTF(1, 2);

#endif
