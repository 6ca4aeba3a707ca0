/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lets a child process open a module first.  Whatever the module does there (ends
 * the process, never returns) happens to the child, and becomes a sentence.
 * The verdict about one and the same file is kept, so that this costs something
 * only once.
 */
#include "loader.h"
#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The checker itself gives the module 2 s; this is for the checker. */
#define ASK_DEADLINE_MS 5000
#define ASK_ANSWER_MAX 8192
#define ASK_STACK (64 * 1024)
#define ASK_REFUSAL_AGE 3600            /* seconds that a refusal is believed: a missing library may come */

void
vir_module_report_clear(struct vir_module_report *report)
{
    free(report->name);
    free(report->version);
    free(report->schemes);
    free(report->provides);
    memset(report, 0, sizeof(*report));
}

/* ---- the child ---- */

struct child {
    char *argv[6];
    int out, null;
    sigset_t mask;
    char *stack;                        /* for the checker until it runs; the helper's lies behind */
    int pidfd;
    pid_t pid;                          /* -1: could not be started, for REASON */
    int reason;
};

/* Both run on stacks of their own in our memory while our thread is suspended:
 * system calls only.  What they return is their exit status. */

static int
run_checker(void *opaque)
{
    struct child *child = opaque;

    for (int signum = 1; signum < NSIG; signum++)
        signal(signum, SIG_DFL);
    setsid();
    dup2(child->null, STDIN_FILENO);
    dup2(child->null, STDERR_FILENO);
    dup2(child->out, STDOUT_FILENO);
#ifdef SYS_close_range
    syscall(SYS_close_range, 3u, ~0u, 0u);
#endif
    sigprocmask(SIG_SETMASK, &child->mask, NULL);
    execv(child->argv[0], child->argv);
    return 127;
}

static int
run_helper(void *opaque)
{
    struct child *child = opaque;

    child->pid = clone(run_checker, child->stack + ASK_STACK, CLONE_VM | CLONE_VFORK | CLONE_PIDFD, child,
                       &child->pidfd);
    child->reason = errno;
    return 0;
}

#ifdef __SANITIZE_THREAD__
/* ThreadSanitizer keeps its books in the memory that such a child shares: it
 * would go on with a parent that seems to be within execv(). */
static int
start_child(struct child *child)
{
    posix_spawn_file_actions_t actions;
    int err;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, child->null, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, child->null, STDERR_FILENO);
    posix_spawn_file_actions_adddup2(&actions, child->out, STDOUT_FILENO);
    err = posix_spawn(&child->pid, child->argv[0], &actions, NULL, child->argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (err)
        return vir_raise_errno(VIR_FROM_NONE, err, "cannot start '%s'", child->argv[0]);
    child->pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
    return 0;
}
#else
/*
 * Starts the checker.  Not fork(): a child of a process with threads could hang,
 * and a large heap makes it slow.  Not posix_spawn(): the end of its child is a
 * SIGCHLD, and a program that waits for "any child" would take it for one of its
 * own.  So: clone() as posix_spawn() does it, twice.  The helper ends without a
 * signal and is waited for with __WALL; the checker is nobody's child then, and
 * the descriptor of it, which the helper leaves in our table, is all we need.
 */
static int
start_child(struct child *child)
{
    VIR_AUTO_FREE char *stacks = vir_alloc(2 * ASK_STACK);
    sigset_t all;
    pid_t helper;

    child->stack = stacks;
    child->pid = -1;
    child->pidfd = -1;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &child->mask);
    helper = clone(run_helper, stacks + 2 * ASK_STACK, CLONE_VM | CLONE_VFORK | CLONE_FILES, child);
    if (helper < 0)
        child->reason = errno;
    while (helper > 0 && waitpid(helper, NULL, __WALL) < 0 && errno == EINTR)
        ;
    pthread_sigmask(SIG_SETMASK, &child->mask, NULL);
    if (child->pid < 0)
        return vir_raise_errno(VIR_FROM_NONE, child->reason, "cannot start '%s'", child->argv[0]);
    return 0;
}
#endif

/* Waits until FD is readable; false when the deadline has passed. */
static bool
wait_readable(int fd, int64_t deadline)
{
    for (;;) {
        struct pollfd item = { .fd = fd, .events = POLLIN };
        int64_t left = deadline - vir_now_ms();
        int ready;

        if (left <= 0)
            return false;
        ready = poll(&item, 1, (int)left);
        if (ready > 0)
            return true;
        if (ready < 0 && errno != EINTR)
            return false;
    }
}

/* Everything the child writes, up to its end of file. */
static bool
read_answer(int fd, int64_t deadline, char *answer, size_t size)
{
    size_t len = 0;

    for (;;) {
        ssize_t got;

        if (!wait_readable(fd, deadline))
            return false;
        got = read(fd, answer + len, size - 1 - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0 || len + (size_t)got == size - 1)
            break;
        len += (size_t)got;
    }
    answer[len] = '\0';
    return true;
}

