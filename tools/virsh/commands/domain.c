/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What happens to a domain during its life: started, paused, shut down, destroyed. */
#include <stdlib.h>
#include <string.h>

#include "object.h"

#define KIND domain
#define KIND_TYPE virDomainPtr

static int
reset(virDomainPtr dom)
{
    return virDomainReset(dom, 0);
}

static int
wake_up(virDomainPtr dom)
{
    return virDomainPMWakeup(dom, 0);
}

VIRSH_ACTION(run_suspend, virDomainSuspend, "Domain '%s' suspended\n", "Failed to suspend domain '%s'")
VIRSH_ACTION(run_resume, virDomainResume, "Domain '%s' resumed\n", "Failed to resume domain '%s'")
VIRSH_ACTION(run_reset, reset, "Domain '%s' was reset\n", "Failed to reset domain '%s'")
VIRSH_ACTION(run_dompmwakeup, wake_up, "Domain '%s' successfully woken up\n",
             "Domain '%s' could not be woken up")

/* Says nothing. */
static int
run_inject_nmi(struct virsh *vsh, const struct virsh_call *call)
{
    VIRSH_AUTO(domain) virDomainPtr dom = virsh_domain(vsh, call);

    return dom ? virDomainInjectNMI(dom, 0) : -1;
}

static int
run_destroy(struct virsh *vsh, const struct virsh_call *call)
{
    const unsigned int flags = VIRSH_BITS(call, { "graceful", VIR_DOMAIN_DESTROY_GRACEFUL },
                                          { "remove-logs", VIR_DOMAIN_DESTROY_REMOVE_LOGS });
    VIRSH_AUTO(domain) virDomainPtr dom = virsh_domain(vsh, call);

    if (!dom)
        return -1;
    if ((flags ? virDomainDestroyFlags(dom, flags) : virDomainDestroy(dom)) < 0)
        return virsh_error(vsh, "Failed to destroy domain '%s'", virsh_typed(call));
    virsh_print_extra(vsh, "Domain '%s' destroyed\n", virsh_typed(call));
    return 0;
}

static const char *const mode_names[] = { "acpi", "agent", "initctl", "signal", "paravirt", NULL };

/* --mode, a list with commas, as bits: both calls number the modes alike. */
static int
read_modes(struct virsh *vsh, const struct virsh_call *call, const char *before_last, unsigned int *ret_flags)
{
    const char *modes = virsh_text(call, "mode");
    VIR_AUTO_FREE char *copy = vir_strdup(modes);
    char *state = NULL;
    unsigned int flags = 0;

    for (char *mode = copy ? strtok_r(copy, ",", &state) : NULL; mode; mode = strtok_r(NULL, ",", &state)) {
        int i = 0;

        while (mode_names[i] && strcmp(mode_names[i], mode) != 0)
            i++;
        if (!mode_names[i]) {
            return virsh_error(vsh, "Unknown mode %s value, expecting 'acpi', 'agent', 'initctl', 'signal'%s "
                               "'paravirt'", mode, before_last);
        }
        flags |= 1u << i;
    }
    *ret_flags = flags;
    return 0;
}

static int
run_shutdown(struct virsh *vsh, const struct virsh_call *call)
{
    VIRSH_AUTO(domain) virDomainPtr dom = NULL;
    unsigned int flags;

    if (read_modes(vsh, call, ", or", &flags) < 0 || !(dom = virsh_domain(vsh, call)))
        return -1;
    if ((flags ? virDomainShutdownFlags(dom, flags) : virDomainShutdown(dom)) < 0)
        return virsh_error(vsh, "Failed to shutdown domain '%s'", virsh_typed(call));
    virsh_print_extra(vsh, "Domain '%s' is being shutdown\n", virsh_typed(call));
    return 0;
}

static int
run_reboot(struct virsh *vsh, const struct virsh_call *call)
{
    VIRSH_AUTO(domain) virDomainPtr dom = NULL;
    unsigned int flags;

    if (read_modes(vsh, call, " or", &flags) < 0 || !(dom = virsh_domain(vsh, call)))
        return -1;
    if (virDomainReboot(dom, flags) < 0)
        return virsh_error(vsh, "Failed to reboot domain '%s'", virsh_typed(call));
    virsh_print_extra(vsh, "Domain '%s' is being rebooted\n", virsh_typed(call));
    return 0;
}

