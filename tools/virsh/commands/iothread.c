/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The threads that serve a domain's disks. */
#include <stdlib.h>

#include "rows/iothread.h"
#include "cpu-map.h"

/* The library takes any; people begin with 1. */
static int
check_id(struct shell *vsh, long long id)
{
    return id > 0 ? 0 : shell_error(vsh, "Invalid IOThread id value: '%lld'", id);
}

int
run_iothreadadd(struct shell *vsh, const struct iothreadadd_args *args)
{
    return check_id(vsh, args->id) < 0 ? -1 : virDomainAddIOThread(args->domain, (unsigned int)args->id, args->flags);
}

int
run_iothreaddel(struct shell *vsh, const struct iothreaddel_args *args)
{
    return check_id(vsh, args->id) < 0 ? -1 : virDomainDelIOThread(args->domain, (unsigned int)args->id, args->flags);
}

int
run_iothreadinfo(struct shell *vsh, const struct iothreadinfo_args *args)
{
    virDomainIOThreadInfoPtr *threads = NULL;
    struct shell_table *table;
    int n, cpus = virsh_host_cpus(vsh);

    if (cpus < 0)
        return -1;
    n = virDomainGetIOThreadInfo(args->domain, &threads, args->flags);
    if (n < 0)
        return shell_error(vsh, "Unable to get domain IOThreads information");
    if (n == 0) {
        free(threads);
        shell_print_extra(vsh, "No IOThreads found for the domain\n");
        return 0;
    }
    table = shell_table_new(SHELL_TITLES("IOThread ID", "CPU Affinity"));
    for (int i = 0; i < n; i++) {
        int bits = threads[i]->cpumaplen * 8;
        VIR_AUTO_FREE char *number = vir_strdup_printf("%u", threads[i]->iothread_id);
        VIR_AUTO_FREE char *text = virsh_cpu_map_text(threads[i]->cpumap, bits < cpus ? bits : cpus, true);

        shell_table_row(table, number, text, NULL);
        virDomainIOThreadInfoFree(threads[i]);
    }
    free(threads);
    shell_table_print(vsh, table);
    return 0;
}

int
run_iothreadpin(struct shell *vsh, const struct iothreadpin_args *args)
{
    int cpus = virsh_host_cpus(vsh);
    VIR_AUTO_FREE unsigned char *map = cpus < 0 ? NULL : virsh_cpu_map_parse(vsh, args->cpulist, cpus);

    return map ? virDomainPinIOThread(args->domain, (unsigned int)args->iothread, map, VIR_CPU_MAPLEN(cpus), args->flags)
        : -1;
}

int
run_iothreadset(struct shell *vsh, const struct iothreadset_args *args)
{
    virTypedParameterPtr params = NULL;
    int n = 0, max = 0, result = check_id(vsh, args->id);

    if (result == 0 && args->has_poll_max_ns)
        result = virTypedParamsAddULLong(&params, &n, &max, VIR_DOMAIN_IOTHREAD_POLL_MAX_NS,
                                         (unsigned long long)args->poll_max_ns);
    if (result == 0 && args->has_poll_grow)
        result = virTypedParamsAddUInt(&params, &n, &max, VIR_DOMAIN_IOTHREAD_POLL_GROW, (unsigned int)args->poll_grow);
    if (result == 0 && args->has_poll_shrink)
        result = virTypedParamsAddUInt(&params, &n, &max, VIR_DOMAIN_IOTHREAD_POLL_SHRINK,
                                       (unsigned int)args->poll_shrink);
    if (result == 0 && args->has_thread_pool_min)
        result = virTypedParamsAddInt(&params, &n, &max, VIR_DOMAIN_IOTHREAD_THREAD_POOL_MIN, (int)args->thread_pool_min);
    if (result == 0 && args->has_thread_pool_max)
        result = virTypedParamsAddInt(&params, &n, &max, VIR_DOMAIN_IOTHREAD_THREAD_POOL_MAX, (int)args->thread_pool_max);
    if (result == 0)
        result = n ? virDomainSetIOThreadParams(args->domain, (unsigned int)args->id, params, n,
                                                args->flags || args->current ? args->flags : VIR_DOMAIN_AFFECT_LIVE)
            : shell_error(vsh, "Not enough arguments passed, nothing to set");
    virTypedParamsFree(params, n);
    return result;
}
