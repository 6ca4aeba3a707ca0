/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls and events of one QEMU; see monitor.h.
 */
#define VIR_LOG_SOURCE "qemu.monitor"
#include "qemu.h"
#include "qmp/monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* Unsent bytes that may pile up while QEMU does not read. */
enum { MAX_UNSENT = 1024 * 1024 };

struct qemu_call {
    struct qemu_call *next;
    uint64_t id;
    char *command;
    bool done;
    bool whole;                         /* VALUE is the whole reply, be it an answer or an error */
    struct json_object *value;          /* answer */
    char *error;                        /* or what QEMU refused it with */
    bool waited;                        /* a thread waits, or will */
    int64_t sent_ms;
    qemu_monitor_done_fn posted;        /* told in the loop's thread; may be NULL */
    void *opaque;
};

struct qemu_monitor {
    int refs;                           /* atomic */
    struct vir_loop *loop;
    char *guest;
    const struct qemu_monitor_ops *ops;
    void *opaque;
    struct qmp_reader reader;           /* loop's thread; the closing thread after the loop let go */

    pthread_mutex_t lock;               /* for all below; held for moments */
    pthread_cond_t answered;
    int fd;                             /* -1: closed */
    struct qemu_call *calls;            /* sent and not answered */
    uint64_t last_id;
    struct vir_buf unsent;
    int gift;                           /* goes with the next byte that is sent; -1: none */
    bool stuck;                         /* the loop tells when the socket takes more */
    char *why_broken;                   /* NULL: usable */
    int64_t silent_since;               /* the first call that ran into its deadline was sent; 0: it speaks */
};

static void
call_free(struct qemu_call *call)
{
    if (!call)
        return;
    json_object_put(call->value);
    free(call->command);
    free(call->error);
    free(call);
}

struct qemu_monitor *
qemu_monitor_ref(struct qemu_monitor *monitor)
{
    __atomic_fetch_add(&monitor->refs, 1, __ATOMIC_RELAXED);
    return monitor;
}

struct qemu_monitor *
qemu_monitor_unref(struct qemu_monitor *monitor)
{
    if (!monitor || __atomic_fetch_sub(&monitor->refs, 1, __ATOMIC_ACQ_REL) > 1)
        return NULL;
    qmp_reader_free(&monitor->reader);
    vir_buf_free(&monitor->unsent);
    vir_auto_close(&monitor->gift);
    pthread_cond_destroy(&monitor->answered);
    pthread_mutex_destroy(&monitor->lock);
    free(monitor->why_broken);
    free(monitor->guest);
    free(monitor);
    return NULL;
}

/* ---- calls ---------------------------------------------------------------- */

/* With the lock held: takes CALL out of the list of unanswered ones. */
static struct qemu_call *
take_call(struct qemu_monitor *monitor, uint64_t id)
{
    for (struct qemu_call **at = &monitor->calls; *at; at = &(*at)->next) {
        struct qemu_call *call = *at;

        if (call->id == id) {
            *at = call->next;
            call->next = NULL;
            return call;
        }
    }
    return NULL;
}

/* With the lock held: no more calls; those under way fail. */
static void
set_broken(struct qemu_monitor *monitor, const char *why)
{
    if (!monitor->why_broken)
        monitor->why_broken = vir_strdup(why);
    while (monitor->calls) {
        struct qemu_call *call = take_call(monitor, monitor->calls->id);

        call->done = true;
        if (!call->waited)
            call_free(call);
    }
    pthread_cond_broadcast(&monitor->answered);
}

/* With the lock held. */
static ssize_t
send_some(struct qemu_monitor *monitor, char *from, size_t len)
{
    union { struct cmsghdr header; char room[CMSG_SPACE(sizeof(int))]; } control = { .header = {
        .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS } };
    struct iovec bytes = { from, len };
    struct msghdr message = { .msg_iov = &bytes, .msg_iovlen = 1 };
    ssize_t n;

    if (monitor->gift >= 0) {
        memcpy(CMSG_DATA(&control.header), &monitor->gift, sizeof(int));
        message.msg_control = &control;
        message.msg_controllen = sizeof(control);
    }
    n = sendmsg(monitor->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n > 0 && monitor->gift >= 0)
        close(vir_steal_fd(&monitor->gift));
    return n;
}

