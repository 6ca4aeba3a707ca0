/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looking at one domain: its state, what it is and what it uses. */
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "virsh.h"

static void
print_field(struct virsh *vsh, const char *label, const char *text)
{
    virsh_print(vsh, "%-15s %s\n", label, text);
}

static void
print_persistence(struct virsh *vsh, virDomainPtr dom)
{
    const int persistent = virDomainIsPersistent(dom);
    int autostart;

    virsh_debug(vsh, 0, "Domain persistent flag value: %d\n", persistent);
    print_field(vsh, "Persistent:", virsh_yes_no(persistent, "unknown"));
    if (virDomainGetAutostart(dom, &autostart) < 0)
        autostart = -1;
    print_field(vsh, "Autostart:", autostart < 0 ? "no autostart" : autostart ? "enable" : "disable");
}

static void
print_saved(struct virsh *vsh, virDomainPtr dom)
{
    const int saved = virDomainHasManagedSaveImage(dom, 0);

    print_field(vsh, "Managed save:", virsh_yes_no(saved, "unknown"));
}

/* What the host calls its security model, and the label of the running domain. */
static int
print_security(struct virsh *vsh, virDomainPtr dom)
{
    VIR_AUTO_FREE virSecurityLabelPtr label = NULL;
    virSecurityModel model = { .model = "" };

    if (virNodeGetSecurityModel(vsh->conn, &model) < 0) {
        const bool unsupported = vsh->error_code == VIR_ERR_NO_SUPPORT;

        if (unsupported)
            virsh_error_forget(vsh);
        return unsupported ? 0 : -1;
    }
    if (model.model[0] == '\0')
        return 0;
    print_field(vsh, "Security model:", model.model);
    print_field(vsh, "Security DOI:", model.doi);
    label = VIR_NEW(virSecurityLabel);
    if (virDomainGetSecurityLabel(dom, label) < 0)
        return -1;
    if (label->label[0] != '\0')
        virsh_print(vsh, "%-15s %s (%s)\n", "Security label:", label->label,
                    label->enforcing ? "enforcing" : "permissive");
    return 0;
}

static void
print_messages(struct virsh *vsh, virDomainPtr dom)
{
    char **messages = NULL;
    const int n = virDomainGetMessages(dom, &messages, 0);

    for (int i = 0; i < n; i++) {
        print_field(vsh, i == 0 ? "Messages:" : "", messages[i]);
        free(messages[i]);
    }
    if (n >= 0)
        free(messages);
}

static void
print_resources(struct virsh *vsh, const virDomainInfo *info)
{
    print_field(vsh, "State:", virsh_state_name(info->state));
    virsh_print(vsh, "%-15s %d\n", "CPU(s):", info->nrVirtCpu);
    if (info->cpuTime != 0)
        virsh_print(vsh, "%-15s %.1lfs\n", "CPU time:", (double)info->cpuTime / 1e9);
    if (info->maxMem != UINT_MAX)
        virsh_print(vsh, "%-15s %lu KiB\n", "Max memory:", info->maxMem);
    else
        print_field(vsh, "Max memory:", "no limit");
    virsh_print(vsh, "%-15s %lu KiB\n", "Used memory:", info->memory);
}

static int
run_dominfo(struct virsh *vsh, const struct virsh_call *call)
{
    VIRSH_AUTO(domain) virDomainPtr dom = virsh_domain(vsh, call);
    VIR_AUTO_FREE char *type = NULL;
    char uuid[VIR_UUID_STRING_BUFLEN];
    virDomainInfo info;
    unsigned int id;

    if (!dom)
        return -1;
    id = virDomainGetID(dom);
    if (id == (unsigned int)-1)
        print_field(vsh, "Id:", "-");
    else
        virsh_print(vsh, "%-15s %u\n", "Id:", id);
    print_field(vsh, "Name:", virDomainGetName(dom));
    if (virDomainGetUUIDString(dom, uuid) == 0)
        print_field(vsh, "UUID:", uuid);
    type = virDomainGetOSType(dom);
    if (type)
        print_field(vsh, "OS Type:", type);
    if (virDomainGetInfo(dom, &info) < 0)
        return -1;
    print_resources(vsh, &info);
    print_persistence(vsh, dom);
    print_saved(vsh, dom);
    if (print_security(vsh, dom) < 0)
        return -1;
    print_messages(vsh, dom);
    return 0;
}

