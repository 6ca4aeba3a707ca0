/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fuzz target: the stream of bytes from a client or server.  The first byte of
 * the input says in what pieces the rest arrives; what comes out must not
 * depend on that, and every message lies whole inside the buffer.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rpc/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Sums up the messages of DATA, sent in pieces of STEP bytes. */
static uint64_t
feed(const uint8_t *data, size_t size, size_t step)
{
    struct rpc_input input = { 0 };
    struct rpc_transport *way;
    enum rpc_frame frame = RPC_FRAME_PART;
    uint64_t sum = 0;
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
        abort();
    way = rpc_transport_of_socket(ends[1]);
    while (size > 0 && frame != RPC_FRAME_BAD) {
        size_t n = step < size ? step : size;
        struct rpc_packet packet;
        const char *why = NULL;
        bool more = true;

        if (send(ends[0], data, n, MSG_DONTWAIT) != (ssize_t)n)
            break;
        data += n;
        size -= n;
        while (more && rpc_input_receive(&input, way, MSG_DONTWAIT, &more) > 0) {
            while ((frame = rpc_input_next(&input, RPC_MESSAGE_MAX_LOGIN, &packet, &why)) == RPC_FRAME_WHOLE) {
                sum = sum * 31 + packet.header.serial + packet.len;
                for (size_t i = 0; i < packet.len; i++)
                    sum = sum * 31 + packet.body[i];
                rpc_fds_close(packet.fds, packet.n_fds);
            }
            if (frame == RPC_FRAME_BAD && !why)
                abort();
        }
    }
    rpc_input_clear(&input);
    close(ends[0]);
    rpc_transport_free(way);
    return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > 100000)
        return 0;
    if (feed(data + 1, size - 1, (size_t)data[0] + 1) != feed(data + 1, size - 1, size))
        abort();
    return 0;
}
