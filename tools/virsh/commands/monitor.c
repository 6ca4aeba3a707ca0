/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looking at one domain: its state, what it is and what it uses. */
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rows/monitor.h"

static void
print_persistence(struct shell *vsh, virDomainPtr dom)
{
    const int persistent = virDomainIsPersistent(dom);
    int autostart;

    shell_debug(vsh, 0, "Domain persistent flag value: %d\n", persistent);
    shell_print_field(vsh, "Persistent:", shell_yes_no(persistent, "unknown"));
    if (virDomainGetAutostart(dom, &autostart) < 0)
        autostart = -1;
    shell_print_field(vsh, "Autostart:", autostart < 0 ? "no autostart" : autostart ? "enable" : "disable");
}

static void
print_saved(struct shell *vsh, virDomainPtr dom)
{
    const int saved = virDomainHasManagedSaveImage(dom, 0);

    shell_print_field(vsh, "Managed save:", shell_yes_no(saved, "unknown"));
}

/* What the host calls its security model, and the label of the running domain. */
static int
print_security(struct shell *vsh, virDomainPtr dom)
{
    VIR_AUTO_FREE virSecurityLabelPtr label = NULL;
    virSecurityModel model = { .model = "" };

    if (virNodeGetSecurityModel(vsh->conn, &model) < 0) {
        const bool unsupported = vsh->error_code == VIR_ERR_NO_SUPPORT;

        if (unsupported)
            shell_error_forget(vsh);
        return unsupported ? 0 : -1;
    }
    if (model.model[0] == '\0')
        return 0;
    shell_print_field(vsh, "Security model:", model.model);
    shell_print_field(vsh, "Security DOI:", model.doi);
    label = VIR_NEW(virSecurityLabel);
    if (virDomainGetSecurityLabel(dom, label) < 0)
        return -1;
    if (label->label[0] != '\0')
        shell_print(vsh, "%-15s %s (%s)\n", "Security label:", label->label,
                    label->enforcing ? "enforcing" : "permissive");
    return 0;
}

static void
print_messages(struct shell *vsh, virDomainPtr dom)
{
    char **messages = NULL;
    const int n = virDomainGetMessages(dom, &messages, 0);

    for (int i = 0; i < n; i++) {
        shell_print_field(vsh, i == 0 ? "Messages:" : "", messages[i]);
        free(messages[i]);
    }
    if (n >= 0)
        free(messages);
}

static void
print_resources(struct shell *vsh, const virDomainInfo *info)
{
    shell_print_field(vsh, "State:", virsh_state_name(info->state));
    shell_print(vsh, "%-15s %d\n", "CPU(s):", info->nrVirtCpu);
    if (info->cpuTime != 0)
        shell_print(vsh, "%-15s %.1lfs\n", "CPU time:", (double)info->cpuTime / 1e9);
    if (info->maxMem != UINT_MAX)
        shell_print(vsh, "%-15s %lu KiB\n", "Max memory:", info->maxMem);
    else
        shell_print_field(vsh, "Max memory:", "no limit");
    shell_print(vsh, "%-15s %lu KiB\n", "Used memory:", info->memory);
}

int
run_dominfo(struct shell *vsh, const struct dominfo_args *args)
{
    virDomainPtr dom = args->domain;
    VIR_AUTO_FREE char *type = NULL;
    char uuid[VIR_UUID_STRING_BUFLEN];
    virDomainInfo info;
    unsigned int id;

    id = virDomainGetID(dom);
    if (id == (unsigned int)-1)
        shell_print_field(vsh, "Id:", "-");
    else
        shell_print(vsh, "%-15s %u\n", "Id:", id);
    shell_print_field(vsh, "Name:", virDomainGetName(dom));
    if (virDomainGetUUIDString(dom, uuid) == 0)
        shell_print_field(vsh, "UUID:", uuid);
    type = virDomainGetOSType(dom);
    if (type)
        shell_print_field(vsh, "OS Type:", type);
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

int
run_domstate(struct shell *vsh, const struct domstate_args *args)
{
    int state, reason;

    if (virDomainGetState(args->domain, &state, &reason, 0) < 0)
        return -1;
    if (args->reason)
        shell_print(vsh, "%s (%s)\n", virsh_state_name(state), virsh_reason_name(state, reason));
    else
        shell_print(vsh, "%s\n", virsh_state_name(state));
    return 0;
}

int
run_domcontrol(struct shell *vsh, const struct domcontrol_args *args)
{
    static const char *const states[] = { "ok", "background job", "occupied", "error" };
    static const char *const details[] = { "", "unknown", "monitor failure", "internal (locking) error" };
    virDomainControlInfo info;

    if (virDomainGetControlInfo(args->domain, &info, 0) < 0)
        return -1;
    if (info.state == VIR_DOMAIN_CONTROL_ERROR)
        shell_print(vsh, "%s: %s (%0.3fs)\n", SHELL_NAME_OF(states, (int)info.state),
                    SHELL_NAME_OF(details, (int)info.details), (double)info.stateTime / 1000);
    else if (info.state == VIR_DOMAIN_CONTROL_OK)
        shell_print(vsh, "%s\n", states[0]);
    else
        shell_print(vsh, "%s (%0.3fs)\n", SHELL_NAME_OF(states, (int)info.state),
                    (double)info.stateTime / 1000);
    return 0;
}

int
run_domtime(struct shell *vsh, const struct domtime_args *args)
{
    const bool sets = args->has_time || args->now || args->sync;
    long long seconds;
    unsigned int nanoseconds;
    char text[32];
    time_t stamp;
    struct tm tm;

    if (sets)
        return virDomainSetTime(args->domain, args->has_time ? args->time : time(NULL), 0, args->flags);
    if (virDomainGetTime(args->domain, &seconds, &nanoseconds, 0) < 0)
        return -1;
    stamp = seconds;
    if (!args->pretty)
        shell_print(vsh, "Time: %lld", seconds);
    else if (gmtime_r(&stamp, &tm) && strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm) > 0)
        shell_print(vsh, "Time: %s", text);
    else
        return shell_error(vsh, "Unable to format domain's time");
    return 0;
}
