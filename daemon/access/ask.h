/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asking for permissions.  The driver that libvirtd.conf names in access_drivers
 * decides about the process that connected; what cannot be asked is a no.
 */
#ifndef DAEMON_ACCESS_ASK_H
#define DAEMON_ACCESS_ASK_H

#include <stdbool.h>

#include "daemon/access/details.h"
#include "wire/access.h"

#define ACCESS_AT_ONCE DAEMON_POLKIT_AT_ONCE        /* questions that travel together */

struct daemon_client;

struct access_question {
    const struct access_rule *rule;     /* whose permission; its conditions do not matter here */
    struct access_details details;      /* of the object; released by who asks */
    bool asked, allowed;                /* whether there is an answer, and which */
};

/* Fills in the answers of N questions, AT_ONCE at the most.  Waits, so not in the loop. */
void daemon_access_ask(struct daemon_client *client, virConnectPtr conn, struct access_question *questions, size_t n);
/* The same; the first no is the error of the call: -1. */
int daemon_access_demand(struct daemon_client *client, virConnectPtr conn, struct access_question *questions,
                         size_t n);
void daemon_access_release(struct access_question *questions, size_t n);

#endif
