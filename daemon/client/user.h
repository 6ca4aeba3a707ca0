/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who clients belong to: a user of this host, or another host.  What one takes
 * of what all share is counted here, and each has its turns.
 */
#ifndef DAEMON_USER_H
#define DAEMON_USER_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/types.h>

#include "daemon/pool.h"
#include "daemon/settings.h"

#define DAEMON_LISTENERS 16             /* two unix sockets; several addresses of tcp and tls */

struct daemon_client;

struct daemon_user {
    struct daemon_user *next;
    unsigned int refs;                  /* one for each client */
    uid_t uid;                          /* (uid_t)-1: of another host */
    struct in6_addr address;            /* of that host; of IPv6 that of its network */
    size_t bytes;                       /* atomic: in memory, of all its clients */
    unsigned int holds[DAEMON_THINGS];  /* atomic */
    unsigned int clients[DAEMON_LISTENERS];     /* of each listener; the loop's, as what follows */
    unsigned int round;                 /* in which it had USED_US of the loop's time */
    int64_t used_us;
    struct daemon_lane lanes[2];        /* the pool's */
};

/* The user UID, or the other end of SOCK where that comes from another host; with a reference. */
struct daemon_user *daemon_user_of(uid_t uid, int sock);
void daemon_user_unref(struct daemon_user *user);

/* Counts N more bytes (fewer: N < 0); false: that is too much, for the user or for all. */
bool daemon_user_take(struct daemon_user *user, ssize_t n);
/* Counts N more of THING. */
void daemon_user_hold(struct daemon_user *user, enum daemon_thing thing, int n);
/* As many of each thing may all users hold together; any thread asks. */
void daemon_users_allow(const unsigned int most[DAEMON_THINGS]);
/* Of all users together; and each of them, with the users locked. */
size_t daemon_users_bytes(void);
unsigned int daemon_users_hold(enum daemon_thing thing);
void daemon_users_each(void (*each)(const struct daemon_user *user, void *opaque), void *opaque);
bool daemon_user_holds_too_many(const struct daemon_user *user, enum daemon_thing thing);
/* Who takes more bytes than anybody else, if that is too much; for comparing only.  NULL: nobody. */
const struct daemon_user *daemon_user_largest(void);

/* Work in which somebody is asked who may be in no hurry: only so much of a user's has a thread. */
void daemon_user_queue(const struct daemon_user *user, struct daemon_work *work);

/* Whether it is the user's turn in the loop, or others are to be served before its CLIENT; and the time that it took,
 * which nobody looks at while there are few clients of one user; whether that is a whole slice already. */
bool daemon_user_may(struct daemon_user *user, const struct daemon_client *client);
int64_t daemon_user_begin(void);
bool daemon_user_is_over(int64_t began);
void daemon_user_used(struct daemon_user *user, int64_t began);

#endif
