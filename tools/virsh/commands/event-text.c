/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The domain events: what each is called, and the callback that says it in words. */
#include <stdlib.h>

#include "event-text.h"

static const char *
words(const char *const *const *lists, const size_t *sizes, size_t n, int event, int detail)
{
    return event >= 0 && (size_t)event < n ? shell_name_of(lists[event], sizes[event], detail) : "unknown";
}

static const char *const event_names[] = {
    "Defined", "Undefined", "Started", "Suspended", "Resumed", "Stopped", "Shutdown", "PMSuspended",
    "Crashed",
};

#define LIFECYCLE(X) \
    X(defined, "Added", "Updated", "Renamed", "Snapshot") \
    X(undefined, "Removed", "Renamed") \
    X(started, "Booted", "Migrated", "Restored", "Snapshot", "Event wakeup") \
    X(suspended, "Paused", "Migrated", "I/O Error", "Watchdog", "Restored", "Snapshot", "API error", \
      "Post-copy", "Post-copy Error") \
    X(resumed, "Unpaused", "Migrated", "Snapshot", "Post-copy", "Post-copy Error") \
    X(stopped, "Shutdown", "Destroyed", "Crashed", "Migrated", "Saved", "Failed", "Snapshot") \
    X(shutdown, "Finished", "Finished after guest request", "Finished after host request") \
    X(pmsuspended, "Memory", "Disk") \
    X(crashed, "Panicked", "Crashloaded")

#define LIST(name, ...) static const char *const name##_details[] = { __VA_ARGS__ };
#define LIST_START(name, ...) name##_details,
#define LIST_SIZE(name, ...) sizeof(name##_details) / sizeof(*name##_details),
LIFECYCLE(LIST)

static const char *
detail_name(int event, int detail)
{
    static const char *const *const lists[] = { LIFECYCLE(LIST_START) };
    static const size_t sizes[] = { LIFECYCLE(LIST_SIZE) };

    return words(lists, sizes, sizeof(sizes) / sizeof(*sizes), event, detail);
}

/* Every callback starts so. */
#define BEGIN \
    struct virsh_domain_watch *watch = opaque; \
    const char *name = virDomainGetName(dom); \
    (void)conn
