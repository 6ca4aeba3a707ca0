/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where figures can be fetched (metrics_listen).  A request begins a round: each
 * driver is asked in a thread of the pool, and after ROUND_MS the page is made of
 * what has come.  A driver that was late is marked, and not asked again before
 * it has answered; requests that come meanwhile get the same page.
 */
#include "daemon/daemon.h"
#include "daemon/metrics/metrics.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "common/loop.h"
#include "common/part.h"
#include "common/vector.h"
#include "core/private.h"

#define ROUND_MS 1000
#define DRIVERS_MAX 16
#define MAX_QUEUED 16                   /* connections to a unix socket that wait */

/* One that has guests. */
struct driver {
    struct daemon_work work;
    char *name, *uri;
    void *conn;                         /* of who asks */
    struct daemon_guests *fresh;        /* of who asks, while busy */
    struct daemon_guests *guests;       /* what came in this round; NULL: nothing */
    bool busy;                          /* the loop's, as the next one */
    bool awaited;                       /* in this round */
};

static struct {
    const struct daemon_metrics_part *part;     /* NULL: not served */
    struct daemon_metrics_server *server;
    char *where, *path;                 /* path: of a unix socket */
    int timer;                          /* when HTTP is due */
    int round_timer;                    /* a round is under way */
    struct driver drivers[DRIVERS_MAX];
    size_t n_drivers;
    struct VIR_VECTOR(, struct daemon_metrics_request *) waiting;
} metrics;

/* ---- HTTP ---- */

static void serve(struct vir_loop *loop, void *opaque);

static void
serve_now(void)
{
    int ms = metrics.part->run(metrics.server);

    if (metrics.timer)
        vir_loop_remove_timer(the_daemon.loop, metrics.timer);
    metrics.timer = ms < 0 ? 0 : vir_loop_add_timer(the_daemon.loop, ms < 1 ? 1 : ms, serve, NULL);
}

static void
serve(struct vir_loop *loop, void *opaque)
{
    (void)loop;
    (void)opaque;
    metrics.timer = 0;
    if (metrics.server)
        serve_now();
}

static void
http_event(struct vir_loop *loop, int fd, uint32_t events, void *opaque)
{
    (void)loop;
    (void)fd;
    (void)events;
    (void)opaque;
    serve_now();
}

/* ---- a round ---- */

static void
print_drivers(struct vir_buf *page)
{
    daemon_family_print(page, "libvirtd_driver_answers", "gauge", "Whether the driver told its guests in time.");
    for (size_t i = 0; i < metrics.n_drivers; i++) {
        vir_buf_add(page, "libvirtd_driver_answers{driver=\"");
        daemon_label_print(page, metrics.drivers[i].name);
        vir_buf_addf(page, "\"} %d\n", metrics.drivers[i].guests ? 1 : 0);
    }
}

static void
end_round(void)
{
    struct daemon_guests *guests[DRIVERS_MAX];
    struct vir_buf page = { 0 };

    if (metrics.round_timer)
        vir_loop_remove_timer(the_daemon.loop, metrics.round_timer);
    metrics.round_timer = 0;
    daemon_own_print(&page);
    if (metrics.n_drivers)
        print_drivers(&page);
    for (size_t i = 0; i < metrics.n_drivers; i++)
        guests[i] = metrics.drivers[i].guests;
    daemon_guests_print(&page, guests, metrics.n_drivers);
    for (size_t i = 0; i < metrics.waiting.n; i++)
        metrics.part->answer(metrics.waiting.items[i], page.text, page.len);
    vir_vector_clear(&metrics.waiting);
    vir_buf_free(&page);
    for (size_t i = 0; i < metrics.n_drivers; i++) {
        metrics.drivers[i].guests = daemon_guests_free(metrics.drivers[i].guests);
        metrics.drivers[i].awaited = false;
    }
    serve_now();
}

static void
late(struct vir_loop *loop, void *opaque)
{
    (void)loop;
    (void)opaque;
    metrics.round_timer = 0;
    end_round();
}

static bool
is_any_awaited(void)
{
    for (size_t i = 0; i < metrics.n_drivers; i++)
        if (metrics.drivers[i].awaited)
            return true;
    return false;
}

/* What came behind its round is old in the next. */
static void
came(struct vir_loop *loop, void *opaque)
{
    struct driver *driver = opaque;

    (void)loop;
    driver->busy = false;
    if (driver->awaited)
        driver->guests = vir_steal(&driver->fresh);
    driver->fresh = daemon_guests_free(driver->fresh);
    driver->awaited = false;
    if (metrics.round_timer && !is_any_awaited())
        end_round();
}

/* In a thread of the pool. */
static void
collect(struct daemon_work *work)
{
    struct driver *driver = (struct driver *)work;

    driver->fresh = daemon_guests_collect(driver->name, driver->uri, &driver->conn);
    if (!driver->fresh)
        vir_info("no figures of %s: %s", driver->uri, virGetLastErrorMessage());
    vir_loop_add_timer(the_daemon.loop, 0, came, driver);
}

static void
drop(struct daemon_work *work)
{
    vir_loop_add_timer(the_daemon.loop, 0, came, work);
}