/* Runs the checker on PATH; ANSWER gets "ok=yes" with facts, or "error=...". */
static int
run_child(const char *path, char *answer, size_t size)
{
    VIR_AUTO_FREE char *checker = vir_strdup(vir_host_module_checker());
    VIR_AUTO_FREE char *file = vir_strdup(path);
    VIR_AUTO_CLOSE int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    char check[] = "--check", machine[] = "--machine", daemon_option[] = "--daemon";
    struct child child = { .argv = { checker, check, file, machine, daemon_option, NULL }, .null = null };
    int pipes[2], started;
    bool in_time;

    if (null < 0 || pipe2(pipes, O_CLOEXEC) < 0)
        return vir_raise_errno(VIR_FROM_NONE, errno, "cannot start '%s'", checker);
    if (!vir_host()->daemon)
        child.argv[4] = NULL;
    child.out = pipes[1];
    started = start_child(&child);
    close(pipes[1]);
    if (started < 0) {
        close(pipes[0]);
        return -1;
    }
    in_time = read_answer(pipes[0], vir_now_ms() + ASK_DEADLINE_MS, answer, size);
    close(pipes[0]);
    if (!in_time)
        syscall(SYS_pidfd_send_signal, child.pidfd, SIGKILL, NULL, 0u);
    close(child.pidfd);
    if (in_time && (strstr(answer, "ok=yes\n") || strstr(answer, "error=")))
        return 0;
    return vir_raise(VIR_FROM_NONE, VIR_ERR_OPERATION_FAILED, "it cannot be checked: '%s' %s", checker,
                     in_time ? "cannot be run" : "does not answer");
}

/* ---- kept verdicts ---- */

/* What names one state of one file, and us. */
static char *
file_identity(const char *path)
{
    struct stat st;

    if (stat(path, &st) < 0)
        return NULL;
    return vir_strdup_printf("file=%llu:%llu:%lld:%lld.%09ld:%lld.%09ld:%u.%u:%s\n",
                             (unsigned long long)st.st_dev, (unsigned long long)st.st_ino,
                             (long long)st.st_size, (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
                             (long long)st.st_ctim.tv_sec, st.st_ctim.tv_nsec, VIR_MODULE_ABI,
                             (unsigned int)sizeof(struct vir_module), path);
}

static int
cache_open(void)
{
    VIR_AUTO_FREE char *path = vir_strdup_printf("%s/modules", vir_host()->cache_dir);
    int fd;

    /* Somebody tries another module directory: the system's cache is not for that. */
    if (vir_host()->privileged && secure_getenv("LIBVIRT_DRIVER_DIR"))
        return -1;
    fd = vir_dir_open(path, 0700);
    virResetLastError();                /* without a cache everything works as well */
    return fd;
}

/* 1: ANSWER is what the cache says about IDENTITY. */
static int
cache_get(const char *file, const char *identity, char *answer, size_t size)
{
    VIR_AUTO_FREE char *text = NULL;
    VIR_AUTO_CLOSE int dir = cache_open();
    struct stat st;
    size_t len;

    if (dir < 0 || fstatat(dir, file, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return 0;
    if (st.st_uid != geteuid() || vir_file_read(dir, file, size - 1, &text, &len) < 0) {
        virResetLastError();
        return 0;
    }
    if (strncmp(text, identity, strlen(identity)))
        return 0;
    strcpy(answer, text + strlen(identity));
    return strstr(answer, "ok=yes\n") || time(NULL) - st.st_mtime < ASK_REFUSAL_AGE;
}

static void
cache_put(const char *file, const char *identity, const char *answer)
{
    VIR_AUTO_FREE char *text = vir_strdup_printf("%s%s", identity, answer);
    VIR_AUTO_CLOSE int dir = cache_open();

    if (dir >= 0 && vir_file_write(dir, file, text, strlen(text), 0600) < 0)
        virResetLastError();
}

/* ---- the answer ---- */

/* The value of KEY in lines key=value; NULL if there is none.  The caller frees. */
static char *
fact(const char *answer, const char *key)
{
    size_t len = strlen(key);

    for (const char *line = answer; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        if (!strncmp(line, key, len) && line[len] == '=')
            return vir_strdup_printf("%.*s", (int)strcspn(line + len + 1, "\n"), line + len + 1);
    return NULL;
}

int
vir_module_ask(const char *path, const char *name, struct vir_module_report *ret_report)
{
    VIR_AUTO_FREE char *identity = file_identity(path);
    VIR_AUTO_FREE char *file = vir_strdup_printf("%s.verdict", name);
    VIR_AUTO_FREE char *reason = NULL;
    char answer[ASK_ANSWER_MAX];

    if (vir_module_file_check(path) < 0)
        return -1;
    if (!identity || !cache_get(file, identity, answer, sizeof(answer))) {
        if (run_child(path, answer, sizeof(answer)) < 0)
            return -1;
        if (identity)
            cache_put(file, identity, answer);
    }
    reason = fact(answer, "error");
    if (reason)
        return vir_raise(VIR_FROM_NONE, VIR_ERR_OPERATION_FAILED, "%s", reason);
    ret_report->name = fact(answer, "name");
    ret_report->version = fact(answer, "version");
    ret_report->schemes = fact(answer, "schemes");
    ret_report->provides = fact(answer, "provides");
    return 0;
}
