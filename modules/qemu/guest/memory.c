/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How much memory a guest that is found again has: no daemon may have seen what its
 * balloon and virtio-mem did meanwhile.
 */
#include "device/memory-object.h"
#include "guest/hotplug.h"
#include "qmp/monitor.h"
#include "qmp/qmp.h"

/* Both in the loop's thread. */

static void
take_balloon(struct json_object *value, const char *error, void *opaque)
{
    struct qemu_run *run = opaque;
    struct qemu_domain *domain = run->domain;
    uint64_t actual = qmp_get_uint(value, "actual", UINT64_MAX, UINT64_MAX);
    struct qemu_domain_def *doc;

    (void)error;
    qemu_domain_lock(domain);
    doc = actual != UINT64_MAX && domain->run == run && domain->live ? qemu_live_change(domain) : NULL;
    if (doc)
        doc->current_memory = actual / 1024 + qemu_memory_of_virtio(doc);
    qemu_domain_unlock(domain);
}

static void
take_devices(struct json_object *value, const char *error, void *opaque)
{
    struct qemu_run *run = opaque;
    struct qemu_domain *domain = run->domain;
    size_t n = json_object_is_type(value, json_type_array) ? json_object_array_length(value) : 0;
    struct qemu_domain_def *doc;

    (void)error;
    qemu_domain_lock(domain);
    doc = n && domain->run == run && domain->live ? qemu_live_change(domain) : NULL;
    for (size_t i = 0; doc && i < n; i++) {
        struct json_object *device = json_object_array_get_idx(value, i), *data = qmp_get(device, "data");

        if (is(qmp_get_string(device, "type"), "virtio-mem"))
            qemu_memory_given(doc, qmp_get_string(data, "id"), qmp_get_uint(data, "size", UINT64_MAX, 0) / 1024);
    }
    qemu_domain_unlock(domain);
}

void
qemu_memory_ask(struct qemu_run *run)
{
    struct qemu_domain *domain = run->domain;
    bool balloon, devices;

    qemu_domain_lock(domain);
    balloon = domain->run == run && domain->live && qemu_devices_asked(domain->live->doc, "query-balloon");
    devices = domain->run == run && domain->live && qemu_memory_plugged(domain->live->doc);
    qemu_domain_unlock(domain);
    if (devices)
        qemu_monitor_post(run->monitor, "query-memory-devices", NULL, take_devices, run);
    if (balloon)
        qemu_monitor_post(run->monitor, "query-balloon", NULL, take_balloon, run);
}
