/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The state that all of libvirtd shares; main.c fills and empties it.
 */
#include "daemon/daemon.h"

struct daemon the_daemon = { .settings_lock = PTHREAD_MUTEX_INITIALIZER };
