/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The part metrics-http: libmicrohttpd, driven by the daemon's loop. */
#include "daemon/metrics/metrics.h"

#include <stdlib.h>
#include <string.h>

#include <microhttpd.h>

#include <libvirt/module-base.h>

#define CONNECTIONS_MAX 16
#define CONNECTION_S 10                 /* of silence */
#define TYPE "text/plain; version=0.0.4; charset=utf-8"

struct daemon_metrics_server {
    struct MHD_Daemon *http;
    void (*asked)(struct daemon_metrics_request *request);
};

/* Freed when HTTP is through with it. */
struct daemon_metrics_request {
    struct MHD_Connection *connection;
    char *text;                         /* NULL: not answered yet */
    size_t len;
};

static enum MHD_Result
respond(struct MHD_Connection *connection, unsigned int status, const char *type, const char *text, size_t len)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(len, (void *)text, MHD_RESPMEM_MUST_COPY);
    enum MHD_Result result;

    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result
refuse(struct MHD_Connection *connection, unsigned int status, const char *text)
{
    return respond(connection, status, "text/plain", text, strlen(text));
}

/* A web page that has its own name stand for this host's address is not to read what is here. */
static bool
is_for_this_host(struct MHD_Connection *connection)
{
    static const char *const names[] = { "localhost", "127.", "[::1]" };
    const char *host = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_HOST);

    for (size_t i = 0; host && i < sizeof(names) / sizeof(names[0]); i++)
        if (strncmp(host, names[i], strlen(names[i])) == 0 && strspn(host + strlen(names[i]), "0123456789.:") ==
            strlen(host + strlen(names[i])))
            return true;
    return !host;
}

/* Called when a request has come, and again when it is answered. */
static enum MHD_Result
handle(void *opaque, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
       const char *upload, size_t *upload_size, void **own)
{
    struct daemon_metrics_server *server = opaque;
    struct daemon_metrics_request *request = *own;

    (void)version;
    (void)upload;
    if (request)
        return request->text ? respond(connection, MHD_HTTP_OK, TYPE, request->text, request->len) : MHD_NO;
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
        return *upload_size ? MHD_NO : refuse(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "GET /metrics\n");
    if (!is_for_this_host(connection))
        return refuse(connection, MHD_HTTP_FORBIDDEN, "Ask for localhost.\n");
    if (strcmp(url, "/metrics") != 0)
        return refuse(connection, MHD_HTTP_NOT_FOUND, "There is /metrics here.\n");
    *own = request = VIR_NEW(struct daemon_metrics_request);
    request->connection = connection;
    MHD_suspend_connection(connection);
    server->asked(request);
    return MHD_YES;
}

static void
completed(void *opaque, struct MHD_Connection *connection, void **own, enum MHD_RequestTerminationCode how)
{
    struct daemon_metrics_request *request = *own;

    (void)opaque;
    (void)connection;
    (void)how;
    if (!request)
        return;
    free(request->text);
    free(request);
    *own = NULL;
}

static struct daemon_metrics_server *
start(int sock, void (*asked)(struct daemon_metrics_request *request))
{
    struct daemon_metrics_server *server = VIR_NEW(struct daemon_metrics_server);

    server->asked = asked;
    server->http = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, handle, server,
                                    MHD_OPTION_LISTEN_SOCKET, sock,
                                    MHD_OPTION_NOTIFY_COMPLETED, completed, NULL,
                                    MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX,
                                    MHD_OPTION_CONNECTION_TIMEOUT, CONNECTION_S, MHD_OPTION_END);
    if (server->http)
        return server;
    free(server);
    return NULL;
}

static int
fd(struct daemon_metrics_server *server)
{
    return MHD_get_daemon_info(server->http, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

static int
run(struct daemon_metrics_server *server)
{
    MHD_UNSIGNED_LONG_LONG ms;

    MHD_run(server->http);
    return MHD_get_timeout(server->http, &ms) == MHD_YES ? (int)(ms < 60000 ? ms : 60000) : -1;
}

static void
answer(struct daemon_metrics_request *request, const char *text, size_t len)
{
    request->text = vir_strndup(text, len);
    request->len = len;
    MHD_resume_connection(request->connection);
}

static void
stop(struct daemon_metrics_server *server)
{
    MHD_stop_daemon(server->http);
    free(server);
}

extern const struct daemon_metrics_part metrics_http;
__attribute__((visibility("default")))
const struct daemon_metrics_part metrics_http = { DAEMON_METRICS_VERSION, start, fd, run, answer, stop };
