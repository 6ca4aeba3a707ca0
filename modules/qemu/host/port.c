/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ports are taken before an emulator is started that listens on them: those on their way are remembered, the
 * others the host knows.
 */
#include "host/port.h"

#include <libvirt/module-base.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

enum { N_PORTS = QEMU_LAST_PORT - QEMU_FIRST_PORT + 1 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint8_t taken[N_PORTS / 8 + 1];  /* under the lock; a bit a port */

static bool
can_bind(const struct sockaddr *at, socklen_t len)
{
    VIR_AUTO_CLOSE int fd = socket(at->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;

    if (fd < 0)
        return at->sa_family == AF_INET6;       /* a host without it */
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (at->sa_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
    return bind(fd, at, len) == 0;
}

static bool
is_free(int port)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };

    return can_bind((struct sockaddr *)&v4, sizeof(v4)) && can_bind((struct sockaddr *)&v6, sizeof(v6));
}

int
qemu_port_take(int first, int last)
{
    int found = 0;

    pthread_mutex_lock(&lock);
    for (int port = first; port <= last && !found; port++) {
        int i = port - QEMU_FIRST_PORT;

        if (taken[i / 8] & 1 << i % 8 || !is_free(port))
            continue;
        taken[i / 8] |= (uint8_t)(1 << i % 8);
        found = port;
    }
    pthread_mutex_unlock(&lock);
    return found;
}

void
qemu_port_give_back(int port)
{
    int i = port - QEMU_FIRST_PORT;

    if (i < 0 || i >= N_PORTS)
        return;
    pthread_mutex_lock(&lock);
    taken[i / 8] &= (uint8_t)~(1 << i % 8);
    pthread_mutex_unlock(&lock);
}
