/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What "event" prints for every kind of domain event, also for those that no test driver sends. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "event-text.h"

static char *printed;
static int failures;

/* virsh's own would print to standard output and count. */
void
virsh_event_print(struct virsh_events *events, const char *fmt, ...)
{
    va_list args;

    (void)events;
    va_start(args, fmt);
    if (vasprintf(&printed, fmt, args) < 0)
        abort();
    va_end(args);
}

void
shell_print(struct shell *vsh, const char *fmt, ...)
{
    (void)vsh;
    (void)fmt;
}

int
vir_report(enum vir_report_kind kind, int err, const char *text)
{
    (void)kind;
    (void)err;
    fprintf(stderr, "event-text: %s\n", text);
    return -1;
}

static void
expect(const char *event, const char *wanted)
{
    if (!printed || strcmp(printed, wanted) != 0) {
        printf("event-text: %s: '%s' instead of '%s'\n", event, printed ? printed : "nothing", wanted);
        failures++;
    }
    free(printed);
    printed = NULL;
}

/* The event's callback, called as the library would. */
#define CHECK(id, type, wanted, ...) do { \
    struct virsh_domain_watch watch = { .event = &virsh_domain_events[VIR_DOMAIN_EVENT_ID_##id] }; \
    ((type)watch.event->callback)(conn, dom, ##__VA_ARGS__, &watch); \
    expect(watch.event->name, wanted); \
} while (0)

static void
check_simple(virConnectPtr conn, virDomainPtr dom)
{
    CHECK(LIFECYCLE, virConnectDomainEventCallback, "event 'lifecycle' for domain 'test': Crashed Panicked\n",
          VIR_DOMAIN_EVENT_CRASHED, VIR_DOMAIN_EVENT_CRASHED_PANICKED);
    CHECK(LIFECYCLE, virConnectDomainEventCallback,
          "event 'lifecycle' for domain 'test': Suspended Post-copy Error\n",
          VIR_DOMAIN_EVENT_SUSPENDED, VIR_DOMAIN_EVENT_SUSPENDED_POSTCOPY_FAILED);
    CHECK(LIFECYCLE, virConnectDomainEventCallback, "event 'lifecycle' for domain 'test': unknown unknown\n",
          77, 1);
    CHECK(REBOOT, virConnectDomainEventGenericCallback, "event 'reboot' for domain 'test'\n");
    CHECK(CONTROL_ERROR, virConnectDomainEventGenericCallback, "event 'control-error' for domain 'test'\n");
    CHECK(RTC_CHANGE, virConnectDomainEventRTCChangeCallback, "event 'rtc-change' for domain 'test': -3600\n",
          -3600LL);
    CHECK(WATCHDOG, virConnectDomainEventWatchdogCallback, "event 'watchdog' for domain 'test': poweroff\n",
          VIR_DOMAIN_EVENT_WATCHDOG_POWEROFF);
    CHECK(PMWAKEUP, virConnectDomainEventPMWakeupCallback, "event 'pm-wakeup' for domain 'test'\n", 0);
    CHECK(PMSUSPEND, virConnectDomainEventPMSuspendCallback, "event 'pm-suspend' for domain 'test'\n", 0);
    CHECK(BALLOON_CHANGE, virConnectDomainEventBalloonChangeCallback,
          "event 'balloon-change' for domain 'test': 1048576KiB\n", 1048576ULL);
    CHECK(MIGRATION_ITERATION, virConnectDomainEventMigrationIterationCallback,
          "event 'migration-iteration' for domain 'test': iteration: '3'\n", 3);
    CHECK(AGENT_LIFECYCLE, virConnectDomainEventAgentLifecycleCallback,
          "event 'agent-lifecycle' for domain 'test': state: 'connected' reason: 'channel event'\n",
          VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_CONNECTED,
          VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_CHANNEL);
    CHECK(METADATA_CHANGE, virConnectDomainEventMetadataChangeCallback,
          "event 'metadata-change' for domain 'test': type title, uri <null>\n", VIR_DOMAIN_METADATA_TITLE,
          NULL);
}

static void
check_devices(virConnectPtr conn, virDomainPtr dom)
{
    CHECK(IO_ERROR, virConnectDomainEventIOErrorCallback,
          "event 'io-error' for domain 'test': /a (vda) pause\n", "/a", "vda",
          VIR_DOMAIN_EVENT_IO_ERROR_PAUSE);
    CHECK(IO_ERROR_REASON, virConnectDomainEventIOErrorReasonCallback,
          "event 'io-error-reason' for domain 'test': /a (vda) report due to enospc\n",
          "/a", "vda", VIR_DOMAIN_EVENT_IO_ERROR_REPORT, "enospc");
    CHECK(BLOCK_JOB, virConnectDomainEventBlockJobCallback,
          "event 'block-job' for domain 'test': Block Copy for /a ready\n",
          "/a", VIR_DOMAIN_BLOCK_JOB_TYPE_COPY, VIR_DOMAIN_BLOCK_JOB_READY);
    CHECK(BLOCK_JOB_2, virConnectDomainEventBlockJobCallback,
          "event 'block-job-2' for domain 'test': Active Block Commit for vda failed\n",
          "vda", VIR_DOMAIN_BLOCK_JOB_TYPE_ACTIVE_COMMIT, VIR_DOMAIN_BLOCK_JOB_FAILED);
    CHECK(DISK_CHANGE, virConnectDomainEventDiskChangeCallback,
          "event 'disk-change' for domain 'test' disk ide0: /a -> <null>: dropped\n",
          "/a", NULL, "ide0", VIR_DOMAIN_EVENT_DISK_DROP_MISSING_ON_START);
    CHECK(TRAY_CHANGE, virConnectDomainEventTrayChangeCallback,
          "event 'tray-change' for domain 'test' disk ide0: closed\n", "ide0",
          VIR_DOMAIN_EVENT_TRAY_CHANGE_CLOSE);
    CHECK(DEVICE_REMOVED, virConnectDomainEventDeviceRemovedCallback,
          "event 'device-removed' for domain 'test': net1\n", "net1");
    CHECK(DEVICE_ADDED, virConnectDomainEventDeviceAddedCallback,
          "event 'device-added' for domain 'test': net1\n", "net1");
    CHECK(DEVICE_REMOVAL_FAILED, virConnectDomainEventDeviceRemovalFailedCallback,
          "event 'device-removal-failed' for domain 'test': net1\n", "net1");
    CHECK(BLOCK_THRESHOLD, virConnectDomainEventBlockThresholdCallback,
          "event 'block-threshold' for domain 'test': dev: vda(/a) 10 20\n", "vda", "/a", 10ULL, 20ULL);
    CHECK(MEMORY_FAILURE, virConnectDomainEventMemoryFailureCallback,
          "event 'memory-failure' for domain 'test':\nrecipient: guest\naction: inject\nflags:\n"
          "\taction required: 1\n\trecursive: 0\n", VIR_DOMAIN_EVENT_MEMORY_FAILURE_RECIPIENT_GUEST,
          VIR_DOMAIN_EVENT_MEMORY_FAILURE_ACTION_INJECT, VIR_DOMAIN_MEMORY_FAILURE_ACTION_REQUIRED);
    CHECK(MEMORY_DEVICE_SIZE_CHANGE, virConnectDomainEventMemoryDeviceSizeChangeCallback,
          "event 'memory-device-size-change' for domain 'test':\nalias: mem0\nsize: 42\n", "mem0", 42ULL);
}

static void
check_structures(virConnectPtr conn, virDomainPtr dom)
{
    const virDomainEventGraphicsAddress local = { VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_IPV4, "1.2.3.4", "5900" };
    const virDomainEventGraphicsAddress remote = { VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_UNIX, "", "/s" };
    virDomainEventGraphicsSubjectIdentity who = { "x509dname", "joe" };
    const virDomainEventGraphicsSubject subject = { 1, &who };
    virTypedParameter params[2] = {
        { "cputune.vcpupin0", VIR_TYPED_PARAM_STRING, { .s = "0-1" } },
        { "cputune.cpu_shares", VIR_TYPED_PARAM_ULLONG, { .ul = 1024 } },
    };

    CHECK(GRAPHICS, virConnectDomainEventGraphicsCallback,
          "event 'graphics' for domain 'test': initialize local[IPv4 1.2.3.4 5900] remote[unix  /s] vnc "
          "x509dname=joe\n",
          VIR_DOMAIN_EVENT_GRAPHICS_INITIALIZE, &local, &remote, "vnc", &subject);
    CHECK(TUNABLE, virConnectDomainEventTunableCallback,
          "event 'tunable' for domain 'test':\n\tcputune.vcpupin0: 0-1\n\tcputune.cpu_shares: 1024\n", params,
          2);
}

int
main(void)
{
    virConnectPtr conn = virConnectOpen("test:///default");
    virDomainPtr dom = conn ? virDomainLookupByName(conn, "test") : NULL;

    if (!dom) {
        printf("event-text: skipped: no test driver\n");
        return 77;
    }
    for (int id = 0; id < VIRSH_DOMAIN_EVENTS; id++) {
        if (!virsh_domain_events[id].name || !virsh_domain_events[id].callback) {
            printf("event-text: event %d has no name or no callback\n", id);
            failures++;
        }
    }
    check_simple(conn, dom);
    check_devices(conn, dom);
    check_structures(conn, dom);
    virDomainFree(dom);
    virConnectClose(conn);
    return failures > 0;
}
