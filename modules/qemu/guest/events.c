/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * QEMU's events, one function each: the domain's state is kept up to date by
 * them, so that reading it never asks QEMU.
 */
#define VIR_LOG_SOURCE "qemu.events"
#include "agent/agent.h"
#include "device/memory-object.h"
#include "document/domain-xml.h"
#include "guest/channels.h"
#include "guest/events.h"
#include "guest/block-job.h"
#include "guest/block-jobs.h"
#include "guest/hotplug.h"
#include "guest/run.h"
#include "guest/stream.h"
#include "qmp/monitor.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_EARLY = 64,                     /* events of a guest that is not shown yet */
    ACPI_EJECT = 3, ACPI_EJECT_BY_GUEST = 0x103,        /* what the guest reports on; by ACPI's _OST */
};

/* libvirt's state and reason for one of QEMU's run states. */
static void
state_of_status(const char *status, int *ret_state, int *ret_reason)
{
    static const struct { const char *status; int state, reason; } rows[] = {
        { "running", VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_UNPAUSED },
        { "paused", VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_USER },
        { "prelaunch", VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_USER },
        { "suspended", VIR_DOMAIN_PMSUSPENDED, VIR_DOMAIN_PMSUSPENDED_UNKNOWN },
        { "shutdown", VIR_DOMAIN_SHUTDOWN, VIR_DOMAIN_SHUTDOWN_UNKNOWN },
        { "io-error", VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_IOERROR },
        { "watchdog", VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_WATCHDOG },
        { "guest-panicked", VIR_DOMAIN_CRASHED, VIR_DOMAIN_CRASHED_PANICKED },
    };

    *ret_state = VIR_DOMAIN_PAUSED;
    *ret_reason = VIR_DOMAIN_PAUSED_UNKNOWN;
    for (size_t i = 0; status && i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(rows[i].status, status) == 0) {
            *ret_state = rows[i].state;
            *ret_reason = rows[i].reason;
        }
    }
}

/* With the lock: the guest has powered off to reboot, and QEMU waits: resets it. */
static void
finish_reboot(struct qemu_run *run)
{
    struct json_object *args = qmp_new_object();

    run->resets = true;
    qmp_add(args, "shutdown", qmp_new_string("poweroff"));
    qemu_monitor_post(run->monitor, "system_reset", NULL, NULL, NULL);
    qemu_monitor_post(run->monitor, "set-action", args, NULL, NULL);
    qemu_monitor_post(run->monitor, "cont", NULL, NULL, NULL);
}

static void
take_status(struct json_object *value, const char *error, void *opaque)
{
    struct qemu_run *run = opaque;
    struct qemu_domain *domain = run->domain;
    int state, reason;

    if (!value) {
        vir_warn("%s: %s", domain->entry.name, error);
        return;
    }
    state_of_status(qmp_get_string(value, "status"), &state, &reason);
    qemu_domain_lock(domain);
    if (state == VIR_DOMAIN_SHUTDOWN)   /* QEMU waits: it was told so for a reboot */
        finish_reboot(run);
    else if (domain->run == run && state != domain->state)
        qemu_domain_set_state(domain, state, reason);
    qemu_domain_unlock(domain);
}

void
qemu_ask_status(struct qemu_run *run)
{
    qemu_monitor_post(run->monitor, "query-status", NULL, take_status, run);
}

/* All handlers are called with the domain's lock held. */

static bool
has_panicked(const struct qemu_run *run)
{
    return run->stop_reason == VIR_DOMAIN_SHUTOFF_CRASHED;
}

/* The guest switched itself off, or somebody ended QEMU; the process follows. */
static void
on_shutdown(struct qemu_domain *domain, struct qemu_run *run, struct json_object *data)
{
    const struct qemu_domain_def *doc = domain->live->doc;
    bool guest = qmp_get_bool(data, "guest");
    enum qemu_power_off meant = run->power_off;

    run->power_off = QEMU_OFF;
    if (guest && meant == QEMU_REBOOT) {
        run->stop_reason = VIR_DOMAIN_SHUTOFF_SHUTDOWN;         /* should QEMU not wait: it was told twice */
        finish_reboot(run);
        return;
    }
    if (guest && meant == QEMU_AS_TOLD)
        qemu_ask_status(run);
    else
        qemu_monitor_post(run->monitor, "quit", NULL, NULL, NULL);      /* should it have been told to wait */
    run->restart = guest && (has_panicked(run) ? doc->on_crash : doc->on_poweroff) == QEMU_LIFECYCLE_RESTART;
    if (has_panicked(run))
        return;
    run->stop_reason = VIR_DOMAIN_SHUTOFF_SHUTDOWN;
    if (run->destroyers)
        return;
    qemu_domain_set_state(domain, VIR_DOMAIN_SHUTDOWN, VIR_DOMAIN_SHUTDOWN_UNKNOWN);
    qemu_domain_emit(domain, VIR_DOMAIN_EVENT_SHUTDOWN,
                     guest ? VIR_DOMAIN_EVENT_SHUTDOWN_GUEST : VIR_DOMAIN_EVENT_SHUTDOWN_HOST);
}

