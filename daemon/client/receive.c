/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A client's connection from its first message to its last: takes them in, decides
 * when each may begin, and ends it.  A client has at most max_client_requests calls in
 * flight, a reply that it has not read included; some more are read ahead, so that a
 * PING behind them is answered in time, and then it is not read from.
 */
#include "daemon/daemon.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/loop.h"

#define READS_PER_TURN 4                /* then the other clients have theirs */
#define MESSAGES_PER_TURN 256
#define FD_WEIGHT 4096                  /* of a descriptor, in DAEMON_AHEAD_MAX */
#define SPARE_MAX (256 * 1024)          /* a bigger buffer is not kept for the next client */

/* Of the client that the loop serves: when it began, by daemon_user_begin, and how many messages are left to it. */
static struct {
    int64_t began;
    unsigned int left;
} turn;

static void client_event(struct vir_loop *loop, int fd, uint32_t events, void *opaque);

/* For polkit, which tells by it this process from a later one of its number. */
static uint64_t
start_time_of(pid_t pid)
{
    struct vir_process_facts facts;

    return pid > 0 && vir_process_read(pid, &facts) == 0 ? facts.start_time : 0;
}

void
daemon_client_new(struct daemon_listener *listener, struct rpc_transport *transport, daemon_shake_fn shake,
                  struct daemon_user *user, pid_t pid)
{
    static unsigned int last_id[DAEMON_SERVERS];
    struct daemon_client *client = VIR_NEW(struct daemon_client);

    client->refs = 1;
    client->transport = transport;
    client->shake = shake;
    client->user = user;
    client->uid = user->uid;
    client->pid = pid;
    client->server = daemon_way_server(listener->way);
    client->limits = &the_daemon.settings.limits[client->server];
    client->id = ++last_id[client->server];
    client->listener = listener;
    client->readonly = listener->way == DAEMON_UNIX_RO;
    client->since_ms = client->heard_ms = vir_now_ms();
    client->since = time(NULL);
    client->keepalive = client->server == DAEMON_ADMIN;
    daemon_client_login_until(client, DAEMON_LOGIN_MS);
    client->ahead_tail = &client->ahead;
    client->out_tail = &client->out;
    client->held_events_tail = &client->held_events;
    client->watched = EPOLLIN;
    client->logged_in = !daemon_must_log_in(client);
    client->wants_sasl = !client->logged_in && strcmp(the_daemon.settings.auth[listener->way], "sasl") == 0;
    client->start_time = daemon_access_guards(client) || !(client->logged_in || client->wants_sasl) ? start_time_of(pid) : 0;
    pthread_mutex_init(&client->lock, NULL);
    if ((client->uid == 0 ? vir_loop_add_urgent_fd : vir_loop_add_fd)(the_daemon.loop, transport->sock, EPOLLIN,
                                                                      client_event, client) < 0) {
        vir_warn("a client cannot be served: %s", virGetLastErrorMessage());
        rpc_transport_free(client->transport);
        pthread_mutex_destroy(&client->lock);
        daemon_user_unref(client->user);
        free(client);
        return;
    }
    daemon_client_enlist(client);
    __atomic_add_fetch(&listener->n_anonymous, 1, __ATOMIC_RELAXED);
    vir_debug("client %u: uid %u, pid %d%s", client->id, user->uid, (int)pid,
              client->readonly ? ", read-only" : "");
    daemon_idle_check();
}

/* Before they have opened a connection all clients of other hosts have their turns together. */
static struct daemon_user *
whose_turn(struct daemon_client *client)
{
    static struct daemon_user strangers;

    return client->uid == (uid_t)-1 && !daemon_client_opened(client) ? &strangers : client->user;
}

void
daemon_client_close(struct daemon_client *client, const char *why)
{
    struct daemon_user *whose = whose_turn(client);
    const int64_t began = daemon_user_begin();

    vir_debug("client %u closed: %s", client->id, why);
    pthread_mutex_lock(&client->lock);
    client->closed = true;              /* whoever ends a call now has nothing watched any more */
    vir_loop_remove_fd(the_daemon.loop, client->transport->sock);
    daemon_client_drop_output(client);
    while (client->ahead) {
        struct daemon_job *job = client->ahead;

        client->ahead = job->next;
        daemon_job_free(job);
    }
    if (!client->opened)
        __atomic_sub_fetch(&client->listener->n_anonymous, 1, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&client->lock);
    shutdown(client->transport->sock, SHUT_RDWR);
    rpc_input_clear(&client->input);
    daemon_streams_drop(client);
    daemon_client_count_held(client);
    daemon_events_drop(client);
    daemon_session_drop(client);
    daemon_client_delist(client);
    daemon_user_used(whose, began);
    daemon_client_unref(client);
    daemon_idle_check();
}

/* ---- messages -------------------------------------------------------------- */

/* What counts against DAEMON_AHEAD_MAX. */
static size_t
ahead_weight(const struct daemon_job *job)
{
    return sizeof(*job) + job->len + job->came_with * FD_WEIGHT;
}

