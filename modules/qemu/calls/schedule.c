/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guest's share of the host's CPUs, and how long its threads may run: <cputune>, kept by its
 * control group and the parts of that.
 */
#include "calls/params.h"
#include "guest/cgroup.h"
#include "guest/hotplug.h"

#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum whose { ALL, VCPUS, EMULATOR, IOTHREADS };

/* Where in struct qemu_cputune_def a figure is, and whether it is said. */
#define MEMBER(name) offsetof(struct qemu_cputune_def, name), offsetof(struct qemu_cputune_def, has_##name)

/* In the order in which they are told. */
static const struct figure {
    const char *name;
    int type;                           /* ULLONG: a share or a period; LLONG: a quota, negative: none */
    enum whose whose;
    size_t at, has;
    const char *event;
} figures[] = {
    { VIR_DOMAIN_SCHEDULER_CPU_SHARES, VIR_TYPED_PARAM_ULLONG, ALL, MEMBER(shares), VIR_DOMAIN_TUNABLE_CPU_CPU_SHARES },
    { VIR_DOMAIN_SCHEDULER_VCPU_PERIOD, VIR_TYPED_PARAM_ULLONG, VCPUS, MEMBER(period), VIR_DOMAIN_TUNABLE_CPU_VCPU_PERIOD },
    { VIR_DOMAIN_SCHEDULER_VCPU_QUOTA, VIR_TYPED_PARAM_LLONG, VCPUS, MEMBER(quota), VIR_DOMAIN_TUNABLE_CPU_VCPU_QUOTA },
    { VIR_DOMAIN_SCHEDULER_EMULATOR_PERIOD, VIR_TYPED_PARAM_ULLONG, EMULATOR, MEMBER(emulator_period),
      VIR_DOMAIN_TUNABLE_CPU_EMULATOR_PERIOD },
    { VIR_DOMAIN_SCHEDULER_EMULATOR_QUOTA, VIR_TYPED_PARAM_LLONG, EMULATOR, MEMBER(emulator_quota),
      VIR_DOMAIN_TUNABLE_CPU_EMULATOR_QUOTA },
    { VIR_DOMAIN_SCHEDULER_GLOBAL_PERIOD, VIR_TYPED_PARAM_ULLONG, ALL, MEMBER(global_period),
      VIR_DOMAIN_TUNABLE_CPU_GLOBAL_PERIOD },
    { VIR_DOMAIN_SCHEDULER_GLOBAL_QUOTA, VIR_TYPED_PARAM_LLONG, ALL, MEMBER(global_quota),
      VIR_DOMAIN_TUNABLE_CPU_GLOBAL_QUOTA },
    { VIR_DOMAIN_SCHEDULER_IOTHREAD_PERIOD, VIR_TYPED_PARAM_ULLONG, IOTHREADS, MEMBER(iothread_period),
      VIR_DOMAIN_TUNABLE_CPU_IOTHREAD_PERIOD },
    { VIR_DOMAIN_SCHEDULER_IOTHREAD_QUOTA, VIR_TYPED_PARAM_LLONG, IOTHREADS, MEMBER(iothread_quota),
      VIR_DOMAIN_TUNABLE_CPU_IOTHREAD_QUOTA },
};
enum { SHARES, N_FIGURES = sizeof(figures) / sizeof(figures[0]) };

enum { LEAST_US = 1000, MOST_PERIOD_US = 1000000 };
static const long long most_quota_us = ULLONG_MAX / 1048576;

static enum vir_cgroup_value
value_of(const struct figure *figure)
{
    if (figure == &figures[SHARES])
        return VIR_CGROUP_SHARES;
    return figure->type == VIR_TYPED_PARAM_LLONG ? VIR_CGROUP_QUOTA : VIR_CGROUP_PERIOD;
}

/* ---- in a document ----------------------------------------------------------------------------------- */

