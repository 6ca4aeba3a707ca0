/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the host's processors have done, from /proc/stat. */
#include "node.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FIGURES 4

/* The file's columns, in ticks. */
struct ticks { unsigned long long user, nice, system, idle, iowait, irq, softirq; };

/* CPU VIR_NODE_CPU_STATS_ALL_CPUS: of all together. */
static bool
read_ticks(int cpu, struct ticks *ret_ticks)
{
    VIR_AUTO_FREE char *text = node_read("/proc/stat");
    struct ticks t = { 0 };
    char *line, *rest = NULL;
    char want[32];
    size_t len;

    if (cpu == VIR_NODE_CPU_STATS_ALL_CPUS)
        snprintf(want, sizeof(want), "cpu ");
    else
        snprintf(want, sizeof(want), "cpu%d ", cpu);
    len = strlen(want);
    for (line = text ? strtok_r(text, "\n", &rest) : NULL; line; line = strtok_r(NULL, "\n", &rest)) {
        if (strncmp(line, want, len) == 0 &&
            sscanf(line + len, "%llu %llu %llu %llu %llu %llu %llu", &t.user, &t.nice, &t.system, &t.idle,
                   &t.iowait, &t.irq, &t.softirq) >= 4) {
            *ret_ticks = t;
            return true;
        }
    }
    return false;
}

int
vir_node_get_cpu_stats(virConnectPtr conn, int cpu, virNodeCPUStatsPtr params, int *nparams, unsigned int flags)
{
    unsigned long long ns = 1000000000ULL / (unsigned long long)sysconf(_SC_CLK_TCK);
    struct ticks t;

    (void)conn;
    (void)flags;                        /* none taken */
    if (*nparams == 0) {
        *nparams = FIGURES;
        return 0;
    }
    if (*nparams != FIGURES)
        return vir_error(VIR_ERR_INVALID_ARG, "nparams is %d and must be %d, or 0 to be told so", *nparams, FIGURES);
    if (!read_ticks(cpu, &t))
        return vir_error(VIR_ERR_INVALID_ARG, "cpuNum %d: the host has no such processor", cpu);
    params[0] = (virNodeCPUStats){ VIR_NODE_CPU_STATS_KERNEL, (t.system + t.irq + t.softirq) * ns };
    params[1] = (virNodeCPUStats){ VIR_NODE_CPU_STATS_USER, (t.user + t.nice) * ns };
    params[2] = (virNodeCPUStats){ VIR_NODE_CPU_STATS_IDLE, t.idle * ns };
    params[3] = (virNodeCPUStats){ VIR_NODE_CPU_STATS_IOWAIT, t.iowait * ns };
    return 0;
}