static void
on_stop(struct qemu_domain *domain, struct qemu_run *run, struct json_object *data)
{
    (void)data;
    if (domain->state != VIR_DOMAIN_RUNNING || run->resets)
        return;
    qemu_domain_set_state(domain, VIR_DOMAIN_PAUSED, run->pause_reason ? run->pause_reason : VIR_DOMAIN_PAUSED_USER);
    qemu_domain_emit(domain, VIR_DOMAIN_EVENT_SUSPENDED, VIR_DOMAIN_EVENT_SUSPENDED_PAUSED);
}

static void
on_resume(struct qemu_domain *domain, struct qemu_run *run, struct json_object *data)
{
    (void)data;
    run->stop_reason = 0;               /* it was reset */
    run->restart = false;
    if (run->resets) {
        run->resets = false;
        qemu_domain_set_state(domain, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_BOOTED);
        return;
    }
    if (domain->state == VIR_DOMAIN_RUNNING)
        return;
    qemu_domain_set_state(domain, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_UNPAUSED);
    qemu_domain_emit(domain, VIR_DOMAIN_EVENT_RESUMED, VIR_DOMAIN_EVENT_RESUMED_UNPAUSED);
}

static void
on_suspend(struct qemu_domain *domain, struct qemu_run *run, struct json_object *data)
{
    (void)run;
    (void)data;
    qemu_domain_set_state(domain, VIR_DOMAIN_PMSUSPENDED, VIR_DOMAIN_PMSUSPENDED_UNKNOWN);
    qemu_domain_emit(domain, VIR_DOMAIN_EVENT_PMSUSPENDED, VIR_DOMAIN_EVENT_PMSUSPENDED_MEMORY);
    vir_event_emit(qemu_driver.hub, vir_event_domain_pmsuspend(domain->entry.name, domain->entry.uuid,
                                                               domain->entry.id, 0));
}

static void
on_suspend_disk(struct qemu_domain *domain, struct qemu_run *run, struct json_object *data)
{
    (void)run;
    (void)data;
    qemu_domain_set_state(domain, VIR_DOMAIN_PMSUSPENDED, VIR_DOMAIN_PMSUSPENDED_UNKNOWN);
    qemu_domain_emit(domain, VIR_DOMAIN_EVENT_PMSUSPENDED, VIR_DOMAIN_EVENT_PMSUSPENDED_DISK);
    vir_event_emit(qemu_driver.hub, vir_event_domain_pmsuspend_disk(domain->entry.name, domain->entry.uuid,
                                                                    domain->entry.id, 0));
}

static void
on_wakeup(struct qemu_domain *domain, struct qemu_run *run, struct json_object *data)
{
    (void)run;
    (void)data;
    qemu_domain_set_state(domain, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_WAKEUP);
    vir_event_emit(qemu_driver.hub, vir_event_domain_pmwakeup(domain->entry.name, domain->entry.uuid,
                                                              domain->entry.id, 0));
    qemu_domain_emit(domain, VIR_DOMAIN_EVENT_STARTED, VIR_DOMAIN_EVENT_STARTED_WAKEUP);
}

static void
on_reset(struct qemu_domain *domain, struct qemu_run *run, struct json_object *data)
{
    (void)run;
    (void)data;
    vir_event_emit(qemu_driver.hub,
                   vir_event_domain_reboot(domain->entry.name, domain->entry.uuid, domain->entry.id));
}

static void
on_panic(struct qemu_domain *domain, struct qemu_run *run, struct json_object *data)
{
    (void)data;
    run->stop_reason = VIR_DOMAIN_SHUTOFF_CRASHED;
    qemu_domain_set_state(domain, VIR_DOMAIN_CRASHED, VIR_DOMAIN_CRASHED_PANICKED);
    qemu_domain_emit(domain, VIR_DOMAIN_EVENT_CRASHED, VIR_DOMAIN_EVENT_CRASHED_PANICKED);
}

/* The guest has loaded its own kernel for a crash, and goes on. */
static void
on_crash_loaded(struct qemu_domain *domain, struct qemu_run *run, struct json_object *data)
{
    (void)run;
    (void)data;
    qemu_domain_emit(domain, VIR_DOMAIN_EVENT_CRASHED, VIR_DOMAIN_EVENT_CRASHED_CRASHLOADED);
}

