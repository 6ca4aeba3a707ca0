/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Limits of a guest's memory, together with its emulator's: <memtune>, kept by its control group.
 */
#include "calls/params.h"
#include "guest/cgroup.h"
#include "guest/hotplug.h"

#include <string.h>

static const struct qemu_param known[] = {
    { VIR_DOMAIN_MEMORY_HARD_LIMIT, VIR_TYPED_PARAM_ULLONG },
    { VIR_DOMAIN_MEMORY_SOFT_LIMIT, VIR_TYPED_PARAM_ULLONG },
    { VIR_DOMAIN_MEMORY_SWAP_HARD_LIMIT, VIR_TYPED_PARAM_ULLONG },
};
enum { HARD, SOFT, SWAP, N_LIMITS };

static const enum vir_cgroup_value values[N_LIMITS] = {
    VIR_CGROUP_HARD_LIMIT, VIR_CGROUP_SOFT_LIMIT, VIR_CGROUP_SWAP_LIMIT,
};

/* Those of DOC in KiB. */
struct limits { unsigned long long kib[N_LIMITS]; };

static struct limits
limits_of(const struct qemu_domain_def *doc)
{
    const unsigned long long none = VIR_DOMAIN_MEMORY_PARAM_UNLIMITED;

    return (struct limits){ { doc->memtune.has_hard_limit ? doc->memtune.hard_limit : none,
                              doc->memtune.has_soft_limit ? doc->memtune.soft_limit : none,
                              doc->memtune.has_swap_hard_limit ? doc->memtune.swap_hard_limit : none } };
}

static void
say_limits(struct qemu_domain_def *doc, const struct limits *limits)
{
    const unsigned long long none = VIR_DOMAIN_MEMORY_PARAM_UNLIMITED;

    doc->memtune.has_hard_limit = (doc->memtune.hard_limit = limits->kib[HARD]) < none;
    doc->memtune.has_soft_limit = (doc->memtune.soft_limit = limits->kib[SOFT]) < none;
    doc->memtune.has_swap_hard_limit = (doc->memtune.swap_hard_limit = limits->kib[SWAP]) < none;
    doc->memtune.present = doc->memtune.has_hard_limit || doc->memtune.has_soft_limit || doc->memtune.has_swap_hard_limit;
}

/* ---- what they are ------------------------------------------------------------------------------------- */

static int
read_limits(const struct vir_cgroup *group, struct limits *ret)
{
    for (size_t i = 0; i < N_LIMITS; i++) {
        int64_t bytes = -1;

        if (vir_cgroup_has_value(group, values[i]) && vir_cgroup_get(group, values[i], &bytes) < 0)
            return -1;
        ret->kib[i] = bytes < 0 ? VIR_DOMAIN_MEMORY_PARAM_UNLIMITED : (unsigned long long)bytes / 1024;
    }
    return 0;
}

int
qemu_domain_get_memory_parameters(virDomainPtr dom, virTypedParameterPtr params, int *n, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    QEMU_AUTO_RUN run = NULL;
    struct qemu_def *def = domain ? qemu_meant_def(domain, flags, &run) : NULL;
    virTypedParameter rows[N_LIMITS] = { { .type = VIR_TYPED_PARAM_ULLONG } };
    struct limits limits;
    int ret = def ? qemu_tune_check(run, VIR_CGROUP_MEMORY) : -1;

    if (ret == 0)
        limits = limits_of(def->doc);
    if (ret == 0 && run)
        ret = read_limits(run->cgroup, &limits);
    qemu_def_unref(def);
    if (ret < 0)
        return -1;
    for (size_t i = 0; i < N_LIMITS; i++) {
        rows[i] = (virTypedParameter){ .type = VIR_TYPED_PARAM_ULLONG, .value.ul = limits.kib[i] };
        strcpy(rows[i].field, known[i].name);
    }
    qemu_params_give(params, n, rows, N_LIMITS);
    return 0;
}

/* ---- changes ----------------------------------------------------------------------------------------- */

/* LIMITS as PARAMS have them. */
static int
change(struct limits *limits, const struct qemu_params *params)
{
    for (size_t i = 0; i < N_LIMITS; i++) {
        const virTypedParameter *param = qemu_params_find(params, known[i].name);

        if (param)
            limits->kib[i] = param->value.ul < VIR_DOMAIN_MEMORY_PARAM_UNLIMITED ? param->value.ul
                : VIR_DOMAIN_MEMORY_PARAM_UNLIMITED;
    }
    return limits->kib[HARD] <= limits->kib[SWAP] ? 0
        : vir_error(VIR_ERR_INVALID_ARG, "memory hard_limit tunable value must be lower than or equal to swap_hard_limit");
}

static struct qemu_def *
define(const struct qemu_def *def, const void *what)
{
    struct limits limits = limits_of(def->doc);
    struct qemu_def *now = change(&limits, what) < 0 ? NULL : qemu_def_copy(def);

    if (now)
        say_limits(now->doc, &limits);
    return now;
}

/* The limit of memory is never above that of memory and swap: who rises, rises first. */
static int
set_limits(const struct vir_cgroup *group, const struct limits *now, const struct limits *before,
           const struct qemu_params *params)
{
    static const size_t orders[2][N_LIMITS] = { { HARD, SOFT, SWAP }, { SWAP, SOFT, HARD } };
    const size_t *order = orders[now->kib[HARD] > before->kib[SWAP]];

    for (size_t i = 0; i < N_LIMITS; i++)
        if (qemu_params_find(params, known[order[i]].name) &&
            vir_cgroup_set(group, values[order[i]], qemu_limit_bytes(now->kib[order[i]])) < 0)
            return -1;
    return 0;
}

static int
set_live(struct qemu_run *run, const void *what)
{
    struct qemu_def *live = qemu_live_copy(run);
    struct limits before, now;
    int ret = live ? qemu_tune_check(run, VIR_CGROUP_MEMORY) : -1;

    if (ret == 0) {
        now = before = limits_of(live->doc);
        ret = change(&now, what) < 0 ? -1 : set_limits(run->cgroup, &now, &before, what);
    }
    if (ret == 0) {
        say_limits(live->doc, &now);
        qemu_live_show(run, live, NULL);
    } else {
        qemu_def_unref(live);
    }
    return ret;
}

int
qemu_domain_set_memory_parameters(virDomainPtr dom, virTypedParameterPtr list, int n, unsigned int flags)
{
    static const struct qemu_verb verb = { "set-memory-limits", define, set_live };
    const struct qemu_params params = { list, n };

    if (qemu_tune_check(NULL, VIR_CGROUP_MEMORY) < 0 || qemu_params_check(&params, known, N_LIMITS) < 0)
        return -1;
    return qemu_change_domain(dom, &verb, &params, flags);
}
