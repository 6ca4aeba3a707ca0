/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Over TCP.  All addresses that a name has are tried, each a moment after the
 * one before it, and the first that answers is taken: one that is dead costs
 * nobody its time.
 */
#include "modules/remote/remote.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rpc/resolve.h"

#define DIAL_MS (30 * 1000)             /* until the name is known and the first address has answered */
#define NEXT_MS 250                     /* until the next address is tried, too */
#define MAX_TRIED 16                    /* addresses of a name */

struct attempts {
    const struct addrinfo *next;        /* not tried yet */
    struct pollfd tried[MAX_TRIED];     /* fd -1: it has failed */
    nfds_t n;
    int err;                            /* of the last that failed */
};

static void
give_up(struct attempts *attempts, size_t i, int err)
{
    close(attempts->tried[i].fd);
    attempts->tried[i].fd = -1;
    attempts->err = err;
}

/* Begins with the next address; false: there is none. */
static bool
try_next(struct attempts *attempts)
{
    while (attempts->next && attempts->n < MAX_TRIED) {
        const struct addrinfo *one = attempts->next;
        int sock = socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

        attempts->next = one->ai_next;
        if (sock < 0) {
            attempts->err = errno;
            continue;
        }
        attempts->tried[attempts->n] = (struct pollfd){ .fd = sock, .events = POLLOUT };
        if (connect(sock, one->ai_addr, one->ai_addrlen) == 0 || errno == EINPROGRESS) {
            attempts->n++;
            return true;
        }
        give_up(attempts, attempts->n, errno);
    }
    return false;
}

/* The first that has connected; -1: none yet. */
static int
take_connected(struct attempts *attempts)
{
    for (size_t i = 0; i < attempts->n; i++) {
        int err = 0, sock = attempts->tried[i].fd;
        socklen_t len = sizeof(err);

        if (sock < 0 || !attempts->tried[i].revents)
            continue;
        getsockopt(sock, SOL_SOCKET, SO_ERROR, &err, &len);
        if (!err) {
            attempts->tried[i].fd = -1;
            return sock;
        }
        give_up(attempts, i, err);
    }
    return -1;
}

static bool
any_left(const struct attempts *attempts)
{
    for (size_t i = 0; i < attempts->n; i++)
        if (attempts->tried[i].fd >= 0)
            return true;
    return false;
}

/* The socket, or -1 with errno. */
static int
connect_first(const struct addrinfo *addresses, int64_t deadline)
{
    struct attempts attempts = { .next = addresses, .err = EADDRNOTAVAIL };
    int sock = -1, left;
    bool more = try_next(&attempts);

    while (sock < 0 && (any_left(&attempts) || more)) {
        left = vir_deadline_left(deadline);
        if (left == 0) {
            attempts.err = ETIMEDOUT;
            break;
        }
        if (poll(attempts.tried, attempts.n, more && left > NEXT_MS ? NEXT_MS : left) > 0)
            sock = take_connected(&attempts);
        if (sock < 0)
            more = try_next(&attempts);
    }
    for (size_t i = 0; i < attempts.n; i++)
        if (attempts.tried[i].fd >= 0)
            close(attempts.tried[i].fd);
    errno = attempts.err;
    return sock;
}

static int
raise_unreachable(const struct remote_target *target, int err)
{
    vir_raise_errno(VIR_FROM_RPC, err, "unable to connect to server at '%s:%u'", target->host, target->port);
    if (err == ECONNREFUSED)
        vir_error_hint("nothing listens there: the other host's libvirtd needs --listen, and listen_%s = 1 in "
                       "its libvirtd.conf", target->transport);
    else if (err == ETIMEDOUT || err == EHOSTUNREACH || err == ENETUNREACH)
        vir_error_hint("see whether the host is up, and whether a firewall lets port %u through", target->port);
    return -1;
}

static int
raise_unresolved(const struct remote_target *target, int rc, int err)
{
    bool late = rc == EAI_SYSTEM && err == ETIMEDOUT;

    vir_raise(VIR_FROM_RPC, VIR_ERR_SYSTEM_ERROR, "unable to resolve address '%s' service '%u': %s", target->host,
              target->port, late ? "no server of names has answered" : rc == EAI_SYSTEM ? strerror(err) : gai_strerror(rc));
    if (late || rc == EAI_AGAIN)
        vir_error_hint("see whether the servers in /etc/resolv.conf answer: getent ahosts %s", target->host);
    return -1;
}

int
remote_tcp_dial(const struct remote_target *target)
{
    const int one = 1;
    int64_t deadline = vir_deadline(DIAL_MS);
    struct addrinfo *addresses;
    int rc = rpc_resolve(target->host, target->port, deadline, &addresses), sock, err;

    if (rc != 0)
        return raise_unresolved(target, rc, errno);
    sock = connect_first(addresses, deadline);
    err = errno;
    freeaddrinfo(addresses);
    if (sock < 0)
        return raise_unreachable(target, err);
    fcntl(sock, F_SETFL, fcntl(sock, F_GETFL) & ~O_NONBLOCK);
    setsockopt(sock, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    return sock;
}

struct rpc_transport *
remote_tcp_connect(struct remote_target *target)
{
    int sock = remote_tcp_dial(target);

    return sock < 0 ? NULL : rpc_transport_of_socket(sock);
}
