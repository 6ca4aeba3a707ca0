/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Logging in by polkit: its rules decide about the process that connected, or
 * the user gives an agent a password.  In threads of the pool: a person may be
 * asked.  What cannot be asked in time is a no.
 */
#include "daemon/daemon.h"

#include "common/part.h"
#include "daemon/access/polkit.h"
#include "wire/dispatch.h"
#include "wire/protocol.h"

#define AGENT_MS (120 * 1000)           /* for a person to give a password */

/* The rules are looked at while a client may log in; the user has time of his own. */
static enum daemon_polkit_answer
ask(const struct daemon_polkit_part *part, const struct daemon_client *client, const char *action, int64_t deadline,
    char *why)
{
    struct daemon_polkit_subject subject = {
        .pid = client->pid, .start_time = client->start_time, .uid = client->uid, .sock = client->transport->sock,
    };
    struct daemon_polkit_question question = { .action = action };

    part->ask(&subject, false, deadline, &question, 1, why);
    if (question.answer == DAEMON_POLKIT_CHALLENGE)
        part->ask(&subject, true, vir_deadline(AGENT_MS), &question, 1, why);
    return question.answer;
}

static int
refuse_for_want(const struct daemon_client *client, const char *action, const char *why)
{
    const char *key = client->readonly ? "auth_unix_ro" : "auth_unix_rw";
    static struct daemon_seldom seldom;
    unsigned int unsaid;

    if (daemon_seldom(&seldom, &unsaid))
        vir_warn("client %u of uid %u cannot log in: polkit cannot be asked about %s: %s (%u more since the last such "
                 "line)", client->id, client->uid, action, why, unsaid);
    vir_error(VIR_ERR_AUTH_FAILED, "polkit cannot be asked about the action '%s': %s", action, why);
    vir_error_hint("see that polkitd runs, or let unix_sock_group decide who may connect, with %s = \"none\" and "
                   "permissions \"0770\" in libvirtd.conf", key);
    return -1;
}

static int
refuse(const struct daemon_client *client, enum daemon_polkit_answer answer, const char *action, const char *why)
{
    switch (answer) {
    case DAEMON_POLKIT_NO:
        vir_raise(VIR_FROM_POLKIT, VIR_ERR_AUTH_FAILED, "access denied by policy: polkit does not allow the action '%s'",
                  action);
        vir_error_hint("a rule in /etc/polkit-1/rules.d that answers polkit.Result.YES to this action allows it");
        return -1;
    case DAEMON_POLKIT_CHALLENGE:
        vir_raise(VIR_FROM_POLKIT, VIR_ERR_AUTH_UNAVAILABLE, "no polkit agent available to authenticate action '%s'",
                  action);
        vir_error_hint("it needs a password: start an agent that asks for it ('pkttyagent --process %d' in another "
                       "terminal), or let a rule in /etc/polkit-1/rules.d allow the action", (int)client->pid);
        return -1;
    case DAEMON_POLKIT_DISMISSED:
        return vir_raise(VIR_FROM_POLKIT, VIR_ERR_AUTH_CANCELLED,
                         "user cancelled authentication process for the action '%s'", action);
    case DAEMON_POLKIT_GONE:
        return vir_error(VIR_ERR_AUTH_CANCELLED, "the client has gone");
    case DAEMON_POLKIT_LATE:
        return refuse_for_want(client, action, "it does not answer in time");
    default:
        return refuse_for_want(client, action, why);
    }
}

static int
log_in(struct daemon_client *client, int64_t deadline)
{
    static const void *opened;
    const char *action = client->readonly ? "org.libvirt.unix.monitor" : "org.libvirt.unix.manage";
    const struct daemon_polkit_part *part;
    enum daemon_polkit_answer answer;
    char why[DAEMON_POLKIT_WHY];
    const char *reason;

    if (!client->start_time)
        return refuse_for_want(client, action, "the process that connected is not known");
    part = vir_part_once(&opened, "polkit", DAEMON_POLKIT_VERSION, &reason);
    if (!part)
        return refuse_for_want(client, action, reason);
    answer = ask(part, client, action, deadline, why);
    if (answer != DAEMON_POLKIT_YES)
        return refuse(client, answer, action, why);
    vir_info("client %u of uid %u is allowed %s by polkit", client->id, client->uid, action);
    client->logged_in = true;
    return 0;
}

DAEMON_SERVE(auth_polkit)
{
    struct remote_auth_polkit_ret *out = ret;
    struct daemon_client *client = call->client;
    int64_t deadline = __atomic_load_n(&client->login_until, __ATOMIC_RELAXED);
    int result;

    (void)args;
    if (client->logged_in || client->wants_sasl)
        return vir_error(VIR_ERR_AUTH_FAILED, "polkit is not how a client logs in here, or it has done so");
    daemon_client_login_until(client, AGENT_MS + 2 * DAEMON_LOGIN_MS);     /* not before we have answered */
    result = log_in(client, deadline);
    daemon_client_login_until(client, DAEMON_LOGIN_MS);
    out->complete = result == 0;
    if (result < 0)
        daemon_client_login_failed(client);
    return result;
}
