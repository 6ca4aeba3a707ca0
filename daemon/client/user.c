/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fairness: half of everything is for one user at most, a quarter of what can
 * be counted is root's alone, and who has had a slice of the loop's time waits
 * until all others have had theirs.
 */
#include "daemon/daemon.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define FEW_CLIENTS 4                   /* that take no time to speak of from those who are not in yet */
#define SLICE_US 5000                   /* of the loop's time, then others are looked for */
#define NETWORK_BYTES 8                 /* of an IPv6 address */

/* Also of other threads than the loop's. */
static pthread_mutex_t users_lock = PTHREAD_MUTEX_INITIALIZER;
static struct daemon_user *users;
static unsigned int n_users;            /* atomic */

static size_t all_bytes;                /* atomic */
static unsigned int all_holds[DAEMON_THINGS];       /* atomic */
static unsigned int most_holds[DAEMON_THINGS];      /* atomic; of all together */

/* The loop's. */
static unsigned int current_round;
static const struct daemon_client *first_passed;    /* since somebody was served; for comparing only */
static unsigned int passed;             /* as many events in a row */

/* ---- who it is ------------------------------------------------------------------ */

static struct in6_addr
address_of(int sock)
{
    struct sockaddr_storage end = { 0 };
    socklen_t len = sizeof(end);
    struct in6_addr address = IN6ADDR_ANY_INIT;

    if (getpeername(sock, (struct sockaddr *)&end, &len) < 0)
        return address;
    if (end.ss_family == AF_INET6)      /* its network: a host has as many addresses as it likes there */
        memcpy(&address, &((const struct sockaddr_in6 *)&end)->sin6_addr, NETWORK_BYTES);
    else if (end.ss_family == AF_INET)
        memcpy(&address.s6_addr[12], &((const struct sockaddr_in *)&end)->sin_addr, 4);
    return address;
}

struct daemon_user *
daemon_user_of(uid_t uid, int sock)
{
    struct in6_addr address = IN6ADDR_ANY_INIT;
    struct daemon_user *user;

    if (uid == (uid_t)-1)
        address = address_of(sock);
    pthread_mutex_lock(&users_lock);
    for (user = users; user; user = user->next)
        if (user->uid == uid && memcmp(&user->address, &address, sizeof(address)) == 0)
            break;
    if (!user) {
        user = VIR_NEW(struct daemon_user);
        user->uid = uid;
        user->address = address;
        user->next = users;
        users = user;
        __atomic_add_fetch(&n_users, 1, __ATOMIC_RELAXED);
        daemon_lanes_init(user->lanes, uid == 0);
    }
    user->refs++;
    pthread_mutex_unlock(&users_lock);
    return user;
}

void
daemon_user_unref(struct daemon_user *user)
{
    struct daemon_user **link = &users;

    pthread_mutex_lock(&users_lock);
    if (--user->refs == 0) {
        while (*link != user)
            link = &(*link)->next;
        *link = user->next;
        __atomic_sub_fetch(&n_users, 1, __ATOMIC_RELAXED);
        free(user);
    }
    pthread_mutex_unlock(&users_lock);
}

/* ---- what it takes ---------------------------------------------------------------- */

static bool
is_too_much(const struct daemon_user *user, size_t bytes)
{
    return user->uid != 0 && bytes > DAEMON_HELD_MAX / 2;
}

bool
daemon_user_take(struct daemon_user *user, ssize_t n)
{
    if (n) {
        __atomic_add_fetch(&all_bytes, (size_t)n, __ATOMIC_RELAXED);
        __atomic_add_fetch(&user->bytes, (size_t)n, __ATOMIC_RELAXED);
    }
    return __atomic_load_n(&all_bytes, __ATOMIC_RELAXED) <= DAEMON_HELD_MAX &&
        !is_too_much(user, __atomic_load_n(&user->bytes, __ATOMIC_RELAXED));
}

