/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The part mdns: avahi-daemon is told over the system's bus, by a thread of
 * libavahi's, for both may let who asks them wait.  What is to be told is put
 * down under the lock, and a descriptor wakes the thread.
 */
#include "daemon/mdns.h"

#include <libvirt/module.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <avahi-client/client.h>
#include <avahi-client/publish.h>
#include <avahi-common/alternative.h>
#include <avahi-common/error.h>
#include <avahi-common/malloc.h>
#include <avahi-common/thread-watch.h>

#define SERVICE "_libvirt._tcp"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *wanted;                    /* under the lock, as the next one */
static uint16_t wanted_port;

static int wake_fd = -1;                /* before the thread */
static AvahiThreadedPoll *thread;

/* The thread's. */
static AvahiClient *client;
static AvahiEntryGroup *group;
static char *name;                      /* under which it is known there: another has the one that is wanted */

static void
complain(const char *what, int code)
{
    vir_warn("the network cannot be told of this daemon: %s: %s", what, avahi_strerror(code));
}

static void publish(void);

static void
take_other_name(void)
{
    char *other = avahi_alternative_service_name(name);

    vir_info("another host of the network is called '%s': this one is '%s' there", name, other);
    free(name);
    name = vir_strdup(other);
    avahi_free(other);
    publish();
}

static void
group_event(AvahiEntryGroup *which, AvahiEntryGroupState state, void *opaque)
{
    (void)opaque;
    if (state == AVAHI_ENTRY_GROUP_ESTABLISHED)
        vir_info("the network is told of '%s'", name);
    else if (state == AVAHI_ENTRY_GROUP_COLLISION)
        take_other_name();
    else if (state == AVAHI_ENTRY_GROUP_FAILURE)
        complain("it is refused", avahi_client_errno(avahi_entry_group_get_client(which)));
}

static int
add(uint16_t port)
{
    return avahi_entry_group_add_service(group, AVAHI_IF_UNSPEC, AVAHI_PROTO_UNSPEC, 0, name, SERVICE, NULL, NULL, port,
                                         NULL);
}

/* Tells what is wanted, when the other end is there. */
static void
publish(void)
{
    uint16_t port;
    int rc;

    pthread_mutex_lock(&lock);
    port = wanted_port;
    if (!name)
        name = vir_strdup(wanted);
    pthread_mutex_unlock(&lock);
    if (!client || avahi_client_get_state(client) != AVAHI_CLIENT_S_RUNNING)
        return;
    if (group)
        avahi_entry_group_reset(group);
    if (!port)
        return;
    if (!group)
        group = avahi_entry_group_new(client, group_event, NULL);
    rc = group ? add(port) : avahi_client_errno(client);
    if (rc == AVAHI_ERR_COLLISION) {
        take_other_name();
        return;
    }
    if (rc == 0)
        rc = avahi_entry_group_commit(group);
    if (rc < 0)
        complain("avahi-daemon", rc);
}

static void client_event(AvahiClient *which, AvahiClientState state, void *opaque);

/* Waits for avahi-daemon, too, where it does not run yet. */
static void
begin(void)
{
    int error = 0;

    client = avahi_client_new(avahi_threaded_poll_get(thread), AVAHI_CLIENT_NO_FAIL, client_event, NULL, &error);
    if (!client)
        complain("the system's bus", error);
}

static void
client_event(AvahiClient *which, AvahiClientState state, void *opaque)
{
    (void)opaque;
    client = which;                     /* it calls before it is returned */
    if (state == AVAHI_CLIENT_S_RUNNING) {
        publish();
    } else if (state == AVAHI_CLIENT_FAILURE && avahi_client_errno(which) == AVAHI_ERR_DISCONNECTED) {
        group = NULL;                   /* goes with it */
        avahi_client_free(which);
        client = NULL;
        begin();
    } else if (state == AVAHI_CLIENT_FAILURE) {
        complain("avahi-daemon", avahi_client_errno(which));
    } else if (group) {                 /* the host gets another name: they are told anew then */
        avahi_entry_group_reset(group);
    }
}

/* Something else is wanted. */
static void
woken(AvahiWatch *watch, int fd, AvahiWatchEvent event, void *opaque)
{
    uint64_t times;

    (void)watch;
    (void)event;
    (void)opaque;
    if (read(fd, &times, sizeof(times)) < 0)
        return;
    free(name);
    name = NULL;
    if (client)
        publish();
    else
        begin();
}

static int
start(void)
{
    const AvahiPoll *poll;

    wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (wake_fd < 0)
        return -errno;
    thread = avahi_threaded_poll_new();
    poll = thread ? avahi_threaded_poll_get(thread) : NULL;
    if (poll && poll->watch_new(poll, wake_fd, AVAHI_WATCH_IN, woken, NULL) && avahi_threaded_poll_start(thread) == 0)
        return 0;
    if (thread)
        avahi_threaded_poll_free(thread);
    thread = NULL;
    close(wake_fd);
    return -ENOMEM;
}

static int
set(const char *as, uint16_t port)
{
    const uint64_t once = 1;
    bool same;
    int rc;

    pthread_mutex_lock(&lock);
    same = wanted && strcmp(wanted, as) == 0 && wanted_port == port;
    free(wanted);
    wanted = vir_strdup(as);
    wanted_port = port;
    pthread_mutex_unlock(&lock);
    rc = same ? 0 : thread ? 0 : start();
    if (rc == 0 && !same && write(wake_fd, &once, sizeof(once)) < 0)
        rc = -errno;
    return rc;
}

extern const struct daemon_mdns_part mdns;
__attribute__((visibility("default")))
const struct daemon_mdns_part mdns = { DAEMON_MDNS_VERSION, set };