/* With the lock held: writes what the socket takes; the loop writes the rest. */
static void
write_unsent(struct qemu_monitor *monitor)
{
    struct vir_buf *unsent = &monitor->unsent;
    size_t done = 0;

    while (done < unsent->len) {
        ssize_t n = send_some(monitor, unsent->text + done, unsent->len - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            break;                      /* a broken socket is seen by the reader, after the last messages */
        done += (size_t)n;
    }
    memmove(unsent->text, unsent->text + done, unsent->len - done);
    unsent->len -= done;
    if (monitor->stuck != (unsent->len > 0)) {
        monitor->stuck = !monitor->stuck;
        vir_loop_update_fd(monitor->loop, monitor->fd, monitor->stuck ? EPOLLIN | EPOLLOUT : EPOLLIN);
    }
}

/* HOW: whether it is waited for or posted.  GIFT: a descriptor that goes with it, taken over; -1: none.
 * NULL for a posted call that can never be answered. */
static struct qemu_call *
send_with(struct qemu_monitor *monitor, const char *command, struct json_object *args, int gift,
          const struct qemu_call *how)
{
    struct qemu_call *call = VIR_NEW(struct qemu_call), **tail = &monitor->calls;

    *call = *how;
    call->command = vir_strdup(command);
    call->sent_ms = vir_now_ms();
    pthread_mutex_lock(&monitor->lock);
    call->id = ++monitor->last_id;
    if (monitor->why_broken || monitor->unsent.len > MAX_UNSENT || (gift >= 0 && monitor->gift >= 0)) {
        call->done = true;
        vir_auto_close(&gift);
    } else {
        if (gift >= 0)
            monitor->gift = gift;       /* also where the socket takes nothing: the loop sends it */
        while (*tail)
            tail = &(*tail)->next;
        *tail = call;
        qmp_format(&monitor->unsent, command, args, call->id);
        write_unsent(monitor);
    }
    vir_debug("%s: %" PRIu64 " %s", monitor->guest, call->id, command);
    if (call->done && !call->waited) {
        call_free(call);
        call = NULL;
    }
    pthread_mutex_unlock(&monitor->lock);
    json_object_put(args);
    return call;
}

static struct qemu_call *
send_call(struct qemu_monitor *monitor, const char *command, struct json_object *args, const struct qemu_call *how)
{
    return send_with(monitor, command, args, -1, how);
}

struct qemu_call *
qemu_monitor_send(struct qemu_monitor *monitor, const char *command, struct json_object *args)
{
    return send_call(monitor, command, args, &(struct qemu_call){ .waited = true });
}

void
qemu_monitor_post(struct qemu_monitor *monitor, const char *command, struct json_object *args,
                  qemu_monitor_done_fn done, void *opaque)
{
    send_call(monitor, command, args, &(struct qemu_call){ .posted = done, .opaque = opaque });
}

/* With the lock held: raises why CALL, which is not in the list any more, has no value. */
static int
raise_unanswered(struct qemu_monitor *monitor, struct qemu_call *call)
{
    int64_t waited = vir_now_ms() - call->sent_ms;

    if (call->error)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "unable to execute QEMU command '%s': %s",
                         call->command, call->error);
    if (monitor->why_broken)
        return vir_error(VIR_ERR_OPERATION_FAILED, "the monitor of domain '%s' cannot be used for '%s': %s",
                         monitor->guest, call->command, monitor->why_broken);
    if (call->done)
        return vir_error(VIR_ERR_OPERATION_FAILED, "domain '%s' does not read its monitor commands",
                         monitor->guest);
    vir_error(VIR_ERR_OPERATION_TIMEOUT, "domain '%s' did not answer the monitor command '%s' within %d.%d s",
              monitor->guest, call->command, (int)(waited / 1000), (int)(waited % 1000 / 100));
    vir_error_hint("its QEMU process may be stopped or its host overloaded; 'destroy' ends it in any case");
    return -1;
}

/* With the lock held.  Who comes later does not wait longer: the deadline counts from the first call
 * that QEMU left unanswered, but for a moment in which it may have woken up. */
static int64_t
deadline_of(const struct qemu_monitor *monitor, int deadline_ms)
{
    int64_t deadline = vir_deadline(deadline_ms), moment = vir_deadline(QEMU_SILENT_MS);

    if (monitor->silent_since && deadline > moment) {
        deadline = monitor->silent_since + deadline_ms;
        deadline = deadline < moment ? moment : deadline;
    }
    return deadline;
}

int
qemu_monitor_wait(struct qemu_monitor *monitor, struct qemu_call *call, int deadline_ms,
                  struct json_object **ret)
{
    int64_t deadline;
    int result = 0;