const struct daemon_user *
daemon_user_largest(void)
{
    const struct daemon_user *largest = NULL;
    size_t most = 0;

    pthread_mutex_lock(&users_lock);
    for (const struct daemon_user *user = users; user; user = user->next) {
        size_t bytes = __atomic_load_n(&user->bytes, __ATOMIC_RELAXED);

        if (bytes > most) {
            largest = user;
            most = bytes;
        }
    }
    if (largest && __atomic_load_n(&all_bytes, __ATOMIC_RELAXED) <= DAEMON_HELD_MAX && !is_too_much(largest, most))
        largest = NULL;
    pthread_mutex_unlock(&users_lock);
    return largest;
}

void
daemon_user_hold(struct daemon_user *user, enum daemon_thing thing, int n)
{
    __atomic_add_fetch(&user->holds[thing], (unsigned int)n, __ATOMIC_RELAXED);
    __atomic_add_fetch(&all_holds[thing], (unsigned int)n, __ATOMIC_RELAXED);
}

void
daemon_users_allow(const unsigned int most[DAEMON_THINGS])
{
    for (size_t i = 0; i < DAEMON_THINGS; i++)
        __atomic_store_n(&most_holds[i], most[i], __ATOMIC_RELAXED);
}

bool
daemon_user_holds_too_many(const struct daemon_user *user, enum daemon_thing thing)
{
    unsigned int max = __atomic_load_n(&most_holds[thing], __ATOMIC_RELAXED);
    unsigned int all = __atomic_load_n(&all_holds[thing], __ATOMIC_RELAXED);
    unsigned int own = __atomic_load_n(&user->holds[thing], __ATOMIC_RELAXED);

    return user->uid == 0 ? all > max : all > max - max / 4 || own > max / 2;
}

size_t
daemon_users_bytes(void)
{
    return __atomic_load_n(&all_bytes, __ATOMIC_RELAXED);
}

unsigned int
daemon_users_hold(enum daemon_thing thing)
{
    return __atomic_load_n(&all_holds[thing], __ATOMIC_RELAXED);
}

void
daemon_users_each(void (*each)(const struct daemon_user *user, void *opaque), void *opaque)
{
    pthread_mutex_lock(&users_lock);
    for (const struct daemon_user *user = users; user; user = user->next)
        each(user, opaque);
    pthread_mutex_unlock(&users_lock);
}

/* ---- turns ------------------------------------------------------------------------- */

/* Descriptors that are ready are told of in turn: when the first that was passed over comes again, or had
 * to, nobody else is there. */
static bool
is_nobody_else(const struct daemon_client *client)
{
    if (client == first_passed || ++passed > the_daemon.n_clients)
        return true;
    if (!first_passed)
        first_passed = client;
    return false;
}

bool
daemon_user_may(struct daemon_user *user, const struct daemon_client *client)
{
    if (user->round != current_round) {
        user->round = current_round;
        user->used_us = 0;
    }
    if (user->used_us >= SLICE_US) {
        if (!is_nobody_else(client))
            return false;
        user->round = ++current_round;
        user->used_us = 0;
    }
    first_passed = NULL;
    passed = 0;
    return true;
}

static int64_t
now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

int64_t
daemon_user_begin(void)
{
    /* a crowd of one user: others may wait to be let in */
    return __atomic_load_n(&n_users, __ATOMIC_RELAXED) > 1 || the_daemon.n_clients > FEW_CLIENTS ? now_us() : 0;
}

bool
daemon_user_is_over(int64_t began)
{
    return began && now_us() - began >= SLICE_US;
}

void
daemon_user_used(struct daemon_user *user, int64_t began)
{
    if (began)
        user->used_us += now_us() - began;
}

void
daemon_user_queue(const struct daemon_user *user, struct daemon_work *work)
{
    memset(work->key, 0, sizeof(work->key));
    memcpy(work->key, &user->uid, sizeof(user->uid));
    work->has_key = true;
    work->high = false;
}
