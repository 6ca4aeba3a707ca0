/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls of one guest's agent; see agent.h.  Each begins with a guest-sync-delimited, whose answer has a byte
 * before it that no JSON has: what came before that is of an earlier time, and dropped.
 */
#define VIR_LOG_SOURCE "qemu.agent"
#include "agent/agent.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    DELIMITER = 0xff,
    MAX_WAITING = 100,                  /* calls of one agent */
    MAX_DROPPED = 64 * 1024 * 1024,     /* bytes that may come before what is waited for */
};

/* A call that waits for its turn; on its stack. */
struct waiter {
    struct waiter *next;
};

struct qemu_agent {
    int refs;                           /* atomic */
    char *guest;

    pthread_mutex_t lock;               /* for these; held for moments */
    pthread_cond_t changed;             /* it is another's turn */
    struct waiter *turn;                /* the first one has it */
    unsigned int n_waiting;
    int fd;                             /* -1: not connected; changed by who has the turn */
    int64_t silent_ms;                  /* when a call last waited in vain */

    /* of who has the turn: */
    struct qmp_reader reader;
    size_t dropped;                     /* bytes of this call's */
    uint64_t last_id;
};

struct qemu_agent *
qemu_agent_new(const char *guest)
{
    struct qemu_agent *agent = VIR_NEW(struct qemu_agent);

    agent->refs = 1;
    agent->fd = -1;
    agent->guest = vir_strdup(guest);
    agent->last_id = (uint64_t)time(NULL) * 1000;       /* an earlier daemon's are others */
    pthread_mutex_init(&agent->lock, NULL);
    vir_cond_init(&agent->changed);
    return agent;
}

struct qemu_agent *
qemu_agent_ref(struct qemu_agent *agent)
{
    __atomic_fetch_add(&agent->refs, 1, __ATOMIC_RELAXED);
    return agent;
}

struct qemu_agent *
qemu_agent_unref(struct qemu_agent *agent)
{
    if (!agent || __atomic_fetch_sub(&agent->refs, 1, __ATOMIC_ACQ_REL) > 1)
        return NULL;
    vir_auto_close(&agent->fd);
    qmp_reader_free(&agent->reader);
    pthread_cond_destroy(&agent->changed);
    pthread_mutex_destroy(&agent->lock);
    free(agent->guest);
    free(agent);
    return NULL;
}

void
qemu_agent_hang_up(struct qemu_agent *agent)
{
    pthread_mutex_lock(&agent->lock);
    if (agent->fd >= 0)
        shutdown(agent->fd, SHUT_RDWR); /* who reads sees its end, and closes it */
    pthread_mutex_unlock(&agent->lock);
}

/* ---- turns ---------------------------------------------------------------------------------- */

static void
give_turn(struct qemu_agent *agent, struct waiter *me)
{
    struct waiter **at = &agent->turn;

    while (*at != me)
        at = &(*at)->next;
    *at = me->next;
    agent->n_waiting--;
    pthread_cond_broadcast(&agent->changed);
}

/* With the lock.  Whoever waited behind a call that was not answered need not try it again. */
static int
raise_no_turn(const struct qemu_agent *agent, int64_t began)
{
    if (agent->silent_ms >= began)
        return vir_error(VIR_ERR_AGENT_UNRESPONSIVE, "Guest agent not available for now: that of domain '%s' did not "
                         "answer the call before this one", agent->guest);
    return vir_error(VIR_ERR_OPERATION_TIMEOUT, "other calls have been asking the guest agent of domain '%s' for %d s",
                     agent->guest, QEMU_JOB_MS / 1000);
}