static void
begin_round(void)
{
    metrics.round_timer = vir_loop_add_timer(the_daemon.loop, ROUND_MS, late, NULL);
    for (size_t i = 0; i < metrics.n_drivers; i++) {
        struct driver *driver = &metrics.drivers[i];

        if (driver->busy)
            continue;
        driver->work = (struct daemon_work){ .run = collect, .drop = drop };
        driver->busy = driver->awaited = daemon_pool_push(daemon_server_pool(DAEMON_MAIN), &driver->work) == 0;
    }
    if (!is_any_awaited())
        end_round();
}

static void
asked(struct daemon_metrics_request *request)
{
    vir_vector_add(&metrics.waiting, request);
    if (!metrics.round_timer)
        begin_round();
}

/* ---- which drivers ---- */

static int
add_driver(const struct vir_module_facts *facts, void *opaque)
{
    const char *uri = the_daemon.settings.privileged ? facts->default_uri : facts->default_user_uri;
    struct driver *driver = &metrics.drivers[metrics.n_drivers];

    (void)opaque;
    if (!uri || !(facts->load_in & 2) || metrics.n_drivers == DRIVERS_MAX)
        return 0;
    driver->name = vir_strdup(facts->name);
    driver->uri = vir_strdup(uri);
    metrics.n_drivers++;
    return 0;
}

/* ---- where ---- */

static int
refuse(const char *why)
{
    vir_error(VIR_ERR_CONF_SYNTAX, "%s: metrics_listen is \"%s\": %s", the_daemon.settings.config_file,
              the_daemon.settings.metrics_listen, why);
    vir_error_hint("\"127.0.0.1:9177\", \"[::1]:9177\" or \"unix:/run/libvirt/metrics\"; a web server of yours can pass it on "
                   "to other hosts, and ask who they are");
    return -1;
}

static bool
is_loopback(const struct sockaddr *addr)
{
    if (addr->sa_family == AF_INET)
        return ntohl(((const struct sockaddr_in *)addr)->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    return addr->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)addr)->sin6_addr);
}

/* "HOST:PORT" */
static int
listen_tcp(const char *where)
{
    const struct addrinfo want = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE };
    const char *colon = strrchr(where, ':');
    VIR_AUTO_FREE char *host = NULL;
    struct addrinfo *found;
    int rc, sock;

    if (!colon || colon == where)
        return refuse("that is no HOST:PORT");
    host = *where == '[' && colon[-1] == ']' ? vir_strndup(where + 1, (size_t)(colon - where) - 2)
                                             : vir_strndup(where, (size_t)(colon - where));
    rc = getaddrinfo(host, colon + 1, &want, &found);
    if (rc != 0)
        return refuse(gai_strerror(rc));
    if (is_loopback(found->ai_addr))
        sock = daemon_socket_tcp(found, where);
    else
        sock = refuse("everybody who reaches that address would see the guests, and only addresses of this host alone "
                      "are served");
    freeaddrinfo(found);
    return sock;
}

static int
listen_where(const char *where)
{
    int sock;

    if (strncmp(where, "unix:/", 6) != 0)
        return listen_tcp(where);
    sock = daemon_socket_unix(where + 5, the_daemon.settings.sock_group ? 0660 : 0600, MAX_QUEUED);
    if (sock >= 0)                      /* what lies there else is not ours to remove */
        metrics.path = vir_strdup(where + 5);
    return sock;
}

/* ---- start and end ---- */

static int
start(const char *where)
{
    const char *reason;
    int sock;

    metrics.part = vir_part_open("metrics-http", DAEMON_METRICS_VERSION, &reason);
    if (!metrics.part)
        return vir_error(VIR_ERR_NO_SUPPORT, "metrics_listen: %s", reason);
    sock = listen_where(where);
    if (sock < 0)
        return -1;
    metrics.server = metrics.part->start(sock, asked);
    if (!metrics.server) {
        close(sock);
        return vir_error(VIR_ERR_INTERNAL_ERROR, "metrics_listen: nothing serves %s", where);
    }
    metrics.where = vir_strdup(where);
    if (!metrics.n_drivers)
        vir_core.modules_list(add_driver, NULL);
    vir_info("figures can be fetched from %s", where);
    return vir_loop_add_fd(the_daemon.loop, metrics.part->fd(metrics.server), EPOLLIN, http_event, NULL);
}

/* Who waits gets what there is; meanwhile others may come. */
static void
stop(void)
{
    while (metrics.waiting.n)
        end_round();
    if (metrics.server) {
        vir_loop_remove_fd(the_daemon.loop, metrics.part->fd(metrics.server));
        metrics.part->stop(vir_steal(&metrics.server));
    }
    if (metrics.timer)
        vir_loop_remove_timer(the_daemon.loop, metrics.timer);
    metrics.timer = 0;
    if (metrics.path)
        unlink(metrics.path);
    free(vir_steal(&metrics.path));
    free(vir_steal(&metrics.where));
}

int
daemon_metrics_set(void)
{
    const char *where = the_daemon.settings.metrics_listen;

    if (where && metrics.where && strcmp(where, metrics.where) == 0)
        return 0;
    stop();
    return where && *where ? start(where) : 0;
}

void
daemon_metrics_end(void)
{
    stop();
}

void
daemon_metrics_close(void)
{
    for (size_t i = 0; i < metrics.n_drivers; i++) {
        struct driver *driver = &metrics.drivers[i];

        if (driver->conn)
            virConnectClose(driver->conn);
        daemon_guests_free(driver->fresh);
        free(driver->name);
        free(driver->uri);
    }
    metrics.n_drivers = 0;
}
