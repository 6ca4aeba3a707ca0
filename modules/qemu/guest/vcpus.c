/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Vcpus that come and go: QEMU says which there can be, by socket, die, core and thread,
 * and has each as a device.
 */
#include "guest/audit.h"
#include "guest/cgroup.h"
#include "guest/hotplug.h"
#include "guest/vcpus.h"
#include "qmp/monitor.h"
#include "qmp/qmp.h"

#include <stdlib.h>

static char *
alias_of(unsigned int id)
{
    return vir_strdup_printf("vcpu%u", id);
}

int
qemu_vcpu_number(const char *alias)
{
    char *end;
    unsigned long number;

    if (strncmp(alias, "vcpu", 4) != 0 || alias[4] < '0' || alias[4] > '9')
        return -1;
    number = strtoul(alias + 4, &end, 10);
    return *end == '\0' && number < QEMU_MAX_VCPUS ? (int)number : -1;
}

/* ---- which there can be -------------------------------------------------------------------------- */

/* Where QEMU puts it among all of them. */
static uint64_t
place_of(const struct qemu_domain_def *doc, struct json_object *props)
{
    bool said = doc->cpu.topology.present;
    uint64_t dies = said && doc->cpu.topology.has_dies ? doc->cpu.topology.dies : 1;
    uint64_t cores = said ? doc->cpu.topology.cores : 1, threads = said ? doc->cpu.topology.threads : 1;
    uint64_t place = qmp_get_uint(props, "socket-id", QEMU_MAX_VCPUS, 0);

    place = place * dies + qmp_get_uint(props, "die-id", QEMU_MAX_VCPUS, 0);
    place = place * cores + qmp_get_uint(props, "core-id", QEMU_MAX_VCPUS, 0);
    return place * threads + qmp_get_uint(props, "thread-id", QEMU_MAX_VCPUS, 0);
}

/* The device that the vcpu ID is; NULL: QEMU has no such one. */
static struct json_object *
device_of(const struct qemu_domain_def *doc, struct json_object *list, unsigned int id)
{
    size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    VIR_AUTO_FREE char *alias = alias_of(id);

    for (size_t i = 0; i < n; i++) {
        struct json_object *entry = json_object_array_get_idx(list, i), *props = qmp_get(entry, "props"), *device;
        const char *type = qmp_get_string(entry, "type");

        if (!type || !json_object_is_type(props, json_type_object) || place_of(doc, props) != id)
            continue;
        device = qemu_object("driver", type);
        qemu_put(device, "id", alias);
        json_object_object_foreach(props, key, value)
            qmp_add(device, key, qmp_new_int(json_object_get_int64(value)));
        return device;
    }
    return NULL;
}

int
qemu_vcpus_plug(struct qemu_run *run, const struct qemu_domain_def *doc, const unsigned int *ids, size_t n)
{
    struct qemu_pieces pieces = { 0 };
    struct json_object *list = NULL, *answers = NULL;
    int ret = qemu_monitor_call(run->monitor, "query-hotpluggable-cpus", NULL, QEMU_COMMAND_MS, &list);

    for (size_t i = 0; i < n && ret == 0; i++) {
        struct json_object *device = device_of(doc, list, ids[i]);

        if (device)
            qemu_pieces_add(&pieces, QEMU_DEVICE, device);
        else
            ret = vir_error(VIR_ERR_OPERATION_FAILED, "QEMU has no place for the vcpu %u", ids[i]);
    }
    if (ret == 0)
        ret = qemu_pieces_plug(run->monitor, &pieces, &answers);
    json_object_put(answers);
    json_object_put(list);
    qemu_pieces_free(&pieces);
    return ret;
}

int
qemu_vcpus_begin(struct qemu_run *run, const struct qemu_domain_def *doc)
{
    VIR_AUTO_FREE unsigned int *ids = vir_alloc_array(doc->vcpu.count, sizeof(*ids));
    unsigned int order = 0, id;
    size_t n = 0;

    while (n < doc->vcpu.count && (id = qemu_vcpu_next_plugged(doc, &order)) < doc->vcpu.count)
        ids[n++] = id;
    return n ? qemu_vcpus_plug(run, doc, ids, n) : 0;
}

/* ---- changes ----------------------------------------------------------------------------------------- */

int
qemu_vcpu_show(struct qemu_run *run, unsigned int id, bool online)
{
    VIR_AUTO_FREE char *alias = alias_of(id);          /* that of its part of the control group, too */
    struct qemu_def *live = qemu_live_copy(run);
    unsigned int before, now;

    if (!live)
        return -1;
    if (id >= live->doc->vcpu.count || qemu_vcpu_is_online(live->doc, id) == online) {
        qemu_def_unref(live);
        return 0;
    }
    before = qemu_def_vcpus_now(live);
    qemu_vcpus_list(live->doc, true);
    qemu_vcpu_set_online(live->doc, id, online);
    now = qemu_def_vcpus_now(live);
    qemu_audit_amount(live, "vcpu", before, now);
    qemu_live_show(run, live, NULL);
    if (!online)
        qemu_cgroup_remove_part(run, alias);
    return 0;
}

/* ---- what an earlier daemon did not see ------------------------------------------------------------------ */

/* -1: what QEMU has of it is what the document says; else: is it online? */
static int
truth_of(const struct qemu_domain_def *doc, struct json_object *peripherals, unsigned int id)
{
    VIR_AUTO_FREE char *alias = alias_of(id);
    bool there = qemu_is_peripheral(peripherals, alias), online = qemu_vcpu_is_online(doc, id);

    if (there == online || (online && !qemu_vcpu_is_hotpluggable(doc, id)))
        return -1;
    return there;
}

bool
qemu_vcpus_differ(const struct qemu_domain_def *doc, struct json_object *peripherals)
{
    for (unsigned int id = 0; id < doc->vcpu.count; id++)
        if (truth_of(doc, peripherals, id) >= 0)
            return true;
    return false;
}

int
qemu_vcpus_agree(struct qemu_run *run, struct json_object *peripherals)
{
    struct qemu_def *live = qemu_live_now(run);
    int ret = live ? 0 : -1;

    for (unsigned int id = 0; ret == 0 && id < live->doc->vcpu.count; id++) {
        int truth = truth_of(live->doc, peripherals, id);

        if (truth >= 0)
            ret = qemu_vcpu_show(run, id, truth);
    }
    qemu_def_unref(live);
    return ret;
}