/* Keeps a call for later.  Under lock. */
static void
read_ahead(struct daemon_client *client, struct rpc_packet *packet)
{
    struct daemon_job *job = daemon_job_new(client, packet);

    if (!job) {
        shutdown(client->transport->sock, SHUT_RDWR);
        return;
    }
    explicit_bzero((unsigned char *)packet->body, packet->len);         /* may be a secret */
    *client->ahead_tail = job;
    client->ahead_tail = &job->next;
    client->ahead_bytes += ahead_weight(job);
    if (client->ahead_bytes > DAEMON_AHEAD_MAX) {
        client->stopped = true;
        daemon_client_watch(client);
    }
}

/* Whether a call may begin now; it counts as in flight then.  Under lock. */
static bool
may_begin(struct daemon_client *client)
{
    if (client->opening || client->alone || client->in_flight >= client->limits->max_client_requests)
        return false;
    client->in_flight++;
    return true;
}

static void
take_call(struct daemon_client *client, struct rpc_packet *packet)
{
    bool begin;

    pthread_mutex_lock(&client->lock);
    begin = !client->ahead && may_begin(client);
    if (!begin)
        read_ahead(client, packet);
    pthread_mutex_unlock(&client->lock);
    if (begin)
        daemon_call_begin(client, packet);
}

static const char *
take_packet(struct daemon_client *client, struct rpc_packet *packet)
{
    switch (packet->header.type) {
    case RPC_TYPE_MESSAGE:
        if (packet->header.program != RPC_PROGRAM_KEEPALIVE)
            return "an event from a client";
        if (packet->header.procedure == RPC_KEEPALIVE_PING)
            daemon_client_send_keepalive(client, RPC_KEEPALIVE_PONG);
        return NULL;
    case RPC_TYPE_CALL:
    case RPC_TYPE_CALL_WITH_FDS:
        take_call(client, packet);
        return NULL;
    case RPC_TYPE_STREAM:
    case RPC_TYPE_STREAM_HOLE:
        daemon_stream_packet(client, packet);
        return NULL;
    default:
        return "a message of a type that clients do not send";
    }
}

/* All change to true in this thread only, so no lock is needed to see it. */
static bool
is_stopped(const struct daemon_client *client)
{
    return client->stopped || client->full_streams || client->alone;
}

/* What threads of the pool have changed: not while a login's turn is served, for the client is stopped then. */
static size_t
longest_message(struct daemon_client *client)
{
    return daemon_client_opened(client) ? RPC_MESSAGE_MAX : client->logged_in ? RPC_MESSAGE_MAX_OPEN :
           client->sasl ? RPC_MESSAGE_MAX_SASL : RPC_MESSAGE_MAX_LOGIN;
}

static bool
is_turn_over(void)
{
    return turn.left == 0 || daemon_user_is_over(turn.began);
}

/* Takes the whole messages in the buffer, while the turn lasts.  Returns what is wrong, or NULL. */
static const char *
take_packets(struct daemon_client *client)
{
    size_t max = longest_message(client);
    struct rpc_packet packet;
    const char *wrong = NULL;
    enum rpc_frame frame = RPC_FRAME_PART;

    while (!is_stopped(client) && !is_turn_over() &&
           (frame = rpc_input_next(&client->input, max, &packet, &wrong)) == RPC_FRAME_WHOLE) {
        client->part_since_ms = 0;
        turn.left--;
        wrong = take_packet(client, &packet);
        if (wrong) {
            rpc_fds_close(packet.fds, packet.n_fds);
            return wrong;
        }
    }
    if (frame == RPC_FRAME_BAD)
        return wrong;
    if (is_stopped(client) || frame == RPC_FRAME_WHOLE || client->input.start == client->input.end)
        client->part_since_ms = 0;
    else if (!client->part_since_ms)
        client->part_since_ms = vir_now_ms();
    return NULL;
}

/* The buffer belongs to the daemon unless part of a message stays in it. */
static void
borrow_buffer(struct daemon_client *client)
{
    if (client->input.data)
        return;
    client->input.room = the_daemon.spare.room;
    client->input.data = vir_steal(&the_daemon.spare.data);
    the_daemon.spare.room = 0;
}

static void
return_buffer(struct daemon_client *client)
{
    if (client->input.start != client->input.end)
        return;
    if (the_daemon.spare.data || client->input.room > SPARE_MAX) {
        rpc_input_clear(&client->input);
        return;
    }
    the_daemon.spare.room = client->input.room;
    the_daemon.spare.data = vir_steal(&client->input.data);
    client->input.room = 0;
}

/* When all clients together hold too much the largest goes.  Returns what is wrong if that is CLIENT. */
static const char *
count_held(struct daemon_client *client)
{
    const char *why = "too much is held for unfinished messages, unread replies and streams";
    struct daemon_client *largest = daemon_client_count_held(client) ? NULL : daemon_client_cut_largest();

    if (largest && largest != client)
        daemon_client_close(largest, why);
    return largest && largest == client ? why : NULL;
}

