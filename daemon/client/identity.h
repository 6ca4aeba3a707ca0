/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who a client is, as an administrator is told. */
#ifndef DAEMON_IDENTITY_H
#define DAEMON_IDENTITY_H

#include <stdbool.h>
#include <sys/types.h>

#define DAEMON_ADDRESS 128              /* bytes of "[ADDRESS]:PORT" */

struct daemon_client;

struct daemon_identity {
    bool readonly;
    bool local;                         /* these three are known */
    uid_t uid;
    gid_t gid;
    pid_t pid;
    char address[DAEMON_ADDRESS];       /* of another host; or empty */
    char *user_name, *certificate_name; /* NULL: none */
    char *label;                        /* that a security module has given its process; NULL: none */
};

/* Any thread. */
void daemon_identity_read(struct daemon_client *client, struct daemon_identity *ret_identity);
void daemon_identity_clear(struct daemon_identity *identity);

#endif
