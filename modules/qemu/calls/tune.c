/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How much of the host a guest gets.  Memory, processors and disks are shared out by
 * control groups, which this driver has none of: these calls say so as libvirt 9.0.0
 * does where it has none, a user's own daemon never has.  Where its memory comes from
 * stands in the definition.
 */
#include "calls/calls.h"
#include "guest/hotplug.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- control groups --------------------------------------------------------------------------------- */

/* -1: there is no CONTROLLER; of a user's own guests WHAT is never tuned, which has CODE. */
static int
no_group(virDomainPtr dom, int code, const char *what, const char *controller)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);

    if (!domain)
        return -1;
    if (!qemu_driver.host->privileged)
        return vir_error(code, "%s tuning is not available in session mode", what);
    return vir_error(VIR_ERR_OPERATION_INVALID, "%s", controller);
}

static int
no_memory_group(virDomainPtr dom)
{
    return no_group(dom, VIR_ERR_OPERATION_UNSUPPORTED, "Memory", "cgroup memory controller is not mounted");
}

static int
no_cpu_group(virDomainPtr dom)
{
    return no_group(dom, VIR_ERR_OPERATION_UNSUPPORTED, "CPU", "cgroup CPU controller is not mounted");
}

static int
no_disk_group(virDomainPtr dom)
{
    return no_group(dom, VIR_ERR_CONFIG_UNSUPPORTED, "Block I/O", "blkio cgroup isn't mounted");
}

int
qemu_domain_get_memory_parameters(virDomainPtr dom, virTypedParameterPtr params, int *n, unsigned int flags)
{
    (void)params;
    (void)n;
    (void)flags;
    return no_memory_group(dom);
}

int
qemu_domain_set_memory_parameters(virDomainPtr dom, virTypedParameterPtr params, int n, unsigned int flags)
{
    (void)params;
    (void)n;
    (void)flags;
    return no_memory_group(dom);
}

int
qemu_domain_get_blkio_parameters(virDomainPtr dom, virTypedParameterPtr params, int *n, unsigned int flags)
{
    (void)params;
    (void)n;
    (void)flags;
    return no_disk_group(dom);
}

int
qemu_domain_set_blkio_parameters(virDomainPtr dom, virTypedParameterPtr params, int n, unsigned int flags)
{
    (void)params;
    (void)n;
    (void)flags;
    return no_disk_group(dom);
}

char *
qemu_domain_get_scheduler_type(virDomainPtr dom, int *n)
{
    (void)n;
    no_cpu_group(dom);
    return NULL;
}

int
qemu_domain_get_scheduler_parameters_flags(virDomainPtr dom, virTypedParameterPtr params, int *n, unsigned int flags)
{
    (void)params;
    (void)n;
    (void)flags;
    return no_cpu_group(dom);
}

int
qemu_domain_set_scheduler_parameters_flags(virDomainPtr dom, virTypedParameterPtr params, int n, unsigned int flags)
{
    (void)params;
    (void)n;
    (void)flags;
    return no_cpu_group(dom);
}

int
qemu_domain_get_cpu_stats(virDomainPtr dom, virTypedParameterPtr params, unsigned int n, int start, unsigned int n_cpus,
                          unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    QEMU_AUTO_RUN run = domain ? qemu_domain_run(domain) : NULL;

    (void)params;
    (void)n;
    (void)start;
    (void)n_cpus;
    (void)flags;
    return run ? vir_error(VIR_ERR_OPERATION_INVALID, "cgroup CPUACCT controller is not mounted") : -1;
}

/* ---- where memory comes from --------------------------------------------------------------------------- */

enum { N_NUMA = 2 };