static int
take_turn(struct qemu_agent *agent, struct waiter *me)
{
    int64_t began = vir_now_ms(), deadline = vir_deadline(QEMU_JOB_MS);
    struct waiter **at = &agent->turn;
    bool waited, in_time = true;
    int ret = 0;

    pthread_mutex_lock(&agent->lock);
    if (agent->n_waiting >= MAX_WAITING) {
        ret = vir_error(VIR_ERR_OPERATION_FAILED, "%u calls wait for the guest agent of domain '%s'", agent->n_waiting,
                        agent->guest);
    } else {
        while (*at)
            at = &(*at)->next;
        *at = me;
        agent->n_waiting++;
        waited = agent->turn != me;
        while (agent->turn != me && in_time)
            in_time = vir_cond_wait_until(&agent->changed, &agent->lock, deadline);
        if (agent->turn != me || (waited && agent->silent_ms >= began)) {
            ret = raise_no_turn(agent, began);
            give_turn(agent, me);
        }
    }
    pthread_mutex_unlock(&agent->lock);
    return ret;
}

/* ---- the socket; with the turn ------------------------------------------------------------------ */

static void
disconnect(struct qemu_agent *agent)
{
    pthread_mutex_lock(&agent->lock);
    vir_auto_close(&agent->fd);
    agent->fd = -1;
    pthread_mutex_unlock(&agent->lock);
    qmp_reader_free(&agent->reader);
}

static int
connect_to(struct qemu_agent *agent, const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    VIR_AUTO_CLOSE int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (strlen(path) > QEMU_MAX_SOCKET_PATH)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "the socket of the guest agent has too long a path: %s", path);
    memcpy(address.sun_path, path, strlen(path));
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
        return vir_error(VIR_ERR_AGENT_UNRESPONSIVE, "QEMU guest agent is not connected: its channel '%s': %s", path,
                         strerror(errno));
    pthread_mutex_lock(&agent->lock);
    agent->fd = vir_steal_fd(&fd);
    pthread_mutex_unlock(&agent->lock);
    return 0;
}

/* Is there still the one that an earlier call opened?  What is not asked for is not read, so it may be full. */
static bool
is_connected(const struct qemu_agent *agent)
{
    struct pollfd end = { .fd = agent->fd, .events = 0 };

    return agent->fd >= 0 && poll(&end, 1, 0) == 0;
}

static int
raise_gone(const struct qemu_agent *agent, const char *command)
{
    return vir_error(VIR_ERR_AGENT_UNRESPONSIVE, "Guest agent disappeared while executing command '%s' of domain '%s'",
                     command, agent->guest);
}

enum io { IO_DONE, IO_GONE, IO_LATE, IO_TOO_MUCH };

/* Until something can be read or written. */
static enum io
wait_for(const struct qemu_agent *agent, short what, int64_t deadline)
{
    struct pollfd end = { .fd = agent->fd, .events = what };
    int n;

    do {
        n = poll(&end, 1, vir_deadline_left(deadline));
    } while (n < 0 && errno == EINTR);
    return n > 0 ? IO_DONE : n == 0 ? IO_LATE : IO_GONE;
}

static enum io
write_all(const struct qemu_agent *agent, const char *bytes, size_t len, int64_t deadline)
{
    while (len > 0) {
        ssize_t n = send(agent->fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
        enum io io;

        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        } else if (n < 0 && errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK) {
            return IO_GONE;
        } else if ((io = wait_for(agent, POLLOUT, deadline)) != IO_DONE) {
            return io;
        }
    }
    return IO_DONE;
}

/* The next line, valid until the next call. */
static enum io
read_line(struct qemu_agent *agent, int64_t deadline, const char **ret, size_t *ret_len)
{
    while (!(*ret = qmp_reader_line(&agent->reader, ret_len))) {
        enum io io = wait_for(agent, POLLIN, deadline);
        size_t room;
        ssize_t n;
        char *at;

        if (io != IO_DONE)
            return io;
        if (qmp_reader_space(&agent->reader, &at, &room) < 0)
            return IO_TOO_MUCH;
        n = recv(agent->fd, at, room, MSG_DONTWAIT);
        if (n > 0)
            qmp_reader_added(&agent->reader, (size_t)n);
        else if (n == 0 || (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK))
            return IO_GONE;
    }
    agent->dropped += *ret_len + 1;
    return agent->dropped > MAX_DROPPED ? IO_TOO_MUCH : vir_deadline_left(deadline) <= 0 ? IO_LATE : IO_DONE;
}

/* ---- messages ------------------------------------------------------------------------------------ */

