/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether programs of the guest have opened its channels, as the document of a running guest says it. */
#ifndef QEMU_CHANNEL_TOLD_H
#define QEMU_CHANNEL_TOLD_H

#include "device/device.h"

/* Is ALIAS, or (NULL) any of them, that of the guest's agent? */
bool qemu_channel_is_agents(const struct qemu_domain_def *doc, const char *alias);
/* The socket of the agent's; NULL: there is none. */
const char *qemu_channel_of_agent(const struct qemu_domain_def *doc);
/* The socket of the one that has this alias, or this name for the guest, or (NULL) of the first; NULL: error set. */
const char *qemu_channel_path(const struct qemu_domain_def *doc, const char *name);
bool qemu_channel_agent_is_open(const struct qemu_domain_def *doc);
/* ALIAS is another's, or is OPEN or not as it was. */
bool qemu_channel_stays(const struct qemu_domain_def *doc, const char *alias, bool open);
/* What FROM says of the channels that TO, a copy of what was before it, has too. */
void qemu_channels_keep(const struct qemu_domain_def *from, struct qemu_domain_def *to);
void qemu_channel_set_open(struct qemu_domain_def *doc, const char *alias, bool open);

#endif
