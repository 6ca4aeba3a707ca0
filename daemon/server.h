/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The servers of the daemon: one for everybody's clients, one for its
 * administrator's.  Each has listeners of its own, programs (client/call.c),
 * threads, and limits, which are those of the settings.
 */
#ifndef DAEMON_SERVER_H
#define DAEMON_SERVER_H

#include <stdbool.h>

#include "daemon/pool.h"

enum daemon_server { DAEMON_MAIN, DAEMON_ADMIN, DAEMON_SERVERS };

/* What its clients may have. */
struct daemon_limits {
    unsigned int max_clients, max_queued;       /* each of its listeners */
    unsigned int max_anonymous;         /* the same; 0: any number */
    unsigned int min_workers, max_workers, prio_workers;
    unsigned int max_client_requests;
    int keepalive_interval;             /* seconds; <= 0: never asks */
    unsigned int keepalive_count;
};

const char *daemon_server_name(enum daemon_server server);
/* DAEMON_SERVERS: there is none of that name; no error set. */
enum daemon_server daemon_server_find(const char *name);
/* Any thread. */
struct daemon_pool *daemon_server_pool(enum daemon_server server);

/* Once, by the settings. */
void daemon_servers_start(void);
/* Calls of clients that have gone are not begun any more.  The loop's. */
void daemon_servers_forget(void);
/* The settings have changed. */
void daemon_servers_adjust(void);
/* Once a second. */
void daemon_servers_relieve(void);
/* No client is there: whether some threads are on their way. */
bool daemon_servers_rest(void);
/* Ends the threads of all: 0, or -1 when some did not end by DEADLINE. */
int daemon_servers_end(int64_t deadline);

#endif
