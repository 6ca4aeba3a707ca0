/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bare socket, and the way to what encrypts. */
#include "transport.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libvirt/module-base.h>

static bool
is_unix(int sock)
{
    int domain;
    socklen_t len = sizeof(domain);

    return getsockopt(sock, SOL_SOCKET, SO_DOMAIN, &domain, &len) == 0 && domain == AF_UNIX;
}

struct rpc_transport *
rpc_transport_of_socket(int sock)
{
    struct rpc_transport *transport = VIR_NEW(struct rpc_transport);

    transport->sock = sock;
    transport->passes_fds = is_unix(sock);
    return transport;
}

struct rpc_transport *
rpc_transport_free(struct rpc_transport *transport)
{
    if (!transport)
        return NULL;
    if (transport->sock >= 0)
        close(transport->sock);
    if (transport->ops)
        transport->ops->free(transport);
    else
        free(transport);
    return NULL;
}

ssize_t
rpc_transport_receive(struct rpc_transport *transport, struct msghdr *msg, int flags)
{
    if (!transport->ops)
        return recvmsg(transport->sock, msg, flags | MSG_CMSG_CLOEXEC);
    msg->msg_controllen = 0;
    return transport->ops->receive(transport, msg->msg_iov[0].iov_base, msg->msg_iov[0].iov_len, flags);
}

static ssize_t
send_with_fd(int sock, const void *byte, int fd, int flags)
{
    union { struct cmsghdr align; char space[CMSG_SPACE(sizeof(int))]; } control = { 0 };
    struct iovec iov = { (void *)byte, 1 };
    struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
                          .msg_control = &control, .msg_controllen = sizeof(control) };
    struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(c), &fd, sizeof(int));
    return sendmsg(sock, &msg, flags);
}

ssize_t
rpc_transport_send(struct rpc_transport *transport, const void *bytes, size_t len, int fd, int flags)
{
    flags |= MSG_NOSIGNAL;
    if (fd >= 0 && !transport->passes_fds) {
        errno = EOPNOTSUPP;
        return -1;
    }
    if (fd >= 0 && len == 1)
        return send_with_fd(transport->sock, bytes, fd, flags);
    if (fd >= 0)
        len--;
    return transport->ops ? transport->ops->send(transport, bytes, len, flags)
                          : send(transport->sock, bytes, len, flags);
}