static void
on_watchdog(struct qemu_domain *domain, struct qemu_run *run, struct json_object *data)
{
    (void)run;
    if (!is(qmp_get_string(data, "action"), "pause") || domain->state != VIR_DOMAIN_RUNNING)
        return;
    qemu_domain_set_state(domain, VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_WATCHDOG);
    qemu_domain_emit(domain, VIR_DOMAIN_EVENT_SUSPENDED, VIR_DOMAIN_EVENT_SUSPENDED_WATCHDOG);
}

static void
on_clock(struct qemu_domain *domain, struct qemu_run *run, struct json_object *data)
{
    struct json_object *offset = qmp_get(data, "offset");

    (void)run;
    vir_event_emit(qemu_driver.hub, vir_event_domain_rtc_change(domain->entry.name, domain->entry.uuid,
                                                                domain->entry.id, json_object_get_int64(offset)));
}

static void
on_memory_failure(struct qemu_domain *domain, struct qemu_run *run, struct json_object *data)
{
    static const char *const actions[] = { "ignore", "inject", "fatal", "reset" };      /* as libvirt's numbers */
    const char *word = qmp_get_string(data, "action");
    struct json_object *flags = qmp_get(data, "flags");
    int who = is(qmp_get_string(data, "recipient"), "guest") ? VIR_DOMAIN_EVENT_MEMORY_FAILURE_RECIPIENT_GUEST
        : VIR_DOMAIN_EVENT_MEMORY_FAILURE_RECIPIENT_HYPERVISOR;
    unsigned int how = (qmp_get_bool(flags, "action-required") ? VIR_DOMAIN_MEMORY_FAILURE_ACTION_REQUIRED : 0) |
        (qmp_get_bool(flags, "recursive") ? VIR_DOMAIN_MEMORY_FAILURE_RECURSIVE : 0);

    (void)run;
    for (int i = 0; i < (int)(sizeof(actions) / sizeof(actions[0])); i++)
        if (is(word, actions[i]))
            vir_event_emit(qemu_driver.hub, vir_event_domain_memory_failure(
                               domain->entry.name, domain->entry.uuid, domain->entry.id, who, i, how));
}

static void
on_io_error(struct qemu_domain *domain, struct qemu_run *run, struct json_object *data)
{
    const char *action = qmp_get_string(data, "action");

    (void)run;
    if (!action || strcmp(action, "stop") != 0)
        return;
    qemu_domain_set_state(domain, VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_IOERROR);
    qemu_domain_emit(domain, VIR_DOMAIN_EVENT_SUSPENDED, VIR_DOMAIN_EVENT_SUSPENDED_IOERROR);
}

static void
on_device_deleted(struct qemu_domain *domain, struct qemu_run *run, struct json_object *data)
{
    const char *alias = qmp_get_string(data, "device");

    (void)domain;
    if (alias)                          /* else a part of one */
        qemu_unplug_event(run, alias, true);
}

static void
on_unplug_error(struct qemu_domain *domain, struct qemu_run *run, struct json_object *data)
{
    const char *alias = qmp_get_string(data, "device");

    (void)domain;
    if (alias)
        qemu_unplug_event(run, alias, false);
}

static void
on_balloon(struct qemu_domain *domain, struct qemu_run *run, struct json_object *data)
{
    struct qemu_domain_def *doc = qemu_live_change(domain);
    uint64_t actual = qmp_get_uint(data, "actual", UINT64_MAX, UINT64_MAX);

    (void)run;
    if (doc && actual != UINT64_MAX)
        doc->current_memory = actual / 1024 + qemu_memory_of_virtio(doc);
}

static void
on_memory_size(struct qemu_domain *domain, struct qemu_run *run, struct json_object *data)
{
    struct qemu_domain_def *doc = qemu_live_change(domain);

    (void)run;
    if (doc)
        qemu_memory_given(doc, qmp_get_string(data, "id"), qmp_get_uint(data, "size", UINT64_MAX, 0) / 1024);
}

/* The guest has ejected a vcpu.  Without KVM QEMU tells it in no other way: it never releases one. */
static void
on_ejected(struct qemu_domain *domain, struct qemu_run *run, struct json_object *data)
{
    struct json_object *info = qmp_get(data, "info");
    uint64_t source = qmp_get_uint(info, "source", UINT32_MAX, 0), status = qmp_get_uint(info, "status", UINT32_MAX, 1);
    const char *slot = qmp_get_string(info, "slot");
    VIR_AUTO_FREE char *alias = vir_strdup_printf("vcpu%s", slot ? slot : "");

    (void)domain;
    if (slot && is(qmp_get_string(info, "slot-type"), "CPU") && (source == ACPI_EJECT || source == ACPI_EJECT_BY_GUEST) && status == 0)
        qemu_unplug_event(run, alias, true);
}

