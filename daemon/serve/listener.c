/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The sockets that clients connect to, and who may have how many connections.
 * Each listener counts for itself, so a full read-only socket leaves the other
 * one alone; every user but root has a share of it; some places are root's.
 * Clients that have not opened a connection yet make room for newer ones.
 */
#include "daemon/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/loop.h"

#define ACCEPTS_PER_TURN 16
#define SETTLE_MS 1000                  /* for a client to open its connection before it has to make room */
#define PAUSE_MS 100                    /* until a listener tries again that cannot take anybody in */

/* ---- who may connect ------------------------------------------------------------ */

static bool
is_local(const struct daemon_listener *listener)
{
    return listener->way == DAEMON_UNIX_RO || listener->way == DAEMON_UNIX_RW || listener->way == DAEMON_UNIX_ADMIN;
}

/* By which root comes. */
static bool
is_roots(const struct daemon_listener *listener)
{
    return listener->way == DAEMON_UNIX_RW || listener->way == DAEMON_UNIX_ADMIN;
}

static const struct daemon_limits *
limits_of(const struct daemon_listener *listener)
{
    return &the_daemon.settings.limits[daemon_way_server(listener->way)];
}

/* Whatever the permissions of the socket are. */
static const char *
too_many_administrators(const struct daemon_listener *listener, uid_t uid)
{
    if (uid != 0 && uid != geteuid())
        return "it is not the user that this daemon runs as";
    return listener->n_clients >= limits_of(listener)->max_clients ? "admin_max_clients" : NULL;
}

enum { SHARES = 8 };                    /* of a server's clients: one user has no more than one of them */

/* Why one more client of USER is too many; NULL if it is not. */
static const char *
too_many(const struct daemon_listener *listener, const struct daemon_user *user)
{
    unsigned int max = limits_of(listener)->max_clients, share = max / SHARES;

    if (listener->way == DAEMON_UNIX_ADMIN)
        return too_many_administrators(listener, user->uid);
    if (listener->n_clients >= max + (user->uid == 0 ? DAEMON_ROOT_SLOTS : 0))
        return "max_clients";
    if (user->uid == 0 || !the_daemon.settings.privileged)
        return NULL;
    if (share < DAEMON_UID_SLOTS)
        share = DAEMON_UID_SLOTS;
    return user->clients[listener - the_daemon.listeners] >= share ? "the share of its user" : NULL;
}

/* Other hosts make room for this one. */
static bool
makes_room(const struct daemon_client *client, const struct daemon_listener *listener)
{
    return client->listener == listener || (is_local(listener) && !is_local(client->listener));
}

/* Ends the client that has waited longest without opening a connection; one of
 * root's only if there is no other.  False: there is none at all. */
static bool
evict_anonymous(struct daemon_listener *listener)
{
    struct daemon_client *oldest = NULL;

    for (struct daemon_client *c = the_daemon.clients; c; c = c->next) {
        if (makes_room(c, listener) && (c->uid != 0 || !oldest || oldest->uid == 0) &&
            !daemon_client_opened(c))
            oldest = c;                 /* the list is newest first */
    }
    if (oldest)
        daemon_client_close(oldest, "max_anonymous_clients: a newer one needs its place");
    return oldest;
}

static unsigned int
count_anonymous(const struct daemon_listener *listener)
{
    return __atomic_load_n(&listener->n_anonymous, __ATOMIC_RELAXED);
}

/* The user's client that has waited longest without opening a connection; NULL: none, or they have just come. */
static struct daemon_client *
oldest_anonymous(const struct daemon_listener *listener, const struct daemon_user *user)
{
    struct daemon_client *oldest = NULL;

    for (struct daemon_client *c = the_daemon.clients; c; c = c->next)
        if (c->listener == listener && c->user == user && !daemon_client_opened(c))
            oldest = c;                 /* the list is newest first */
    return oldest && vir_now_ms() - oldest->since_ms > SETTLE_MS ? oldest : NULL;
}

/* Too many that have not opened a connection make room for a newer one of the same user, and never for
 * another's; many that come at once all get in. */
static void
evict_own(struct daemon_listener *listener, const struct daemon_user *user)
{
    const unsigned int max = limits_of(listener)->max_anonymous;
    struct daemon_client *oldest;

    while (max && count_anonymous(listener) >= max && (oldest = oldest_anonymous(listener, user)))
        daemon_client_close(oldest, "max_anonymous_clients: a newer one of its user needs its place");
}

static void
log_refused(const struct daemon_listener *listener, uid_t uid, const char *why)
{
    static struct daemon_seldom seldom;
    unsigned int unsaid;

    the_daemon.refused++;
    if (daemon_seldom(&seldom, &unsaid))
        vir_warn("a client of uid %u on %s was refused: %s (%u refused since the last such line)",
                 uid, listener->name, why, unsaid + 1);
}

