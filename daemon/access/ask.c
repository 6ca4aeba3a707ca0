/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Permissions by polkit: an action for each, with details of the object.  No
 * answer is kept for later: a rule may look at the time, at files, at groups, and
 * nobody tells when these change.  Root is not asked about: polkit says yes to it
 * whatever the rules say.
 */
#include "daemon/access/ask.h"

#include "daemon/daemon.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/part.h"

#define ANSWER_MS (10 * 1000)           /* for so many questions as are asked at once */
#define SILENT_MS (5 * 1000)            /* when it has not answered, nobody waits for it for so long */
#define LOG_MS (10 * 1000)              /* it is logged so often that nobody can be asked */
#define ACTION_MAX 80

/* Of all threads. */
static int64_t silent_until;            /* atomic; of vir_deadline */
static int64_t said_ms;                 /* atomic */

static void
log_failure(const struct daemon_client *client, const char *why)
{
    int64_t now = vir_now_ms(), said = __atomic_load_n(&said_ms, __ATOMIC_RELAXED);

    if ((said && now - said < LOG_MS) ||
        !__atomic_compare_exchange_n(&said_ms, &said, now, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        return;
    vir_warn("client %u of uid %d is refused: polkit cannot be asked for permissions: %s", client->id,
             (int)client->uid, why);
}

/* "org.libvirt.api.storage-pool.read" */
static void
action_of(const struct access_rule *rule, char *text)
{
    snprintf(text, ACTION_MAX, "org.libvirt.api.%s.%s", access_names[rule->kind], rule->permission);
    for (char *p = text; *p; p++)
        if (*p == '_')
            *p = '-';
}

static void
ask_part(const struct daemon_polkit_part *part, struct daemon_client *client, struct access_question *questions,
         size_t n)
{
    struct daemon_polkit_subject subject = {
        .pid = client->pid, .start_time = client->start_time, .uid = client->uid, .sock = client->transport->sock,
    };
    struct daemon_polkit_question asked[ACCESS_AT_ONCE];
    char actions[ACCESS_AT_ONCE][ACTION_MAX];
    char why[DAEMON_POLKIT_WHY] = "it does not answer in time";

    if (vir_deadline_left(__atomic_load_n(&silent_until, __ATOMIC_RELAXED)) > 0) {
        log_failure(client, "it did not answer a moment ago");
        return;
    }
    for (size_t i = 0; i < n; i++) {
        action_of(questions[i].rule, actions[i]);
        asked[i] = (struct daemon_polkit_question){
            .action = actions[i], .details = questions[i].details.list, .n_details = questions[i].details.n,
        };
    }
    part->ask(&subject, false, vir_deadline(ANSWER_MS), asked, n, why);
    for (size_t i = 0; i < n; i++) {
        questions[i].allowed = asked[i].answer == DAEMON_POLKIT_YES;
        questions[i].asked = asked[i].answer != DAEMON_POLKIT_FAILED && asked[i].answer != DAEMON_POLKIT_LATE;
        if (asked[i].answer == DAEMON_POLKIT_LATE)
            __atomic_store_n(&silent_until, vir_deadline(SILENT_MS), __ATOMIC_RELAXED);
        if (!questions[i].asked)
            log_failure(client, why);
    }
}

static void
ask_polkit(struct daemon_client *client, struct access_question *questions, size_t n)
{
    static const void *opened;
    const struct daemon_polkit_part *part;
    const char *reason;

    if (!client->start_time) {
        log_failure(client, client->pid > 0 ? "the process that connected is not known"
                                            : "it knows processes of this host only");
        return;
    }
    part = vir_part_once(&opened, "polkit", DAEMON_POLKIT_VERSION, &reason);
    if (!part) {
        log_failure(client, reason);
        return;
    }
    ask_part(part, client, questions, n);
}

void
daemon_access_ask(struct daemon_client *client, virConnectPtr conn, struct access_question *questions, size_t n)
{
    const char *driver = n ? virConnectGetType(conn) : NULL;

    for (size_t i = 0; i < n; i++) {
        questions[i].asked = questions[i].allowed = false;
        access_tell(&questions[i].details, "connect_driver", driver);
    }
    if (n > 0)
        ask_polkit(client, questions, n);
}

static int
refuse(const struct daemon_client *client, virConnectPtr conn, const struct access_question *question)
{
    char action[ACTION_MAX];

    action_of(question->rule, action);
    vir_info("client %u of uid %d lacks %s", client->id, (int)client->uid, action);
    vir_raise(VIR_FROM_ACCESS, VIR_ERR_ACCESS_DENIED, "'%s' denied access", virConnectGetType(conn));
    vir_error_hint(question->asked ? "it needs %s: a rule in /etc/polkit-1/rules.d of the daemon's host can allow it" :
                   "it needs %s, and polkit on the daemon's host cannot be asked: libvirtd's log tells why", action);
    return -1;
}

int
daemon_access_demand(struct daemon_client *client, virConnectPtr conn, struct access_question *questions,
                     size_t n)
{
    daemon_access_ask(client, conn, questions, n);
    for (size_t i = 0; i < n; i++)
        if (!questions[i].allowed)
            return refuse(client, conn, &questions[i]);
    return 0;
}

void
daemon_access_release(struct access_question *questions, size_t n)
{
    for (size_t i = 0; i < n; i++)
        access_details_clear(&questions[i].details);
}
