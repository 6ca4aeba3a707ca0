/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Child processes.  A child is made by clone(CLONE_VM | CLONE_VFORK): nothing is
 * copied and no handler of the program runs, whatever its other threads do; the
 * pidfd comes from the same system call.  Not fork(): a child of a process with
 * threads could hang, and a large heap makes it slow.  Between clone and exec the
 * child makes plain system calls only: its memory is ours.
 */
#include "report.h"
#include "vector.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <poll.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef P_PIDFD
# define P_PIDFD 3
#endif

#define FIXED_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define STACK_SIZE (64 * 1024)
#define GROUPS_MAX 256

struct child_plan {
    const struct vir_child *child;
    char path[PATH_MAX];
    const char *const *env;
    int *keep;                          /* kept descriptors in rising order */
    size_t n_keep;
    gid_t groups[GROUPS_MAX];
    int n_groups;
    char *stack;                        /* its end; another such stack lies below */
    pid_t parent;                       /* of one that is bound */
    pid_t pid;
    int pidfd;
    int midwife_sock;                   /* of an orphan: where its parent tells both */
    /* What the child tells before it ends. */
    const char *failed;
    int err;
};

/* ---- in the child: system calls only --------------------------------------- */

#ifdef __SANITIZE_THREAD__
/* ThreadSanitizer's own clone() takes every child for one with a copy of our memory. */
int __clone(int (*fn)(void *), void *stack, int flags, void *opaque, ...);
# define clone __clone
#endif

/* Neither the C library's functions, which a sanitizer replaces, nor code that one has
 * added to: they would enter the child's stack, descriptors and calls in the books of
 * the parent's thread, which after execve nobody takes back. */
#define IN_CHILD __attribute__((no_sanitize("address"), no_sanitize("thread"), no_sanitize("undefined")))

IN_CHILD static int
child_fail(struct child_plan *plan, const char *what)
{
    plan->err = errno;
    plan->failed = what;
    syscall(SYS_exit, 127);
    return 127;
}

/* Standard descriptors, first moved out of each other's way. */
IN_CHILD static int
child_stdio(const struct vir_child *child, int above)
{
    int wanted[3] = { child->stdin_fd, child->stdout_fd, child->stderr_fd };

    for (int i = 0; i < 3; i++) {
        int fd = wanted[i];

        if (fd < 0)
            fd = (int)syscall(SYS_openat, AT_FDCWD, "/dev/null", (i == 0 ? O_RDONLY : O_WRONLY) | O_CLOEXEC);
        if (fd < 0)
            return -1;
        wanted[i] = (int)syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, above);
        if (wanted[i] < 0)
            return -1;
    }
    for (int i = 0; i < 3; i++)
        if (syscall(SYS_dup3, wanted[i], i, 0) < 0)
            return -1;
    return 0;
}

IN_CHILD static int
child_close_others(const struct child_plan *plan)
{
    unsigned int from = 3;

    for (size_t i = 0; i < plan->n_keep; i++) {
        unsigned int fd = (unsigned int)plan->keep[i];

        if (syscall(SYS_fcntl, fd, F_SETFD, 0) < 0)
            return -1;
        if (fd > from && syscall(SYS_close_range, from, fd - 1, 0) < 0)
            return -1;
        from = fd + 1;
    }
    return (int)syscall(SYS_close_range, from, ~0u, 0);
}

/* glibc's own calls would change the identity of every thread of ours. */
IN_CHILD static int
child_identity(const struct child_plan *plan)
{
    const struct vir_child *child = plan->child;

    if (child->gid != (gid_t)-1 &&
        (syscall(SYS_setgroups, plan->n_groups, plan->groups) < 0 ||
         syscall(SYS_setresgid, child->gid, child->gid, child->gid) < 0))
        return -1;
    if (child->uid != (uid_t)-1 && syscall(SYS_setresuid, child->uid, child->uid, child->uid) < 0)
        return -1;
    return 0;
}

/* The kernel's struct sigaction, all zero: the default, for the two signals as well
 * that glibc uses itself.  The same zeroes serve as the set of blocked signals. */
