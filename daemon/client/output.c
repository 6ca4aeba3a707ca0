/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The way to a client: a message is written at once by whoever has it; what
 * the socket does not take is queued, and the loop writes it when there is
 * room again.
 */
#include "daemon/daemon.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define PONG_BEHIND (4 * 1024)          /* with more than this before it, a PONG is no news */

/* Bytes sent until the socket was full or all had gone; -1: the connection is dead. */
static ssize_t
send_what_fits(struct rpc_transport *transport, const unsigned char *bytes, size_t len, int fd)
{
    size_t done = 0;

    while (done < len) {
        ssize_t n = rpc_transport_send(transport, bytes + done, len - done, fd, MSG_DONTWAIT);

        if (n > 0)
            done += (size_t)n;
        else if (n < 0 && errno == EAGAIN)
            break;
        else if (n < 0 && errno != EINTR)
            return -1;
    }
    return (ssize_t)done;
}

/* Queues what is left of a message; false: too much is held.  Under lock. */
static bool
queue_rest(struct daemon_client *client, const unsigned char *bytes, size_t len, int fd, bool reply)
{
    struct daemon_chunk *chunk = daemon_chunk_new(client, len);

    if (!chunk) {
        if (fd >= 0)
            close(fd);
        daemon_client_cut(client);
        return true;
    }
    chunk->fd = fd;
    chunk->reply = reply;
    memcpy(chunk->bytes, bytes, len);
    *client->out_tail = chunk;
    client->out_tail = &chunk->next;
    client->out_bytes += len;
    daemon_client_watch(client);
    return daemon_client_take(client, (ssize_t)len);
}

/* One call less in flight; the loop looks whether the next may begin.  Under lock. */
static void
call_left(struct daemon_client *client)
{
    client->in_flight--;
    if ((client->ahead || client->stopped || client->alone) && !client->resume_due) {
        client->resume_due = true;
        daemon_client_watch(client);
    }
}

void
daemon_client_watch(struct daemon_client *client)
{
    uint32_t wanted = client->shake ? client->transport->ops->wants(client->transport)
        : (client->stopped || client->full_streams || client->alone ? 0 : EPOLLIN) |
          (client->out || client->resume_due || rpc_transport_unsent(client->transport) ? EPOLLOUT : 0);

    if (wanted == client->watched || client->closed)
        return;
    client->watched = wanted;
    vir_loop_update_fd(the_daemon.loop, client->transport->sock, wanted);
}

void
daemon_client_send(struct daemon_client *client, const struct rpc_buf *message, int fd,
                   bool reply, bool limited)
{
    /* the byte that carries a descriptor lies behind the message */
    size_t len = message->len + (fd >= 0);
    ssize_t done = 0;
    bool bearable = true;

    pthread_mutex_lock(&client->lock);
    if (!client->closed && limited && client->out_bytes + len > DAEMON_OUTPUT_MAX)
        daemon_client_cut(client);
    if (client->closed || client->cut) {
        if (fd >= 0)
            close(fd);
        done = -1;
    } else if (!client->out) {
        done = send_what_fits(client->transport, message->data, len, fd);
        if (done < 0 && fd >= 0)
            close(fd);
    }
    if (done >= 0 && (size_t)done < len) {
        bearable = queue_rest(client, message->data + done, len - (size_t)done, fd, reply);
    } else {
        if (done > 0 && fd >= 0)
            close(fd);
        if (reply)
            call_left(client);
        daemon_client_watch(client);    /* all was taken, but the transport may not have sent all of it */
    }
    pthread_mutex_unlock(&client->lock);
    if (!bearable)
        daemon_client_cut_largest();
}

/* Under lock. */
static const char *
take_layer(struct daemon_client *client)
{
    if (client->out || client->ahead || client->input.start != client->input.end)
        return "said more before its encryption began";
    client->transport = vir_steal(&client->agreed);
    return NULL;
}

const char *
daemon_client_end_alone(struct daemon_client *client)
{
    const char *wrong = NULL;

    pthread_mutex_lock(&client->lock);
    if (client->alone && client->in_flight == 0) {
        client->alone = false;
        if (client->agreed)
            wrong = take_layer(client);
    }
    pthread_mutex_unlock(&client->lock);
    return wrong;
}

void
daemon_client_finished(struct daemon_client *client)
{
    pthread_mutex_lock(&client->lock);
    call_left(client);
    pthread_mutex_unlock(&client->lock);
}

void
daemon_client_send_keepalive(struct daemon_client *client, int procedure)
{
    unsigned char bytes[RPC_HEADER_SIZE];
    struct rpc_buf message = { .data = bytes, .len = sizeof(bytes), .room = sizeof(bytes) };
    struct rpc_header header = rpc_header_of(sizeof(bytes), RPC_PROGRAM_KEEPALIVE, procedure,
                                             RPC_TYPE_MESSAGE, 0, RPC_STATUS_OK);
    bool behind;

    pthread_mutex_lock(&client->lock);
    behind = client->out_bytes > PONG_BEHIND;
    pthread_mutex_unlock(&client->lock);
    if (behind)
        return;
    rpc_header_put(bytes, &header);
    daemon_client_send(client, &message, -1, false, true);
}

void
daemon_client_flush(struct daemon_client *client)
{
    pthread_mutex_lock(&client->lock);
    if (rpc_transport_unsent(client->transport) &&
        rpc_transport_send(client->transport, "", 0, -1, MSG_DONTWAIT) < 0 && errno != EAGAIN && errno != EINTR)
        shutdown(client->transport->sock, SHUT_RDWR);
    while (client->out) {
        struct daemon_chunk *chunk = client->out;
        ssize_t n = send_what_fits(client->transport, chunk->bytes + chunk->done,
                                   chunk->len - chunk->done, chunk->fd);

        if (n < 0)
            shutdown(client->transport->sock, SHUT_RDWR);
        if (n <= 0)
            break;
        client->out_bytes -= (size_t)n;
        daemon_client_take(client, -n);
        chunk->done += (size_t)n;
        if (chunk->done < chunk->len)
            break;
        client->out = chunk->next;
        if (!client->out)
            client->out_tail = &client->out;
        if (chunk->reply)
            call_left(client);
        daemon_chunk_free(chunk);
    }
    daemon_client_watch(client);
    pthread_mutex_unlock(&client->lock);
}
