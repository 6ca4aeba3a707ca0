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

/* Of the daemon's limits and its end the next input must not hear. */
static bool
may_call(bool admin, int procedure)
{
    return !admin || (procedure != ADMIN_PROC_SERVER_SET_THREADPOOL_PARAMETERS &&
                      procedure != ADMIN_PROC_SERVER_SET_CLIENT_LIMITS &&
                      procedure != ADMIN_PROC_CONNECT_SET_DAEMON_TIMEOUT);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bool admin = size && data[0] & 1;
    int sock = served_connect(admin ? SERVED_ADMIN : SERVED_CALLS);

    open_it(sock, admin);
    for (size_t i = 1; i < size && size - i >= HEAD; ) {
        const uint8_t *head = data + i;
        int procedure = head[1] << 8 | head[2];
        size_t n = head[5] < size - i - HEAD ? head[5] : size - i - HEAD;

        if (may_call(admin, procedure))
            say(sock, rpc_header_of(0, programs[admin][head[0] % 4], procedure, head[3] & 7, head[4], head[3] >> 3 & 3),
                head + HEAD, n);
        i += HEAD + n;
    }
    served_end(sock);
    return 0;
}