static int
run_dompmsuspend(struct virsh *vsh, const struct virsh_call *call)
{
    static const char *const targets[] = {
        [VIR_NODE_SUSPEND_TARGET_MEM] = "mem",
        [VIR_NODE_SUSPEND_TARGET_DISK] = "disk",
        [VIR_NODE_SUSPEND_TARGET_HYBRID] = "hybrid",
    };
    VIRSH_AUTO(domain) virDomainPtr dom = virsh_domain(vsh, call);
    const char *target = virsh_text(call, "target");
    unsigned int number = 0;
    long long seconds = 0;

    if (!dom || virsh_number(vsh, call, "duration", 0, INT64_MAX, &seconds) < 0)
        return -1;
    while (number < 3 && strcmp(targets[number], target) != 0)
        number++;
    if (number == 3)
        return virsh_error(vsh, "Invalid target");
    if (virDomainPMSuspendForDuration(dom, number, (unsigned long long)seconds, 0) < 0)
        return virsh_error(vsh, "Domain '%s' could not be suspended", virDomainGetName(dom));
    virsh_print_extra(vsh, "Domain '%s' successfully suspended\n", virDomainGetName(dom));
    return 0;
}

static int
run_autostart(struct virsh *vsh, const struct virsh_call *call)
{
    VIRSH_AUTO(domain) virDomainPtr dom = virsh_domain(vsh, call);
    const bool disable = virsh_flag(call, "disable");

    if (!dom)
        return -1;
    if (virDomainSetAutostart(dom, !disable) < 0)
        return virsh_error(vsh, "Failed to %smark domain '%s' as autostarted", disable ? "un" : "",
                           virsh_typed(call));
    virsh_print_extra(vsh, "Domain '%s' %smarked as autostarted\n", virsh_typed(call),
                      disable ? "un" : "");
    return 0;
}

static int
run_domrename(struct virsh *vsh, const struct virsh_call *call)
{
    VIRSH_AUTO(domain) virDomainPtr dom = virsh_domain(vsh, call);

    if (!dom || virDomainRename(dom, virsh_text(call, "new-name"), 0) < 0)
        return -1;
    virsh_print_extra(vsh, "Domain successfully renamed\n");
    return 0;
}

static const struct virsh_option domain_options[] = {
    VIRSH_OPTION_DOMAIN,
    VIRSH_OPTIONS_END
};

static const struct virsh_option destroy_options[] = {
    VIRSH_OPTION_DOMAIN,
    { "graceful", VIRSH_BOOL, 0, "fail rather than kill a hypervisor that does not obey" },
    { "remove-logs", VIRSH_BOOL, 0, "remove the domain's log files too" },
    VIRSH_OPTIONS_END
};

static const struct virsh_option mode_options[] = {
    VIRSH_OPTION_DOMAIN,
    { "mode", VIRSH_STRING, 0, "how to ask: acpi, agent, initctl, signal, paravirt; parted by commas" },
    VIRSH_OPTIONS_END
};

static const struct virsh_option dompmsuspend_options[] = {
    VIRSH_OPTION_DOMAIN,
    { "target", VIRSH_STRING, VIRSH_REQUIRED, "mem (to memory), disk or hybrid" },
    { "duration", VIRSH_NUMBER, VIRSH_NAMED, "seconds until it wakes up; 0: until it is woken" },
    VIRSH_OPTIONS_END
};

static const struct virsh_option autostart_options[] = {
    VIRSH_OPTION_DOMAIN,
    VIRSH_OPTION_DISABLE,
    VIRSH_OPTIONS_END
};

static const struct virsh_option domrename_options[] = {
    VIRSH_OPTION_DOMAIN,
    { "new-name", VIRSH_STRING, VIRSH_REQUIRED, "its new name" },
    VIRSH_OPTIONS_END
};

const struct virsh_command virsh_domain_commands[] = {
    { "autostart", "start a domain whenever the host starts", NULL, autostart_options, run_autostart },
    { "destroy", "end a domain at once", "As if its power cord were pulled; its definition stays.",
      destroy_options, run_destroy },
    { "dompmsuspend", "let a guest put itself to sleep", "Asks the agent inside the guest.",
      dompmsuspend_options, run_dompmsuspend },
    { "dompmwakeup", "wake a guest that put itself to sleep", NULL, domain_options, run_dompmwakeup },
    { "domrename", "give an inactive domain another name", NULL, domrename_options, run_domrename },
    { "inject-nmi", "send a guest a non-maskable interrupt", NULL, domain_options, run_inject_nmi },
    { "reboot", "ask a guest to reboot", "Returns at once; the guest decides whether and when.",
      mode_options, run_reboot },
    { "reset", "reset a domain at once", "As if its reset button were pressed.", domain_options, run_reset },
    { "resume", "let a paused domain go on", NULL, domain_options, run_resume },
    { "shutdown", "ask a guest to shut down", "Returns at once; the guest decides whether and when.",
      mode_options, run_shutdown },
    { "suspend", "pause a domain",
      "It keeps its memory and uses no processor.", domain_options, run_suspend },
    { .name = NULL }
};
