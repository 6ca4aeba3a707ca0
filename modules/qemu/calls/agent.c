/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the agent in a guest is told and asked: its clock, its name, its users, sleep, and anything else.
 */
#include "calls/calls.h"
#include "common/base64.h"
#include "guest/agent.h"
#include "guest/state.h"
#include "guest/taint.h"
#include "qmp/monitor.h"

#include <stdlib.h>
#include <string.h>

enum { NS = 1000000000 };

/* ---- anything ------------------------------------------------------------------------------------ */

static int
check_seconds(int seconds)
{
    if (seconds >= VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_BLOCK)
        return 0;
    return vir_error(VIR_ERR_INVALID_ARG, "guest agent timeout '%d' is less than the minimum '%d'", seconds,
                     VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_BLOCK);
}

int
qemu_domain_agent_set_response_timeout(virDomainPtr dom, int seconds, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    QEMU_AUTO_RUN run = NULL;

    (void)flags;
    if (!domain || check_seconds(seconds) < 0 || qemu_job_begin(domain, "set-agent-timeout") < 0)
        return -1;
    qemu_domain_lock(domain);
    domain->agent_seconds = seconds;
    run = domain->run ? qemu_run_ref(domain->run) : NULL;
    qemu_domain_unlock(domain);
    if (run)
        qemu_state_save_current(domain, run);
    qemu_job_end(domain);
    return 0;
}

