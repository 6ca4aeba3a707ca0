/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The part polkit: CheckAuthorization by sd-bus.  A question that may ask the
 * user has a connection of its own to the bus; when that ends, polkit withdraws
 * what it asks.  The others share some, which stay open.
 */
#include "daemon/access/polkit.h"

#include <libvirt/module.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-bus.h>

#define INTERACTIVE 1u                  /* AllowUserInteraction, of CheckAuthorization's flags */
#define KEPT 4                          /* connections that nobody uses */

/* A question on its way; `round` tells of all that were asked with it. */
struct asked {
    struct daemon_polkit_question *question;
    struct round *round;
};

struct round {
    struct asked asked[DAEMON_POLKIT_AT_ONCE];
    size_t left;                        /* questions without an answer */
    char *why;
};

/* Connections between two rounds. */
static struct { pthread_mutex_t lock; sd_bus *bus[KEPT]; size_t n; } kept = { .lock = PTHREAD_MUTEX_INITIALIZER };

static enum daemon_polkit_answer
fail(char *why, const char *what, const char *text)
{
    snprintf(why, DAEMON_POLKIT_WHY, "%s: %s", what, text);
    return DAEMON_POLKIT_FAILED;
}

static enum daemon_polkit_answer
read_reply(sd_bus_message *reply, char *why)
{
    const sd_bus_error *error = sd_bus_message_get_error(reply);
    int authorized = 0, challenge = 0, rc;
    const char *key, *value;
    bool dismissed = false;

    if (error)
        return fail(why, error->name, error->message ? error->message : "no reason is given");
    rc = sd_bus_message_enter_container(reply, 'r', "bba{ss}");
    if (rc > 0)
        rc = sd_bus_message_read(reply, "bb", &authorized, &challenge);
    if (rc > 0)
        rc = sd_bus_message_enter_container(reply, 'a', "{ss}");
    while (rc > 0 && (rc = sd_bus_message_read(reply, "{ss}", &key, &value)) > 0)
        if (strcmp(key, "polkit.dismissed") == 0)
            dismissed = true;
    if (rc < 0)
        return fail(why, "its answer cannot be read", strerror(-rc));
    return authorized ? DAEMON_POLKIT_YES : dismissed ? DAEMON_POLKIT_DISMISSED :
           challenge ? DAEMON_POLKIT_CHALLENGE : DAEMON_POLKIT_NO;
}

static int
take_reply(sd_bus_message *reply, void *opaque, sd_bus_error *ret_error)
{
    struct asked *asked = opaque;

    (void)ret_error;
    asked->question->answer = read_reply(reply, asked->round->why);
    asked->round->left--;
    return 0;
}

static int
append_details(sd_bus_message *call, const struct daemon_polkit_question *question)
{
    int rc = sd_bus_message_open_container(call, 'a', "{ss}");

    for (size_t i = 0; i < question->n_details && rc >= 0; i++)
        rc = sd_bus_message_append(call, "{ss}", question->details[i].key, question->details[i].value);
    return rc < 0 ? rc : sd_bus_message_close_container(call);
}

/* -EINVAL: a detail is no text for the bus. */
static int
send_question(sd_bus *bus, const struct daemon_polkit_subject *subject, bool interactive, struct asked *asked)
{
    sd_bus_message *call = NULL;
    int rc = sd_bus_message_new_method_call(bus, &call, "org.freedesktop.PolicyKit1",
                                            "/org/freedesktop/PolicyKit1/Authority",
                                            "org.freedesktop.PolicyKit1.Authority", "CheckAuthorization");

    if (rc >= 0)
        rc = sd_bus_message_append(call, "(sa{sv})s", "unix-process", 3,
                                   "pid", "u", (uint32_t)subject->pid,
                                   "start-time", "t", subject->start_time,
                                   "uid", "i", (int32_t)subject->uid, asked->question->action);
    if (rc >= 0)
        rc = append_details(call, asked->question);
    if (rc >= 0)
        rc = sd_bus_message_append(call, "us", interactive ? INTERACTIVE : 0u, "");
    if (rc >= 0)
        rc = sd_bus_call_async(bus, NULL, call, take_reply, asked, UINT64_MAX);
    sd_bus_message_unref(call);
    return rc;
}