#define SAY(fmt, ...) \
    virsh_event_print(watch->events, "event '%s' for domain '%s'" fmt "\n", watch->event->name, name, \
                      ##__VA_ARGS__)

static int
on_lifecycle(virConnectPtr conn, virDomainPtr dom, int event, int detail, void *opaque)
{
    BEGIN;
    SAY(": %s %s", SHELL_NAME_OF(event_names, event), detail_name(event, detail));
    return 0;
}

static void
on_generic(virConnectPtr conn, virDomainPtr dom, void *opaque)
{
    BEGIN;
    SAY("");
}

static void
on_reason(virConnectPtr conn, virDomainPtr dom, int reason, void *opaque)
{
    (void)reason;       /* says nothing yet */
    on_generic(conn, dom, opaque);
}

static void
on_rtc_change(virConnectPtr conn, virDomainPtr dom, long long offset, void *opaque)
{
    BEGIN;
    SAY(": %lld", offset);
}

static void
on_watchdog(virConnectPtr conn, virDomainPtr dom, int action, void *opaque)
{
    static const char *const actions[] = {
        "none", "pause", "reset", "poweroff", "shutdown", "debug", "inject-nmi"
    };
    BEGIN;
    SAY(": %s", SHELL_NAME_OF(actions, action));
}

static const char *const io_actions[] = { "none", "pause", "report" };

static void
on_io_error(virConnectPtr conn, virDomainPtr dom, const char *path, const char *alias, int action,
            void *opaque)
{
    BEGIN;
    SAY(": %s (%s) %s", path, alias, SHELL_NAME_OF(io_actions, action));
}

static void
on_io_error_reason(virConnectPtr conn, virDomainPtr dom, const char *path, const char *alias, int action,
                   const char *reason, void *opaque)
{
    BEGIN;
    SAY(": %s (%s) %s due to %s", path, alias, SHELL_NAME_OF(io_actions, action), reason);
}

static void
on_graphics(virConnectPtr conn, virDomainPtr dom, int phase, const virDomainEventGraphicsAddress *local,
            const virDomainEventGraphicsAddress *remote, const char *scheme,
            const virDomainEventGraphicsSubject *subject, void *opaque)
{
    static const char *const phases[] = { "connect", "initialize", "disconnect" };
    static const char *const families[] = { "IPv4", "IPv6", "unix" };
    struct vir_buf identities = { 0 };
    VIR_AUTO_FREE char *text = NULL;
    BEGIN;

    for (int i = 0; subject && i < subject->nidentity; i++)
        vir_buf_addf(&identities, " %s=%s", subject->identities[i].type, subject->identities[i].name);
    text = vir_buf_steal(&identities);
    SAY(": %s local[%s %s %s] remote[%s %s %s] %s%s", SHELL_NAME_OF(phases, phase),
        SHELL_NAME_OF(families, local->family), local->node, local->service,
        SHELL_NAME_OF(families, remote->family), remote->node, remote->service, scheme, text);
}

static void
on_block_job(virConnectPtr conn, virDomainPtr dom, const char *disk, int type, int status, void *opaque)
{
    static const char *const types[] = {
        "unknown", "Block Pull", "Block Copy", "Block Commit", "Active Block Commit", "Backup"
    };
    static const char *const results[] = { "completed", "failed", "canceled", "ready" };
    BEGIN;
    SAY(": %s for %s %s", SHELL_NAME_OF(types, type), disk, SHELL_NAME_OF(results, status));
}

static void
on_disk_change(virConnectPtr conn, virDomainPtr dom, const char *before, const char *after, const char *alias,
               int reason, void *opaque)
{
    static const char *const reasons[] = { "changed", "dropped" };
    BEGIN;
    SAY(" disk %s: %s -> %s: %s", alias, before ? before : "<null>", after ? after : "<null>",
        SHELL_NAME_OF(reasons, reason));
}

static void
on_tray_change(virConnectPtr conn, virDomainPtr dom, const char *alias, int reason, void *opaque)
{
    static const char *const reasons[] = { "opened", "closed" };
    BEGIN;
    SAY(" disk %s: %s", alias, SHELL_NAME_OF(reasons, reason));
}

static void
on_balloon_change(virConnectPtr conn, virDomainPtr dom, unsigned long long actual, void *opaque)
{
    BEGIN;
    SAY(": %lluKiB", actual);
}

static void
on_device(virConnectPtr conn, virDomainPtr dom, const char *alias, void *opaque)
{
    BEGIN;
    SAY(": %s", alias);
}

/* The parameters below the line that names the event. */
static void
on_params(virConnectPtr conn, virDomainPtr dom, virTypedParameterPtr params, int n, void *opaque)
{
    struct vir_buf lines = { 0 };
    VIR_AUTO_FREE char *text = NULL;
    BEGIN;

    for (int i = 0; i < n; i++) {
        VIR_AUTO_FREE char *value = shell_param_text(&params[i]);

        vir_buf_addf(&lines, "\n\t%s: %s", params[i].field, value);
    }
    text = vir_buf_steal(&lines);
    SAY(":%s", text);
}

static void
on_agent_lifecycle(virConnectPtr conn, virDomainPtr dom, int state, int reason, void *opaque)
{
    static const char *const states[] = { "unknown", "connected", "disconnected" };
    static const char *const reasons[] = { "unknown", "domain started", "channel event" };
    BEGIN;
    SAY(": state: '%s' reason: '%s'", SHELL_NAME_OF(states, state), SHELL_NAME_OF(reasons, reason));
}

static void
on_migration_iteration(virConnectPtr conn, virDomainPtr dom, int iteration, void *opaque)
{
    BEGIN;
    SAY(": iteration: '%d'", iteration);
}

static void
on_metadata_change(virConnectPtr conn, virDomainPtr dom, int type, const char *uri, void *opaque)
{
    static const char *const types[] = { "description", "title", "element" };
    BEGIN;
    SAY(": type %s, uri %s", SHELL_NAME_OF(types, type), uri ? uri : "<null>");
}

static void
on_block_threshold(virConnectPtr conn, virDomainPtr dom, const char *device, const char *path,
                   unsigned long long threshold, unsigned long long excess, void *opaque)
{
    BEGIN;
    SAY(": dev: %s(%s) %llu %llu", device, path ? path : "", threshold, excess);
}

static void
on_memory_failure(virConnectPtr conn, virDomainPtr dom, int recipient, int action, unsigned int flags,
                  void *opaque)
{
    static const char *const recipients[] = { "hypervisor", "guest" };
    static const char *const actions[] = { "ignore", "inject", "fatal", "reset" };
    BEGIN;
    SAY(":\nrecipient: %s\naction: %s\nflags:\n\taction required: %d\n\trecursive: %d",
        SHELL_NAME_OF(recipients, recipient), SHELL_NAME_OF(actions, action),
        (flags & VIR_DOMAIN_MEMORY_FAILURE_ACTION_REQUIRED) != 0,
        (flags & VIR_DOMAIN_MEMORY_FAILURE_RECURSIVE) != 0);
}

static void
on_memory_size(virConnectPtr conn, virDomainPtr dom, const char *alias, unsigned long long size, void *opaque)
{
    BEGIN;
    SAY(":\nalias: %s\nsize: %llu", alias, size);
}

#define ROW(id, name, callback) [VIR_DOMAIN_EVENT_ID_##id] = { name, VIR_DOMAIN_EVENT_CALLBACK(callback) }

const struct virsh_domain_event virsh_domain_events[VIRSH_DOMAIN_EVENTS] = {
    ROW(LIFECYCLE, "lifecycle", on_lifecycle),
    ROW(REBOOT, "reboot", on_generic),
    ROW(RTC_CHANGE, "rtc-change", on_rtc_change),
    ROW(WATCHDOG, "watchdog", on_watchdog),
    ROW(IO_ERROR, "io-error", on_io_error),
    ROW(GRAPHICS, "graphics", on_graphics),
    ROW(IO_ERROR_REASON, "io-error-reason", on_io_error_reason),
    ROW(CONTROL_ERROR, "control-error", on_generic),
    ROW(BLOCK_JOB, "block-job", on_block_job),
    ROW(DISK_CHANGE, "disk-change", on_disk_change),
    ROW(TRAY_CHANGE, "tray-change", on_tray_change),
    ROW(PMWAKEUP, "pm-wakeup", on_reason),
    ROW(PMSUSPEND, "pm-suspend", on_reason),
    ROW(BALLOON_CHANGE, "balloon-change", on_balloon_change),
    ROW(PMSUSPEND_DISK, "pm-suspend-disk", on_reason),
    ROW(DEVICE_REMOVED, "device-removed", on_device),
    ROW(BLOCK_JOB_2, "block-job-2", on_block_job),
    ROW(TUNABLE, "tunable", on_params),
    ROW(AGENT_LIFECYCLE, "agent-lifecycle", on_agent_lifecycle),
    ROW(DEVICE_ADDED, "device-added", on_device),
    ROW(MIGRATION_ITERATION, "migration-iteration", on_migration_iteration),
    ROW(JOB_COMPLETED, "job-completed", on_params),
    ROW(DEVICE_REMOVAL_FAILED, "device-removal-failed", on_device),
    ROW(METADATA_CHANGE, "metadata-change", on_metadata_change),
    ROW(BLOCK_THRESHOLD, "block-threshold", on_block_threshold),
    ROW(MEMORY_FAILURE, "memory-failure", on_memory_failure),
    ROW(MEMORY_DEVICE_SIZE_CHANGE, "memory-device-size-change", on_memory_size),
};
