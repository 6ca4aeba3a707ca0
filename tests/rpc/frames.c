/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Frames: golden bytes of a header, where a message ends, what cannot begin one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "rpc/input.h"

static const unsigned char golden[RPC_HEADER_SIZE] = {
    0x00, 0x00, 0x00, 0x1c, 0x20, 0x00, 0x80, 0x86, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x42,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x07, 0x00, 0x00, 0x00, 0x00,
};

static const unsigned char ping[RPC_HEADER_SIZE] = {
    0x00, 0x00, 0x00, 0x1c, 0x6b, 0x65, 0x65, 0x70, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01,
    0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
};

static void
test_golden(void **state)
{
    struct rpc_header header = rpc_header_of(28, RPC_PROGRAM_REMOTE, 66, RPC_TYPE_CALL, 7, RPC_STATUS_OK);
    struct rpc_header back;
    unsigned char bytes[RPC_HEADER_SIZE];

    (void)state;
    rpc_header_put(bytes, &header);
    assert_memory_equal(bytes, golden, sizeof(golden));
    rpc_header_get(bytes, &back);
    assert_memory_equal(&back, &header, sizeof(header));
    header = rpc_header_of(28, RPC_PROGRAM_KEEPALIVE, RPC_KEEPALIVE_PING, RPC_TYPE_MESSAGE, 0, RPC_STATUS_OK);
    rpc_header_put(bytes, &header);
    assert_memory_equal(bytes, ping, sizeof(ping));
}

static void
test_lengths(void **state)
{
    static const struct { uint32_t length; size_t max; enum rpc_frame frame; } rows[] = {
        { 0, RPC_MESSAGE_MAX, RPC_FRAME_BAD },
        { 4, RPC_MESSAGE_MAX, RPC_FRAME_BAD },
        { 27, RPC_MESSAGE_MAX, RPC_FRAME_BAD },
        { 28, RPC_MESSAGE_MAX, RPC_FRAME_WHOLE },
        { 29, RPC_MESSAGE_MAX, RPC_FRAME_PART },
        { RPC_MESSAGE_MAX, RPC_MESSAGE_MAX, RPC_FRAME_PART },
        { RPC_MESSAGE_MAX + 1, RPC_MESSAGE_MAX, RPC_FRAME_BAD },
        { RPC_MESSAGE_MAX_LOGIN, RPC_MESSAGE_MAX_LOGIN, RPC_FRAME_PART },
        { RPC_MESSAGE_MAX_LOGIN + 1, RPC_MESSAGE_MAX_LOGIN, RPC_FRAME_BAD },
        { 0x7fffffff, RPC_MESSAGE_MAX, RPC_FRAME_BAD },
        { 0x80000000, RPC_MESSAGE_MAX, RPC_FRAME_BAD },
        { 0xffffffff, RPC_MESSAGE_MAX, RPC_FRAME_BAD },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        unsigned char bytes[RPC_HEADER_SIZE] = { 0 };
        struct rpc_frame_info info;

        rpc_put32(bytes, rows[i].length);
        assert_int_equal(rpc_frame(bytes, sizeof(bytes), rows[i].max, &info), rows[i].frame);
        assert_int_equal(info.why != NULL, rows[i].frame == RPC_FRAME_BAD);
        /* the length alone is enough to refuse */
        if (rows[i].frame == RPC_FRAME_BAD)
            assert_int_equal(rpc_frame(bytes, 4, rows[i].max, &info), RPC_FRAME_BAD);
        assert_int_equal(rpc_frame(bytes, 3, rows[i].max, &info), RPC_FRAME_PART);
    }
}

static void
test_descriptor_count(void **state)
{
    unsigned char bytes[64] = { 0 };
    struct rpc_frame_info info;

    (void)state;
    rpc_put32(bytes, 28);
    rpc_put32(bytes + 16, RPC_TYPE_CALL_WITH_FDS);
    assert_int_equal(rpc_frame(bytes, 64, RPC_MESSAGE_MAX, &info), RPC_FRAME_BAD);
    rpc_put32(bytes, 32);
    rpc_put32(bytes + 28, RPC_FDS_MAX + 1);
    assert_int_equal(rpc_frame(bytes, 64, RPC_MESSAGE_MAX, &info), RPC_FRAME_BAD);
    rpc_put32(bytes + 28, 2);
    assert_int_equal(rpc_frame(bytes, 33, RPC_MESSAGE_MAX, &info), RPC_FRAME_PART);
    assert_int_equal(rpc_frame(bytes, 34, RPC_MESSAGE_MAX, &info), RPC_FRAME_WHOLE);
    assert_int_equal(info.need, 34);
    assert_int_equal(info.length, 32);
}