static char *
line_of(const struct qemu_agent_ask *ask)
{
    const int plain = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE;
    struct json_object *message = ask->whole ? json_object_get(ask->whole) : qmp_new_object();
    const char *text;
    char *line;

    if (!ask->whole)
        qmp_add(message, "execute", qmp_new_string(ask->command));
    if (!ask->whole && ask->args)
        qmp_add(message, "arguments", json_object_get(ask->args));
    text = qmp_text(message, plain);
    line = vir_strdup_printf("%s\n", text);
    explicit_bzero((char *)text, strlen(text));         /* json-c's own; it may be a password */
    json_object_put(message);
    return line;
}

static bool
lacks_command(struct json_object *error)
{
    const char *class = qmp_get_string(error, "class"), *text = qmp_get_string(error, "desc");

    return class && (strcmp(class, "CommandNotFound") == 0 || strcmp(class, "CommandDisabled") == 0 ||
                     (text && strstr(text, "this feature or command is not currently supported")));
}

static enum io
send_sync(struct qemu_agent *agent, const char *command, uint64_t id, int64_t deadline)
{
    VIR_AUTO_FREE char *text = vir_strdup_printf("%c{\"execute\":\"%s\",\"arguments\":{\"id\":%" PRIu64 "}}\n",
                                                 DELIMITER, command, id);

    return write_all(agent, text, strlen(text), deadline);
}

/* What the synchronization ID is answered with; NULL: LINE is something else, as a late answer of any size. */
static struct json_object *
parse_sync(const char *line, size_t len)
{
    enum { LONGEST = 4096 };            /* an answer to it, or that the agent does not know it */
    const char *mark = memrchr(line, DELIMITER, len), *why;
    const char *from = mark ? mark + 1 : line;
    size_t rest = len - (size_t)(from - line);

    return rest <= LONGEST ? qmp_parse_object(from, rest, &why) : NULL;
}

/* Drops what comes before the answer.  Some agents of other makers only know guest-sync. */
static enum io
sync_with(struct qemu_agent *agent, int64_t deadline)
{
    uint64_t id = ++agent->last_id;
    enum io io = send_sync(agent, "guest-sync-delimited", id, deadline);
    bool simple = false, synced = false;
    const char *line;
    size_t len;

    agent->dropped = 0;
    while (!synced && io == IO_DONE && (io = read_line(agent, deadline, &line, &len)) == IO_DONE) {
        struct json_object *message = parse_sync(line, len);

        synced = qmp_get_uint(message, "return", INT64_MAX, 0) == id;
        if (!simple && lacks_command(qmp_get(message, "error"))) {
            simple = true;
            io = send_sync(agent, "guest-sync", id, deadline);
        }
        json_object_put(message);
    }
    return io;
}

/* ---- answers -------------------------------------------------------------------------------------- */

static enum qemu_agent_end
take_error(const struct qemu_agent_ask *ask, struct json_object *error)
{
    const char *text = qmp_get_string(error, "desc");
    VIR_AUTO_FREE char *words = qemu_words(text ? text : "unknown QEMU command error",
                                           strlen(text ? text : "unknown QEMU command error"));

    vir_error(VIR_ERR_INTERNAL_ERROR, "unable to execute QEMU agent command '%s': %s", ask->command, words);
    return lacks_command(error) ? QEMU_AGENT_LACKS : QEMU_AGENT_FAILED;
}

static enum qemu_agent_end
take_answer(const struct qemu_agent *agent, const struct qemu_agent_ask *ask, const char *line, size_t len,
            struct json_object **ret)
{
    const char *why = "it has neither a return nor an error";
    struct json_object *message = qmp_parse_object(line, len, &why), *value = NULL;
    enum qemu_agent_end end = QEMU_AGENT_ANSWERED;

    if (message && ask->whole && ret && json_object_object_get_ex(message, "return", NULL)) {
        *ret = message;
        return end;
    }
    if (message && json_object_object_get_ex(message, "error", &value)) {
        end = take_error(ask, value);
    } else if (message && json_object_object_get_ex(message, "return", &value)) {
        value = value ? json_object_get(value) : qmp_new_object();
        json_object_object_del(message, "return");      /* json-c's counts are not atomic */
        if (ret)
            *ret = value;
        else
            json_object_put(value);
    } else {
        end = vir_error(VIR_ERR_INTERNAL_ERROR, "the guest agent of domain '%s' answered '%s' with something else: %s",
                        agent->guest, ask->command, why);
    }
    json_object_put(message);
    return end;
}

