/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether programs of the guest have opened its channels: QEMU tells of each change, and a new daemon asks.
 */
#include "agent/agent.h"
#include "device/channel-told.h"
#include "guest/channels.h"
#include "guest/hotplug.h"
#include "qmp/monitor.h"

static void
emit(const struct qemu_domain *domain, int reason)
{
    int state = qemu_channel_agent_is_open(domain->live->doc) ? VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_CONNECTED
        : VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_DISCONNECTED;

    vir_event_emit(qemu_driver.hub, vir_event_domain_agent_lifecycle(domain->entry.name, domain->entry.uuid,
                                                                     domain->entry.id, state, reason));
}

void
qemu_channel_changed(struct qemu_domain *domain, const char *alias, bool open)
{
    struct qemu_domain_def *doc = qemu_channel_stays(domain->live->doc, alias, open) ? NULL : qemu_live_change(domain);

    if (!doc)
        return;
    qemu_channel_set_open(doc, alias, open);
    if (!qemu_channel_is_agents(doc, alias))
        return;
    if (!open)
        qemu_agent_hang_up(domain->run->agent);
    emit(domain, VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_CHANNEL);
}

void
qemu_channels_announce(struct qemu_domain *domain)
{
    if (qemu_channel_is_agents(domain->live->doc, NULL))
        emit(domain, VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_DOMAIN_STARTED);
}

/* ---- found again ------------------------------------------------------------------------------- */

/* In the loop's thread. */
static void
take_states(struct json_object *value, const char *error, void *opaque)
{
    struct qemu_run *run = opaque;
    struct qemu_domain *domain = run->domain;
    size_t n = json_object_is_type(value, json_type_array) ? json_object_array_length(value) : 0;

    (void)error;
    qemu_domain_lock(domain);
    for (size_t i = 0; domain->run == run && domain->live && i < n; i++) {
        struct json_object *one = json_object_array_get_idx(value, i);
        const char *label = qmp_get_string(one, "label");

        if (label && strncmp(label, "char", 4) == 0)
            qemu_channel_changed(domain, label + 4, qmp_get_bool(one, "frontend-open"));
    }
    qemu_domain_unlock(domain);
}

void
qemu_channels_ask(struct qemu_run *run)
{
    struct qemu_domain *domain = run->domain;
    bool any;

    qemu_domain_lock(domain);
    any = domain->run == run && domain->live && domain->live->doc->devices.n_channels > 0;
    qemu_domain_unlock(domain);
    if (any)
        qemu_monitor_post(run->monitor, "query-chardev", NULL, take_states, run);
}
