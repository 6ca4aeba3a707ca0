/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Over TCP, encrypted and with certificates at both ends. */
#include "modules/remote/remote.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rpc/tls.h"

#define SHAKE_MS (30 * 1000)
#define LET_IN_MS (30 * 1000)           /* for the server to accept our certificate */

_Static_assert(EPOLLIN == POLLIN && EPOLLOUT == POLLOUT, "the same bits");

/* ---- the handshake ------------------------------------------------------------------ */

static bool
wait_for(const struct rpc_transport *way, short events, int64_t deadline)
{
    struct pollfd socket = { .fd = way->sock, .events = events };
    int64_t left = deadline - vir_now_ms();

    return left > 0 && poll(&socket, 1, (int)left) > 0;
}

static int
shake(const struct rpc_tls_part *part, struct rpc_transport *way, const struct remote_target *target,
      int64_t deadline)
{
    while (way->ops->handshake(way) < 0)
        if (errno != EAGAIN || !wait_for(way, (short)way->ops->wants(way), deadline))
            return vir_raise(VIR_FROM_RPC, VIR_ERR_SYSTEM_ERROR, "TLS handshake with %s failed: %s", target->host,
                             part->explain(way));
    return 0;
}

static int
verify(const struct rpc_tls_part *part, struct rpc_transport *way, const struct remote_target *target)
{
    VIR_AUTO_FREE char *name = NULL;
    char why[RPC_TLS_WHY];

    if (remote_target_flag(target, "no_verify") || part->verify(way, target->host, &name, why) == 0)
        return 0;
    vir_raise(VIR_FROM_RPC, VIR_ERR_SYSTEM_ERROR, "authentication failed: Failed to verify peer's certificate: "
              "the certificate of %s: %s", target->host, why);
    vir_error_hint("compare 'certtool -i' of the server's certificate with the CA that is trusted here; "
                   "?no_verify=1 trusts any server");
    return -1;
}

static void
hint_at_certificate(const struct remote_target *target, bool shown)
{
    const char *path = remote_target_param(target, "pkipath");
    VIR_AUTO_FREE char *own = path ? vir_strdup(path) : rpc_tls_user_folder();

    if (shown)
        vir_error_hint("%s does not accept our certificate: its log says why", target->host);
    else if (path || (own && !remote_host->privileged))
        vir_error_hint("we have no certificate to show: put clientcert.pem and clientkey.pem into %s", own);
    else
        vir_error_hint("we have no certificate to show: root's are %s/clientcert.pem and "
                       "%s/private/clientkey.pem, or in ?pkipath=", RPC_TLS_HOST, RPC_TLS_HOST);
}

/* One byte tells it, before all answers. */
int
remote_tls_let_in(struct rpc_transport *way, const struct remote_target *target)
{
    int64_t deadline = vir_now_ms() + LET_IN_MS;
    char byte = 0;
    ssize_t n;

    while ((n = way->ops->receive(way, &byte, 1, MSG_DONTWAIT)) < 0 && errno == EAGAIN)
        if (!wait_for(way, POLLIN, deadline))
            break;
    if (n == 1 && byte == 1)
        return 0;
    vir_raise(VIR_FROM_RPC, VIR_ERR_RPC, "server verification (of our certificate or IP address) failed");
    hint_at_certificate(target, target->shows);
    return -1;
}

struct rpc_transport *
remote_tls_connect(struct remote_target *target)
{
    const char *reason;
    const struct rpc_tls_part *part = rpc_tls_part(&reason);
    struct rpc_transport *way;
    struct rpc_tls *tls;
    int64_t deadline;
    int sock;

    if (!part)
        return vir_error_null(VIR_ERR_NO_SUPPORT, "the transport 'tls' cannot be had: %s", reason);
    tls = remote_certificates(part, target, &target->shows);
    if (!tls)
        return NULL;
    sock = remote_tcp_dial(target);
    way = sock < 0 ? NULL : part->begin(tls, sock, target->host);
    part->unref(tls);
    deadline = vir_now_ms() + SHAKE_MS;
    if (way && (shake(part, way, target, deadline) < 0 || verify(part, way, target) < 0))
        return rpc_transport_free(way), NULL;
    return way;
}
