/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The virtual processors of a domain: how many, and on which of the host's they run. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "rows/vcpu.h"
#include "cpu-map.h"

int
run_setvcpu(struct shell *vsh, const struct setvcpu_args *args)
{
    if (!args->enable && !args->disable)
        return shell_error(vsh, "one of --enable, --disable is required");
    return virDomainSetVcpu(args->domain, args->vcpulist, args->enable, args->flags);
}

int
run_setvcpus(struct shell *vsh, const struct setvcpus_args *args)
{
    const unsigned int count = (unsigned int)args->count;

    if (count == 0)
        return shell_error(vsh, "Can't set 0 processors for a VM");
    if (args->flags == 0 && !args->current)
        return virDomainSetVcpus(args->domain, count);
    return virDomainSetVcpusFlags(args->domain, count, args->flags);
}

/* One row of the full answer; a domain that does not run or is transient lacks some. */
static void
print_count(struct shell *vsh, virDomainPtr dom, const char *kind, const char *place, unsigned int flags)
{
    const bool there = flags & VIR_DOMAIN_AFFECT_CONFIG ? virDomainIsPersistent(dom) == 1
                                                        : virDomainIsActive(dom) == 1;
    const int count = there ? virDomainGetVcpusFlags(dom, flags) : -1;

    if (count >= 0)
        shell_print(vsh, "%-12s %-12s %3d\n", kind, place, count);
}

int
run_vcpucount(struct shell *vsh, const struct vcpucount_args *args)
{
    virDomainPtr dom = args->domain;
    int count;

    if (args->flags == 0 && !args->active && !args->current) {
        print_count(vsh, dom, "maximum", "config", VIR_DOMAIN_AFFECT_CONFIG | VIR_DOMAIN_VCPU_MAXIMUM);
        print_count(vsh, dom, "maximum", "live", VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_VCPU_MAXIMUM);
        print_count(vsh, dom, "current", "config", VIR_DOMAIN_AFFECT_CONFIG);
        print_count(vsh, dom, "current", "live", VIR_DOMAIN_AFFECT_LIVE);
        return 0;
    }
    count = virDomainGetVcpusFlags(dom, args->flags);
    if (count < 0)
        return args->guest ? shell_error(vsh, "Failed to retrieve vCPU count from the guest") : -1;
    shell_print(vsh, "%d\n", count);
    return 0;
}

static void
print_affinity(struct shell *vsh, bool pretty, const unsigned char *map, int cpus)
{
    VIR_AUTO_FREE char *text = virsh_cpu_map_text(map, cpus, pretty);

    shell_print(vsh, "%-15s %s", "CPU Affinity:", text);
    if (pretty)
        shell_print(vsh, " (out of %d)", cpus);
    shell_print(vsh, "\n");
}

/* INFO is NULL for a domain that does not run. */
static void
print_vcpu(struct shell *vsh, int number, const virVcpuInfo *info)
{
    static const char *const states[] = { "offline", "running", "blocked" };

    shell_print(vsh, "%-15s %d\n", "VCPU:", number);
    if (!info) {
        shell_print(vsh, "%-15s %s\n%-15s %s\n%-15s %s\n", "CPU:", "N/A", "State:", "N/A", "CPU time", "N/A");
        return;
    }
    shell_print(vsh, "%-15s %d\n", "CPU:", info->cpu);
    shell_print(vsh, "%-15s %s\n", "State:", SHELL_NAME_OF(states, info->state));
    if (info->cpuTime != 0)
        shell_print(vsh, "%-15s %.1lfs\n", "CPU time:", (double)info->cpuTime / 1e9);
}

int
run_vcpuinfo(struct shell *vsh, const struct vcpuinfo_args *args)
{
    virDomainPtr dom = args->domain;
    VIR_AUTO_FREE virVcpuInfoPtr vcpus = NULL;
    VIR_AUTO_FREE unsigned char *maps = NULL;
    int cpus = virsh_host_cpus(vsh), maplen = VIR_CPU_MAPLEN(cpus), n;
    virDomainInfo info;
    bool runs = true;

    if (cpus < 0 || virDomainGetInfo(dom, &info) < 0)
        return -1;
    vcpus = vir_alloc_array((size_t)info.nrVirtCpu + 1, sizeof(*vcpus));
    maps = vir_alloc_array((size_t)info.nrVirtCpu + 1, (size_t)maplen);
    n = virDomainGetVcpus(dom, vcpus, info.nrVirtCpu, maps, maplen);
    if (n < 0 && info.state == VIR_DOMAIN_SHUTOFF) {
        shell_error_forget(vsh);
        runs = false;
        n = virDomainGetVcpuPinInfo(dom, info.nrVirtCpu, maps, maplen, VIR_DOMAIN_AFFECT_CONFIG);
    }
    for (int i = 0; i < n; i++) {
        if (i > 0)
            shell_print(vsh, "\n");
        print_vcpu(vsh, (int)vcpus[i].number ? (int)vcpus[i].number : i, runs ? &vcpus[i] : NULL);
        print_affinity(vsh, args->pretty, VIR_GET_CPUMAP(maps, maplen, i), cpus);
    }
    return n < 0 ? -1 : 0;
}

