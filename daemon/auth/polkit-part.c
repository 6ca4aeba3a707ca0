/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The part polkit: CheckAuthorization by sd-bus.  Each question has a connection
 * of its own to the bus; when that ends, polkit withdraws what it asks the user.
 */
#include "daemon/auth/polkit.h"

#include <libvirt/module.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-bus.h>

#define INTERACTIVE 1u                  /* AllowUserInteraction, of CheckAuthorization's flags */

static enum daemon_polkit_answer
fail(char *why, const char *what, const char *text)
{
    snprintf(why, DAEMON_POLKIT_WHY, "%s: %s", what, text);
    return DAEMON_POLKIT_FAILED;
}

static int
take_reply(sd_bus_message *reply, void *opaque, sd_bus_error *ret_error)
{
    sd_bus_message **ret = opaque;

    (void)ret_error;
    *ret = sd_bus_message_ref(reply);
    return 0;
}

static int
send_question(sd_bus *bus, const struct daemon_polkit_question *question, sd_bus_message **ret_reply)
{
    sd_bus_message *call = NULL;
    int rc = sd_bus_message_new_method_call(bus, &call, "org.freedesktop.PolicyKit1",
                                            "/org/freedesktop/PolicyKit1/Authority",
                                            "org.freedesktop.PolicyKit1.Authority", "CheckAuthorization");

    if (rc >= 0)
        rc = sd_bus_message_append(call, "(sa{sv})sa{ss}us", "unix-process", 3,
                                   "pid", "u", (uint32_t)question->pid,
                                   "start-time", "t", question->start_time,
                                   "uid", "i", (int32_t)question->uid,
                                   question->action, 0, question->interactive ? INTERACTIVE : 0u, "");
    if (rc >= 0)
        rc = sd_bus_call_async(bus, NULL, call, take_reply, ret_reply, UINT64_MAX);
    sd_bus_message_unref(call);
    return rc;
}

/* Until there is a reply, or a negative errno: ETIMEDOUT, ECANCELED when the other end has hung up. */
static int
await(sd_bus *bus, const struct daemon_polkit_question *question, sd_bus_message *const *reply)
{
    for (;;) {
        int rc = sd_bus_process(bus, NULL);
        int left = vir_deadline_left(question->deadline);
        struct pollfd wait[] = { { .fd = sd_bus_get_fd(bus) }, { .fd = question->sock, .events = POLLRDHUP } };

        if (*reply)
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

static enum daemon_polkit_answer
ask(const struct daemon_polkit_question *question, char *why)
{
    enum daemon_polkit_answer answer;
    sd_bus_message *reply = NULL;
    sd_bus *bus = NULL;
    int rc = sd_bus_open_system(&bus);

    if (rc >= 0)
        rc = send_question(bus, question, &reply);
    if (rc >= 0)
        rc = await(bus, question, &reply);
    answer = reply ? read_reply(reply, why) :
             rc == -ETIMEDOUT ? DAEMON_POLKIT_LATE :
             rc == -ECANCELED ? DAEMON_POLKIT_GONE : fail(why, "the system's bus", strerror(-rc));
    sd_bus_message_unref(reply);
    sd_bus_close(bus);
    sd_bus_unref(bus);
    return answer;
}

extern const struct daemon_polkit_part polkit;
__attribute__((visibility("default")))
const struct daemon_polkit_part polkit = { DAEMON_POLKIT_VERSION, ask };