static void
admit(struct daemon_listener *listener, int sock)
{
    struct ucred who = { .uid = (uid_t)-1 };
    const int on = 1;
    socklen_t len = sizeof(who);
    struct rpc_transport *transport;
    struct daemon_user *user;
    const char *why;

    if (is_local(listener) && getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &who, &len) < 0) {
        log_refused(listener, who.uid, "who it is cannot be known");
        close(sock);
        return;
    }
    user = daemon_user_of(who.uid, sock);
    why = too_many(listener, user);
    if (why) {
        log_refused(listener, who.uid, why);
        daemon_user_unref(user);
        close(sock);
        return;
    }
    evict_own(listener, user);
    if (!is_local(listener))            /* a reply does not wait for more to go with it */
        setsockopt(sock, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (listener->way == DAEMON_TLS)
        transport = daemon_tls_begin(sock);
    else
        transport = rpc_transport_of_socket(sock);
    if (!transport) {
        daemon_user_unref(user);
        return;
    }
    daemon_client_new(listener, transport, listener->way == DAEMON_TLS ? daemon_tls_shake : NULL, user, who.pid);
    daemon_sweep_start();
}

/* Kept open for refuse_one; -1: it could not be had. */
static int spare_fd = -1;

static void
take_spare(void)
{
    if (spare_fd < 0)
        spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* Takes in the first that waits, in the place of the spare descriptor, and hangs up.
 * False: it stays, for another thread had that place. */
static bool
refuse_one(int fd)
{
    int sock;

    if (spare_fd < 0)
        return false;                   /* what could be had by now is a place for it */
    close(spare_fd);
    sock = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
    if (sock >= 0)
        close(sock);
    spare_fd = -1;
    take_spare();
    return sock >= 0;
}

static void
listen_again(struct vir_loop *loop, void *opaque)
{
    struct daemon_listener *listener = opaque;

    listener->pause_timer = 0;
    take_spare();
    vir_loop_update_fd(loop, listener->sock, EPOLLIN);
}

/* No place for a client can be had: one goes, or who waits; else the listener rests for a
 * moment, for whoever waits would wake us for ever. */
static void
make_place(struct daemon_listener *listener)
{
    if (evict_anonymous(listener) || refuse_one(listener->sock))
        return;
    vir_loop_update_fd(the_daemon.loop, listener->sock, 0);
    listener->pause_timer = vir_loop_add_timer(the_daemon.loop, PAUSE_MS, listen_again, listener);
}

static void
listener_event(struct vir_loop *loop, int fd, uint32_t events, void *opaque)
{
    struct daemon_listener *listener = opaque;

    (void)loop;
    (void)events;
    for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
        int sock = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

        if (sock >= 0) {
            admit(listener, sock);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
            log_refused(listener, (uid_t)-1, strerror(errno));
            make_place(listener);
            return;
        } else if (errno != EINTR && errno != ECONNABORTED) {
            return;
        }
    }
}

/* ---- which there are ------------------------------------------------------------- */

int
daemon_listener_add(int sock, const char *name, enum daemon_way way)
{
    struct daemon_listener *listener = &the_daemon.listeners[the_daemon.n_listeners];

    if (the_daemon.n_listeners == DAEMON_LISTENERS) {
        close(sock);
        return vir_error(VIR_ERR_CONF_SYNTAX, "listen_addr stands for more than %d addresses",
                         DAEMON_LISTENERS - 2);
    }
    *listener = (struct daemon_listener){ .sock = sock, .way = way, .name = vir_strdup(name) };
    the_daemon.n_listeners++;
    take_spare();
    vir_info("listening on %s%s", name, way == DAEMON_UNIX_RO ? " (read-only)" : way == DAEMON_UNIX_ADMIN ? " (administration)" : "");
    return (is_roots(listener) ? vir_loop_add_urgent_fd : vir_loop_add_fd)(the_daemon.loop, sock, EPOLLIN,
                                                                           listener_event, listener);
}

void
daemon_listeners_end(void)
{
    for (size_t i = 0; i < the_daemon.n_listeners; i++) {
        struct daemon_listener *listener = &the_daemon.listeners[i];

        vir_loop_remove_fd(the_daemon.loop, listener->sock);
        if (listener->pause_timer)
            vir_loop_remove_timer(the_daemon.loop, listener->pause_timer);
        if (!listener->activated && is_local(listener))
            unlink(listener->name);
        close(listener->sock);
        free(vir_steal(&listener->name));
    }
    if (spare_fd >= 0)
        close(spare_fd);
    spare_fd = -1;
}