int
qemu_domain_get_numa_parameters(virDomainPtr dom, virTypedParameterPtr params, int *n, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    struct qemu_def *def = domain ? qemu_meant_def(domain, flags, NULL) : NULL;
    const struct qemu_numatune_def *tune = def ? def->doc->numatune : NULL;
    bool said = tune && tune->memory.present;
    const virTypedParameter rows[N_NUMA] = {
        { VIR_DOMAIN_NUMA_MODE, VIR_TYPED_PARAM_INT, { .i = said ? (int)tune->memory.mode - 1 : 0 } },
        { VIR_DOMAIN_NUMA_NODESET, VIR_TYPED_PARAM_STRING, { .s = said ? tune->memory.nodeset : NULL } },
    };

    if (!def)
        return -1;
    for (int i = 0; i < *n && i < N_NUMA; i++) {
        params[i] = rows[i];
        if (rows[i].type == VIR_TYPED_PARAM_STRING)
            params[i].value.s = vir_strdup(rows[i].value.s ? rows[i].value.s : "");
    }
    if (*n == 0 || *n > N_NUMA)
        *n = N_NUMA;
    qemu_def_unref(def);
    return 0;
}

struct wanted {
    const virTypedParameter *params;
    int n;
};

/* What PARAM says becomes part of TUNE. */
static int
take(struct qemu_numatune_def *tune, const virTypedParameter *param)
{
    struct vir_bitmap *set;

    if (strcmp(param->field, VIR_DOMAIN_NUMA_MODE) == 0 && param->type == VIR_TYPED_PARAM_INT) {
        if (param->value.i < VIR_DOMAIN_NUMATUNE_MEM_STRICT || param->value.i > VIR_DOMAIN_NUMATUNE_MEM_RESTRICTIVE)
            return vir_error(VIR_ERR_INVALID_ARG, "unsupported numatune mode: '%d'", param->value.i);
        tune->memory.mode = (enum qemu_numatune_memory_mode)(param->value.i + 1);
        return 0;
    }
    if (strcmp(param->field, VIR_DOMAIN_NUMA_NODESET) != 0 || param->type != VIR_TYPED_PARAM_STRING)
        return vir_error(VIR_ERR_INVALID_ARG, "there is no parameter '%s' of NUMA with this type", param->field);
    set = vir_bitmap_parse(param->value.s, 1024);
    if (!set || vir_bitmap_count(set) == 0) {
        vir_bitmap_free(set);
        return vir_error(VIR_ERR_OPERATION_INVALID, "'%s' are no NUMA nodes: they are said like 0-1,3", param->value.s);
    }
    free(tune->memory.nodeset);
    tune->memory.nodeset = vir_bitmap_format(set);
    tune->memory.placement = QEMU_NUMATUNE_MEMORY_PLACEMENT_ABSENT;
    vir_bitmap_free(set);
    return 0;
}

static struct qemu_def *
define(const struct qemu_def *def, const void *what)
{
    const struct wanted *wanted = what;
    struct qemu_def *now = qemu_def_copy(def);
    int ret = now ? 0 : -1;

    if (now && !now->doc->numatune)
        now->doc->numatune = qemu_numatune_def_new();
    for (int i = 0; ret == 0 && i < wanted->n; i++) {
        if (!now->doc->numatune->memory.present)
            now->doc->numatune->memory.mode = QEMU_NUMATUNE_MEMORY_MODE_STRICT;
        now->doc->numatune->memory.present = true;
        ret = take(now->doc->numatune, &wanted->params[i]);
    }
    if (ret == 0 && !now->doc->numatune->memory.nodeset)
        ret = vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "of which NUMA nodes is the memory to be?  Say the '%s', too",
                        VIR_DOMAIN_NUMA_NODESET);
    return ret == 0 ? now : qemu_def_unref(now);
}

static int
move(struct qemu_run *run, const void *what)
{
    (void)run;
    (void)what;
    if (!qemu_driver.host->privileged)
        return vir_error(VIR_ERR_OPERATION_UNSUPPORTED, "NUMA tuning is not available in session mode");
    return vir_error(VIR_ERR_OPERATION_INVALID, "cgroup cpuset controller is not mounted");
}

int
qemu_domain_set_numa_parameters(virDomainPtr dom, virTypedParameterPtr params, int n, unsigned int flags)
{
    static const struct qemu_verb verb = { "set-numa", define, move };

    return qemu_change_domain(dom, &verb, &(struct wanted){ params, n }, flags);
}