    pthread_mutex_lock(&monitor->lock);
    deadline = deadline_of(monitor, deadline_ms);
    while (!call->done && vir_cond_wait_until(&monitor->answered, &monitor->lock, deadline))
        ;
    if (!call->done) {
        take_call(monitor, call->id);
        if (deadline_ms > 0 && !monitor->silent_since)
            monitor->silent_since = call->sent_ms;
    }
    if (!call->value)
        result = raise_unanswered(monitor, call);
    pthread_mutex_unlock(&monitor->lock);

    if (result == 0 && ret)
        *ret = vir_steal(&call->value);
    call_free(call);
    return result;
}

int
qemu_monitor_wait_all(struct qemu_monitor *monitor, struct qemu_call **calls, size_t n, int deadline_ms,
                      struct json_object **answers)
{
    int64_t deadline = vir_deadline(deadline_ms);
    virErrorPtr first = NULL;

    for (size_t i = 0; i < n; i++) {
        int left = first ? 0 : vir_deadline_left(deadline);
        struct json_object *answer = NULL;

        if (qemu_monitor_wait(monitor, calls[i], left, &answer) < 0) {
            if (!first)
                first = vir_error_take();
            else
                virFreeError(vir_error_take());
        }
        if (answers)
            answers[i] = answer;
        else
            json_object_put(answer);
    }
    if (!first)
        return 0;
    vir_error_restore(first);
    return -1;
}

int
qemu_monitor_call(struct qemu_monitor *monitor, const char *command, struct json_object *args,
                  int deadline_ms, struct json_object **ret)
{
    return qemu_monitor_wait(monitor, qemu_monitor_send(monitor, command, args), deadline_ms, ret);
}

int
qemu_monitor_pass(struct qemu_monitor *monitor, const char *command, struct json_object *args, int fd,
                  int deadline_ms, struct json_object **ret)
{
    const struct qemu_call how = { .waited = true, .whole = true };
    int gift = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);

    if (fd >= 0 && gift < 0) {
        json_object_put(args);
        return vir_error_errno(errno, "a descriptor for domain '%s'", monitor->guest);
    }
    return qemu_monitor_wait(monitor, send_with(monitor, command, args, gift, &how), deadline_ms, ret);
}

int
qemu_monitor_call_with(struct qemu_monitor *monitor, const char *command, struct json_object *args, int fd,
                       int deadline_ms, struct json_object **ret)
{
    const struct qemu_call how = { .waited = true };
    int gift = fcntl(fd, F_DUPFD_CLOEXEC, 0);

    if (gift < 0) {
        json_object_put(args);
        return vir_error_errno(errno, "a descriptor for domain '%s'", monitor->guest);
    }
    return qemu_monitor_wait(monitor, send_with(monitor, command, args, gift, &how), deadline_ms, ret);
}

int
qemu_monitor_give_fd(struct qemu_monitor *monitor, const char *name, int fd)
{
    struct json_object *args = qmp_new_object();

    qmp_add(args, "fdname", qmp_new_string(name));
    return qemu_monitor_call_with(monitor, "getfd", args, fd, QEMU_COMMAND_MS, NULL);
}

int64_t
qemu_monitor_silent(struct qemu_monitor *monitor)
{
    int64_t since;

    pthread_mutex_lock(&monitor->lock);
    since = monitor->silent_since;
    pthread_mutex_unlock(&monitor->lock);
    return since ? vir_now_ms() - since + 1 : 0;
}

bool
qemu_monitor_usable(struct qemu_monitor *monitor)
{
    bool usable;

    pthread_mutex_lock(&monitor->lock);
    usable = !monitor->why_broken;
    pthread_mutex_unlock(&monitor->lock);
    return usable;
}

bool
qemu_monitor_busy(struct qemu_monitor *monitor)
{
    bool busy;

    pthread_mutex_lock(&monitor->lock);
    busy = monitor->calls != NULL;
    pthread_mutex_unlock(&monitor->lock);
    return busy;
}

/* ---- what arrives ----------------------------------------------------------- */

static void
take_answer(struct qemu_monitor *monitor, struct qmp_message *message)
{
    struct qemu_call *call, *mine = NULL;
    bool known = false;

    pthread_mutex_lock(&monitor->lock);
    call = take_call(monitor, message->id);
    if (call) {
        call->done = true;
        if (message->kind == QMP_ERROR && !call->whole)
            call->error = qemu_words(message->text, strlen(message->text));
        else
            call->value = qmp_message_take(message, call->whole);
        if (call->waited)
            pthread_cond_broadcast(&monitor->answered);
        mine = call->waited ? NULL : call;      /* a waiter may free it as soon as the lock is open */
        known = true;
    }
    pthread_mutex_unlock(&monitor->lock);

    if (!known)
        vir_debug("%s: answer %" PRIu64 " came too late or was never asked for", monitor->guest, message->id);
    if (mine && mine->posted)
        mine->posted(mine->value, mine->error, mine->opaque);
    call_free(mine);
}

