/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Child processes: what they get, what they do not get, and how they end. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char *output;

static int
teardown(void **state)
{
    (void)state;
    free(output);
    output = NULL;
    return 0;
}

/* Runs a shell command; returns the wait status. */
static int
shell(const char *command, const char *input)
{
    const char *const argv[] = { "sh", "-c", command, NULL };
    struct vir_child child = { VIR_CHILD_INIT, .argv = argv };
    int status = -1;

    free(output);
    output = NULL;
    reported_clear();
    assert_int_equal(vir_child_run(&child, input, 100000, 5000, &output, &status), 0);
    return status;
}

static void
input_and_output(void **state)
{
    char *text = malloc(90001);

    (void)state;
    assert_int_equal(shell("cat; exit 3", "hello"), 3 << 8);
    assert_string_equal(output, "hello");
    memset(text, 'x', 90000);
    text[90000] = '\0';
    assert_int_equal(shell("cat", text), 0);
    assert_int_equal(strlen(output), 90000);
    assert_int_equal(shell("exec true", text), 0);      /* does not read it: no SIGPIPE for us */
    assert_int_equal(shell("kill -9 $$", NULL), SIGKILL);
    free(text);
}

/* The limit of our memory is not that of who outlives us. */
static void
memory(void **state)
{
    const char *const argv[] = { "sh", "-c", "ulimit -v", NULL };
    struct vir_child child = { VIR_CHILD_INIT, .argv = argv };
    const struct rlimit soft = { 1ul << 46, RLIM_INFINITY };
    struct rlimit before;

    (void)state;
#ifdef __SANITIZE_THREAD__
    skip();                             /* its shadow needs more */
#endif
    getrlimit(RLIMIT_AS, &before);
    if (before.rlim_max != RLIM_INFINITY || setrlimit(RLIMIT_AS, &soft) < 0)
        skip();
    for (int i = 0; i < 2; i++) {
        free(output);
        child.new_session = i;
        assert_int_equal(vir_child_run(&child, NULL, 100, 5000, &output, NULL), 0);
        assert_string_equal(output, i ? "unlimited\n" : "68719476736\n");
    }
    setrlimit(RLIMIT_AS, &before);
}

static void
environment(void **state)
{
    (void)state;
    setenv("SECRET", "x", 1);
    assert_int_equal(shell("env | sed 's/=.*//' | sort | tr '\\n' ' '; pwd; umask", NULL), 0);
    assert_null(strstr(output, "SECRET"));
    assert_non_null(strstr(output, "LC_ALL"));
    assert_non_null(strstr(output, "PATH"));
    assert_non_null(strstr(output, "/\n0077\n"));
}

static void
descriptors(void **state)
{
    int leaked = open("/dev/null", O_RDONLY), kept = fcntl(leaked, F_DUPFD, 57);
    int also = fcntl(leaked, F_DUPFD_CLOEXEC, 40);
    const int keep[] = { kept, also };
    const char *const argv[] = { "sh", "-c", "ls /proc/self/fd | tr '\\n' ' '", NULL };
    struct vir_child child = { VIR_CHILD_INIT, .argv = argv, .keep_fds = keep, .n_keep_fds = 2 };
    char expected[64];

    (void)state;
    assert_int_equal(vir_child_run(&child, NULL, 1000, 5000, &output, NULL), 0);
    /* 3: the directory that ls reads */
    snprintf(expected, sizeof(expected), "0 1 2 3 %d %d ", also, kept);
    assert_string_equal(output, expected);
    close(leaked);
    close(kept);
    close(also);
}

static void
signals(void **state)
{
    sigset_t set;

    (void)state;
    signal(SIGUSR1, SIG_IGN);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    assert_int_equal(shell("grep -E 'Sig(Blk|Ign)' /proc/self/status | tr -d '\\t\\n'", NULL), 0);
    assert_string_equal(output, "SigBlk:0000000000000000SigIgn:0000000000000000");
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    signal(SIGUSR1, SIG_DFL);
}

