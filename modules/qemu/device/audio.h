/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where sound goes, for those that make it. */
#ifndef QEMU_AUDIO_H
#define QEMU_AUDIO_H

#include "device/device.h"

/* What QEMU calls the host's end that is SAID (0: the first); the caller frees.  NULL: the guest has none. */
char *qemu_audio_name(const struct qemu_domain_def *doc, unsigned int said);

#endif