/* ---- a buffer fed by a socket ------------------------------------------------- */

static size_t
fill(unsigned char *bytes, uint32_t serial, size_t body)
{
    struct rpc_header header = rpc_header_of(RPC_HEADER_SIZE + body, RPC_PROGRAM_REMOTE, 1, RPC_TYPE_CALL,
                                             serial, RPC_STATUS_OK);

    rpc_header_put(bytes, &header);
    for (size_t i = 0; i < body; i++)
        bytes[RPC_HEADER_SIZE + i] = (unsigned char)(serial + i);
    return RPC_HEADER_SIZE + body;
}

static void
check_body(const struct rpc_packet *packet)
{
    for (size_t i = 0; i < packet->len; i++)
        assert_int_equal(packet->body[i], (unsigned char)(packet->header.serial + i));
}

/* Messages of all sizes in pieces of all sizes come out as they went in. */
static void
test_pieces(void **state)
{
    unsigned char *bytes = malloc(400 * 1024);
    struct rpc_input input = { 0 };
    struct rpc_transport *way;
    size_t len = 0, sent = 0;
    uint32_t next = 0;
    int ends[2];

    (void)state;
    for (uint32_t serial = 0; serial < 40; serial++)
        len += fill(bytes + len, serial, serial == 20 ? 300000 : serial * serial);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    way = rpc_transport_of_socket(ends[1]);
    for (size_t step = 1; sent < len; step = step * 3 % 20011) {
        size_t n = step < len - sent ? step : len - sent;
        struct rpc_packet packet;
        const char *why;
        bool more;

        assert_int_equal(write(ends[0], bytes + sent, n), n);
        sent += n;
        do {
            assert_true(rpc_input_receive(&input, way, MSG_DONTWAIT, &more) > 0);
            while (rpc_input_next(&input, RPC_MESSAGE_MAX, &packet, &why) == RPC_FRAME_WHOLE) {
                assert_int_equal(packet.header.serial, next++);
                check_body(&packet);
            }
        } while (recv(ends[1], &more, 1, MSG_PEEK | MSG_DONTWAIT) > 0);
    }
    assert_int_equal(next, 40);
    assert_int_equal(input.start, input.end);
    rpc_input_clear(&input);
    close(ends[0]);
    rpc_transport_free(way);
    free(bytes);
}

static void
send_byte_with(int sock, int fd)
{
    union { struct cmsghdr align; char space[CMSG_SPACE(sizeof(int))]; } control = { 0 };
    char byte = 0;
    struct iovec iov = { &byte, 1 };
    struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
                          .msg_control = &control, .msg_controllen = sizeof(control) };
    struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(c), &fd, sizeof(int));
    assert_int_equal(sendmsg(sock, &msg, 0), 1);
}

static void
test_descriptors(void **state)
{
    struct rpc_input input = { 0 };
    struct rpc_transport *way;
    struct rpc_packet packet;
    unsigned char bytes[40];
    const char *why;
    int ends[2];
    bool more;

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    way = rpc_transport_of_socket(ends[1]);
    fill(bytes, 1, 8);
    rpc_put32(bytes + 16, RPC_TYPE_CALL_WITH_FDS);
    rpc_put32(bytes + 28, 2);
    assert_int_equal(write(ends[0], bytes, 36), 36);
    send_byte_with(ends[0], 0);
    send_byte_with(ends[0], 1);
    for (int i = 0; i < 3 && input.n_fds < 2; i++)
        assert_true(rpc_input_receive(&input, way, MSG_DONTWAIT, &more) > 0);
    assert_int_equal(rpc_input_next(&input, RPC_MESSAGE_MAX, &packet, &why), RPC_FRAME_WHOLE);
    assert_int_equal(packet.n_fds, 2);
    assert_int_equal(packet.len, 4);
    assert_int_equal(input.n_fds, 0);
    rpc_fds_close(packet.fds, 2);

    /* a byte that was announced with a descriptor and comes without */
    assert_int_equal(write(ends[0], bytes, 38), 38);
    assert_true(rpc_input_receive(&input, way, MSG_DONTWAIT, &more) > 0);
    assert_int_equal(rpc_input_next(&input, RPC_MESSAGE_MAX, &packet, &why), RPC_FRAME_BAD);
    rpc_input_clear(&input);
    close(ends[0]);
    rpc_transport_free(way);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_descriptor_count),
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_descriptors),
    };

    return cmocka_run_group_tests_name("rpc/frames", tests, NULL, NULL);
}
