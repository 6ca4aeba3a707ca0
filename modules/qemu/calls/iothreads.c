/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The threads that serve disks: which there are, where they run, and those that come and go.
 */
#include "calls/calls.h"
#include "document/machine.h"
#include "guest/cgroup.h"
#include "guest/hotplug.h"
#include "guest/tasks.h"
#include "host/task.h"
#include "qmp/monitor.h"
#include "qmp/qmp.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct qemu_domain_iothreadids_iothread_def thread_def;

/* ---- in a document ---------------------------------------------------------------------------------- */

/* Where the thread ID is; the number of all: nowhere. */
static unsigned int
find(const struct qemu_domain_def *doc, unsigned int id)
{
    unsigned int i = 0;

    while (i < doc->iothreads && qemu_iothread_number(doc, i) != id)
        i++;
    return i;
}

static int
need(const struct qemu_domain_def *doc, unsigned int id)
{
    return find(doc, id) < doc->iothreads ? 0
        : vir_error(VIR_ERR_INVALID_ARG, "iothread %u not found: the domain has no such one", id);
}

/* Each of them by its number. */
static void
list(struct qemu_domain_def *doc, unsigned int n)
{
    unsigned int have = (unsigned int)doc->iothreadids.n_iothreads;

    doc->iothreadids.present = true;
    doc->iothreadids.iothreads = vir_realloc_array(doc->iothreadids.iothreads, n + 1, sizeof(*doc->iothreadids.iothreads));
    for (; have < doc->iothreads; have++) {
        thread_def *thread = qemu_domain_iothreadids_iothread_def_new();

        thread->id = have + 1;
        doc->iothreadids.iothreads[have] = thread;
    }
    doc->iothreadids.n_iothreads = have;
}

static void
add(struct qemu_domain_def *doc, unsigned int id)
{
    thread_def *thread = qemu_domain_iothreadids_iothread_def_new();

    list(doc, doc->iothreads + 1);
    thread->id = id;
    doc->iothreadids.iothreads[doc->iothreadids.n_iothreads++] = thread;
    doc->has_iothreads = true;
    doc->iothreads++;
}

static void
drop(struct qemu_domain_def *doc, unsigned int id)
{
    unsigned int i = find(doc, id);

    list(doc, doc->iothreads);
    qemu_domain_iothreadids_iothread_def_free(doc->iothreadids.iothreads[i]);
    memmove(doc->iothreadids.iothreads + i, doc->iothreadids.iothreads + i + 1,
            (--doc->iothreadids.n_iothreads - i) * sizeof(*doc->iothreadids.iothreads));
    doc->has_iothreads = --doc->iothreads > 0;
    doc->iothreadids.present = doc->iothreads > 0;
    qemu_unpin_iothread(doc, id);
}

/* Whoever wants it says so. */
static int
check_unused(const struct qemu_domain_def *doc, unsigned int id)
{
    struct qemu_domain_def *without = qemu_domain_def_copy(doc);
    int ret;

    drop(without, id);
    ret = qemu_doc_complete_devices(without);
    qemu_domain_def_free(without);
    return ret;
}

/* ---- what there is ------------------------------------------------------------------------------------ */

static void
fill(virDomainIOThreadInfoPtr info, const struct qemu_domain_def *doc, unsigned int id)
{
    int maplen = VIR_CPU_MAPLEN((int)qemu_host_cpus());

    info->iothread_id = id;
    info->cpumaplen = maplen;
    info->cpumap = vir_alloc_array((size_t)maplen, 1);
    qemu_cpus_to_map(qemu_pin_of_iothread(doc, id), info->cpumap, maplen);
}

