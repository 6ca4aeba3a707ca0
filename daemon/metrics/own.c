/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The daemon's own figures. */
#include "daemon/daemon.h"
#include "daemon/metrics/metrics.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

static void
print_one(struct vir_buf *page, const char *name, const char *type, const char *help, double value)
{
    daemon_family_print(page, name, type, help);
    vir_buf_add(page, name);
    daemon_value_print(page, value);
}

/* ---- the process ---- */

/* The N-th word behind the name of the program in /proc/self/stat, from 0. */
static unsigned long long
stat_word(int n)
{
    char text[1024], *at;
    FILE *file = fopen("/proc/self/stat", "re");
    size_t len = file ? fread(text, 1, sizeof(text) - 1, file) : 0;

    if (file)
        fclose(file);
    text[len] = '\0';
    at = strrchr(text, ')');
    for (at = at ? at + 2 : text; n > 0 && *at; n--) {
        at += strcspn(at, " ");
        at += *at == ' ';
    }
    return strtoull(at, NULL, 10);
}

static unsigned int
open_files(void)
{
    DIR *dir = opendir("/proc/self/fd");
    unsigned int n = 0;

    while (dir && readdir(dir))
        n++;
    if (dir)
        closedir(dir);
    return n > 3 ? n - 3 : 0;           /* ".", ".." and the folder */
}

