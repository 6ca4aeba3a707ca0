/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fills a receive buffer and takes messages off its front.  In the common case
 * one recvmsg() brings one whole message and nothing is ever moved or
 * allocated.
 */
#include "input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <libvirt/module-base.h>

#define INPUT_ROOM (16 * 1024)          /* of a buffer at rest; grows fourfold */
#define INPUT_KEEP (256 * 1024)         /* a bigger one is given back when it runs empty */
#define INPUT_MAX (RPC_MESSAGE_MAX + INPUT_ROOM)
#define RECEIVE_MAX (256 * 1024)        /* at once: who reads has others to serve */

/* ---- the buffer: a large one is pages of the kernel's, which grow without being copied and go at once -------- */

static bool
is_mapped(size_t room)
{
    return room > INPUT_KEEP;
}

static unsigned char *
buffer_new(size_t room)
{
    void *pages;

    if (!is_mapped(room))
        return malloc(room);
    pages = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return pages == MAP_FAILED ? NULL : pages;
}

static void
buffer_free(struct rpc_input *input)
{
    if (input->data && is_mapped(input->room))
        munmap(input->data, input->room);
    else
        free(input->data);
    input->data = NULL;
    input->room = 0;
}

/* To ROOM bytes. */
static int
buffer_grow(struct rpc_input *input, size_t room)
{
    size_t used = input->end - input->start;
    unsigned char *bigger;

    if (input->data && is_mapped(input->room)) {
        void *pages = mremap(input->data, input->room, room, MREMAP_MAYMOVE);

        if (pages == MAP_FAILED)
            return -1;
        input->data = pages;
        input->room = room;
        return 0;
    }
    bigger = buffer_new(room);
    if (!bigger)
        return -1;
    if (used) {
        memcpy(bigger, input->data + input->start, used);
        explicit_bzero(input->data + input->start, used);       /* may be half a secret */
    }
    buffer_free(input);
    input->data = bigger;
    input->room = room;
    input->start = 0;
    input->end = used;
    return 0;
}

/* ---- filling it ------------------------------------------------------------------------------------------------- */

void
rpc_fds_close(int *fds, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (fds[i] >= 0)
            close(fds[i]);
        fds[i] = -1;
    }
}

struct rpc_input *
rpc_input_clear(struct rpc_input *input)
{
    rpc_fds_close(input->fds, input->n_fds);
    buffer_free(input);
    *input = (struct rpc_input){ 0 };
    return NULL;
}

/* Keeps descriptors in the order of their bytes; more than one message may
 * have is a client's mistake or an attack. */
static void
keep_fds(struct rpc_input *input, struct msghdr *msg)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
        size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        for (size_t i = 0; i < n; i++) {
            int fd;

            memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
            if (input->n_fds < RPC_FDS_MAX)
                input->fds[input->n_fds++] = fd;
            else
                close(fd);
        }
    }
}

/* Makes free room behind the bytes: a quarter of the buffer at least. */
static int
make_room(struct rpc_input *input)
{
    size_t used = input->end - input->start, room;

    if (used == 0) {
        input->start = input->end = 0;
        if (is_mapped(input->room))
            buffer_free(input);
    }
    if (input->room - input->end >= input->room / 4 + 1)
        return 0;
    /* the largest buffer is filled to its end */
    if (input->start == 0 && input->room == INPUT_MAX && used < input->room)
        return 0;
    if (input->start > 0 && (used <= input->room / 2 || input->room == INPUT_MAX)) {
        memmove(input->data, input->data + input->start, used);
        explicit_bzero(input->data + used, input->end - used);
        input->start = 0;
        input->end = used;
        return 0;
    }
    room = input->room ? input->room * 4 : INPUT_ROOM;
    if (room > INPUT_MAX)
        room = INPUT_MAX;
    return room > used ? buffer_grow(input, room) : -1;
}

ssize_t
rpc_input_receive(struct rpc_input *input, struct rpc_transport *transport, int flags, bool *ret_more)
{
    union { struct cmsghdr align; char space[CMSG_SPACE(RPC_FDS_MAX * sizeof(int))]; } control;
    struct iovec iov;
    struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
                          .msg_control = &control, .msg_controllen = sizeof(control) };
    ssize_t n;

    if (make_room(input) < 0) {
        errno = ENOBUFS;
        return -1;
    }
    iov = (struct iovec){ input->data + input->end, input->room - input->end };
    if (iov.iov_len > RECEIVE_MAX)
        iov.iov_len = RECEIVE_MAX;
    n = rpc_transport_receive(transport, &msg, flags);
    if (n > 0) {
        input->end += (size_t)n;
        /* a receive ends at a descriptor, whatever comes after it */
        *ret_more = (size_t)n == iov.iov_len || msg.msg_controllen > 0 || rpc_transport_pending(transport);
        if (msg.msg_controllen > 0)
            keep_fds(input, &msg);
    }
    return n;
}

/* Closes what came with the message at the front beyond the N descriptors that it has announced so far. */
static void
drop_unannounced(struct rpc_input *input, size_t n)
{
    if (input->n_fds <= n)
        return;
    rpc_fds_close(input->fds + n, input->n_fds - n);
    input->n_fds = n;
}

/* Hands the first N descriptors of the queue over. */
static void
take_fds(struct rpc_input *input, size_t n, struct rpc_packet *packet)
{
    memcpy(packet->fds, input->fds, n * sizeof(int));
    packet->n_fds = n;
    input->n_fds -= n;
    memmove(input->fds, input->fds + n, input->n_fds * sizeof(int));
}

enum rpc_frame
rpc_input_next(struct rpc_input *input, size_t max, struct rpc_packet *ret, const char **ret_why)
{
    const unsigned char *data = input->data + input->start;
    struct rpc_frame_info info;
    enum rpc_frame frame;

    if (input->end == input->start)
        return RPC_FRAME_PART;
    frame = rpc_frame(data, input->end - input->start, max, &info);
    if (frame == RPC_FRAME_WHOLE && info.n_fds > input->n_fds) {
        info.why = "fewer descriptors than announced";
        frame = RPC_FRAME_BAD;
    }
    if (frame != RPC_FRAME_WHOLE) {
        drop_unannounced(input, info.n_fds);
        *ret_why = info.why;
        return frame;
    }
    rpc_header_get(data, &ret->header);
    ret->body = data + RPC_HEADER_SIZE;
    ret->len = info.length - RPC_HEADER_SIZE;
    if (rpc_type_has_fds(ret->header.type)) {
        ret->body += 4;
        ret->len -= 4;
    }
    take_fds(input, info.n_fds, ret);
    input->start += info.need;
    if (input->start == input->end) {
        drop_unannounced(input, 0);
        input->start = input->end = 0;
    }
    return RPC_FRAME_WHOLE;
}