static int
run_domstate(struct virsh *vsh, const struct virsh_call *call)
{
    VIRSH_AUTO(domain) virDomainPtr dom = virsh_domain(vsh, call);
    int state, reason;

    if (!dom || virDomainGetState(dom, &state, &reason, 0) < 0)
        return -1;
    if (virsh_flag(call, "reason"))
        virsh_print(vsh, "%s (%s)\n", virsh_state_name(state), virsh_reason_name(state, reason));
    else
        virsh_print(vsh, "%s\n", virsh_state_name(state));
    return 0;
}

static int
run_domcontrol(struct virsh *vsh, const struct virsh_call *call)
{
    static const char *const states[] = { "ok", "background job", "occupied", "error" };
    static const char *const details[] = { "", "unknown", "monitor failure", "internal (locking) error" };
    VIRSH_AUTO(domain) virDomainPtr dom = virsh_domain(vsh, call);
    virDomainControlInfo info;

    if (!dom || virDomainGetControlInfo(dom, &info, 0) < 0)
        return -1;
    if (info.state == VIR_DOMAIN_CONTROL_ERROR)
        virsh_print(vsh, "%s: %s (%0.3fs)\n", VIRSH_NAME_OF(states, (int)info.state),
                    VIRSH_NAME_OF(details, (int)info.details), (double)info.stateTime / 1000);
    else if (info.state == VIR_DOMAIN_CONTROL_OK)
        virsh_print(vsh, "%s\n", states[0]);
    else
        virsh_print(vsh, "%s (%0.3fs)\n", VIRSH_NAME_OF(states, (int)info.state),
                    (double)info.stateTime / 1000);
    return 0;
}

static int
set_time(struct virsh *vsh, const struct virsh_call *call, virDomainPtr dom)
{
    long long seconds = time(NULL);

    if (virsh_number(vsh, call, "time", 0, INT64_MAX, &seconds) < 0)
        return -1;
    return virDomainSetTime(dom, seconds, 0, virsh_flag(call, "sync") ? VIR_DOMAIN_TIME_SYNC : 0);
}

static int
run_domtime(struct virsh *vsh, const struct virsh_call *call)
{
    VIRSH_AUTO(domain) virDomainPtr dom = virsh_domain(vsh, call);
    long long seconds;
    unsigned int nanoseconds;
    char text[32];
    time_t stamp;
    struct tm tm;

    if (!dom || virsh_exclusive(vsh, call, "time", "now") < 0 ||
        virsh_exclusive(vsh, call, "time", "sync") < 0 || virsh_exclusive(vsh, call, "now", "sync") < 0)
        return -1;
    if (virsh_flag(call, "time") || virsh_flag(call, "now") || virsh_flag(call, "sync"))
        return set_time(vsh, call, dom);
    if (virDomainGetTime(dom, &seconds, &nanoseconds, 0) < 0)
        return -1;
    stamp = seconds;
    if (!virsh_flag(call, "pretty"))
        virsh_print(vsh, "Time: %lld", seconds);
    else if (gmtime_r(&stamp, &tm) && strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm) > 0)
        virsh_print(vsh, "Time: %s", text);
    else
        return virsh_error(vsh, "Unable to format domain's time");
    return 0;
}

static const struct virsh_option domain_options[] = {
    VIRSH_OPTION_DOMAIN,
    VIRSH_OPTIONS_END
};

static const struct virsh_option domstate_options[] = {
    VIRSH_OPTION_DOMAIN,
    { "reason", VIRSH_BOOL, 0, "say what led to the state" },
    VIRSH_OPTIONS_END
};

static const struct virsh_option domtime_options[] = {
    VIRSH_OPTION_DOMAIN,
    { "now", VIRSH_BOOL, 0, "set the guest's clock to this host's time" },
    { "pretty", VIRSH_BOOL, 0, "print date and time instead of seconds" },
    { "sync", VIRSH_BOOL, 0, "let the guest set its clock from its hardware clock" },
    { "time", VIRSH_NUMBER, 0, "set the guest's clock: seconds since 1970, UTC" },
    VIRSH_OPTIONS_END
};

const struct virsh_command virsh_monitor_commands[] = {
    { "domcontrol", "state of the interface that controls a domain", NULL, domain_options, run_domcontrol },
    { "dominfo", "what a domain is and uses", NULL, domain_options, run_dominfo },
    { "domstate", "state of a domain", NULL, domstate_options, run_domstate },
    { "domtime", "read or set the guest's clock",
      "Asks the agent inside the guest.", domtime_options, run_domtime },
    { .name = NULL }
};