static void
what_cannot_start(void **state)
{
    const char *argv[] = { "/nowhere/program", NULL };
    struct vir_child child = { VIR_CHILD_INIT, .argv = argv };
    int pidfd = -1;
    pid_t pid;

    (void)state;
    assert_int_equal(vir_child_start(&child, &pid, &pidfd), -1);
    assert_string_equal(reported,
                        "cannot start '/nowhere/program': cannot execute: No such file or directory");
    argv[0] = "no-such-program-anywhere";
    assert_int_equal(vir_child_start(&child, &pid, &pidfd), -1);
    assert_non_null(strstr(reported, "cannot find the program 'no-such-program-anywhere'"));
    argv[0] = "true";
    child.cwd = "/nowhere";
    assert_int_equal(vir_child_start(&child, &pid, &pidfd), -1);
    assert_non_null(strstr(reported, "cannot change directory"));
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    assert_int_equal(pidfd, -1);
}

static int n_signals;

static void
on_child(int number)
{
    (void)number;
    n_signals++;
}

/* A program that waits for any child, or counts SIGCHLD, does not notice it. */
static void
orphans(void **state)
{
    const char *argv[] = { "sh", "-c", "echo hello", NULL };
    struct vir_child child = { VIR_CHILD_INIT, .argv = argv, .orphan = true };
    int status = 0;

    (void)state;
    n_signals = 0;
    signal(SIGCHLD, on_child);
    assert_int_equal(vir_child_run(&child, NULL, 1000, 5000, &output, &status), 0);
    assert_string_equal(output, "hello\n");
    assert_int_equal(status, -1);
    argv[0] = "/nowhere/program";
    assert_int_equal(vir_child_run(&child, NULL, 1000, 5000, NULL, NULL), -1);
    assert_string_equal(reported,
                        "cannot start '/nowhere/program': cannot execute: No such file or directory");
    assert_int_equal(waitpid(-1, NULL, WNOHANG | __WALL), -1);
    assert_int_equal(errno, ECHILD);
    assert_int_equal(n_signals, 0);
    signal(SIGCHLD, SIG_DFL);
}

static bool no_room;

/* As the kernel does it where no descriptor is left: the bytes come without it. */
ssize_t
recvmsg(int sock, struct msghdr *msg, int flags)
{
    ssize_t n = syscall(SYS_recvmsg, sock, msg, flags);

    if (no_room && n >= 0) {
        close(*(int *)(void *)CMSG_DATA(CMSG_FIRSTHDR(msg)));
        msg->msg_controllen = 0;
        msg->msg_flags |= MSG_CTRUNC;
    }
    return n;
}

/* An orphan that could not be taken hold of does not run on. */
static void
lost_orphan(void **state)
{
    int ends[2], pidfd;
    const char *const argv[] = { "sleep", "30", NULL };
    struct vir_child child = { VIR_CHILD_INIT, .argv = argv, .orphan = true, .keep_fds = &ends[1], .n_keep_fds = 1 };
    struct pollfd ended = { .events = POLLIN };
    pid_t pid;

    (void)state;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    no_room = true;
    assert_int_equal(vir_child_start(&child, &pid, &pidfd), -1);
    no_room = false;
    assert_non_null(strstr(reported, "cannot start '"));
    assert_non_null(strstr(reported, "Too many open files"));
    close(ends[1]);
    ended.fd = ends[0];
    assert_int_equal(poll(&ended, 1, 5000), 1);
    close(ends[0]);
}

