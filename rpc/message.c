/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads and writes message headers, and finds where a message ends in a
 * stream of bytes.  Nothing here allocates, waits or trusts a length.
 */
#include "message.h"

#include <string.h>

#include <arpa/inet.h>

void
rpc_put32(unsigned char *out, uint32_t value)
{
    value = htonl(value);
    memcpy(out, &value, 4);
}

uint32_t
rpc_get32(const unsigned char *in)
{
    uint32_t value;

    memcpy(&value, in, 4);
    return ntohl(value);
}

void
rpc_header_put(unsigned char *out, const struct rpc_header *header)
{
    rpc_put32(out, header->length);
    rpc_put32(out + 4, header->program);
    rpc_put32(out + 8, header->version);
    rpc_put32(out + 12, (uint32_t)header->procedure);
    rpc_put32(out + 16, header->type);
    rpc_put32(out + 20, header->serial);
    rpc_put32(out + 24, header->status);
}

void
rpc_header_get(const unsigned char *in, struct rpc_header *ret_header)
{
    ret_header->length = rpc_get32(in);
    ret_header->program = rpc_get32(in + 4);
    ret_header->version = rpc_get32(in + 8);
    ret_header->procedure = (int32_t)rpc_get32(in + 12);
    ret_header->type = rpc_get32(in + 16);
    ret_header->serial = rpc_get32(in + 20);
    ret_header->status = rpc_get32(in + 24);
}

struct rpc_header
rpc_header_of(size_t length, uint32_t program, int procedure, enum rpc_type type, uint32_t serial,
              enum rpc_status status)
{
    return (struct rpc_header){
        .length = (uint32_t)length, .program = program, .version = RPC_VERSION, .procedure = procedure,
        .type = type, .serial = serial, .status = status,
    };
}

bool
rpc_type_has_fds(uint32_t type)
{
    return type == RPC_TYPE_CALL_WITH_FDS || type == RPC_TYPE_REPLY_WITH_FDS;
}

void
rpc_hole_put(unsigned char *out, long long length)
{
    rpc_put32(out, (uint32_t)((uint64_t)length >> 32));
    rpc_put32(out + 4, (uint32_t)length);
    rpc_put32(out + 8, 0);              /* flags: there are none */
}

long long
rpc_hole_get(const unsigned char *body, size_t len)
{
    uint64_t length;

    if (len != RPC_HOLE_SIZE)
        return -1;
    length = (uint64_t)rpc_get32(body) << 32 | rpc_get32(body + 4);
    return length > INT64_MAX ? -1 : (long long)length;
}

static enum rpc_frame
bad_frame(struct rpc_frame_info *info, const char *why)
{
    info->why = why;
    return RPC_FRAME_BAD;
}

/* The count of descriptors is the first word of the body. */
static enum rpc_frame
frame_fds(const unsigned char *data, size_t len, struct rpc_frame_info *info)
{
    if (info->length < RPC_HEADER_SIZE + 4)
        return bad_frame(info, "a message with descriptors has no room for their number");
    if (len < RPC_HEADER_SIZE + 4)
        return RPC_FRAME_PART;
    info->n_fds = rpc_get32(data + RPC_HEADER_SIZE);
    if (info->n_fds > RPC_FDS_MAX)
        return bad_frame(info, "too many descriptors");
    info->need = info->length + info->n_fds;
    return len < info->need ? RPC_FRAME_PART : RPC_FRAME_WHOLE;
}

enum rpc_frame
rpc_frame(const unsigned char *data, size_t len, size_t max, struct rpc_frame_info *ret)
{
    *ret = (struct rpc_frame_info){ .need = RPC_HEADER_SIZE };
    if (len < 4)
        return RPC_FRAME_PART;
    ret->length = rpc_get32(data);
    if (ret->length < RPC_HEADER_SIZE)
        return bad_frame(ret, "length below that of a header");
    if (ret->length > max)
        return bad_frame(ret, "length above the limit");
    ret->need = ret->length;
    if (len < RPC_HEADER_SIZE)
        return RPC_FRAME_PART;
    if (rpc_type_has_fds(rpc_get32(data + 16)))
        return frame_fds(data, len, ret);
    return len < ret->need ? RPC_FRAME_PART : RPC_FRAME_WHOLE;
}