/* ---- one call ---------------------------------------------------------------------------------------- */

static int
raise_io(struct qemu_agent *agent, enum io io, const char *command, int ms)
{
    if (io == IO_GONE)
        return raise_gone(agent, command);
    if (io == IO_TOO_MUCH)
        return vir_error(VIR_ERR_AGENT_UNRESPONSIVE, "Guest agent not available for now: that of domain '%s' talks "
                         "without end", agent->guest);
    pthread_mutex_lock(&agent->lock);
    agent->silent_ms = vir_now_ms();
    pthread_mutex_unlock(&agent->lock);
    return vir_error(VIR_ERR_AGENT_UNRESPONSIVE, "Guest agent not available for now: that of domain '%s' did not answer "
                     "'%s' within %d.%d s", agent->guest, command, ms / 1000, ms % 1000 / 100);
}

static int
chosen_ms(const struct qemu_agent_ask *ask)
{
    return ask->seconds < QEMU_AGENT_PATIENT_MS / 1000 ? ask->seconds * 1000 : QEMU_AGENT_PATIENT_MS;
}

static int
sync_ms(const struct qemu_agent_ask *ask)
{
    return ask->seconds >= 0 ? chosen_ms(ask) : QEMU_AGENT_SYNC_MS;
}

static int
answer_ms(const struct qemu_agent_ask *ask)
{
    if (ask->parting)
        return QEMU_AGENT_PARTING_MS;
    if (ask->seconds == VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_DEFAULT)
        return QEMU_AGENT_SYNC_MS;
    if (ask->seconds >= 0)
        return chosen_ms(ask);
    return ask->patient ? QEMU_AGENT_PATIENT_MS : QEMU_AGENT_ANSWER_MS;
}

/* With the turn, and connected. */
static enum qemu_agent_end
talk(struct qemu_agent *agent, const struct qemu_agent_ask *ask, struct json_object **ret)
{
    VIR_AUTO_FREE char *text = line_of(ask);
    enum io io = sync_with(agent, vir_deadline(sync_ms(ask)));
    int64_t deadline = vir_deadline(answer_ms(ask));
    enum qemu_agent_end end = QEMU_AGENT_FAILED;
    const char *line;
    size_t len;

    if (io != IO_DONE) {
        raise_io(agent, io, "guest-sync-delimited", sync_ms(ask));
    } else if ((io = write_all(agent, text, strlen(text), deadline)) != IO_DONE) {
        raise_io(agent, io, ask->command, answer_ms(ask));
    } else if ((io = read_line(agent, deadline, &line, &len)) != IO_DONE) {
        if (io == IO_GONE && ask->parting)
            end = QEMU_AGENT_ANSWERED;
        else
            raise_io(agent, io, ask->command, answer_ms(ask));
    } else {
        end = take_answer(agent, ask, line, len, ret);
    }
    explicit_bzero(text, strlen(text)); /* it may be a password */
    if (io == IO_GONE || io == IO_TOO_MUCH)
        disconnect(agent);
    return end;
}

enum qemu_agent_end
qemu_agent_call(struct qemu_agent *agent, const char *path, const struct qemu_agent_ask *ask, struct json_object **ret)
{
    enum qemu_agent_end end = QEMU_AGENT_FAILED;
    struct waiter me = { NULL };

    if (take_turn(agent, &me) == 0) {
        vir_debug("%s: %s", agent->guest, ask->command);
        if (!is_connected(agent))
            disconnect(agent);
        if (agent->fd >= 0 || connect_to(agent, path) == 0)
            end = talk(agent, ask, ret);
        pthread_mutex_lock(&agent->lock);
        give_turn(agent, &me);
        pthread_mutex_unlock(&agent->lock);
    }
    json_object_put(ask->args);
    json_object_put(ask->whole);
    return end;
}
