/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls that change whether and how a domain runs.  Each holds the domain's
 * job; only destroy does without, so that it works whatever else hangs.
 */
#include "calls/calls.h"
#include "document/domain-xml.h"
#include "qmp/monitor.h"
#include "guest/agent.h"
#include "guest/halt.h"
#include "guest/managed.h"
#include "guest/state.h"
#include "guest/taint.h"
#include "settings.h"

#include <string.h>

/* ---- starting ---------------------------------------------------------------------------- */

/* With the job: from where it was saved, or anew. */
static int
start(struct qemu_domain *domain, virConnectPtr conn, unsigned int flags)
{
    if (qemu_managed_is_there(domain)) {
        if (!(flags & VIR_DOMAIN_START_FORCE_BOOT))
            return qemu_start_saved(domain, conn, flags);
        if (qemu_managed_remove(domain) < 0)
            return -1;
    }
    return qemu_process_start(domain, NULL, conn, flags, VIR_DOMAIN_EVENT_STARTED_BOOTED);
}

int
qemu_domain_create_with_flags(virDomainPtr dom, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    int ret;

    if (!domain || qemu_job_begin(domain, "start") < 0)
        return -1;
    ret = start(domain, vir_domain_connect(dom), flags);
    if (ret == 0)
        vir_domain_set_id(dom, qemu_domain_id(domain));
    qemu_job_end(domain);
    return ret;
}

virDomainPtr
qemu_domain_create_xml(virConnectPtr conn, const char *xml, unsigned int flags)
{
    unsigned int how = flags & VIR_DOMAIN_START_VALIDATE ? VIR_DOMAIN_DEFINE_VALIDATE : 0;
    struct qemu_def *def = qemu_parse_for(xml, how);
    QEMU_AUTO_DOMAIN domain = NULL;
    virDomainPtr handle = NULL;

    if (!def)
        return NULL;
    domain = qemu_domain_for_run(def, "start");
    if (domain && qemu_process_start(domain, def, conn, flags, VIR_DOMAIN_EVENT_STARTED_BOOTED) == 0)
        handle = qemu_domain_handle(conn, domain);
    if (domain)
        qemu_job_end(domain);           /* a new one that did not start goes */
    qemu_def_unref(def);
    return handle;
}

static struct qemu_run *
run_bound_to(struct qemu_domain *domain, virConnectPtr conn)
{
    struct qemu_run *run;

    qemu_domain_lock(domain);
    run = domain->run && domain->run->autodestroy == conn ? qemu_run_ref(domain->run) : NULL;
    qemu_domain_unlock(domain);
    return run;
}

void
qemu_autodestroy(virConnectPtr conn)
{
    VIR_AUTO_FREE struct qemu_run **runs = NULL;
    struct vir_store_entry **list;
    size_t n, n_runs = 0;

    if (__atomic_load_n(&qemu_driver.bound, __ATOMIC_RELAXED) == 0)
        return;
    n = vir_store_list(qemu_driver.store, &list);
    runs = vir_alloc_array(n, sizeof(*runs));
    for (size_t i = 0; i < n; i++) {
        runs[n_runs] = run_bound_to((struct qemu_domain *)list[i], conn);
        n_runs += runs[n_runs] != NULL;
    }
    if (qemu_runs_end(runs, n_runs, false) < 0)
        qemu_warn_error("guests of a connection that was closed");
    while (n_runs > 0)
        qemu_run_unref(runs[--n_runs]);
    vir_store_list_free(list, n);
}

static bool
waits_for_start(struct qemu_domain *domain)
{
    bool waits;

    qemu_domain_lock(domain);
    waits = domain->autostart && !domain->run;
    qemu_domain_unlock(domain);
    return waits;
}

static int
autostart(struct qemu_domain *domain)
{
    int ret = 0;

    if (qemu_job_begin(domain, "autostart") < 0)
        return -1;
    if (waits_for_start(domain))        /* a client may have been faster */
        ret = start(domain, NULL, qemu_settings.auto_start_bypass_cache ? VIR_DOMAIN_START_BYPASS_CACHE : 0);
    qemu_job_end(domain);
    return ret;
}

void
qemu_autostart_all(void *unused)
{
    struct vir_store_entry **list;
    size_t n = vir_store_list(qemu_driver.store, &list);

    (void)unused;
    for (size_t i = 0; i < n && !qemu_threads_leaving(); i++)
        if (waits_for_start((struct qemu_domain *)list[i]) &&
            autostart((struct qemu_domain *)list[i]) < 0)
            qemu_warn_error(list[i]->name);
    vir_store_list_free(list, n);
}

/* ---- ending -------------------------------------------------------------------------------- */

