/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Processes that outlive the daemon: started or found again, told from others,
 * ended.
 */
#include <libvirt/module.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int
vir_process_read(pid_t pid, struct vir_process_facts *ret)
{
    enum { STATE = 3, USER_TICKS = 14, KERNEL_TICKS, START_TIME = 22, RESIDENT = 24, N_FIELDS };       /* of proc(5) */
    uint64_t fields[N_FIELDS] = { 0 }, tick_ns = 1000000000ull / (uint64_t)sysconf(_SC_CLK_TCK);
    VIR_AUTO_FREE char *text = NULL;
    char path[64], *at;

    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    if (access(path, F_OK) < 0)
        return -1;
    if (vir_file_read_path(path, 4096, &text, NULL) < 0) {
        virFreeError(vir_error_take());
        return -1;
    }
    at = strrchr(text, ')');            /* the name before it may hold anything */
    if (!at || at[1] != ' ')
        return -1;
    ret->state = at[2];
    for (int field = STATE; field < N_FIELDS; field++) {
        at = strchr(at + 1, ' ');
        if (!at)
            return -1;
        fields[field] = strtoull(at + 1, NULL, 10);
    }
    ret->user_ns = fields[USER_TICKS] * tick_ns;
    ret->cpu_ns = ret->user_ns + fields[KERNEL_TICKS] * tick_ns;
    ret->start_time = fields[START_TIME];
    ret->rss_kib = fields[RESIDENT] * ((uint64_t)sysconf(_SC_PAGESIZE) / 1024);
    return 0;
}

int
vir_process_start(const struct vir_child *child, struct vir_process *ret)
{
    struct vir_process process = { .child = true };
    struct vir_process_facts facts;

    if (vir_child_start(child, &process.pid, &process.pidfd) < 0)
        return -1;
    if (vir_process_read(process.pid, &facts) == 0)
        process.start_time = facts.start_time;  /* else it is gone already: the pidfd tells */
    *ret = process;
    return 0;
}

bool
vir_process_find(pid_t pid, uint64_t start_time, struct vir_process *ret)
{
    VIR_AUTO_CLOSE int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    struct vir_process_facts facts;

    /* In this order: the process that the pidfd holds is the one that /proc shows afterwards. */
    if (pidfd < 0 || vir_process_read(pid, &facts) < 0 || facts.state == 'Z' || facts.state == 'X' ||
        (start_time && facts.start_time != start_time))
        return false;
    *ret = (struct vir_process){ .pid = pid, .pidfd = vir_steal_fd(&pidfd), .start_time = facts.start_time };
    return true;
}

void
vir_process_close(struct vir_process *process)
{
    if (process->pidfd >= 0)
        close(vir_steal_fd(&process->pidfd));
}

/* ---- what it holds ------------------------------------------------------------ */

bool
vir_process_holds(pid_t pid, int fd, const struct vir_dir *dir, const char *name)
{
    struct stat theirs, ours;
    char path[64];

    snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)pid, fd);
    return stat(path, &theirs) == 0 && fstatat(dir->fd, name, &ours, AT_SYMLINK_NOFOLLOW) == 0 &&
        theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino &&
        ours.st_uid == geteuid() && !(ours.st_mode & (S_IWGRP | S_IWOTH));
}

char *
vir_process_file_name(pid_t pid, int fd)
{
    char link[64], path[PATH_MAX];
    const char *slash;
    ssize_t n;

    snprintf(link, sizeof(link), "/proc/%d/fd/%d", (int)pid, fd);
    n = readlink(link, path, sizeof(path) - 1);
    if (n <= 0)
        return NULL;
    path[n] = '\0';
    slash = strrchr(path, '/');
    return slash ? vir_strdup(slash + 1) : NULL;
}

/* ---- its end ------------------------------------------------------------------ */

void
vir_process_signal(const struct vir_process *process, int signal)
{
    syscall(SYS_pidfd_send_signal, process->pidfd, signal, NULL, 0);
}

static bool
has_ended(const struct vir_process *process, int64_t deadline)
{
    struct pollfd wait = { .fd = process->pidfd, .events = POLLIN };
    int n;

    do
        n = poll(&wait, 1, vir_deadline_left(deadline));
    while (n < 0 && errno == EINTR);
    return n > 0;
}

/* Sends SIGNAL to those that live and waits for them; the first that is left. */
static const struct vir_process *
end_by(const struct vir_process *const *processes, size_t n, int signal, int ms)
{
    int64_t deadline = vir_deadline(ms);

    for (size_t i = 0; i < n; i++)
        vir_process_signal(processes[i], signal);
    for (size_t i = 0; i < n; i++)
        if (!has_ended(processes[i], deadline))
            return processes[i];
    return NULL;
}

int
vir_process_end_all(const struct vir_process *const *processes, size_t n, int grace_ms, int kill_ms)
{
    const struct vir_process *left = end_by(processes, n, SIGTERM, grace_ms);

    if (left && kill_ms == 0)
        return vir_error(VIR_ERR_SYSTEM_ERROR, "process %d did not end within %d s", (int)left->pid,
                         grace_ms / 1000);
    if (left)
        left = end_by(processes, n, SIGKILL, kill_ms);
    if (left)
        return vir_error(VIR_ERR_SYSTEM_ERROR, "process %d was killed, but the kernel still holds it",
                         (int)left->pid);
    return 0;
}

int
vir_process_end(const struct vir_process *process, int grace_ms, int kill_ms)
{
    return vir_process_end_all(&process, 1, grace_ms, kill_ms);
}

int
vir_process_reap(const struct vir_process *process)
{
    int status = -1;

    if (process->child)
        vir_child_wait(process->pid, process->pidfd, 0, &status);
    return status;
}