static long long
said(const struct qemu_domain_def *doc, const struct figure *figure)
{
    const char *tune = (const char *)doc->cputune;

    return !tune || !*(const bool *)(tune + figure->has) ? 0 : *(const long long *)(const void *)(tune + figure->at);
}

/* 0: nothing is said any more. */
static void
say(struct qemu_domain_def *doc, const struct figure *figure, long long value)
{
    char *tune;

    if (!doc->cputune)
        doc->cputune = qemu_cputune_def_new();
    tune = (char *)doc->cputune;
    *(bool *)(tune + figure->has) = value != 0 || figure == &figures[SHARES];
    *(long long *)(void *)(tune + figure->at) = value;
}

/* ---- what they are ---------------------------------------------------------------------------------------- */

struct reading {
    enum vir_cgroup_value value;
    long long found;
};

/* The first part speaks for all. */
static int
read_one(const struct vir_cgroup *part, void *opaque)
{
    struct reading *reading = opaque;
    int64_t value;

    if (vir_cgroup_get(part, reading->value, &value) < 0)
        return -1;
    /* for a quota that there is none of, libvirt 9.0.0 tells the largest in version 2 */
    reading->found = value < 0 && vir_cgroup_is_v2(part, VIR_CGROUP_CPU) ? most_quota_us : value;
    return 1;
}

static int
read_figure(const struct vir_cgroup *group, const struct qemu_domain_def *doc, const struct figure *figure, long long *ret)
{
    struct reading reading = { value_of(figure), 0 };
    struct vir_cgroup *part;
    int got;

    switch (figure->whose) {
    case VCPUS:
        got = qemu_cgroup_vcpus(group, doc, read_one, &reading);
        break;
    case IOTHREADS:
        got = qemu_cgroup_iothreads(group, doc, read_one, &reading);
        break;
    case EMULATOR:
        part = vir_cgroup_part(group, QEMU_CGROUP_EMULATOR);
        got = read_one(part, &reading);
        vir_cgroup_free(part);
        break;
    default:
        got = read_one(group, &reading);
    }
    *ret = reading.found;
    return got < 0 ? -1 : 0;
}

char *
qemu_domain_get_scheduler_type(virDomainPtr dom, int *n)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    QEMU_AUTO_RUN run = NULL;

    if (!domain)
        return NULL;
    qemu_domain_lock(domain);
    run = domain->live && domain->run ? qemu_run_ref(domain->run) : NULL;
    qemu_domain_unlock(domain);
    if (qemu_tune_check(run, VIR_CGROUP_CPU) < 0)
        return NULL;
    if (n)
        *n = N_FIGURES;
    return vir_strdup("posix");
}

int
qemu_domain_get_scheduler_parameters_flags(virDomainPtr dom, virTypedParameterPtr params, int *n, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    QEMU_AUTO_RUN run = NULL;
    struct qemu_def *def = domain ? qemu_meant_def(domain, flags, &run) : NULL;
    virTypedParameter rows[N_FIGURES];
    int ret = def ? qemu_tune_check(run, VIR_CGROUP_CPU) : -1;

    for (size_t i = 0; ret == 0 && i < N_FIGURES; i++) {
        rows[i] = (virTypedParameter){ .type = figures[i].type };
        strcpy(rows[i].field, figures[i].name);
        if (run)
            ret = read_figure(run->cgroup, def->doc, &figures[i], &rows[i].value.l);
        else
            rows[i].value.l = said(def->doc, &figures[i]);
    }
    if (ret == 0)
        qemu_params_give(params, n, rows, N_FIGURES);
    qemu_def_unref(def);
    return ret;
}

/* ---- changes --------------------------------------------------------------------------------------------- */