int
qemu_domain_destroy_flags(virDomainPtr dom, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    QEMU_AUTO_RUN run = domain ? qemu_domain_run(domain) : NULL;

    return run ? qemu_runs_end(&run, 1, flags & VIR_DOMAIN_DESTROY_GRACEFUL) : -1;
}

/* ---- power button: off, or for a reboot QEMU stays and resets ------------------------------- */

static int
state_of(struct qemu_domain *domain)
{
    int state;

    qemu_domain_lock(domain);
    state = domain->state;
    qemu_domain_unlock(domain);
    return state;
}

/* Tells QEMU, and us, what the guest's next power-off means. */
static int
set_power_off(struct qemu_domain *domain, struct qemu_run *run, enum qemu_power_off means)
{
    struct json_object *args = qmp_new_object();

    qemu_domain_lock(domain);
    run->power_off = means;
    qemu_domain_unlock(domain);
    qmp_add(args, "shutdown", qmp_new_string(means == QEMU_REBOOT ? "pause" : "poweroff"));
    return qemu_monitor_call(run->monitor, "set-action", args, QEMU_COMMAND_MS, NULL);
}

/* Nobody in a guest that is paused notices a button. */
static bool
notices_button(struct qemu_domain *domain)
{
    if (state_of(domain) == VIR_DOMAIN_RUNNING)
        return true;
    vir_error(VIR_ERR_OPERATION_INVALID, "domain is not running");
    return false;
}

static int
press_power_button(struct qemu_domain *domain, const char *what, enum qemu_power_off means)
{
    QEMU_AUTO_RUN run = NULL;
    int ret = -1;

    if (qemu_job_begin(domain, what) < 0)
        return -1;
    run = means == QEMU_REBOOT || notices_button(domain) ? qemu_domain_monitored(domain) : NULL;
    if (run && set_power_off(domain, run, means) == 0)      /* an earlier press may have meant the other */
        ret = qemu_monitor_call(run->monitor, "system_powerdown", NULL, QEMU_COMMAND_MS, NULL);
    qemu_job_end(domain);
    return ret;
}

/* The guest's agent is told: it ends or restarts the guest by itself. */
static int
tell_agent(struct qemu_domain *domain, enum qemu_power_off means)
{
    struct json_object *args = qmp_new_object();
    bool reboots = means == QEMU_REBOOT;

    if (qemu_agent_check(domain) < 0) {
        json_object_put(args);
        return -1;
    }
    qemu_domain_lock(domain);
    if (domain->run)
        domain->run->power_off = QEMU_OFF;      /* no button was pressed for a reboot; the guest may be off before we hear */
    if (domain->live && domain->live->doc->on_poweroff == QEMU_LIFECYCLE_RESTART)
        reboots = true;
    qemu_domain_unlock(domain);
    qmp_add(args, "mode", qmp_new_string(reboots ? "reboot" : "powerdown"));
    return qemu_agent_do(domain, &(struct qemu_agent_ask){ .command = "guest-shutdown", .args = args, .parting = true,
                                                           .seconds = VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_BLOCK },
                         NULL) == QEMU_AGENT_ANSWERED ? 0 : -1;
}

/* The agent is asked first, and the button is pressed where that does not help and nothing else was said. */
static int
power_off(virDomainPtr dom, const char *what, enum qemu_power_off means, bool agent, bool button)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    bool any = agent == button;

    if (!domain)
        return -1;
    if (agent || any) {
        if (tell_agent(domain, means) == 0)
            return 0;
        if (!any)
            return -1;
        virFreeError(vir_error_take());
    }
    return press_power_button(domain, what, means);
}

int
qemu_domain_shutdown_flags(virDomainPtr dom, unsigned int flags)
{
    return power_off(dom, "shutdown", QEMU_OFF, flags & VIR_DOMAIN_SHUTDOWN_GUEST_AGENT,
                     flags & VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN);
}

int
qemu_domain_reboot(virDomainPtr dom, unsigned int flags)
{
    return power_off(dom, "reboot", QEMU_REBOOT, flags & VIR_DOMAIN_REBOOT_GUEST_AGENT,
                     flags & VIR_DOMAIN_REBOOT_ACPI_POWER_BTN);
}

int
qemu_domain_reset(virDomainPtr dom, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    QEMU_AUTO_RUN run = NULL;
    int ret = -1;

    (void)flags;
    if (!domain || qemu_job_begin(domain, "reset") < 0)
        return -1;
    run = qemu_domain_monitored(domain);
    if (run)
        ret = qemu_monitor_call(run->monitor, "system_reset", NULL, QEMU_COMMAND_MS, NULL);
    qemu_job_end(domain);
    return ret;
}

