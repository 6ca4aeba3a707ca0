/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Typed parameters of calls that tune a guest: which are taken, and how they are given.
 */
#include "calls/params.h"
#include "guest/cgroup.h"

#include <string.h>

static const char *
type_name(int type)
{
    static const char *const names[] = { "unknown", "int", "uint", "llong", "ullong", "double", "boolean", "string" };

    return names[type > 0 && type < (int)(sizeof(names) / sizeof(names[0])) ? type : 0];
}

static int
check_one(const virTypedParameter *param, const struct qemu_param *known, size_t n_known)
{
    for (size_t i = 0; i < n_known; i++) {
        if (strcmp(param->field, known[i].name) != 0)
            continue;
        return param->type == known[i].type ? 0
            : vir_error(VIR_ERR_INVALID_ARG, "invalid type '%s' for parameter '%s', expected '%s'", type_name(param->type),
                        param->field, type_name(known[i].type));
    }
    return vir_error(VIR_ERR_ARGUMENT_UNSUPPORTED, "parameter '%s' not supported", param->field);
}

int
qemu_params_check(const struct qemu_params *params, const struct qemu_param *known, size_t n_known)
{
    for (int i = 0; i < params->n; i++) {
        const virTypedParameter *param = &params->list[i];

        if (check_one(param, known, n_known) < 0)
            return -1;
        if (qemu_params_find(params, param->field) != param)
            return vir_error(VIR_ERR_INVALID_ARG, "parameter '%s' occurs multiple times", param->field);
    }
    return 0;
}

const virTypedParameter *
qemu_params_find(const struct qemu_params *params, const char *name)
{
    for (int i = 0; i < params->n; i++)
        if (strcmp(params->list[i].field, name) == 0)
            return &params->list[i];
    return NULL;
}

void
qemu_params_give(virTypedParameterPtr params, int *n, const virTypedParameter *rows, int n_rows)
{
    for (int i = 0; i < *n && i < n_rows; i++) {
        params[i] = rows[i];
        if (rows[i].type == VIR_TYPED_PARAM_STRING)
            params[i].value.s = vir_strdup(rows[i].value.s ? rows[i].value.s : "");
    }
    if (*n == 0 || *n > n_rows)
        *n = n_rows;
}

struct vir_event *
qemu_tuned(const struct qemu_run *run, virTypedParameterPtr changed, int n)
{
    return n ? vir_event_domain_tunable(run->domain->entry.name, run->domain->entry.uuid, run->id, changed, n) : NULL;
}

int
qemu_tune_check(const struct qemu_run *run, enum vir_cgroup_controller controller)
{
    static const struct { int code; const char *what, *missing; } rows[VIR_CGROUP_CONTROLLERS] = {
        [VIR_CGROUP_CPU] = { VIR_ERR_OPERATION_UNSUPPORTED, "CPU", "cgroup CPU controller is not mounted" },
        [VIR_CGROUP_CPUSET] = { VIR_ERR_OPERATION_UNSUPPORTED, "NUMA", "cgroup cpuset controller is not mounted" },
        [VIR_CGROUP_MEMORY] = { VIR_ERR_OPERATION_UNSUPPORTED, "Memory", "cgroup memory controller is not mounted" },
        [VIR_CGROUP_BLKIO] = { VIR_ERR_CONFIG_UNSUPPORTED, "Block I/O", "blkio cgroup isn't mounted" },
    };

    if (!qemu_driver.host->privileged)
        return vir_error(rows[controller].code, "%s tuning is not available in session mode", rows[controller].what);
    if (run && !vir_cgroup_has(run->cgroup, controller))
        return vir_error(VIR_ERR_OPERATION_INVALID, "%s", rows[controller].missing);
    return 0;
}