IN_CHILD static void
child_signals(void)
{
    static const unsigned long none[8];

    for (int i = 1; i < NSIG; i++)
        syscall(SYS_rt_sigaction, i, none, NULL, NSIG / 8);
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, none, NULL, NSIG / 8);
}

/* A limit on the memory of the daemon is none on what it starts for others; without the right to raise
 * it the child has what is allowed. */
IN_CHILD static void
child_memory(void)
{
    const uint64_t none[2] = { ~0ull, ~0ull };
    uint64_t limit[2];                  /* the kernel's struct rlimit64: soft, hard */

    if (syscall(SYS_prlimit64, 0, RLIMIT_AS, none, NULL) == 0 ||
        syscall(SYS_prlimit64, 0, RLIMIT_AS, NULL, limit) < 0)
        return;
    limit[0] = limit[1];
    syscall(SYS_prlimit64, 0, RLIMIT_AS, limit, NULL);
}

/* "0" is who writes it. */
IN_CHILD static int
child_join(const struct vir_child *child)
{
    for (size_t i = 0; i < child->n_join_fds; i++)
        if (syscall(SYS_write, child->join_fds[i], "0", 1) < 0)
            return -1;
    return 0;
}

/* After the change of the user, which undoes it.  Whose parent has ended meanwhile hears of it no more. */
IN_CHILD static int
child_bind(const struct child_plan *plan)
{
    if (!plan->child->bound)
        return 0;
    if (syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
        return -1;
    if (syscall(SYS_getppid) != plan->parent)
        syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
    return 0;
}

IN_CHILD static int
child_main(void *opaque)
{
    struct child_plan *plan = opaque;
    const struct vir_child *child = plan->child;
    int above = plan->n_keep ? plan->keep[plan->n_keep - 1] + 1 : 3;

    if (child->new_session && syscall(SYS_setsid) < 0)
        return child_fail(plan, "setsid");
    if (child->new_session)
        child_memory();
    if (child_join(child) < 0)
        return child_fail(plan, "join its control group");
    syscall(SYS_umask, child->umask ? child->umask : 0077);
    if (child_stdio(child, above) < 0)
        return child_fail(plan, "set up standard input and output");
    if (child_close_others(plan) < 0)
        return child_fail(plan, "close other descriptors");
    if (child_identity(plan) < 0)
        return child_fail(plan, "change user");
    if (child_bind(plan) < 0)
        return child_fail(plan, "be bound to its parent");
    if (syscall(SYS_chdir, child->cwd ? child->cwd : "/") < 0)
        return child_fail(plan, "change directory");
    child_signals();
    syscall(SYS_execve, plan->path, child->argv, plan->env);
    return child_fail(plan, "execute");
}

IN_CHILD static int
plan_clone(struct child_plan *plan, int end_signal)
{
    plan->pid = clone(child_main, plan->stack, CLONE_VM | CLONE_VFORK | CLONE_PIDFD | end_signal, plan,
                      &plan->pidfd);
    if (plan->pid < 0)
        plan->err = errno;
    return 0;
}

/* A message with a descriptor. */
struct birth {
    struct iovec iov;
    union { struct cmsghdr align; char space[CMSG_SPACE(sizeof(int))]; } control;
    struct msghdr msg;
};

IN_CHILD static void
birth_init(struct birth *birth, pid_t *pid)
{
    birth->iov = (struct iovec){ pid, sizeof(*pid) };
    birth->msg = (struct msghdr){ .msg_iov = &birth->iov, .msg_iovlen = 1, .msg_control = &birth->control,
                                  .msg_controllen = CMSG_LEN(sizeof(int)) };
}

/* The parent of an orphan.  It does not share our descriptors: valgrind knows no such clone(). */
IN_CHILD static int
midwife_main(void *opaque)
{
    struct child_plan *plan = opaque;
    struct birth birth;
    struct cmsghdr *c;

    plan_clone(plan, 0);
    if (plan->pid < 0)
        return 0;
    birth_init(&birth, &plan->pid);
    c = CMSG_FIRSTHDR(&birth.msg);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int));
    *(int *)(void *)CMSG_DATA(c) = plan->pidfd;
    if (syscall(SYS_sendmsg, plan->midwife_sock, &birth.msg, 0) < 0) {
        plan->err = errno;
        syscall(SYS_pidfd_send_signal, plan->pidfd, SIGKILL, NULL, 0);
    }
    return 0;
}