/* Whoever told the guest's agent to have it so waits for that. */
static void
on_parting(struct qemu_domain *domain, struct qemu_run *run, struct json_object *data)
{
    (void)domain;
    (void)data;
    qemu_agent_hang_up(run->agent);
}

static void
on_port(struct qemu_domain *domain, struct qemu_run *run, struct json_object *data)
{
    const char *alias = qmp_get_string(data, "id");

    (void)run;
    if (alias)
        qemu_channel_changed(domain, alias, qmp_get_bool(data, "open"));
}

static const struct {
    const char *name;
    void (*handle)(struct qemu_domain *domain, struct qemu_run *run, struct json_object *data);
} handlers[] = {
    { "SHUTDOWN", on_shutdown },
    { "STOP", on_stop },
    { "RESUME", on_resume },
    { "SUSPEND", on_suspend },
    { "SUSPEND_DISK", on_suspend_disk },
    { "WAKEUP", on_wakeup },
    { "RESET", on_reset },
    { "GUEST_PANICKED", on_panic },
    { "GUEST_CRASHLOADED", on_crash_loaded },
    { "BLOCK_IO_ERROR", on_io_error },
    { "WATCHDOG", on_watchdog },
    { "RTC_CHANGE", on_clock },
    { "MEMORY_FAILURE", on_memory_failure },
    { "BALLOON_CHANGE", on_balloon },
    { "ACPI_DEVICE_OST", on_ejected },
    { "MEMORY_DEVICE_SIZE_CHANGE", on_memory_size },
    { "DEVICE_DELETED", on_device_deleted },
    { "DEVICE_UNPLUG_GUEST_ERROR", on_unplug_error },
    { "MEM_UNPLUG_ERROR", on_unplug_error },
    { "VSERPORT_CHANGE", on_port },
    { "SHUTDOWN", on_parting },
    { "RESET", on_parting },
    { "SUSPEND", on_parting },
    { "SUSPEND_DISK", on_parting },
};

/* The event as it is, for who listens to the monitor itself. */
static void
pass_on(const struct qemu_domain *domain, const struct qmp_message *event)
{
    struct json_object *when = qmp_get(event->root, "timestamp");
    long long seconds = (long long)qmp_get_uint(when, "seconds", INT64_MAX, 0);
    unsigned int micros = (unsigned int)qmp_get_uint(when, "microseconds", 999999, 0);
    const char *details = event->value
        ? qmp_text(event->value, JSON_C_TO_STRING_PLAIN) : NULL;

    vir_event_emit(qemu_driver.hub, vir_event_qemu_monitor(domain->entry.name, domain->entry.uuid,
                                                           domain->entry.id, event->name, seconds, micros,
                                                           details));
}

/* With the lock held. */
static void
take_event(struct qemu_domain *domain, struct qemu_run *run, const struct qmp_message *event)
{
    const struct qemu_told told = { domain->live->doc, domain->entry.name, domain->entry.uuid, domain->entry.id,
                                    event->name, event->value };

    pass_on(domain, event);
    qemu_devices_told(&told);
    for (size_t i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++)
        if (strcmp(handlers[i].name, event->name) == 0)
            handlers[i].handle(domain, run, event->value);
}

static void
keep_event(struct qemu_run *run, struct qmp_message *event)
{
    if (run->n_early == MAX_EARLY)
        return;
    run->early = vir_realloc_array(run->early, run->n_early + 1, sizeof(*run->early));
    run->early[run->n_early++] = *event;
    memset(event, 0, sizeof(*event));
}

void
qemu_event(struct qmp_message *event, void *opaque)
{
    struct qemu_run *run = opaque;
    struct qemu_domain *domain = run->domain;

    qemu_stream_event(run, event->name, event->value);          /* of a guest that is not shown yet, too */
    qemu_block_job_event(run, event->name);
    qemu_block_jobs_event(run, event->name, event->value);
    qemu_domain_lock(domain);
    if (domain->run == run && domain->live)
        take_event(domain, run, event);
    else
        keep_event(run, event);
    qemu_domain_unlock(domain);
}

void
qemu_events_early(struct qemu_domain *domain, struct qemu_run *run)
{
    for (size_t i = 0; i < run->n_early; i++)
        take_event(domain, run, &run->early[i]);
    qemu_run_drop_early(run);
}