/* The table of one vcpu, or of all (-1). */
static int
print_pins(struct shell *vsh, virDomainPtr dom, long long only, unsigned int affect, int cpus)
{
    const int maplen = VIR_CPU_MAPLEN(cpus);
    const int max = virDomainGetVcpusFlags(dom, affect | VIR_DOMAIN_VCPU_MAXIMUM);
    VIR_AUTO_FREE unsigned char *maps = max > 0 ? vir_alloc_array((size_t)max, (size_t)maplen) : NULL;
    struct shell_table *table;
    int n;

    if (max < 0)
        return -1;
    if (max > VIRSH_MOST_CPUS)
        return shell_error(vsh, "%d vcpus cannot be", max);
    if (only >= max)
        return shell_error(vsh, "vcpu %lld is out of range of %s cpu count %d", only,
                           affect & VIR_DOMAIN_AFFECT_CONFIG ? "persistent" : "live", max);
    n = virDomainGetVcpuPinInfo(dom, max, maps, maplen, affect);
    if (n < 0)
        return -1;
    table = shell_table_new(SHELL_TITLES("VCPU", "CPU Affinity"));
    for (int i = 0; i < n; i++) {
        VIR_AUTO_FREE char *number = vir_strdup_printf("%d", i);
        VIR_AUTO_FREE char *text = virsh_cpu_map_text(VIR_GET_CPUMAP(maps, maplen, i), cpus, true);

        if (only < 0 || only == i)
            shell_table_row(table, number, text, NULL);
    }
    shell_table_print(vsh, table);
    return 0;
}

int
run_vcpupin(struct shell *vsh, const struct vcpupin_args *args)
{
    const char *list = args->cpulist;
    const unsigned int vcpu = (unsigned int)args->vcpu;
    VIR_AUTO_FREE unsigned char *map = NULL;
    int cpus;

    if (list && args->vcpu < 0)
        return shell_error(vsh, "vcpupin: Missing vCPU number in pin mode.");
    cpus = virsh_host_cpus(vsh);
    if (cpus < 0)
        return -1;
    if (!list)
        return print_pins(vsh, args->domain, args->vcpu, args->flags, cpus);
    map = virsh_cpu_map_parse(vsh, list, cpus);
    if (!map)
        return -1;
    if (args->flags == 0 && !args->current)
        return virDomainPinVcpu(args->domain, vcpu, map, VIR_CPU_MAPLEN(cpus));
    return virDomainPinVcpuFlags(args->domain, vcpu, map, VIR_CPU_MAPLEN(cpus), args->flags);
}

int
run_emulatorpin(struct shell *vsh, const struct emulatorpin_args *args)
{
    const bool asked = args->flags || args->current;
    const int cpus = virsh_host_cpus(vsh), maplen = VIR_CPU_MAPLEN(cpus);
    VIR_AUTO_FREE unsigned char *map = NULL;
    VIR_AUTO_FREE char *text = NULL;

    if (cpus < 0)
        return -1;
    if (args->cpulist) {
        map = virsh_cpu_map_parse(vsh, args->cpulist, cpus);
        return map ? virDomainPinEmulator(args->domain, map, maplen, asked ? args->flags : VIR_DOMAIN_AFFECT_LIVE)
                   : -1;
    }
    map = vir_alloc_array((size_t)maplen + 1, 1);
    if (virDomainGetEmulatorPinInfo(args->domain, map, maplen, args->flags) < 0)
        return -1;
    text = virsh_cpu_map_text(map, cpus, true);
    shell_print_extra(vsh, "%s %s\n%s\n       *: ", "emulator:", "CPU Affinity", "----------------------------------");
    shell_print(vsh, "%s\n", text);
    return 0;
}
