/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a service manager and its daemon say to each other: sockets that were
 * opened for us (LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES), how we are
 * (NOTIFY_SOCKET), and that the loop still turns (WATCHDOG_PID, WATCHDOG_USEC).
 */
#include "daemon/daemon.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define FIRST_FD 3

/* Whether the variable PID is about this process. */
static bool
is_for_us(const char *pid)
{
    const char *value = getenv(pid);

    return value && strtol(value, NULL, 10) == (long)getpid();
}

/* ---- sockets ---- */

static int n_sockets = -1;              /* -1: not looked for yet */
static char *names;

int
daemon_systemd_sockets(void)
{
    const char *fds = getenv("LISTEN_FDS"), *fdnames = getenv("LISTEN_FDNAMES");
    long n = fds && is_for_us("LISTEN_PID") ? strtol(fds, NULL, 10) : 0;

    if (n_sockets >= 0)
        return n_sockets;
    n_sockets = n > 0 && n < 64 ? (int)n : 0;
    names = vir_strdup(fdnames ? fdnames : "");
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    return n_sockets;
}

int
daemon_systemd_socket(int i, char **ret_name)
{
    const char *name = names;

    for (int skip = i; skip > 0 && *name; skip--) {
        name += strcspn(name, ":");
        name += *name == ':';
    }
    *ret_name = vir_strndup(name, strcspn(name, ":"));
    return FIRST_FD + i;
}

/* ---- how we are ---- */

void
daemon_systemd_notify(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    size_t len = path ? strlen(path) : 0;
    int sock;

    if (len < 2 || len >= sizeof(addr.sun_path) || (path[0] != '/' && path[0] != '@'))
        return;
    memcpy(addr.sun_path, path, len);
    if (path[0] == '@')
        addr.sun_path[0] = '\0';        /* an abstract name */
    sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (sock < 0)
        return;
    if (sendto(sock, state, strlen(state), MSG_NOSIGNAL | MSG_DONTWAIT, (struct sockaddr *)&addr,
               (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) < 0)
        vir_warn("the service manager cannot be told '%s'", state);
    close(sock);
}

void
daemon_systemd_reloading(void)
{
    struct timespec now;
    char state[80];

    clock_gettime(CLOCK_MONOTONIC, &now);
    snprintf(state, sizeof(state), "RELOADING=1\nMONOTONIC_USEC=%lld",
             (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
    daemon_systemd_notify(state);
}

void
daemon_systemd_ready(void)
{
    char state[80];

    snprintf(state, sizeof(state), "READY=1\nSTATUS=Serving on %zu sockets", the_daemon.n_listeners);
    daemon_systemd_notify(state);
}

/* ---- the watchdog ---- */

static int watchdog_ms;

static void
feed(struct vir_loop *loop, void *opaque)
{
    (void)opaque;
    daemon_systemd_notify("WATCHDOG=1");
    vir_loop_add_timer(loop, watchdog_ms, feed, NULL);
}

void
daemon_systemd_watchdog(void)
{
    const char *usec = getenv("WATCHDOG_USEC");
    long long period = usec && (!getenv("WATCHDOG_PID") || is_for_us("WATCHDOG_PID")) ? strtoll(usec, NULL, 10) : 0;

    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
    if (period < 2000 || period / 2000 > INT32_MAX)
        return;
    watchdog_ms = (int)(period / 2000);         /* twice in each period, so that one may come late */
    feed(the_daemon.loop, NULL);
}