static double
seconds(const struct timeval *time)
{
    return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

/* Seconds since 1970; ticks since the host's start are told, and how long ago that is. */
static double
started_at(void)
{
    struct timespec now, up;

    clock_gettime(CLOCK_REALTIME, &now);
    clock_gettime(CLOCK_BOOTTIME, &up);
    return (double)(now.tv_sec - up.tv_sec) + (double)(now.tv_nsec - up.tv_nsec) / 1e9 +
        (double)stat_word(19) / (double)sysconf(_SC_CLK_TCK);
}

static void
print_process(struct vir_buf *page)
{
    struct rlimit files = { 0 };
    struct rusage used = { 0 };

    getrusage(RUSAGE_SELF, &used);
    getrlimit(RLIMIT_NOFILE, &files);
    print_one(page, "process_cpu_seconds_total", "counter", "Processor time of the daemon.",
              seconds(&used.ru_utime) + seconds(&used.ru_stime));
    print_one(page, "process_start_time_seconds", "gauge", "When it began, since 1970.", started_at());
    print_one(page, "process_resident_memory_bytes", "gauge", "Memory that it takes.",
              (double)stat_word(21) * (double)sysconf(_SC_PAGESIZE));
    print_one(page, "process_virtual_memory_bytes", "gauge", "Its address space.", (double)stat_word(20));
    print_one(page, "process_threads", "gauge", "Its threads.", (double)stat_word(17));
    print_one(page, "process_open_fds", "gauge", "Its open files.", open_files());
    print_one(page, "process_max_fds", "gauge", "Files that it may open.", (double)files.rlim_cur);
}

/* ---- clients ---- */

static void
print_clients_of(const struct daemon_user *user, void *opaque)
{
    struct vir_buf *page = opaque;

    if (user->uid == (uid_t)-1)
        return;
    for (size_t i = 0; i < the_daemon.n_listeners; i++) {
        if (!user->clients[i])
            continue;
        vir_buf_add(page, "libvirtd_clients{listener=\"");
        daemon_label_print(page, the_daemon.listeners[i].name);
        vir_buf_addf(page, "\",user=\"%u\"} %u\n", user->uid, user->clients[i]);
    }
}

static void
count_others(const struct daemon_user *user, void *opaque)
{
    unsigned int *others = opaque;

    for (size_t i = 0; user->uid == (uid_t)-1 && i < the_daemon.n_listeners; i++)
        others[i] += user->clients[i];
}

static void
print_clients(struct vir_buf *page)
{
    unsigned int others[DAEMON_LISTENERS] = { 0 };

    daemon_family_print(page, "libvirtd_clients", "gauge",
                        "Connections, by socket and user: the number of one of this host, or \"other-host\".");
    daemon_users_each(print_clients_of, page);
    daemon_users_each(count_others, others);
    for (size_t i = 0; i < the_daemon.n_listeners; i++) {
        if (!others[i])
            continue;
        vir_buf_add(page, "libvirtd_clients{listener=\"");
        daemon_label_print(page, the_daemon.listeners[i].name);
        vir_buf_addf(page, "\",user=\"other-host\"} %u\n", others[i]);
    }
    daemon_family_print(page, "libvirtd_clients_not_open", "gauge",
                        "Of these, clients that have not logged in or opened a connection yet.");
    for (size_t i = 0; i < the_daemon.n_listeners; i++) {
        vir_buf_add(page, "libvirtd_clients_not_open{listener=\"");
        daemon_label_print(page, the_daemon.listeners[i].name);
        vir_buf_addf(page, "\"} %u\n", __atomic_load_n(&the_daemon.listeners[i].n_anonymous, __ATOMIC_RELAXED));
    }
    print_one(page, "libvirtd_clients_max", "gauge", "Clients that each socket takes (max_clients).",
              the_daemon.settings.limits[DAEMON_MAIN].max_clients);
    print_one(page, "libvirtd_clients_refused_total", "counter", "Clients that found no place.", (double)the_daemon.refused);
}

static uint64_t
count(const uint64_t *counter)
{
    return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

static void
print_calls(struct vir_buf *page)
{
    const struct daemon_limits *limits = &the_daemon.settings.limits[DAEMON_MAIN];
    const struct daemon_pool_figures pool = daemon_pool_look(daemon_server_pool(DAEMON_MAIN));
    unsigned int in_flight = 0;

    for (struct daemon_client *c = the_daemon.clients; c; c = c->next) {
        pthread_mutex_lock(&c->lock);
        in_flight += c->in_flight;
        pthread_mutex_unlock(&c->lock);
    }
    print_one(page, "libvirtd_logins_failed_total", "counter", "Logins that failed.", (double)count(&the_daemon.logins_failed));
    print_one(page, "libvirtd_calls_total", "counter", "Calls that were answered.", (double)count(&the_daemon.calls));
    print_one(page, "libvirtd_calls_failed_total", "counter", "Of these, with an error.",
              (double)count(&the_daemon.calls_failed));
    print_one(page, "libvirtd_calls_in_flight", "gauge", "Calls that are not answered yet.", in_flight);
    print_one(page, "libvirtd_calls_queued", "gauge", "Of these, calls that wait for a thread.", pool.waiting);
    daemon_family_print(page, "libvirtd_workers", "gauge", "Threads that serve calls.");
    vir_buf_addf(page, "libvirtd_workers{state=\"busy\"} %u\nlibvirtd_workers{state=\"idle\"} %u\n", pool.threads - pool.idle, pool.idle);
    print_one(page, "libvirtd_workers_max", "gauge", "Threads that there may be (max_workers and prio_workers).",
              limits->max_workers + limits->prio_workers);
}

static void
print_held(struct vir_buf *page)
{
    static const char *const names[DAEMON_THINGS] = {
        [DAEMON_FDS] = "descriptors", [DAEMON_STREAMS] = "streams", [DAEMON_REGISTRATIONS] = "registrations",
    };

    print_one(page, "libvirtd_buffered_bytes", "gauge",
              "Unfinished messages, waiting calls, unread replies and events, input of streams.", (double)daemon_users_bytes());
    print_one(page, "libvirtd_buffered_bytes_max", "gauge", "Of these no more are kept.", DAEMON_HELD_MAX);
    daemon_family_print(page, "libvirtd_held", "gauge", "What clients hold besides.");
    for (size_t i = 0; i < DAEMON_THINGS; i++)
        vir_buf_addf(page, "libvirtd_held{what=\"%s\"} %u\n", names[i], daemon_users_hold(i));
    daemon_family_print(page, "libvirtd_held_max", "gauge", "What they may hold.");
    for (size_t i = 0; i < DAEMON_THINGS; i++)
        vir_buf_addf(page, "libvirtd_held_max{what=\"%s\"} %u\n", names[i], the_daemon.settings.max_held[i]);
}

void
daemon_own_print(struct vir_buf *page)
{
    print_process(page);
    print_clients(page);
    print_calls(page);
    print_held(page);
    print_one(page, "libvirtd_guests_running", "gauge", "Guests that run, of all drivers.",
              __atomic_load_n(&the_daemon.inhibitors, __ATOMIC_RELAXED));
}
