/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Facts about the host, from /proc and /sys.  They are kept for a second:
 * programs that watch a host ask for them all the time.
 */
#include <libvirt/module.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "number.h"

#define CPUS_MAX 16384
#define NODES_MAX 1024
#define SMALL_FILE (64 * 1024)
#define KEEP_MS 1000

struct cpu_place { int node, package, core; };

/* A file of one line; NULL without an error if it cannot be read. */
static char * VIR_PRINTF(1, 2)
read_line(const char *fmt, ...)
{
    virErrorPtr before = vir_error_take();
    char path[128], *text = NULL;
    va_list args;

    va_start(args, fmt);
    vsnprintf(path, sizeof(path), fmt, args);
    va_end(args);
    if (vir_file_read_path(path, SMALL_FILE, &text, NULL) == 0)
        text[strcspn(text, "\n")] = '\0';
    vir_error_restore(before);
    return text;
}

static struct vir_bitmap * VIR_PRINTF(2, 3)
read_set(size_t n_bits, const char *fmt, ...)
{
    VIR_AUTO_FREE char *text = NULL;
    char path[128];
    va_list args;

    va_start(args, fmt);
    vsnprintf(path, sizeof(path), fmt, args);
    va_end(args);
    text = read_line("%s", path);
    return text ? vir_bitmap_parse(text, n_bits) : NULL;
}

static int
read_number(const char *kind, size_t cpu)
{
    VIR_AUTO_FREE char *text = read_line("/sys/devices/system/cpu/cpu%zu/topology/%s", cpu, kind);
    int64_t value;

    return text && vir_parse_int(text, 0, INT32_MAX, &value) == 0 ? (int)value : 0;
}

/* Where each online CPU is; returns their number. */
static size_t
read_places(struct cpu_place **ret_places, unsigned int *ret_nodes)
{
    struct vir_bitmap *online = read_set(CPUS_MAX, "/sys/devices/system/cpu/online");
    struct vir_bitmap *nodes = read_set(NODES_MAX, "/sys/devices/system/node/online");
    size_t n = 0, room = online ? vir_bitmap_count(online) : 0;
    struct cpu_place *places = vir_alloc_array(room + 1, sizeof(*places));

    for (size_t node = 0; node < NODES_MAX; node++) {
        struct vir_bitmap *cpus = NULL;

        if (nodes && vir_bitmap_get(nodes, node))
            cpus = read_set(CPUS_MAX, "/sys/devices/system/node/node%zu/cpulist", node);
        else if (!nodes && node == 0)
            cpus = read_set(CPUS_MAX, "/sys/devices/system/cpu/online");
        for (size_t cpu = 0; cpus && n < room && cpu < CPUS_MAX; cpu++)
            if (vir_bitmap_get(cpus, cpu))
                places[n++] = (struct cpu_place){ (int)node, read_number("physical_package_id", cpu),
                                                  read_number("core_id", cpu) };
        vir_bitmap_free(cpus);
    }
    *ret_nodes = nodes && vir_bitmap_count(nodes) ? (unsigned int)vir_bitmap_count(nodes) : 1;
    vir_bitmap_free(online);
    vir_bitmap_free(nodes);
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
    virErrorPtr before = vir_error_take();
    VIR_AUTO_FREE char *text = NULL;
    unsigned int mhz = 0;
    const char *line;

    if (vir_file_read_path("/proc/cpuinfo", 64 * 1024 * 1024, &text, NULL) == 0) {
        line = strstr(text, "cpu MHz");
        line = line ? strchr(line, ':') : NULL;
        if (line)
            mhz = (unsigned int)strtoul(line + 1, NULL, 10);
    }
    vir_error_restore(before);
    return mhz;
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
    info->memory = (unsigned long)sysconf(_SC_PHYS_PAGES) * ((unsigned long)sysconf(_SC_PAGESIZE) / 1024);
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
    virErrorPtr before = vir_error_take();
    VIR_AUTO_FREE char *text = NULL;
    char *line, *lines = NULL, *found = NULL;

    if (vir_file_read_path("/etc/hosts", 1024 * 1024, &text, NULL) == 0) {
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
    vir_error_restore(before);
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
