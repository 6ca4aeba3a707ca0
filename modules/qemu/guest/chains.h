/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Images of a running guest that are exchanged: what an earlier daemon began is brought to an end. */
#ifndef QEMU_CHAINS_H
#define QEMU_CHAINS_H

#include "qemu.h"

/* With the job: what an earlier change came to is found out, if it is not known.  -1: QEMU does not tell yet. */
int qemu_chains_settle(struct qemu_run *run);
/* With the job: from here to the end the next daemon looks, should this one end, which images the guest has. */
int qemu_chains_begin(struct qemu_run *run);    /* -1: as qemu_chains_settle */
/* A run that is unsettled is looked at until QEMU answers, and its documents say what is. */
void qemu_chains_end(struct qemu_run *run);
/* RUN was found again: does so.  In a thread of its own. */
void qemu_chains_recover(struct qemu_run *run);

#endif
