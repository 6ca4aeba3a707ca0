/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How much of the host's CPUs a guest has used, all of them together or each.
 */
#include "calls/calls.h"
#include "guest/cgroup.h"
#include "guest/hotplug.h"
#include "host/task.h"

#include <stdlib.h>
#include <string.h>

enum { N_TOTAL = 3, N_EACH = 2 };

static void
give(virTypedParameterPtr param, const char *name, uint64_t ns)
{
    *param = (virTypedParameter){ .type = VIR_TYPED_PARAM_ULLONG, .value.ul = ns };
    strcpy(param->field, name);
}

static int
tell_total(const struct vir_cgroup *group, virTypedParameterPtr params, unsigned int n)
{
    struct vir_cgroup_used used;

    if (n == 0)
        return N_TOTAL;
    if (vir_cgroup_used(group, &used) < 0)
        return -1;
    give(&params[0], VIR_DOMAIN_CPU_STATS_CPUTIME, used.all);
    if (n > 1)
        give(&params[1], VIR_DOMAIN_CPU_STATS_USERTIME, used.user);
    if (n > 2)
        give(&params[2], VIR_DOMAIN_CPU_STATS_SYSTEMTIME, used.system);
    return n < N_TOTAL ? (int)n : N_TOTAL;
}

struct times {
    uint64_t *list;
    unsigned int n;
};

static int
add_times(const struct vir_cgroup *part, void *opaque)
{
    struct times *times = opaque;

    return vir_cgroup_has(part, VIR_CGROUP_CPUACCT) ? vir_cgroup_used_by_cpu(part, times->list, times->n) : 0;
}

/* Of N_CPUS from START on; each has N places in PARAMS. */
static int
tell_each(const struct qemu_run *run, const struct qemu_domain_def *doc, virTypedParameterPtr params, unsigned int n,
          unsigned int start, unsigned int n_cpus)
{
    unsigned int most = qemu_host_cpus();
    struct times all = { vir_alloc_array(most, sizeof(*all.list)), most };
    struct times vcpus = { vir_alloc_array(most, sizeof(*vcpus.list)), most };
    int ret = 0;

    if (add_times(run->cgroup, &all) < 0 || qemu_cgroup_vcpus(run->cgroup, doc, add_times, &vcpus) < 0)
        ret = -1;
    for (unsigned int i = 0; ret >= 0 && i < n_cpus && start + i < most; i++) {
        give(&params[i * n], VIR_DOMAIN_CPU_STATS_CPUTIME, all.list[start + i]);
        if (n > 1)
            give(&params[i * n + 1], VIR_DOMAIN_CPU_STATS_VCPUTIME, vcpus.list[start + i]);
        ret = n < N_EACH ? (int)n : N_EACH;
    }
    free(all.list);
    free(vcpus.list);
    return ret;
}

int
qemu_domain_get_cpu_stats(virDomainPtr dom, virTypedParameterPtr params, unsigned int n, int start, unsigned int n_cpus,
                          unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    QEMU_AUTO_RUN run = domain ? qemu_domain_run(domain) : NULL;
    struct qemu_def *live;
    int ret;

    (void)flags;                        /* VIR_TYPED_PARAM_STRING_OKAY: there is none */
    if (!run)
        return -1;
    if (!vir_cgroup_has(run->cgroup, VIR_CGROUP_CPUACCT))
        return vir_error(VIR_ERR_OPERATION_INVALID, "cgroup CPUACCT controller is not mounted");
    if (start < 0)
        return tell_total(run->cgroup, params, n);
    if (n_cpus == 0)
        return (int)qemu_host_cpus();
    if (n == 0)
        return N_EACH;
    if ((unsigned int)start >= qemu_host_cpus())
        return vir_error(VIR_ERR_INVALID_ARG, "start_cpu %d larger than maximum of %u", start, qemu_host_cpus() - 1);
    live = qemu_live_copy(run);
    ret = live ? tell_each(run, live->doc, params, n, (unsigned int)start, n_cpus) : -1;
    qemu_def_unref(live);
    return ret;
}