/* {"execute":"guest-ping","arguments":{...}}: the agent's reply is handed on as it is. */
char *
qemu_domain_qemu_agent_command(virDomainPtr dom, const char *text, int seconds, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    const char *why = "no command is named", *name;
    struct json_object *whole = NULL, *reply = NULL;
    VIR_AUTO_FREE char *command = NULL;
    QEMU_AUTO_RUN run = NULL;
    char *result;

    (void)flags;
    if (!domain || check_seconds(seconds) < 0 || qemu_agent_check(domain) < 0)
        return NULL;
    whole = qmp_parse_object(text, strlen(text), &why);
    name = qmp_get_string(whole, "execute");
    if (!name) {
        json_object_put(whole);
        return vir_error_null(VIR_ERR_INTERNAL_ERROR, "cannot parse json: the agent command is not like "
                              "{\"execute\":\"guest-ping\"}: %s", why);
    }
    command = qemu_words(name, strlen(name));
    run = qemu_domain_run(domain);
    if (run)                            /* else its agent says so */
        qemu_taint(run, QEMU_TAINT_AGENT, false);
    if (qemu_agent_do(domain, &(struct qemu_agent_ask){ .command = command, .whole = whole, .seconds = seconds,
                                                        .patient = true }, &reply) != QEMU_AGENT_ANSWERED)
        return NULL;
    result = vir_strdup(qmp_text(reply, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(reply);
    return result;
}

/* ---- the clock ------------------------------------------------------------------------------------- */

int
qemu_domain_get_time(virDomainPtr dom, long long *seconds, unsigned int *nseconds, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    struct json_object *value = NULL;
    uint64_t ns;

    (void)flags;
    if (!domain || qemu_agent_ask(domain, "guest-get-time", NULL, &value) != QEMU_AGENT_ANSWERED)
        return -1;
    ns = qmp_as_uint(value, UINT64_MAX - 1, UINT64_MAX);
    json_object_put(value);
    if (ns == UINT64_MAX)
        return qemu_agent_nonsense("malformed return value of guest-get-time");
    *seconds = (long long)(ns / NS);
    *nseconds = (unsigned int)(ns % NS);
    return 0;
}

/* So that QEMU does not make up for ticks that the guest missed. */
static int
forget_ticks(struct qemu_domain *domain)
{
    QEMU_AUTO_RUN run = NULL;
    int ret = -1;

    if (qemu_job_begin(domain, "set-time") < 0)
        return -1;
    run = qemu_domain_monitored(domain);
    if (run)
        ret = qemu_monitor_call(run->monitor, "rtc-reset-reinjection", NULL, QEMU_COMMAND_MS, NULL);
    qemu_job_end(domain);
    return ret;
}

int
qemu_domain_set_time(virDomainPtr dom, long long seconds, unsigned int nseconds, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    struct json_object *args = NULL;
    long long ns;

    if (!domain)
        return -1;
    if (!(flags & VIR_DOMAIN_TIME_SYNC)) {
        if (__builtin_mul_overflow(seconds, (long long)NS, &ns) || __builtin_add_overflow(ns, (long long)nseconds, &ns))
            return vir_error(VIR_ERR_INVALID_ARG, "Time '%lld' is too big for guest agent", seconds);
        args = qmp_new_object();
        qmp_add(args, "time", qmp_new_int(ns));
    }
    if (qemu_agent_work(domain, "guest-set-time", args, NULL) != QEMU_AGENT_ANSWERED)
        return -1;
    return forget_ticks(domain);
}

/* ---- its name ---------------------------------------------------------------------------------------- */

/* libvirt 9.0.0 says the same whatever the agent says. */
static char *
raise_no_name(const struct qemu_domain *domain)
{
    virErrorPtr why = vir_error_take();

    vir_error(VIR_ERR_NO_HOSTNAME, "no hostname found for domain %s", domain->entry.name);
    if (why && why->message)
        vir_error_hint("%s", why->message);
    virFreeError(why);
    return NULL;
}

char *
qemu_domain_get_hostname(virDomainPtr dom, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    struct json_object *value = NULL;
    char *name;

    if (!domain)
        return NULL;
    if (flags & VIR_DOMAIN_GET_HOSTNAME_LEASE) {        /* its cards are on no network of ours */
        if (!qemu_domain_has_run(domain))
            return vir_error_null(VIR_ERR_OPERATION_INVALID, "domain is not running");
        return raise_no_name(domain);
    }
    if (qemu_agent_check(domain) < 0)
        return NULL;
    if (qemu_agent_ask(domain, "guest-get-host-name", NULL, &value) != QEMU_AGENT_ANSWERED)
        return raise_no_name(domain);
    name = vir_strdup(qmp_get_string(value, "host-name"));
    json_object_put(value);
    return name ? name : raise_no_name(domain);
}

/* ---- its users ---------------------------------------------------------------------------------------- */

int
qemu_domain_set_user_password(virDomainPtr dom, const char *user, const char *password, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    VIR_AUTO_FREE char *text = NULL;
    struct json_object *args, *secret;
    enum qemu_agent_end end;

    if (!domain)
        return -1;
    text = vir_alloc(vir_base64_length(strlen(password)) + 1);
    vir_base64_encode(password, strlen(password), text);
    args = qmp_new_object();
    qmp_add(args, "crypted", qmp_new_bool(flags & VIR_DOMAIN_PASSWORD_ENCRYPTED));
    qmp_add(args, "username", qmp_new_string(user));
    secret = qmp_new_string(text);
    qmp_add(args, "password", json_object_get(secret));
    explicit_bzero(text, strlen(text));
    end = qemu_agent_ask(domain, "guest-set-user-password", args, NULL);
    explicit_bzero((char *)json_object_get_string(secret), (size_t)json_object_get_string_len(secret));
    json_object_put(secret);
    return end == QEMU_AGENT_ANSWERED ? 0 : -1;
}

int
qemu_domain_authorized_ssh_keys_get(virDomainPtr dom, const char *user, char ***keys, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    struct json_object *args, *value = NULL, *list;
    size_t n = 0;
    int ret = -1;

    (void)flags;
    if (!domain)
        return -1;
    args = qmp_new_object();
    qmp_add(args, "username", qmp_new_string(user));
    if (qemu_agent_ask(domain, "guest-ssh-get-authorized-keys", args, &value) != QEMU_AGENT_ANSWERED)
        return -1;
    list = qmp_get(value, "keys");
    if (!json_object_is_type(list, json_type_array)) {
        qemu_agent_nonsense("guest-ssh-get-authorized-keys reply was missing the 'keys' data");
    } else {
        n = json_object_array_length(list);
        *keys = vir_alloc_array(n + 1, sizeof(**keys));
        for (size_t i = 0; i < n; i++) {
            const char *key = json_object_get_string(json_object_array_get_idx(list, i));

            (*keys)[i] = vir_strdup(key ? key : "");
        }
        ret = (int)n;
    }
    json_object_put(value);
    return ret;
}

int
qemu_domain_authorized_ssh_keys_set(virDomainPtr dom, const char *user, const char **keys, unsigned int nkeys,
                                    unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    bool removes = flags & VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_REMOVE;
    bool appends = flags & VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_APPEND;
    struct json_object *args, *list;
    enum qemu_agent_end end;

    if (!domain)
        return -1;
    if (!nkeys && flags)
        return vir_error(VIR_ERR_INVALID_ARG, "no ssh key is given that would be added or removed");
    args = qmp_new_object();
    list = qmp_new_array();
    for (unsigned int i = 0; i < nkeys; i++)
        qmp_append(list, qmp_new_string(keys[i]));
    qmp_add(args, "username", qmp_new_string(user));
    qmp_add(args, "keys", list);
    if (!removes)
        qmp_add(args, "reset", qmp_new_bool(!appends));
    end = qemu_agent_ask(domain, removes ? "guest-ssh-remove-authorized-keys" : "guest-ssh-add-authorized-keys", args, NULL);
    return end == QEMU_AGENT_ANSWERED ? 0 : -1;
}

/* ---- sleep --------------------------------------------------------------------------------------------- */

/* Does the guest's firmware offer that sleep? */
static int
check_sleep(struct qemu_domain *domain, bool memory, bool disk)
{
    int ret = 0;

    qemu_domain_lock(domain);
    if (!domain->live)
        ret = vir_error(VIR_ERR_OPERATION_INVALID, "domain is not running");
    else if (memory && domain->live->doc->pm.suspend_to_mem.enabled == VIR_XML_NO)
        ret = vir_error(VIR_ERR_OPERATION_UNSUPPORTED, "S3 state is disabled for this domain");
    else if (disk && domain->live->doc->pm.suspend_to_disk.enabled == VIR_XML_NO)
        ret = vir_error(VIR_ERR_OPERATION_UNSUPPORTED, "S4 state is disabled for this domain");
    qemu_domain_unlock(domain);
    return ret;
}

int
qemu_domain_pm_suspend_for_duration(virDomainPtr dom, unsigned int target, unsigned long long duration,
                                    unsigned int flags)
{
    static const char *const commands[] = {
        [VIR_NODE_SUSPEND_TARGET_MEM] = "guest-suspend-ram", [VIR_NODE_SUSPEND_TARGET_DISK] = "guest-suspend-disk",
        [VIR_NODE_SUSPEND_TARGET_HYBRID] = "guest-suspend-hybrid",
    };
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);

    (void)flags;
    if (!domain)
        return -1;
    if (duration)
        return vir_error(VIR_ERR_ARGUMENT_UNSUPPORTED, "Duration not supported. Use 0 for now");
    if (target > VIR_NODE_SUSPEND_TARGET_HYBRID)
        return vir_error(VIR_ERR_INVALID_ARG, "Unknown suspend target: %u", target);
    if (check_sleep(domain, target != VIR_NODE_SUSPEND_TARGET_DISK, target != VIR_NODE_SUSPEND_TARGET_MEM) < 0)
        return -1;
    return qemu_agent_do(domain, &(struct qemu_agent_ask){ .command = commands[target], .parting = true,
                                                           .seconds = VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_BLOCK },
                         NULL) == QEMU_AGENT_ANSWERED ? 0 : -1;
}