static void
deadlines(void **state)
{
    const char *const argv[] = { "sleep", "30", NULL };
    struct vir_child child = { VIR_CHILD_INIT, .argv = argv, .new_session = true };
    int64_t start = vir_now_ms();
    int pidfd, status = 0;
    pid_t pid;

    (void)state;
    assert_int_equal(vir_child_start(&child, &pid, &pidfd), 0);
    assert_int_equal(getsid(pid), pid);
    assert_int_equal(vir_child_wait(pid, pidfd, 50, &status), 1);
    kill(pid, SIGTERM);
    assert_int_equal(vir_child_wait(pid, pidfd, 5000, &status), 0);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
    assert_int_equal(vir_child_wait(pid, pidfd, 5000, &status), 0);     /* gone already */
    assert_int_equal(status, -1);
    close(pidfd);
    assert_int_equal(vir_child_run(&child, NULL, 10, 100, &output, &status), -1);
    assert_string_equal(reported, "'sleep' did not end within 100 ms");
    assert_int_equal(reported_kind, VIR_REPORT_TIMEOUT);
    assert_true(ms_since(start) < 5000);
}

static void
too_much_output(void **state)
{
    const char *const argv[] = { "sh", "-c", "yes", NULL };
    struct vir_child child = { VIR_CHILD_INIT, .argv = argv };

    (void)state;
    assert_int_equal(vir_child_run(&child, NULL, 1000, 5000, &output, NULL), -1);
    assert_string_equal(reported, "'sh' wrote more than 1000 bytes");
    /* A grandchild that keeps the pipe open is not waited for. */
    assert_int_equal(shell("sleep 20 & echo done", NULL), 0);
    assert_string_equal(output, "done\n");
}

static void *
start_bound(void *opaque)
{
    const char *const argv[] = { "sleep", "30", NULL };
    struct vir_child child = { VIR_CHILD_INIT, .argv = argv, .bound = true };
    pid_t pid;

    return vir_child_start(&child, &pid, opaque) < 0 ? NULL : (void *)(intptr_t)pid;
}

static void
ends_with_its_thread(void **state)
{
    int pidfd = -1, status = 0;
    pthread_t thread;
    void *pid = NULL;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, start_bound, &pidfd), 0);
    pthread_join(thread, &pid);
    assert_non_null(pid);
    assert_int_equal(vir_child_wait((pid_t)(intptr_t)pid, pidfd, 5000, &status), 0);
    assert_int_equal(status, SIGKILL);
    close(pidfd);
}

/* Many threads start children while others allocate and lock. */
static void *
starter(void *opaque)
{
    const char *const argv[] = { "true", NULL };
    struct vir_child child = { VIR_CHILD_INIT, .argv = argv };

    for (int i = 0; i < 50; i++) {
        int pidfd, status;
        pid_t pid;

        if (vir_child_start(&child, &pid, &pidfd) < 0 || vir_child_wait(pid, pidfd, 10000, &status) != 0
            || status) ++*(int *)opaque;
        close(pidfd);
        free(vir_strdup_printf("%d", i));
    }
    return NULL;
}

static void
many_threads(void **state)
{
    pthread_t threads[8];
    int failed[8] = { 0 };

    (void)state;
    for (int i = 0; i < 8; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, starter, &failed[i]), 0);
    for (int i = 0; i < 8; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(failed[i], 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(input_and_output, teardown),
        cmocka_unit_test_teardown(memory, teardown),
        cmocka_unit_test_teardown(environment, teardown),
        cmocka_unit_test_teardown(descriptors, teardown),
        cmocka_unit_test_teardown(signals, teardown),
        cmocka_unit_test_teardown(what_cannot_start, teardown),
        cmocka_unit_test_teardown(deadlines, teardown),
        cmocka_unit_test_teardown(orphans, teardown),
        cmocka_unit_test_teardown(lost_orphan, teardown),
        cmocka_unit_test_teardown(too_much_output, teardown),
        cmocka_unit_test_teardown(ends_with_its_thread, teardown),
        cmocka_unit_test_teardown(many_threads, teardown),
    };

    /* Where it is ignored, the kernel reaps our children and keeps their status. */
    signal(SIGCHLD, SIG_DFL);
    return cmocka_run_group_tests_name("child", tests, NULL, NULL);
}