int
qemu_domain_get_iothread_info(virDomainPtr dom, virDomainIOThreadInfoPtr **ret, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    struct qemu_def *def = domain ? qemu_meant_def(domain, flags, NULL) : NULL;
    unsigned int n = def ? def->doc->iothreads : 0;

    if (!def)
        return -1;
    *ret = n ? vir_alloc_array(n, sizeof(**ret)) : NULL;
    for (unsigned int i = 0; i < n; i++) {
        (*ret)[i] = VIR_NEW(virDomainIOThreadInfo);
        fill((*ret)[i], def->doc, qemu_iothread_number(def->doc, i));
    }
    qemu_def_unref(def);
    return (int)n;
}

/* ---- where they run ---------------------------------------------------------------------------------------- */

struct pin {
    unsigned int id;
    char *cpus;
};

static struct qemu_def *
define_pin(const struct qemu_def *def, const void *what)
{
    const struct pin *pin = what;
    struct qemu_def *now = need(def->doc, pin->id) < 0 ? NULL : qemu_def_copy(def);

    if (now)
        qemu_pin_iothread(now->doc, pin->id, pin->cpus);
    return now;
}

static int
pin_live(struct qemu_run *run, const void *what)
{
    const struct pin *pin = what;
    struct qemu_def *live = qemu_live_copy(run);
    virTypedParameter param = { .type = VIR_TYPED_PARAM_STRING, .value.s = pin->cpus };
    int ret = live ? need(live->doc, pin->id) : -1;

    if (ret == 0) {
        qemu_pin_iothread(live->doc, pin->id, pin->cpus);
        ret = qemu_task_place_iothread(run, live->doc, pin->id);
    }
    snprintf(param.field, sizeof(param.field), "cputune.iothreadpin%u", pin->id);
    if (ret == 0)
        qemu_live_show(run, live, vir_event_domain_tunable(run->domain->entry.name, run->domain->entry.uuid, run->id,
                                                           &param, 1));
    else
        qemu_def_unref(live);
    return ret;
}

int
qemu_domain_pin_iothread(virDomainPtr dom, unsigned int id, unsigned char *map, int maplen, unsigned int flags)
{
    static const struct qemu_verb verb = { "pin-iothread", define_pin, pin_live };
    struct pin pin = { id, qemu_cpus_from_map(map, maplen) };
    int ret = pin.cpus ? qemu_change_domain(dom, &verb, &pin, flags) : -1;

    free(pin.cpus);
    return ret;
}

/* ---- coming and going --------------------------------------------------------------------------------------- */

static int
check_new(const struct qemu_domain_def *doc, unsigned int id)
{
    return find(doc, id) == doc->iothreads ? 0
        : vir_error(VIR_ERR_INVALID_ARG, "an IOThread is already using iothread_id '%u'", id);
}

static int
check_gone(const struct qemu_domain_def *doc, unsigned int id)
{
    if (find(doc, id) == doc->iothreads)
        return vir_error(VIR_ERR_INVALID_ARG, "cannot find IOThread '%u' in iothreadids list", id);
    return check_unused(doc, id);
}

static struct qemu_def *
define_new(const struct qemu_def *def, const void *what)
{
    const unsigned int *id = what;
    struct qemu_def *now = check_new(def->doc, *id) < 0 ? NULL : qemu_def_copy(def);

    if (now)
        add(now->doc, *id);
    return now;
}

static struct qemu_def *
define_gone(const struct qemu_def *def, const void *what)
{
    const unsigned int *id = what;
    struct qemu_def *now = check_gone(def->doc, *id) < 0 ? NULL : qemu_def_copy(def);

    if (now)
        drop(now->doc, *id);
    return now;
}

static int
come(struct qemu_run *run, const void *what)
{
    const unsigned int *id = what;
    struct qemu_def *live = qemu_live_copy(run);
    int ret = live ? check_new(live->doc, *id) : -1;

    if (ret == 0) {
        add(live->doc, *id);
        ret = qemu_monitor_call(run->monitor, "object-add", qemu_iothread_object(live->doc, live->doc->iothreads - 1),
                                QEMU_COMMAND_MS, NULL);
    }
    if (ret == 0 && qemu_task_place_iothread(run, live->doc, *id) < 0) {
        struct json_object *gone = qmp_new_object();

        qemu_put_iothread(gone, "id", *id);
        qemu_monitor_post(run->monitor, "object-del", gone, NULL, NULL);
        ret = -1;
    }
    if (ret == 0)
        qemu_live_show(run, live, NULL);
    else
        qemu_def_unref(live);
    return ret;
}

