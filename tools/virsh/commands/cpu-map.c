/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which of the host's processors: maps of the library as text. */
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
