/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a guest runs with, while its devices come, go and change.
 */
#include "device/channel-told.h"
#include "guest/hotplug.h"
#include "guest/state.h"
#include "qmp/monitor.h"

struct qemu_def *
qemu_live_now(struct qemu_run *run)
{
    struct qemu_domain *domain = run->domain;
    struct qemu_def *live;

    qemu_domain_lock(domain);
    live = domain->run == run && domain->live ? qemu_def_ref(domain->live) : NULL;
    qemu_domain_unlock(domain);
    return live ? live : vir_error_null(VIR_ERR_OPERATION_INVALID, "domain is not running");
}

struct qemu_def *
qemu_live_copy(struct qemu_run *run)
{
    struct qemu_def *live = qemu_live_now(run), *copy = live ? qemu_def_copy(live) : NULL;

    qemu_def_unref(live);
    return copy;
}

void
qemu_live_show_saved(struct qemu_run *run, struct qemu_def *live, struct vir_event *event)
{
    struct qemu_domain *domain = run->domain;
    struct qemu_def *old = live;

    qemu_domain_lock(domain);
    if (domain->run == run && domain->live) {
        old = domain->live;
        qemu_channels_keep(old->doc, live->doc);        /* the guest opens and closes them meanwhile */
        domain->live = live;
    }
    if (event)
        vir_event_emit(qemu_driver.hub, event);
    qemu_domain_unlock(domain);
    qemu_def_unref(old);
}

void
qemu_live_show(struct qemu_run *run, struct qemu_def *live, struct vir_event *event)
{
    qemu_live_show_saved(run, live, event);
    qemu_state_save_current(run->domain, run);
}

struct vir_event *
qemu_live_event(qemu_make_event *make, const struct qemu_run *run, const char *alias)
{
    return make(run->domain->entry.name, run->domain->entry.uuid, run->id, alias);
}

struct json_object *
qemu_peripherals(struct qemu_run *run)
{
    struct json_object *list = NULL;

    qemu_monitor_call(run->monitor, "qom-list", qemu_object("path", "/machine/peripheral"), QEMU_COMMAND_MS,
                      &list);
    return list;
}

bool
qemu_is_peripheral(struct json_object *peripherals, const char *alias)
{
    size_t n = json_object_is_type(peripherals, json_type_array) ? json_object_array_length(peripherals) : 0;

    for (size_t i = 0; i < n; i++)
        if (is(qmp_get_string(json_object_array_get_idx(peripherals, i), "name"), alias))
            return true;
    return false;
}

struct qemu_domain_def *
qemu_live_change(struct qemu_domain *domain)
{
    struct qemu_def *live = qemu_def_copy(domain->live);

    if (!live) {
        qemu_warn_error(domain->entry.name);
        return NULL;
    }
    qemu_def_unref(domain->live);
    domain->live = live;
    return live->doc;
}
