/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which of the host's processors: maps of the library as text. */
#include <stdlib.h>
#include <string.h>

#include "virsh.h"
#include "cpu-map.h"

static void
add_numbers(struct vir_buf *buf, const unsigned char *map, int n)
{
    for (int cpu = 0; cpu < n; cpu++) {
        int last = cpu;

        if (!VIR_CPU_USED(map, cpu))
            continue;
        while (last + 1 < n && VIR_CPU_USED(map, last + 1))
            last++;
        vir_buf_addf(buf, last > cpu ? "%s%d-%d" : "%s%d", buf->len > 0 ? "," : "", cpu, last);
        cpu = last;
    }
}

char *
virsh_cpu_map_text(const unsigned char *map, int n, bool numbers)
{
    struct vir_buf buf = { 0 };

    if (numbers)
        add_numbers(&buf, map, n);
    for (int cpu = 0; cpu < n && !numbers; cpu++)
        vir_buf_add(&buf, VIR_CPU_USED(map, cpu) ? "y" : "-");
    return vir_buf_steal(&buf);
}

int
virsh_host_cpus(struct shell *vsh)
{
    int n = virNodeGetCPUMap(vsh->conn, NULL, NULL, 0);
    virNodeInfo info;

    if (n >= 0)
        return n;
    shell_error_forget(vsh);
    if (virNodeGetInfo(vsh->conn, &info) < 0)
        return -1;
    n = (int)VIR_NODEINFO_MAXCPUS(info);
    return n > VIRSH_MOST_CPUS ? VIRSH_MOST_CPUS : n;
}

unsigned char *
virsh_cpu_map_parse(struct shell *vsh, const char *text, int cpus)
{
    unsigned char *map = vir_alloc_array((size_t)VIR_CPU_MAPLEN(cpus) + 1, 1);
    const char *p = text;
    long first, last;
    char *end;

    if (strcmp(text, "r") == 0) {
        for (int cpu = 0; cpu < cpus; cpu++)
            VIR_USE_CPU(map, cpu);
        return map;
    }
    do {
        const bool without = *p == '^';

        p += without;
        first = last = *p >= '0' && *p <= '9' ? strtol(p, &end, 10) : -1;
        if (first >= 0 && *end == '-' && !without)
            last = end[1] >= '0' && end[1] <= '9' ? strtol(end + 1, &end, 10) : -1;
        if (first < 0 || last < first || (*end != '\0' && *end != ',')) {
            shell_error(vsh, "Invalid cpulist '%s'", text);
            free(map);
            return NULL;
        }
        if (last >= cpus) {
            shell_error(vsh, "CPU %ld in cpulist '%s' exceed the maxcpu %d", last, text, cpus);
            free(map);
            return NULL;
        }
        for (long cpu = first; cpu <= last; cpu++) {
            if (without)
                VIR_UNUSE_CPU(map, cpu);
            else
                VIR_USE_CPU(map, cpu);
        }
        p = end + 1;
    } while (*end == ',');
    return map;
}
