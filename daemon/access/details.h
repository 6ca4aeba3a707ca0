/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What rules are told of an object, to tell it from others.
 */
#ifndef DAEMON_ACCESS_DETAILS_H
#define DAEMON_ACCESS_DETAILS_H

#include <stddef.h>

#include "daemon/access/polkit.h"

struct access_details {
    size_t n;
    struct daemon_polkit_detail list[8];        /* keys are constants, values its own */
};

void access_details_clear(struct access_details *details);

#endif
