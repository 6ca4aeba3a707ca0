/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where and how the threads of an emulator run.  Those of vcpus bear names that QEMU
 * gives them (-name debug-threads=on), so that nobody has to be asked.
 */
#include "guest/tasks.h"
#include "guest/cgroup.h"
#include "guest/hotplug.h"
#include "guest/vcpus.h"
#include "host/task.h"
#include "qmp/monitor.h"
#include "qmp/qmp.h"

#include <stdio.h>

enum { MOST_THREADS = 65536 };

/* ---- which thread --------------------------------------------------------------------------------- */

pid_t
qemu_task_of_vcpu(const struct qemu_run *run, unsigned int id)
{
    static const char *const kinds[] = { "KVM", "TCG" };
    pid_t task = 0;

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && !task; i++) {
        char name[32];

        snprintf(name, sizeof(name), "CPU %u/%s", id, kinds[i]);
        task = qemu_task_named(run->process.pid, name);
    }
    return task ? task : qemu_task_named(run->process.pid, "ALL CPUs/TCG");
}

struct json_object *
qemu_iothreads_told(struct qemu_run *run)
{
    struct json_object *list = NULL;

    qemu_monitor_call(run->monitor, "query-iothreads", NULL, QEMU_COMMAND_MS, &list);
    return list;
}

pid_t
qemu_task_of_iothread(struct json_object *told, unsigned int id)
{
    VIR_AUTO_FREE char *name = vir_strdup_printf("iothread%u", id);
    size_t n = json_object_is_type(told, json_type_array) ? json_object_array_length(told) : 0;

    for (size_t i = 0; i < n; i++) {
        struct json_object *thread = json_object_array_get_idx(told, i);

        if (is(qmp_get_string(thread, "id"), name))
            return (pid_t)qmp_get_uint(thread, "thread-id", INT32_MAX, 0);
    }
    return 0;
}

/* ---- how it is scheduled ---------------------------------------------------------------------------- */

static bool
is_in(const char *list, unsigned int id)
{
    struct vir_bitmap *set = vir_bitmap_parse(list, MOST_THREADS);
    bool in = set && vir_bitmap_get(set, id);

    vir_bitmap_free(set);
    return in;
}

static int
schedule_vcpu(const struct qemu_domain_def *doc, unsigned int id, pid_t task, const char *what)
{
    for (size_t i = 0; doc->cputune && i < doc->cputune->n_vcpuscheds; i++) {
        const struct qemu_cputune_vcpusched_def *sched = doc->cputune->vcpuscheds[i];

        if (is_in(sched->vcpus, id))
            return qemu_task_schedule(task, WORD(cputune_vcpusched_scheduler, sched->scheduler), sched->priority, what);
    }
    return 0;
}

static int
schedule_iothread(const struct qemu_domain_def *doc, unsigned int id, pid_t task, const char *what)
{
    for (size_t i = 0; doc->cputune && i < doc->cputune->n_iothreadscheds; i++) {
        const struct qemu_cputune_iothreadsched_def *sched = doc->cputune->iothreadscheds[i];

        if (is_in(sched->iothreads, id))
            return qemu_task_schedule(task, WORD(cputune_iothreadsched_scheduler, sched->scheduler), sched->priority,
                                      what);
    }
    return 0;
}

static int
schedule_emulator(const struct qemu_domain_def *doc, pid_t task)
{
    if (!doc->cputune || !doc->cputune->emulatorsched.present)
        return 0;
    return qemu_task_schedule(task, WORD(cputune_emulatorsched_scheduler, doc->cputune->emulatorsched.scheduler),
                              doc->cputune->emulatorsched.priority, "emulator");
}

/* ---- placing ------------------------------------------------------------------------------------------- */

int
qemu_task_place_vcpu(struct qemu_run *run, const struct qemu_domain_def *doc, unsigned int id)
{
    VIR_AUTO_FREE char *what = vir_strdup_printf("vcpu %u", id);
    VIR_AUTO_FREE char *part = vir_strdup_printf("vcpu%u", id);
    const char *cpus = qemu_pin_of_vcpu(doc, id);
    pid_t task;

    if (!run->cgroup && !cpus && (!doc->cputune || doc->cputune->n_vcpuscheds == 0))
        return 0;
    task = qemu_task_of_vcpu(run, id);
    if (!task)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "the emulator has no thread of the %s", what);
    if (qemu_cgroup_place(run, part, task, cpus, qemu_bandwidth_of_vcpus(doc)) < 0)
        return -1;
    return cpus && qemu_task_pin(task, cpus, what) < 0 ? -1 : schedule_vcpu(doc, id, task, what);
}

static int
place_iothread(struct qemu_run *run, const struct qemu_domain_def *doc, struct json_object *told, unsigned int id)
{
    VIR_AUTO_FREE char *what = vir_strdup_printf("thread for I/O %u", id);
    VIR_AUTO_FREE char *part = vir_strdup_printf("iothread%u", id);
    const char *cpus = qemu_pin_of_iothread(doc, id);
    pid_t task = qemu_task_of_iothread(told, id);

    if (!task)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "the emulator has no %s", what);
    if (qemu_cgroup_place(run, part, task, cpus, qemu_bandwidth_of_iothreads(doc)) < 0)
        return -1;
    return cpus && qemu_task_pin(task, cpus, what) < 0 ? -1 : schedule_iothread(doc, id, task, what);
}

int
qemu_task_place_iothread(struct qemu_run *run, const struct qemu_domain_def *doc, unsigned int id)
{
    struct json_object *told = qemu_iothreads_told(run);
    int ret = told ? place_iothread(run, doc, told, id) : -1;

    json_object_put(told);
    return ret;
}

static int
place_iothreads(struct qemu_run *run, const struct qemu_domain_def *doc)
{
    struct json_object *told;
    int ret = 0;

    if (doc->iothreads == 0)
        return 0;
    told = qemu_iothreads_told(run);
    for (unsigned int i = 0; told && ret == 0 && i < doc->iothreads; i++)
        ret = place_iothread(run, doc, told, i < doc->iothreadids.n_iothreads ? doc->iothreadids.iothreads[i]->id : i + 1);
    json_object_put(told);
    return told ? ret : -1;
}

/* ---- at the start ---------------------------------------------------------------------------------------- */

bool
qemu_tasks_wanted(const struct qemu_run *run, const struct qemu_domain_def *doc)
{
    unsigned int order = 0;

    return run->cgroup || doc->cputune || qemu_pin_of_emulator(doc) || qemu_vcpu_next_plugged(doc, &order) < doc->vcpu.count;
}

/* The emulator's own threads last: those that it begins later run as the one that begins them. */
int
qemu_tasks_begin(struct qemu_run *run, const struct qemu_domain_def *doc)
{
    const char *cpus = qemu_pin_of_emulator(doc);

    if (qemu_vcpus_begin(run, doc) < 0)
        return -1;
    for (unsigned int id = 0; id < doc->vcpu.count; id++)
        if (qemu_vcpu_is_online(doc, id) && qemu_task_place_vcpu(run, doc, id) < 0)
            return -1;
    if (place_iothreads(run, doc) < 0 || (cpus && qemu_task_pin(run->process.pid, cpus, "emulator") < 0))
        return -1;
    return schedule_emulator(doc, run->process.pid);
}