/* Counts what descriptors lie in the buffer.  Returns what is wrong if that is too much. */
static const char *
count_fds(struct daemon_client *client, unsigned int before)
{
    daemon_client_hold(client, DAEMON_FDS, (int)client->input.n_fds - (int)client->input_fds);
    client->input_fds = client->input.n_fds;
    if (__atomic_load_n(&client->holds[DAEMON_FDS], __ATOMIC_RELAXED) <= before ||
        !daemon_user_holds_too_many(client->user, DAEMON_FDS))
        return NULL;
    vir_info("client %u of uid %u goes: its user holds too many descriptors", client->id, client->uid);
    return "too many descriptors in messages";
}

/* No poll tells of bytes that the transport has received, or that lie in the buffer. */
static void
look_again(struct daemon_client *client)
{
    pthread_mutex_lock(&client->lock);
    client->resume_due = true;
    daemon_client_watch(client);
    pthread_mutex_unlock(&client->lock);
}

static const char *
read_client(struct daemon_client *client)
{
    unsigned int fds = __atomic_load_n(&client->holds[DAEMON_FDS], __ATOMIC_RELAXED);
    const char *wrong = NULL;
    bool more = true;

    if (client->shake) {
        wrong = client->shake(client);
        if (wrong || client->shake)
            return wrong;
    }
    borrow_buffer(client);
    for (int i = 0; i < READS_PER_TURN && more && !wrong && !is_stopped(client) && !is_turn_over(); i++) {
        ssize_t n = rpc_input_receive(&client->input, client->transport, MSG_DONTWAIT, &more);

        if (n == 0)
            return "end of file";
        if (n < 0 && errno != EAGAIN && errno != EINTR)
            return strerror(errno);
        if (n < 0)
            break;
        client->heard_ms = 0;
        client->missed = 0;
        wrong = take_packets(client);
    }
    return_buffer(client);
    if (!wrong && (rpc_transport_pending(client->transport) || (is_turn_over() && client->input.data)))
        look_again(client);
    if (!wrong)
        wrong = count_fds(client, fds);
    return wrong ? wrong : count_held(client);
}

/* Begins the calls that were read ahead, as many as may begin now, while the turn lasts. */
static void
begin_ahead(struct daemon_client *client)
{
    for (;;) {
        struct daemon_job *job = NULL;
        struct rpc_packet packet;

        pthread_mutex_lock(&client->lock);
        /* one that was alone may have ended meanwhile, which only serve_client() can see to */
        client->resume_due = (client->ahead && is_turn_over()) || (client->alone && client->in_flight == 0);
        if (client->ahead && !client->resume_due && may_begin(client)) {
            job = client->ahead;
            client->ahead = job->next;
            if (!client->ahead)
                client->ahead_tail = &client->ahead;
            client->ahead_bytes -= ahead_weight(job);
        } else if (client->ahead_bytes <= DAEMON_AHEAD_MAX / 2) {
            client->stopped = false;
        }
        daemon_client_watch(client);
        pthread_mutex_unlock(&client->lock);
        if (!job)
            return;
        packet.header = job->header;
        packet.body = job->body;
        packet.len = job->len;
        packet.n_fds = job->n_fds;
        for (size_t i = 0; i < job->n_fds; i++)
            packet.fds[i] = job->fds[i];
        job->n_fds = 0;
        daemon_call_begin(client, &packet);
        daemon_job_free(job);
    }
}

/* Returns what is wrong, or NULL. */
static const char *
serve_client(struct daemon_client *client, uint32_t events)
{
    const char *wrong = NULL;

    if (events & EPOLLOUT)
        daemon_client_flush(client);
    if (client->alone)
        wrong = daemon_client_end_alone(client);
    if (wrong)
        return wrong;
    if (events & EPOLLOUT) {
        daemon_streams_resume(client);
        begin_ahead(client);
    }
    /* messages may have been left in the buffer when reading stopped, or a turn was over */
    if (client->input.data && !is_stopped(client)) {
        wrong = take_packets(client);
        if (!wrong && is_turn_over())
            look_again(client);
        if (!wrong)
            wrong = count_held(client);
    }
    if ((events & EPOLLIN || client->shake || rpc_transport_pending(client->transport)) && !wrong &&
        !is_stopped(client))
        wrong = read_client(client);
    else if (events & (EPOLLHUP | EPOLLERR))
        wrong = "hung up";
    return wrong;
}

/* A user who has had his slice is left for the next round: the socket stays ready. */
static void
client_event(struct vir_loop *loop, int fd, uint32_t events, void *opaque)
{
    struct daemon_client *client = opaque;
    struct daemon_user *user = whose_turn(client);
    const char *wrong;

    (void)loop;
    (void)fd;
    if (!daemon_user_may(user, client))
        return;
    turn.began = daemon_user_begin();
    turn.left = MESSAGES_PER_TURN;
    wrong = serve_client(client, events);
    daemon_user_used(user, turn.began);
    if (wrong)
        daemon_client_close(client, wrong);
}