static int
go(struct qemu_run *run, const void *what)
{
    const unsigned int *id = what;
    struct qemu_def *live = qemu_live_copy(run);
    struct json_object *args = qmp_new_object();
    VIR_AUTO_FREE char *part = vir_strdup_printf("iothread%u", *id);
    int ret = live ? check_gone(live->doc, *id) : -1;

    qemu_put_iothread(args, "id", *id);
    if (ret == 0)
        ret = qemu_monitor_call(run->monitor, "object-del", json_object_get(args), QEMU_COMMAND_MS, NULL);
    json_object_put(args);
    if (ret == 0) {
        drop(live->doc, *id);
        qemu_live_show(run, live, NULL);
        qemu_cgroup_remove_part(run, part);
    } else {
        qemu_def_unref(live);
    }
    return ret;
}

static int
change(virDomainPtr dom, const struct qemu_verb *verb, unsigned int id, unsigned int flags)
{
    if (id == 0)
        return vir_error(VIR_ERR_INVALID_ARG, "invalid value of 0 for iothread_id: they are numbered from 1 on");
    return qemu_change_domain(dom, verb, &id, flags);
}

int
qemu_domain_add_iothread(virDomainPtr dom, unsigned int id, unsigned int flags)
{
    static const struct qemu_verb verb = { "add-iothread", define_new, come };

    return change(dom, &verb, id, flags);
}

int
qemu_domain_del_iothread(virDomainPtr dom, unsigned int id, unsigned int flags)
{
    static const struct qemu_verb verb = { "del-iothread", define_gone, go };

    return change(dom, &verb, id, flags);
}

/* ---- how they wait ------------------------------------------------------------------------------------------- */

struct settings {
    unsigned int id;
    const virTypedParameter *params;
    int n;
};

static const struct setting {
    const char *name, *qemu;
    int type;
    bool pool;                          /* part of the document */
} settings[] = {
    { VIR_DOMAIN_IOTHREAD_POLL_MAX_NS, "poll-max-ns", VIR_TYPED_PARAM_ULLONG, false },
    { VIR_DOMAIN_IOTHREAD_POLL_GROW, "poll-grow", VIR_TYPED_PARAM_UINT, false },
    { VIR_DOMAIN_IOTHREAD_POLL_SHRINK, "poll-shrink", VIR_TYPED_PARAM_UINT, false },
    { VIR_DOMAIN_IOTHREAD_THREAD_POOL_MIN, "thread-pool-min", VIR_TYPED_PARAM_INT, true },
    { VIR_DOMAIN_IOTHREAD_THREAD_POOL_MAX, "thread-pool-max", VIR_TYPED_PARAM_INT, true },
};

static const struct setting *
setting_of(const virTypedParameter *param)
{
    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
        if (strcmp(settings[i].name, param->field) == 0)
            return &settings[i];
    return NULL;
}

/* In units of QEMU; -1: error set. */
static long long
value_of(const virTypedParameter *param)
{
    unsigned long long value = param->type == VIR_TYPED_PARAM_ULLONG ? param->value.ul
        : param->type == VIR_TYPED_PARAM_UINT ? param->value.ui : (unsigned long long)(param->value.i < 0 ? 0 : param->value.i);

    if (param->type == VIR_TYPED_PARAM_INT && param->value.i < 0)
        return vir_error(VIR_ERR_INVALID_ARG, "%s of a thread for I/O is %d", param->field, param->value.i);
    return value <= INT_MAX ? (long long)value
        : vir_error(VIR_ERR_INVALID_ARG, "%s of a thread for I/O is more than %d", param->field, INT_MAX);
}

