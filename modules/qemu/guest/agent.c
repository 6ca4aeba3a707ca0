/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The agent in a domain's guest: is it there, and what is it asked.
 */
#include "device/channel-told.h"
#include "document/domain-xml.h"
#include "guest/agent.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int
qemu_agent_nonsense(const char *fmt, ...)
{
    char text[200];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    return vir_error(VIR_ERR_INTERNAL_ERROR, "%s", text);
}

/* With the lock: the socket of the agent's channel; NULL: error set. */
static const char *
path_of(const struct qemu_domain *domain)
{
    const char *path;

    if (!domain->live || !domain->run || domain->state != VIR_DOMAIN_RUNNING)
        return vir_error_null(VIR_ERR_OPERATION_INVALID, "domain is not running");
    path = qemu_channel_of_agent(domain->live->doc);
    if (!path) {
        vir_error(VIR_ERR_ARGUMENT_UNSUPPORTED, "QEMU guest agent is not configured");
        vir_error_hint("the domain needs <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/>"
                       "</channel>");
        return NULL;
    }
    if (!qemu_channel_agent_is_open(domain->live->doc))
        return vir_error_null(VIR_ERR_AGENT_UNRESPONSIVE, "QEMU guest agent is not connected");
    return path;
}

int
qemu_agent_check(struct qemu_domain *domain)
{
    int ret;

    qemu_domain_lock(domain);
    ret = path_of(domain) ? 0 : -1;
    qemu_domain_unlock(domain);
    return ret;
}

enum qemu_agent_end
qemu_agent_do(struct qemu_domain *domain, const struct qemu_agent_ask *ask, struct json_object **ret)
{
    VIR_AUTO_FREE char *path = NULL;
    struct qemu_agent *agent = NULL;
    enum qemu_agent_end end = QEMU_AGENT_FAILED;

    qemu_domain_lock(domain);
    path = vir_strdup(path_of(domain));
    if (path)
        agent = qemu_agent_ref(domain->run->agent);
    qemu_domain_unlock(domain);
    if (agent) {
        end = qemu_agent_call(agent, path, ask, ret);
    } else {
        json_object_put(ask->args);
        json_object_put(ask->whole);
    }
    qemu_agent_unref(agent);
    return end;
}

static int
seconds_of(struct qemu_domain *domain)
{
    int seconds;

    qemu_domain_lock(domain);
    seconds = domain->agent_seconds;
    qemu_domain_unlock(domain);
    return seconds;
}

enum qemu_agent_end
qemu_agent_ask(struct qemu_domain *domain, const char *command, struct json_object *args, struct json_object **ret)
{
    return qemu_agent_do(domain, &(struct qemu_agent_ask){ .command = command, .args = args,
                                                           .seconds = seconds_of(domain) }, ret);
}

enum qemu_agent_end
qemu_agent_work(struct qemu_domain *domain, const char *command, struct json_object *args, struct json_object **ret)
{
    return qemu_agent_do(domain, &(struct qemu_agent_ask){ .command = command, .args = args, .patient = true,
                                                           .seconds = seconds_of(domain) }, ret);
}

/* ---- file systems hold still ---------------------------------------------------------------------- */

/* How many file systems COMMAND was about. */
static int
count(struct qemu_domain *domain, const char *command, struct json_object *args)
{
    struct json_object *value = NULL;
    uint64_t n;

    if (qemu_agent_work(domain, command, args, &value) != QEMU_AGENT_ANSWERED)
        return -1;
    n = qmp_as_uint(value, INT32_MAX, UINT64_MAX);
    json_object_put(value);
    return n == UINT64_MAX ? qemu_agent_nonsense("malformed return value of %s", command) : (int)n;
}

int
qemu_agent_freeze(struct qemu_domain *domain, const char *const *places, size_t n)
{
    struct json_object *args = NULL, *list = NULL;

    if (n) {
        args = qmp_new_object();
        list = qmp_new_array();
        for (size_t i = 0; i < n; i++)
            qmp_append(list, qmp_new_string(places[i]));
        qmp_add(args, "mountpoints", list);
    }
    return count(domain, n ? "guest-fsfreeze-freeze-list" : "guest-fsfreeze-freeze", args);
}

int
qemu_agent_thaw(struct qemu_domain *domain)
{
    return count(domain, "guest-fsfreeze-thaw", NULL);
}