/* ---- before: everything that allocates or looks up -------------------------- */

static int
find_program(const char *name, char *path, size_t size)
{
    const char *dir = FIXED_PATH;

    if (name[0] == '/') {
        if (snprintf(path, size, "%s", name) >= (int)size)
            return vir_fail(VIR_REPORT_INVALID, 0, "the program name '%.80s' is too long", name);
        return 0;
    }
    while (*dir) {
        size_t len = strcspn(dir, ":");

        if (!strchr(name, '/') && snprintf(path, size, "%.*s/%s", (int)len, dir, name) < (int)size &&
            access(path, X_OK) == 0)
            return 0;
        dir += len + (dir[len] == ':');
    }
    return vir_fail(VIR_REPORT_SYSTEM, ENOENT, "cannot find the program '%s' in " FIXED_PATH, name);
}

static int
compare_fds(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static int
plan_descriptors(struct child_plan *plan)
{
    const struct vir_child *child = plan->child;

    plan->n_keep = child->n_keep_fds;
    plan->keep = vir_alloc_array(plan->n_keep, sizeof(int));
    for (size_t i = 0; i < plan->n_keep; i++) {
        if (child->keep_fds[i] < 3)
            return vir_fail(VIR_REPORT_INVALID, 0, "descriptor %d cannot be kept open for '%s'",
                            child->keep_fds[i], child->argv[0]);
        plan->keep[i] = child->keep_fds[i];
    }
    qsort(plan->keep, plan->n_keep, sizeof(int), compare_fds);
    return 0;
}

/* The groups of the user that the child becomes. */
static void
plan_groups(struct child_plan *plan)
{
    const struct vir_child *child = plan->child;
    struct passwd user, *found = NULL;
    char text[4096];

    if (child->gid == (gid_t)-1)
        return;
    plan->groups[0] = child->gid;
    plan->n_groups = 1;
    if (child->uid == (uid_t)-1 || getpwuid_r(child->uid, &user, text, sizeof(text), &found) || !found)
        return;
    plan->n_groups = GROUPS_MAX;
    if (getgrouplist(found->pw_name, child->gid, plan->groups, &plan->n_groups) < 0)
        plan->n_groups = GROUPS_MAX;
}

struct fixed_env {
    char user[128], logname[128], home[PATH_MAX + 8];
    const char *list[5 + VIR_MORE_ENV + 1];
};

static void
plan_env(struct child_plan *plan, struct fixed_env *fixed)
{
    uid_t uid = plan->child->uid == (uid_t)-1 ? geteuid() : plan->child->uid;
    struct passwd user, *found = NULL;
    char text[4096];
    size_t n = 0;

    if (plan->child->env) {
        plan->env = plan->child->env;
        return;
    }
    plan->env = fixed->list;
    fixed->list[n++] = "PATH=" FIXED_PATH;
    fixed->list[n++] = "LC_ALL=C";
    if (getpwuid_r(uid, &user, text, sizeof(text), &found) == 0 && found) {
        snprintf(fixed->user, sizeof(fixed->user), "USER=%s", found->pw_name);
        snprintf(fixed->logname, sizeof(fixed->logname), "LOGNAME=%s", found->pw_name);
        snprintf(fixed->home, sizeof(fixed->home), "HOME=%s", found->pw_dir);
        fixed->list[n++] = fixed->user;
        fixed->list[n++] = fixed->logname;
        fixed->list[n++] = fixed->home;
    }
    for (size_t i = 0; plan->child->more_env && plan->child->more_env[i] && i < VIR_MORE_ENV; i++)
        fixed->list[n++] = plan->child->more_env[i];
    fixed->list[n] = NULL;
}

/* ---- the calls --------------------------------------------------------------- */

/* Takes what the midwife, which has ended, has told.  An orphan that nobody would have a hold on does not
 * live: its number, which came all the same when there was no room for its descriptor, is still its own. */
static void
receive_orphan(struct child_plan *plan, int sock)
{
    struct birth birth;
    pid_t pid;

    birth_init(&birth, &pid);
    plan->pid = plan->pidfd = -1;
    if (recvmsg(sock, &birth.msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) != sizeof(pid)) {
        plan->err = plan->err ? plan->err : errno;
        return;
    }
    if (!birth.msg.msg_controllen) {
        kill(pid, SIGKILL);
        plan->err = EMFILE;
        return;
    }
    plan->pid = pid;
    memcpy(&plan->pidfd, CMSG_DATA(CMSG_FIRSTHDR(&birth.msg)), sizeof(int));
}

/* The midwife ends without a signal and at once. */
static void
clone_orphan(struct child_plan *plan)
{
    int ends[2];
    pid_t midwife;

    if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends) < 0) {
        plan->err = errno;
        return;
    }
    plan->midwife_sock = ends[1];
    midwife = clone(midwife_main, plan->stack - STACK_SIZE, CLONE_VM | CLONE_VFORK, plan);
    if (midwife < 0)
        plan->err = errno;
    while (midwife > 0 && waitpid(midwife, NULL, __WALL) < 0 && errno == EINTR)
        ;
    receive_orphan(plan, ends[0]);
    close(ends[0]);
    close(ends[1]);
}