/* ---- pause ------------------------------------------------------------------------------------- */

static bool
may_pause_or_resume(struct qemu_domain *domain, bool pause)
{
    int state = state_of(domain);

    if (state == VIR_DOMAIN_PMSUSPENDED)
        vir_error(VIR_ERR_OPERATION_INVALID, "domain is pmsuspended");
    else if (state == VIR_DOMAIN_RUNNING && !pause)
        vir_error(VIR_ERR_OPERATION_INVALID, "domain is already running");
    else
        return true;
    return false;
}

static int
pause_or_resume(virDomainPtr dom, bool pause)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    QEMU_AUTO_RUN run = NULL;
    int ret = -1;

    if (!domain || qemu_job_begin_kind(domain, VIR_JOB_SUSPEND, pause ? "suspend" : "resume") < 0)
        return -1;
    run = may_pause_or_resume(domain, pause) ? qemu_domain_monitored(domain) : NULL;
    if (run)
        ret = pause ? qemu_guest_stop(run, VIR_DOMAIN_PAUSED_USER) : qemu_guest_go(run, VIR_DOMAIN_RUNNING_UNPAUSED);
    if (ret == 0)
        qemu_state_save_current(domain, run);
    qemu_job_end(domain);
    return ret;
}

int
qemu_domain_suspend(virDomainPtr dom)
{
    return pause_or_resume(dom, true);
}

int
qemu_domain_resume(virDomainPtr dom)
{
    return pause_or_resume(dom, false);
}

/* ---- the monitor itself --------------------------------------------------------------------------- */

static char *
json_text(struct json_object *value)
{
    const int plain = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE;

    return vir_strdup(qmp_text(value, plain));
}

/* {"execute":"query-status","arguments":{...}}: QEMU's reply is handed on as it is, errors too. QEMU gets
 * a copy of FD (-1: none). */
static int
pass_through(struct qemu_run *run, const char *text, int fd, char **result)
{
    const char *why = "no command is named";
    struct json_object *request = qmp_parse_object(text, strlen(text), &why);
    struct json_object *args = qmp_get(request, "arguments"), *reply;
    const char *name = qmp_get_string(request, "execute");
    int ret = -1;

    if (!name || name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")])
        vir_error(VIR_ERR_INVALID_ARG, "the monitor command is not JSON like {\"execute\":\"query-status\"}: %s",
                  why);
    else
        ret = qemu_monitor_pass(run->monitor, name, json_object_get(args), fd, QEMU_COMMAND_MS, &reply);
    if (ret == 0) {
        *result = json_text(reply);
        json_object_put(reply);
    }
    json_object_put(request);
    return ret;
}

static int
pass_through_text(struct qemu_run *run, const char *text, char **result)
{
    struct json_object *args = qmp_new_object(), *value;

    qmp_add(args, "command-line", qmp_new_string(text));
    if (qemu_monitor_call(run->monitor, "human-monitor-command", args, QEMU_COMMAND_MS, &value) < 0)
        return -1;
    *result = vir_strdup(json_object_is_type(value, json_type_string) ? json_object_get_string(value) : "");
    json_object_put(value);
    return 0;
}

static int
monitor_command(virDomainPtr dom, const char *cmd, int fd, char **result, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    QEMU_AUTO_RUN run = NULL;
    int ret = -1;

    if (!domain || qemu_job_begin_kind(domain, VIR_JOB_QUERY, "monitor-command") < 0)
        return -1;
    run = qemu_domain_monitored(domain);
    if (run)
        qemu_taint(run, QEMU_TAINT_MONITOR, true);
    if (run)                            /* a command for people takes no descriptor */
        ret = flags & VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP ? pass_through_text(run, cmd, result)
                                                          : pass_through(run, cmd, fd, result);
    qemu_job_end(domain);
    return ret;
}

int
qemu_domain_qemu_monitor_command(virDomainPtr dom, const char *cmd, char **result, unsigned int flags)
{
    return monitor_command(dom, cmd, -1, result, flags);
}

int
qemu_domain_qemu_monitor_command_with_files(virDomainPtr dom, const char *cmd, unsigned int ninfiles, int *infiles,
                                            unsigned int *noutfiles, int **outfiles, char **result, unsigned int flags)
{
    if (ninfiles > 1)
        return vir_error(VIR_ERR_INVALID_ARG, "at most 1 fd can be passed to qemu along with a command");
    if (monitor_command(dom, cmd, ninfiles ? infiles[0] : -1, result, flags) < 0)
        return -1;
    if (noutfiles)                      /* QEMU gives none */
        *noutfiles = 0;
    if (outfiles)
        *outfiles = NULL;
    return 0;
}
