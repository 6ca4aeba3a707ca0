/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How bytes go to the other end and come from it: a connected socket, or what
 * encrypts on one.  One thread may receive while another one sends.
 */
#ifndef RPC_TRANSPORT_H
#define RPC_TRANSPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct rpc_transport;

/* Of what encrypts.  Errors are told by errno, EAGAIN and EINTR included; without MSG_DONTWAIT a call waits
 * as long as the socket's own limit says. */
struct rpc_transport_ops {
    ssize_t (*receive)(struct rpc_transport *transport, void *bytes, size_t room, int flags);
    ssize_t (*send)(struct rpc_transport *transport, const void *bytes, size_t len, int flags);
    /* Goes on with the handshake: 0 when it is done.  NULL: there is none. */
    int (*handshake)(struct rpc_transport *transport);
    /* Whether received bytes wait inside, of which no poll of the socket tells. */
    bool (*pending)(const struct rpc_transport *transport);
    /* Whether bytes that were taken wait for the socket; sending none makes them go. */
    bool (*unsent)(const struct rpc_transport *transport);
    /* Of the key of the cipher; the handshake is done. */
    unsigned int (*bits)(const struct rpc_transport *transport);
    /* What the socket is to be polled for (EPOLLIN, EPOLLOUT) before the handshake goes on. */
    uint32_t (*wants)(const struct rpc_transport *transport);
    void (*free)(struct rpc_transport *transport);
};

struct rpc_transport {
    const struct rpc_transport_ops *ops;        /* NULL: the bare socket */
    int sock;                           /* what is polled */
    bool passes_fds;
};

/* The connected socket SOCK is taken over. */
struct rpc_transport *rpc_transport_of_socket(int sock);
/* Closes the socket (-1: there is none any more); returns NULL. */
struct rpc_transport *rpc_transport_free(struct rpc_transport *transport);

/* As recvmsg; descriptors come in the control data where they can be passed. */
ssize_t rpc_transport_receive(struct rpc_transport *transport, struct msghdr *msg, int flags);
/* As send; the descriptor FD (-1: none) goes with the last byte. */
ssize_t rpc_transport_send(struct rpc_transport *transport, const void *bytes, size_t len, int fd, int flags);

static inline bool
rpc_transport_pending(const struct rpc_transport *transport)
{
    return transport->ops && transport->ops->pending(transport);
}

/* 0: nothing is encrypted. */
static inline unsigned int
rpc_transport_bits(const struct rpc_transport *transport)
{
    return transport->ops ? transport->ops->bits(transport) : 0;
}

static inline bool
rpc_transport_unsent(const struct rpc_transport *transport)
{
    return transport->ops && transport->ops->unsent(transport);
}

#endif
