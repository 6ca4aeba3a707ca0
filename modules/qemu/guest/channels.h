/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether programs of the guest have opened its channels, above all its agent. */
#ifndef QEMU_CHANNELS_H
#define QEMU_CHANNELS_H

#include "qemu.h"

/* With the domain's lock: ALIAS was opened in the guest, or closed; programs hear of the agent's. */
void qemu_channel_changed(struct qemu_domain *domain, const char *alias, bool open);
/* With it: the domain starts, and who listens hears how its agent's channel is. */
void qemu_channels_announce(struct qemu_domain *domain);
/* Without it: RUN was found again, and no daemon may have seen what became of its channels. */
void qemu_channels_ask(struct qemu_run *run);

#endif