/* Runs the plan; -1: clone itself failed. */
static int
plan_run(struct child_plan *plan)
{
    sigset_t all, old;
    char *stacks = mmap(NULL, 2 * STACK_SIZE, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);

    plan->pid = plan->pidfd = -1;
    if (stacks == MAP_FAILED) {
        plan->err = errno;
        return -1;
    }
    plan->stack = stacks + 2 * STACK_SIZE;
    /* No handler of ours may run in the child while it shares our memory. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    if (plan->child->orphan)
        clone_orphan(plan);
    else
        plan_clone(plan, SIGCHLD);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    munmap(stacks, 2 * STACK_SIZE);
    return plan->pid < 0 ? -1 : 0;
}

static void
reap(int pidfd)
{
    siginfo_t info;

    while (waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED) < 0 && errno == EINTR)
        ;
}

int
vir_child_start(const struct vir_child *child, pid_t *ret_pid, int *ret_pidfd)
{
    VIR_AUTO_FREE int *keep = NULL;
    struct child_plan plan = { .child = child, .parent = getpid() };
    struct fixed_env fixed;

    if (find_program(child->argv[0], plan.path, sizeof(plan.path)) < 0)
        return -1;
    if (plan_descriptors(&plan) < 0) {
        free(plan.keep);
        return -1;
    }
    keep = plan.keep;
    plan_groups(&plan);
    plan_env(&plan, &fixed);
    if (plan_run(&plan) < 0)
        return vir_fail(VIR_REPORT_SYSTEM, plan.err, "cannot start '%s'", plan.path);
    if (plan.failed) {
        reap(plan.pidfd);
        close(plan.pidfd);
        return vir_fail(VIR_REPORT_SYSTEM, plan.err, "cannot start '%s': cannot %s", plan.path, plan.failed);
    }
    *ret_pid = plan.pid;
    *ret_pidfd = plan.pidfd;
    return 0;
}

int
vir_child_wait(pid_t pid, int pidfd, int deadline_ms, int *ret_status)
{
    int64_t end = vir_deadline(deadline_ms);
    struct pollfd wait = { .fd = pidfd, .events = POLLIN };
    siginfo_t info = { 0 };

    (void)pid;
    while (!info.si_pid) {
        int n = poll(&wait, 1, deadline_ms < 0 ? -1 : vir_deadline_left(end));

        if (n < 0 && errno != EINTR)
            return vir_fail(VIR_REPORT_SYSTEM, errno, "cannot wait for a process");
        if (n == 0)
            return 1;
        /* A process that is not our child, or was reaped already: its status is unknown. */
        if (n > 0 && waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED | WNOHANG) < 0) {
            if (ret_status)
                *ret_status = -1;
            return 0;
        }
        if (n > 0 && !info.si_pid)      /* a tracer has not let go of it yet */
            usleep(1000);
    }
    if (ret_status)
        *ret_status = info.si_code == CLD_EXITED ? info.si_status << 8 : info.si_status;
    return 0;
}