static void
note_words(struct qemu_monitor *monitor)
{
    pthread_mutex_lock(&monitor->lock);
    monitor->silent_since = 0;
    pthread_mutex_unlock(&monitor->lock);
}

/* Handles all whole lines.  -1 with *ret_why for a line that is no QMP. */
static int
take_lines(struct qemu_monitor *monitor, const char **ret_why)
{
    const char *line;
    size_t len;

    while ((line = qmp_reader_line(&monitor->reader, &len))) {
        struct qmp_message message;

        if (qmp_parse(line, len, &message, ret_why) < 0)
            return -1;
        note_words(monitor);
        if (message.kind == QMP_EVENT) {
            vir_debug("%s: event %s", monitor->guest, message.name);
            monitor->ops->event(&message, monitor->opaque);
        } else if (message.kind != QMP_GREETING) {
            take_answer(monitor, &message);
        }
        qmp_message_free(&message);
    }
    return 0;
}

/* Reads until the socket is empty, but at most MAX_READS times so that an event
 * storm of one guest does not keep the loop from the others.
 * 0: open, -1: QEMU hung up or talks nonsense (*ret_why). */
static int
take_input(struct qemu_monitor *monitor, int fd, int max_reads, const char **ret_why)
{
    while (max_reads-- > 0) {
        char *at;
        size_t room;
        ssize_t n;

        if (qmp_reader_space(&monitor->reader, &at, &room) < 0) {
            *ret_why = "a message is longer than 10 MiB";
            return -1;
        }
        n = recv(fd, at, room, MSG_DONTWAIT);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return 0;
        if (n <= 0) {
            *ret_why = "QEMU closed it";
            return -1;
        }
        qmp_reader_added(&monitor->reader, (size_t)n);
        if (take_lines(monitor, ret_why) < 0)
            return -1;
    }
    return 0;
}

static void
monitor_ready(struct vir_loop *loop, int fd, uint32_t events, void *opaque)
{
    struct qemu_monitor *monitor = opaque;
    const char *why = NULL;

    if (events & EPOLLOUT) {
        pthread_mutex_lock(&monitor->lock);
        if (monitor->fd >= 0)
            write_unsent(monitor);
        pthread_mutex_unlock(&monitor->lock);
    }
    if (!(events & (EPOLLIN | EPOLLHUP | EPOLLERR)) || take_input(monitor, fd, 16, &why) == 0)
        return;

    vir_loop_remove_fd(loop, fd);
    qmp_reader_free(&monitor->reader);
    vir_debug("%s: monitor broken: %s", monitor->guest, why);
    pthread_mutex_lock(&monitor->lock);
    set_broken(monitor, why);
    pthread_mutex_unlock(&monitor->lock);
    monitor->ops->broken(why, monitor->opaque);
}

/* ---- life ------------------------------------------------------------------- */

struct qemu_monitor *
qemu_monitor_open(struct vir_loop *loop, int fd, const char *guest,
                  const struct qemu_monitor_ops *ops, void *opaque)
{
    struct qemu_monitor *monitor = VIR_NEW(struct qemu_monitor);

    monitor->refs = 1;
    monitor->loop = loop;
    monitor->fd = fd;
    monitor->gift = -1;
    monitor->guest = vir_strdup(guest);
    monitor->ops = ops;
    monitor->opaque = opaque;
    pthread_mutex_init(&monitor->lock, NULL);
    vir_cond_init(&monitor->answered);
    if (vir_loop_add_fd(loop, fd, EPOLLIN, monitor_ready, monitor) < 0) {
        close(fd);
        return qemu_monitor_unref(monitor);
    }
    return monitor;
}

void
qemu_monitor_close(struct qemu_monitor *monitor, const char *why)
{
    const char *ignored;
    int fd;

    pthread_mutex_lock(&monitor->lock);
    fd = monitor->fd;
    pthread_mutex_unlock(&monitor->lock);
    if (fd < 0)
        return;
    /* Also where the loop let go of it by itself: its callback may still be under way. */
    vir_loop_remove_fd(monitor->loop, fd);
    if (qemu_monitor_usable(monitor))
        take_input(monitor, fd, 1000, &ignored);
    pthread_mutex_lock(&monitor->lock);
    monitor->fd = -1;
    set_broken(monitor, why);
    pthread_mutex_unlock(&monitor->lock);
    close(fd);
}
