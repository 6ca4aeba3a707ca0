/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Of which of the host's NUMA nodes a guest's memory is: <numatune>.  In a running guest, only what
 * nobody but the kernel binds can move.
 */
#include "calls/params.h"
#include "guest/cgroup.h"
#include "guest/hotplug.h"

#include <stdlib.h>
#include <string.h>

enum { MODE, NODESET, N_NUMA, MAX_NODES = 1024 };

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
    qemu_params_give(params, n, rows, N_NUMA);
    qemu_def_unref(def);
    return 0;
}

/* ---- what is asked for -------------------------------------------------------------------------------- */

struct wanted {
    int mode;                           /* virDomainNumatuneMemMode; -1: as it is */
    char *nodes;                        /* NULL: as they are */
};

static int
take(struct wanted *wanted, const struct qemu_params *params)
{
    static const struct qemu_param known[N_NUMA] = {
        { VIR_DOMAIN_NUMA_MODE, VIR_TYPED_PARAM_INT }, { VIR_DOMAIN_NUMA_NODESET, VIR_TYPED_PARAM_STRING },
    };
    const virTypedParameter *mode = qemu_params_find(params, known[MODE].name);
    const virTypedParameter *nodes = qemu_params_find(params, known[NODESET].name);
    struct vir_bitmap *set;

    if (qemu_params_check(params, known, N_NUMA) < 0)
        return -1;
    if (mode && (mode->value.i < VIR_DOMAIN_NUMATUNE_MEM_STRICT || mode->value.i > VIR_DOMAIN_NUMATUNE_MEM_RESTRICTIVE))
        return vir_error(VIR_ERR_INVALID_ARG, "unsupported numatune mode: '%d'", mode->value.i);
    wanted->mode = mode ? mode->value.i : -1;
    if (!nodes)
        return 0;
    set = vir_bitmap_parse(nodes->value.s, MAX_NODES);
    if (set && vir_bitmap_count(set))
        wanted->nodes = vir_bitmap_format(set);
    vir_bitmap_free(set);
    return wanted->nodes ? 0
        : vir_error(VIR_ERR_OPERATION_INVALID, "'%s' are no NUMA nodes: they are said like 0-1,3", nodes->value.s);
}

static struct qemu_def *
define(const struct qemu_def *def, const void *what)
{
    const struct wanted *wanted = what;
    struct qemu_def *now = qemu_def_copy(def);
    struct qemu_numatune_def *tune;

    if (!now || (wanted->mode < 0 && !wanted->nodes))
        return now;
    if (!now->doc->numatune)
        now->doc->numatune = qemu_numatune_def_new();
    tune = now->doc->numatune;
    if (wanted->mode >= 0)
        tune->memory.mode = (enum qemu_numatune_memory_mode)(wanted->mode + 1);
    else if (!tune->memory.present)
        tune->memory.mode = QEMU_NUMATUNE_MEMORY_MODE_STRICT;
    tune->memory.present = true;
    if (wanted->nodes) {
        qemu_set_text(&tune->memory.nodeset, wanted->nodes);
        tune->memory.placement = QEMU_NUMATUNE_MEMORY_PLACEMENT_ABSENT;
    }
    if (tune->memory.nodeset)
        return now;
    vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "of which NUMA nodes is the memory to be?  Say the '%s', too",
              VIR_DOMAIN_NUMA_NODESET);
    return qemu_def_unref(now);
}

/* ---- in a running guest ----------------------------------------------------------------------------------- */

static int
check_live(const struct qemu_run *run, const struct qemu_domain_def *doc, const struct wanted *wanted)
{
    bool said = doc->numatune && doc->numatune->memory.present;
    int mode = said ? (int)doc->numatune->memory.mode - 1 : VIR_DOMAIN_NUMATUNE_MEM_STRICT;

    if (qemu_tune_check(run, VIR_CGROUP_CPUSET) < 0)
        return -1;
    if (wanted->mode >= 0 && wanted->mode != mode)
        return vir_error(VIR_ERR_OPERATION_INVALID, "can't change numatune mode for running domain");
    if (wanted->nodes && mode != VIR_DOMAIN_NUMATUNE_MEM_RESTRICTIVE)
        return vir_error(VIR_ERR_OPERATION_INVALID,
                         "change of nodeset for running domain requires restrictive numa mode");
    return 0;
}

static int
set_part(const struct vir_cgroup *part, void *opaque)
{
    return vir_cgroup_has(part, VIR_CGROUP_CPUSET) ? vir_cgroup_set_cpuset(part, "cpuset.mems", opaque) : 0;
}

/* A part has no node that the group lacks: that has all of them meanwhile. */
static int
move_group(const struct vir_cgroup *group, const struct qemu_domain_def *doc, char *nodes)
{
    struct vir_cgroup *emulator = vir_cgroup_part(group, QEMU_CGROUP_EMULATOR);
    int ret = vir_cgroup_set_cpuset(group, "cpuset.mems", NULL);

    if (ret == 0)
        ret = set_part(emulator, nodes);
    if (ret == 0)
        ret = qemu_cgroup_vcpus(group, doc, set_part, nodes);
    if (ret == 0)
        ret = qemu_cgroup_iothreads(group, doc, set_part, nodes);
    if (ret == 0)
        ret = vir_cgroup_set_cpuset(group, "cpuset.mems", nodes);
    vir_cgroup_free(emulator);
    return ret;
}

static int
set_live(struct qemu_run *run, const void *what)
{
    const struct wanted *wanted = what;
    struct qemu_def *live = qemu_live_copy(run);
    int ret = live ? check_live(run, live->doc, wanted) : -1;

    if (ret == 0 && wanted->nodes)
        ret = move_group(run->cgroup, live->doc, wanted->nodes);
    if (ret == 0 && wanted->nodes) {
        qemu_set_text(&live->doc->numatune->memory.nodeset, wanted->nodes);
        qemu_live_show(run, live, NULL);
    } else {
        qemu_def_unref(live);
    }
    return ret;
}

int
qemu_domain_set_numa_parameters(virDomainPtr dom, virTypedParameterPtr list, int n, unsigned int flags)
{
    static const struct qemu_verb verb = { "set-numa", define, set_live };
    struct wanted wanted = { -1, NULL };
    int ret = take(&wanted, &(struct qemu_params){ list, n });

    if (ret == 0)
        ret = qemu_change_domain(dom, &verb, &wanted, flags);
    free(wanted.nodes);
    return ret;
}
