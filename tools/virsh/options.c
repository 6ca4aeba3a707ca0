/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the options of virsh have said, here as they are where nothing is said. */
#include "virsh.h"

struct virsh_options virsh_options = { .escape = ']' ^ 0x40, .keepalive_interval = 5, .keepalive_count = 6 };