static int
check_settings(const struct settings *what)
{
    for (int i = 0; i < what->n; i++) {
        const struct setting *setting = setting_of(&what->params[i]);

        if (!setting)
            return vir_error(VIR_ERR_ARGUMENT_UNSUPPORTED, "parameter '%s' not supported", what->params[i].field);
        if (setting->type != what->params[i].type)
            return vir_error(VIR_ERR_INVALID_ARG, "the parameter '%s' has another type", setting->name);
        if (value_of(&what->params[i]) < 0)
            return -1;
    }
    return 0;
}

static int
set_in(struct qemu_domain_def *doc, const struct settings *what)
{
    unsigned int i = find(doc, what->id);
    thread_def *thread;

    if (i == doc->iothreads)
        return vir_error(VIR_ERR_INVALID_ARG, "cannot find IOThread '%u' in iothreadids", what->id);
    list(doc, doc->iothreads);
    thread = doc->iothreadids.iothreads[i];
    for (int p = 0; p < what->n; p++) {
        const struct setting *setting = setting_of(&what->params[p]);

        if (setting->pool && strcmp(setting->qemu, "thread-pool-min") == 0) {
            thread->has_thread_pool_min = true;
            thread->thread_pool_min = what->params[p].value.i;
        } else if (setting->pool) {
            thread->has_thread_pool_max = true;
            thread->thread_pool_max = what->params[p].value.i;
        }
    }
    if (thread->has_thread_pool_min && thread->has_thread_pool_max && thread->thread_pool_min > thread->thread_pool_max)
        return vir_error(VIR_ERR_INVALID_ARG, "thread_pool_min is more than thread_pool_max");
    return 0;
}

static struct qemu_def *
define_settings(const struct qemu_def *def, const void *what)
{
    const struct settings *wanted = what;
    struct qemu_def *now;

    for (int i = 0; i < wanted->n; i++)
        if (!setting_of(&wanted->params[i])->pool)
            return vir_error_null(VIR_ERR_OPERATION_UNSUPPORTED, "configuring persistent polling values is not supported: "
                                  "'%s' can be set in a running guest only", wanted->params[i].field);
    now = qemu_def_copy(def);
    return !now || set_in(now->doc, wanted) == 0 ? now : qemu_def_unref(now);
}

static int
tell_setting(struct qemu_run *run, unsigned int id, const virTypedParameter *param)
{
    VIR_AUTO_FREE char *path = vir_strdup_printf("/objects/iothread%u", id);
    struct json_object *args = qemu_object("path", path);

    qemu_put(args, "property", setting_of(param)->qemu);
    qemu_put_number(args, "value", value_of(param));
    return qemu_monitor_call(run->monitor, "qom-set", args, QEMU_COMMAND_MS, NULL);
}

/* The larger end of the pool first, where both move up. */
static int
set_live(struct qemu_run *run, const void *what)
{
    const struct settings *wanted = what;
    struct qemu_def *live = qemu_live_copy(run);
    int ret = live ? set_in(live->doc, wanted) : -1;

    for (int i = wanted->n; i-- > 0 && ret == 0; )
        ret = tell_setting(run, wanted->id, &wanted->params[i]);
    if (ret == 0)
        qemu_live_show(run, live, NULL);
    else
        qemu_def_unref(live);
    return ret;
}

int
qemu_domain_set_iothread_params(virDomainPtr dom, unsigned int id, virTypedParameterPtr params, int n, unsigned int flags)
{
    static const struct qemu_verb verb = { "set-iothread", define_settings, set_live };
    const struct settings wanted = { id, params, n };

    if (id == 0)
        return vir_error(VIR_ERR_INVALID_ARG, "invalid value of 0 for iothread_id: they are numbered from 1 on");
    return check_settings(&wanted) < 0 ? -1 : qemu_change_domain(dom, &verb, &wanted, flags);
}