/* A quota is negative or has a least; what is 0 is not said. */
static int
check_figure(const struct figure *figure, const virTypedParameter *param)
{
    long long most = figure->type == VIR_TYPED_PARAM_LLONG ? most_quota_us : MOST_PERIOD_US;

    if (figure == &figures[SHARES] || param->value.l == 0 ||
        (figure->type == VIR_TYPED_PARAM_LLONG && param->value.l < 0) ||
        (param->value.l >= LEAST_US && param->value.l <= most))
        return 0;
    return vir_error(VIR_ERR_INVALID_ARG, "value of '%s' is out of range [%d, %lld]", figure->name, LEAST_US, most);
}

static int
check_figures(const struct qemu_params *params)
{
    struct qemu_param known[N_FIGURES];

    for (size_t i = 0; i < N_FIGURES; i++)
        known[i] = (struct qemu_param){ figures[i].name, figures[i].type };
    if (qemu_params_check(params, known, N_FIGURES) < 0)
        return -1;
    for (size_t i = 0; i < N_FIGURES; i++) {
        const virTypedParameter *param = qemu_params_find(params, figures[i].name);

        if (param && check_figure(&figures[i], param) < 0)
            return -1;
    }
    return 0;
}

static struct qemu_def *
define(const struct qemu_def *def, const void *what)
{
    struct qemu_def *now = qemu_def_copy(def);

    for (size_t i = 0; now && i < N_FIGURES; i++) {
        const virTypedParameter *param = qemu_params_find(what, figures[i].name);

        if (param)
            say(now->doc, &figures[i], param->value.l);
    }
    return now;
}

struct setting {
    enum vir_cgroup_value value;
    long long number;
};

static int
set_one(const struct vir_cgroup *part, void *opaque)
{
    const struct setting *setting = opaque;

    return vir_cgroup_set(part, setting->value, setting->number < 0 ? -1 : setting->number);
}

static int
set_figure(const struct vir_cgroup *group, const struct qemu_domain_def *doc, const struct figure *figure, long long number)
{
    struct setting setting = { value_of(figure), number };
    struct vir_cgroup *part;
    int ret;

    switch (figure->whose) {
    case VCPUS:
        return qemu_cgroup_vcpus(group, doc, set_one, &setting);
    case IOTHREADS:
        return qemu_cgroup_iothreads(group, doc, set_one, &setting);
    case EMULATOR:
        part = vir_cgroup_part(group, QEMU_CGROUP_EMULATOR);
        ret = set_one(part, &setting);
        vir_cgroup_free(part);
        return ret;
    default:
        return set_one(group, &setting);
    }
}

static int
set_live(struct qemu_run *run, const void *what)
{
    struct qemu_def *live = qemu_live_copy(run);
    virTypedParameter told[N_FIGURES];
    int n = 0, ret = live ? qemu_tune_check(run, VIR_CGROUP_CPU) : -1;

    for (size_t i = 0; ret == 0 && i < N_FIGURES; i++) {
        const virTypedParameter *param = qemu_params_find(what, figures[i].name);

        if (!param || (param->value.l == 0 && i != SHARES))
            continue;
        ret = set_figure(run->cgroup, live->doc, &figures[i], param->value.l);
        if (ret < 0)
            break;
        say(live->doc, &figures[i], param->value.l);
        told[n] = (virTypedParameter){ .type = figures[i].type, .value.l = param->value.l };
        strcpy(told[n++].field, figures[i].event);
    }
    if (n)                              /* what is done is told, whatever failed behind it */
        qemu_live_show(run, live, qemu_tuned(run, told, n));
    else
        qemu_def_unref(live);
    return ret;
}

int
qemu_domain_set_scheduler_parameters_flags(virDomainPtr dom, virTypedParameterPtr list, int n, unsigned int flags)
{
    static const struct qemu_verb verb = { "set-scheduling", define, set_live };
    const struct qemu_params params = { list, n };

    if (qemu_tune_check(NULL, VIR_CGROUP_CPU) < 0 || check_figures(&params) < 0)
        return -1;
    return qemu_change_domain(dom, &verb, &params, flags);
}
