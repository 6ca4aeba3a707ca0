/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Bytes and descriptors received from a socket and not yet taken as messages.
 * The buffer grows with the bytes that arrive, never with a length that was
 * only announced.
 */
#ifndef RPC_INPUT_H
#define RPC_INPUT_H

#include "message.h"
#include "transport.h"

struct rpc_input {                      /* zeroes: empty and valid */
    unsigned char *data;
    size_t start, end, room;
    int fds[RPC_FDS_MAX];
    size_t n_fds;
};

struct rpc_input *rpc_input_clear(struct rpc_input *input);     /* frees what it holds; returns NULL */

/* Receives what is there into free room of the buffer.  Bytes; 0 at the end of
 * the stream; -1 with errno (EAGAIN, EINTR included). MORE is set when there
 * may be more. */
ssize_t rpc_input_receive(struct rpc_input *input, struct rpc_transport *transport, int flags, bool *ret_more);

/* The message at the front: valid until the next receive.  Descriptors are
 * taken out of the queue into RET_FDS (RPC_FDS_MAX places). */
struct rpc_packet {
    struct rpc_header header;
    const unsigned char *body;
    size_t len;                         /* of the body, without the word that counts descriptors */
    int fds[RPC_FDS_MAX];
    size_t n_fds;
};
enum rpc_frame rpc_input_next(struct rpc_input *input, size_t max, struct rpc_packet *ret,
                              const char **ret_why);

/* Closes the descriptors that nobody took. */
void rpc_fds_close(int *fds, size_t n);

#endif
