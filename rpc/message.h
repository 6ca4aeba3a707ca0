/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The frame around everything on the wire: a length word that counts itself,
 * six more words, then the body.  Messages that carry descriptors are followed
 * by one byte for each, outside the counted length, with the descriptor in
 * SCM_RIGHTS.
 */
#ifndef RPC_MESSAGE_H
#define RPC_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define RPC_HEADER_SIZE 28
#define RPC_MESSAGE_MAX (32 * 1024 * 1024 + 4)  /* the limit of libvirt 9.0.0, its length word included */
/* From a client that has not begun to log in; that is at it by SASL, whose 64 KiB of data take four times their
 * room; that has not opened. */
#define RPC_MESSAGE_MAX_LOGIN (66 * 1024)
#define RPC_MESSAGE_MAX_SASL (258 * 1024)
#define RPC_MESSAGE_MAX_OPEN (256 * 1024)
#define RPC_FDS_MAX 32
#define RPC_STREAM_CHUNK (256 * 1024 - 24)      /* bytes of data in one STREAM message, as libvirt 9.0.0 sends */
#define RPC_HOLE_SIZE 12                        /* of the body of a STREAM_HOLE */

#define RPC_PROGRAM_REMOTE    0x20008086u
#define RPC_PROGRAM_QEMU      0x20008087u
#define RPC_PROGRAM_LXC       0x00068000u
#define RPC_PROGRAM_ADMIN     0x06900690u
#define RPC_PROGRAM_KEEPALIVE 0x6b656570u
#define RPC_VERSION 1                           /* of all programs */
#define RPC_KEEPALIVE_PING 1
#define RPC_KEEPALIVE_PONG 2

enum rpc_type {
    RPC_TYPE_CALL,
    RPC_TYPE_REPLY,
    RPC_TYPE_MESSAGE,
    RPC_TYPE_STREAM,
    RPC_TYPE_CALL_WITH_FDS,
    RPC_TYPE_REPLY_WITH_FDS,
    RPC_TYPE_STREAM_HOLE
};
enum rpc_status { RPC_STATUS_OK, RPC_STATUS_ERROR, RPC_STATUS_CONTINUE };

struct rpc_header {
    uint32_t length;                    /* of the whole message, this word included */
    uint32_t program, version;
    int32_t procedure;
    uint32_t type, serial, status;
};

void rpc_header_put(unsigned char *out, const struct rpc_header *header);
void rpc_header_get(const unsigned char *in, struct rpc_header *ret_header);
void rpc_put32(unsigned char *out, uint32_t value);
uint32_t rpc_get32(const unsigned char *in);
bool rpc_type_has_fds(uint32_t type);
/* Length, program, version and status of an ordinary message; the rest as given. */
struct rpc_header rpc_header_of(size_t length, uint32_t program, int procedure,
                                enum rpc_type type, uint32_t serial, enum rpc_status status);

/* The body of a STREAM_HOLE of LENGTH zeroes; and back, -1: there is no such hole. */
void rpc_hole_put(unsigned char *out, long long length);
long long rpc_hole_get(const unsigned char *body, size_t len);

/* What lies at the beginning of the bytes received so far. */
enum rpc_frame {
    RPC_FRAME_BAD = -1,                 /* no message can begin so: close the connection */
    RPC_FRAME_PART,                     /* more is needed */
    RPC_FRAME_WHOLE
};
struct rpc_frame_info {
    size_t length;                      /* of the message; 0 while its length word is not there yet */
    size_t n_fds;                       /* bytes with descriptors that follow */
    size_t need;                        /* length + n_fds as far as known; at least what a next look needs */
    const char *why;                    /* RPC_FRAME_BAD: a few words */
};
enum rpc_frame rpc_frame(const unsigned char *data, size_t len, size_t max, struct rpc_frame_info *ret);

#endif
