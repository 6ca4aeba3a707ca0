/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Threads of other processes; see task.h.
 */
#include "host/task.h"

#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_CPUS = 16384, NAME_BYTES = 15 };

/* ---- reading -------------------------------------------------------------------------------------- */

/* NAME of PID or, below it, of the thread TASK; false: it is gone. */
static bool
read_file(pid_t pid, const char *task, const char *name, char *text, size_t room)
{
    VIR_AUTO_FREE char *path = vir_strdup_printf("/proc/%d/task/%s/%s", (int)pid, task, name);
    FILE *file = fopen(path, "re");
    bool got = file && fgets(text, (int)room, file);

    if (file)
        fclose(file);
    return got;
}

pid_t
qemu_task_named(pid_t pid, const char *name)
{
    VIR_AUTO_FREE char *path = vir_strdup_printf("/proc/%d/task", (int)pid);
    DIR *dir = opendir(path);
    struct dirent *entry;
    char text[NAME_BYTES + 2];
    pid_t found = 0;

    while (dir && !found && (entry = readdir(dir))) {
        if (entry->d_name[0] == '.' || !read_file(pid, entry->d_name, "comm", text, sizeof(text)))
            continue;
        text[strcspn(text, "\n")] = '\0';
        if (strncmp(text, name, NAME_BYTES) == 0)
            found = (pid_t)strtol(entry->d_name, NULL, 10);
    }
    if (dir)
        closedir(dir);
    return found;
}

int
qemu_task_read(pid_t pid, pid_t task, struct qemu_task_facts *ret)
{
    VIR_AUTO_FREE char *number = vir_strdup_printf("%d", (int)task);
    unsigned long long own, kernel;
    char text[1024];
    const char *behind;

    /* behind its name: the fields 3 and on, of which 14 and 15 are times and 39 is the CPU */
    if (!read_file(pid, number, "stat", text, sizeof(text)) || !(behind = strrchr(text, ')')))
        return -1;
    if (sscanf(behind + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %*d %*d %*d %*d %*d %*d %*u %*u %*d "
               "%*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*d %d", &own, &kernel, &ret->cpu) != 3)
        return -1;
    ret->cpu_ns = (own + kernel) * (1000000000ull / (unsigned long long)sysconf(_SC_CLK_TCK));
    return 0;
}

/* ---- changing ----------------------------------------------------------------------------------------- */

int
qemu_task_pin(pid_t task, const char *cpus, const char *what)
{
    struct vir_bitmap *set = vir_bitmap_parse(cpus, MOST_CPUS);
    size_t size = CPU_ALLOC_SIZE(MOST_CPUS);
    cpu_set_t *mask = CPU_ALLOC(MOST_CPUS);
    int ret = set && mask ? 0 : vir_error(VIR_ERR_INVALID_ARG, "'%s' are no CPUs of a host", cpus);

    if (ret == 0) {
        CPU_ZERO_S(size, mask);
        for (size_t cpu = 0; (cpu = vir_bitmap_next(set, cpu)) < set->n_bits; cpu++)
            CPU_SET_S(cpu, size, mask);
        if (sched_setaffinity(task, size, mask) < 0)
            ret = vir_error_errno(errno, "cannot run the %s on the host's CPUs %s", what, cpus);
    }
    CPU_FREE(mask);
    vir_bitmap_free(set);
    return ret;
}

int
qemu_task_schedule(pid_t task, const char *policy, int priority, const char *what)
{
    static const struct { const char *name; int policy; } rows[] = {
        { "batch", SCHED_BATCH }, { "idle", SCHED_IDLE }, { "fifo", SCHED_FIFO }, { "rr", SCHED_RR },
    };
    struct sched_param param = { 0 };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(rows[i].name, policy) != 0)
            continue;
        if (rows[i].policy == SCHED_FIFO || rows[i].policy == SCHED_RR)
            param.sched_priority = priority;
        if (sched_setscheduler(task, rows[i].policy, &param) < 0)
            return vir_error_errno(errno, "cannot schedule the %s by the policy '%s' with the priority %d", what, policy,
                                   priority);
        return 0;
    }
    return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "there is no policy '%s' to schedule the %s", policy, what);
}

/* ---- maps ------------------------------------------------------------------------------------------------ */

unsigned int
qemu_host_cpus(void)
{
    long n = sysconf(_SC_NPROCESSORS_CONF);

    return n > 0 && n <= MOST_CPUS ? (unsigned int)n : 1;
}

char *
qemu_cpus_online(void)
{
    FILE *file = fopen("/sys/devices/system/cpu/online", "re");
    char text[4096];
    bool got = file && fgets(text, sizeof(text), file);

    if (file)
        fclose(file);
    if (got)
        text[strcspn(text, "\n")] = '\0';
    return got ? vir_strdup(text) : NULL;
}

void
qemu_cpus_to_map(const char *cpus, unsigned char *map, int maplen)
{
    struct vir_bitmap *set = cpus ? vir_bitmap_parse(cpus, MOST_CPUS) : NULL;
    unsigned int most = set ? MOST_CPUS : qemu_host_cpus();

    memset(map, 0, (size_t)maplen);
    for (unsigned int cpu = 0; cpu < most && cpu < (unsigned int)maplen * 8; cpu++)
        if (!set || vir_bitmap_get(set, cpu))
            VIR_USE_CPU(map, cpu);
    vir_bitmap_free(set);
}

char *
qemu_cpus_from_map(const unsigned char *map, int maplen)
{
    struct vir_bitmap *set = vir_bitmap_new(MOST_CPUS);
    char *text = NULL;

    for (int cpu = 0; cpu < maplen * 8; cpu++)
        if (VIR_CPU_USED(map, cpu))
            vir_bitmap_set(set, (size_t)cpu, true);
    if (vir_bitmap_count(set))
        text = vir_bitmap_format(set);
    else
        vir_error(VIR_ERR_INVALID_ARG, "a thread has to run somewhere: the list of CPUs is empty");
    vir_bitmap_free(set);
    return text;
}
