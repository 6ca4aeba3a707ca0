/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Facts about the host, from /proc and /sys.  They are kept for a second:
 * programs that watch a host ask for them all the time.
 */
#include "node.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define KEEP_MS 1000

struct cpu_place { int node, package, core; };

/* Where each online CPU is; returns their number. */
static size_t
read_places(struct cpu_place **ret_places, unsigned int *ret_nodes)
{
    struct vir_bitmap *online = node_read_set(NODE_CPUS_MAX, "/sys/devices/system/cpu/online");
    struct vir_bitmap *cells = node_cells();
    size_t n = 0, room = online ? vir_bitmap_count(online) : 0;
    struct cpu_place *places = vir_alloc_array(room + 1, sizeof(*places));

    for (size_t cell = 0; cell < NODE_CELLS_MAX; cell++) {
        struct vir_bitmap *cpus = vir_bitmap_get(cells, cell) ? node_cell_cpus((int)cell) : NULL;

        for (size_t cpu = 0; cpus && n < room && cpu < NODE_CPUS_MAX; cpu++)
            if (vir_bitmap_get(cpus, cpu))
                places[n++] = (struct cpu_place){ (int)cell, node_cpu_number(cpu, "physical_package_id"),
                                                  node_cpu_number(cpu, "core_id") };
        vir_bitmap_free(cpus);
    }
    *ret_nodes = (unsigned int)vir_bitmap_count(cells);
    vir_bitmap_free(online);
    vir_bitmap_free(cells);
    *ret_places = places;
    return n;
}

static int
compare_places(const void *a, const void *b)
{
    const struct cpu_place *x = a, *y = b;

    if (x->node != y->node)
        return x->node < y->node ? -1 : 1;
    if (x->package != y->package)
        return x->package < y->package ? -1 : 1;
    return x->core < y->core ? -1 : x->core > y->core;
}

/* The most sockets of a node, cores of a socket, threads of a core. */
static void
count_places(struct cpu_place *places, size_t n, virNodeInfoPtr info)
{
    unsigned int sockets = 0, cores = 0, threads = 0;

    qsort(places, n, sizeof(*places), compare_places);
    for (size_t i = 0; i < n; i++) {
        bool new_node = i == 0 || places[i].node != places[i - 1].node;
        bool new_socket = new_node || places[i].package != places[i - 1].package;
        bool new_core = new_socket || places[i].core != places[i - 1].core;

        sockets = new_node ? 1 : sockets + new_socket;
        cores = new_socket ? 1 : cores + new_core;
        threads = new_core ? 1 : threads + 1;
        info->sockets = sockets > info->sockets ? sockets : info->sockets;
        info->cores = cores > info->cores ? cores : info->cores;
        info->threads = threads > info->threads ? threads : info->threads;
    }
    /* An uneven machine is told as one socket: the product must be the CPUs. */
    if (info->nodes * info->sockets * info->cores * info->threads != info->cpus) {
        info->nodes = info->sockets = info->threads = 1;
        info->cores = info->cpus;
    }
}

static unsigned int
read_mhz(void)
{
    VIR_AUTO_FREE char *text = node_read("/proc/cpuinfo");
    const char *line = text ? strstr(text, "cpu MHz") : NULL;

    line = line ? strchr(line, ':') : NULL;
    return line ? (unsigned int)strtoul(line + 1, NULL, 10) : 0;
}

static int
read_info(virNodeInfoPtr info)
{
    struct cpu_place *places;
    struct utsname name;
    size_t n;

    memset(info, 0, sizeof(*info));
    if (uname(&name) < 0)
        return vir_error_errno(errno, "cannot ask the kernel for the machine's type");
    snprintf(info->model, sizeof(info->model), "%.*s", (int)sizeof(info->model) - 1, name.machine);
    info->memory = (unsigned long)node_memory_kib();
    info->mhz = read_mhz();
    n = read_places(&places, &info->nodes);
    info->cpus = n ? (unsigned int)n : (unsigned int)sysconf(_SC_NPROCESSORS_ONLN);
    count_places(places, n, info);
    free(places);
    return 0;
}

int
vir_node_info(virNodeInfoPtr ret_info)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static virNodeInfo kept;            /* both with the lock */
    static int64_t kept_until;
    int rc = 0;

    pthread_mutex_lock(&lock);
    if (vir_now_ms() >= kept_until) {
        rc = read_info(&kept);
        kept_until = rc < 0 ? 0 : vir_now_ms() + KEEP_MS;
    }
    if (rc == 0)
        *ret_info = kept;
    pthread_mutex_unlock(&lock);
    return rc;
}

/* The first name of the line of /etc/hosts where NAME is another one. */
static char *
full_name(const char *name)
{
    VIR_AUTO_FREE char *text = node_read("/etc/hosts");
    char *line, *lines = NULL, *found = NULL;

    if (text) {
        for (line = strtok_r(text, "\n", &lines); line && !found; line = strtok_r(NULL, "\n", &lines)) {
            char *words = NULL, *word, *first;

            line[strcspn(line, "#")] = '\0';
            strtok_r(line, " \t", &words);
            first = strtok_r(NULL, " \t", &words);
            for (word = first; word && !found; word = strtok_r(NULL, " \t", &words))
                if (word != first && strcmp(word, name) == 0 && strchr(first, '.'))
                    found = vir_strdup(first);
        }
    }
    return found;
}

/* Never asks the network for the domain: that could take as long as it likes. */
int
vir_node_hostname(char **ret_name)
{
    char name[256], *full = NULL;

    if (gethostname(name, sizeof(name)) < 0)
        return vir_error_errno(errno, "cannot ask the kernel for the host's name");
    name[sizeof(name) - 1] = '\0';
    if (!strchr(name, '.') && strncmp(name, "localhost", 9) != 0)
        full = full_name(name);
    *ret_name = full ? full : vir_strdup(name);
    return 0;
}