/* Until all have an answer, or a negative errno: ETIMEDOUT, ECANCELED when the other end has hung up. */
static int
await(sd_bus *bus, const struct daemon_polkit_subject *subject, int64_t deadline, const struct round *round)
{
    for (;;) {
        int rc = sd_bus_process(bus, NULL);
        int left = vir_deadline_left(deadline);
        struct pollfd wait[] = { { .fd = sd_bus_get_fd(bus) }, { .fd = subject->sock, .events = POLLRDHUP } };

        if (!round->left)
            return 0;
        if (rc > 0)
            continue;
        if (rc == 0)
            rc = sd_bus_get_events(bus);
        if (rc < 0)
            return rc;
        if (left == 0)
            return -ETIMEDOUT;
        wait[0].events = (short)rc;
        if (poll(wait, 2, left) < 0 && errno != EINTR)
            return -errno;
        if (wait[1].revents)
            return -ECANCELED;
    }
}

/* ---- connections ------------------------------------------------------------- */

static sd_bus *
take_kept(void)
{
    sd_bus *bus;

    pthread_mutex_lock(&kept.lock);
    bus = kept.n ? kept.bus[--kept.n] : NULL;
    pthread_mutex_unlock(&kept.lock);
    return bus;
}

/* Of a round that was answered whole: nothing is on its way. */
static sd_bus *
keep(sd_bus *bus)
{
    pthread_mutex_lock(&kept.lock);
    if (kept.n < KEPT)
        kept.bus[kept.n++] = vir_steal(&bus);
    pthread_mutex_unlock(&kept.lock);
    return bus;
}

/* One round over BUS, which is taken over: 0, or why it broke off. */
static int
ask_over(sd_bus *bus, const struct daemon_polkit_subject *subject, bool interactive, int64_t deadline,
         struct daemon_polkit_question *questions, size_t n, char *why)
{
    struct round round = { .why = why };
    int rc = 0;

    for (size_t i = 0; i < n && rc >= 0; i++) {
        round.asked[i] = (struct asked){ &questions[i], &round };
        questions[i].answer = DAEMON_POLKIT_LATE;
        round.left++;
        rc = send_question(bus, subject, interactive, &round.asked[i]);
        if (rc == -EINVAL) {
            questions[i].answer = fail(why, questions[i].action, "a detail is not UTF-8");
            round.left--;
            rc = 0;
        }
    }
    if (rc >= 0)
        rc = await(bus, subject, deadline, &round);
    if (rc >= 0 && !interactive)
        bus = keep(bus);
    if (bus) {
        sd_bus_close(bus);
        sd_bus_unref(bus);
    }
    return rc;
}

/* What is behind a kept connection may have gone. */
static int
ask_first(const struct daemon_polkit_subject *subject, bool interactive, int64_t deadline,
          struct daemon_polkit_question *questions, size_t n, char *why)
{
    sd_bus *bus;
    int rc;

    while (!interactive && (bus = take_kept())) {
        rc = ask_over(bus, subject, interactive, deadline, questions, n, why);
        if (rc == 0 || rc == -ETIMEDOUT || rc == -ECANCELED)
            return rc;
    }
    rc = sd_bus_open_system(&bus);
    return rc < 0 ? rc : ask_over(bus, subject, interactive, deadline, questions, n, why);
}

static void
ask(const struct daemon_polkit_subject *subject, bool interactive, int64_t deadline,
    struct daemon_polkit_question *questions, size_t n, char *why)
{
    int rc = ask_first(subject, interactive, deadline, questions, n, why);

    for (size_t i = 0; i < n && rc < 0; i++)
        questions[i].answer = rc == -ETIMEDOUT ? DAEMON_POLKIT_LATE :
                              rc == -ECANCELED ? DAEMON_POLKIT_GONE : fail(why, "the system's bus", strerror(-rc));
}

extern const struct daemon_polkit_part polkit;
__attribute__((visibility("default")))
const struct daemon_polkit_part polkit = { DAEMON_POLKIT_VERSION, ask };
