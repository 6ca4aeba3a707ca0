/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fuzz target: calls and stream packets of a client that has opened test:///default,
 * or, where the first byte is odd, the daemon itself.  What follows is a list of
 * messages: program, procedure (2 bytes), type and status, serial, length of the
 * payload, payload.
 */
#include <stdint.h>
#include <string.h>

#include "rpc/message.h"
#include "served.h"
#include "wire/protocol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HEAD 6                          /* bytes before a payload */

static const uint32_t programs[2][4] = {
    { RPC_PROGRAM_REMOTE, RPC_PROGRAM_QEMU, RPC_PROGRAM_LXC, RPC_PROGRAM_KEEPALIVE },
    { RPC_PROGRAM_ADMIN, RPC_PROGRAM_ADMIN, RPC_PROGRAM_ADMIN, RPC_PROGRAM_REMOTE },
};

static void
say(int sock, struct rpc_header header, const void *payload, size_t n)
{
    unsigned char bytes[RPC_HEADER_SIZE + 256];
    struct rpc_buf message = { .data = bytes, .len = RPC_HEADER_SIZE, .room = sizeof(bytes) };

    header.length = (uint32_t)(RPC_HEADER_SIZE + n);
    rpc_header_put(message.data, &header);
    memcpy(bytes + RPC_HEADER_SIZE, payload, n);
    served_say(sock, bytes, RPC_HEADER_SIZE + n);
}

static void
open_it(int sock, bool admin)
{
    static const unsigned char args[] = "\0\0\0\1" "\0\0\0\x0f" "test:///default\0" "\0\0\0";
    int procedure = admin ? ADMIN_PROC_CONNECT_OPEN : REMOTE_PROC_CONNECT_OPEN;

    say(sock, rpc_header_of(0, programs[admin][0], procedure, RPC_TYPE_CALL, 0, RPC_STATUS_OK),
        args + (admin ? sizeof(args) - 4 : 0), admin ? 4 : sizeof(args));      /* flags alone */
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bool admin = size && data[0] & 1;
    int sock = served_connect(admin ? SERVED_ADMIN : SERVED_CALLS);

    open_it(sock, admin);
    for (data++, size -= size > 0; size >= HEAD; ) {
        size_t n = data[5] < size - HEAD ? data[5] : size - HEAD;

        say(sock, rpc_header_of(0, programs[admin][data[0] % 4], data[1] << 8 | data[2], data[3] & 7, data[4], data[3] >> 3 & 3),
            data + HEAD, n);
        data += HEAD + n;
        size -= HEAD + n;
    }
    served_end(sock);
    return 0;
}
