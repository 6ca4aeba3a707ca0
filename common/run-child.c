/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs a helper program to its end: input, captured output, deadline. */
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct helper {
    const char *name;
    pid_t pid;
    int pidfd, in_fd, out_fd;           /* our ends; -1: closed */
    const char *input;
    size_t input_left, max;
    struct vir_buf output;
};

static void
close_end(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* Our ends of the pipes do not block. */
static int
helper_start(struct helper *helper, const struct vir_child *child)
{
    struct vir_child with_pipes = *child;
    int in[2] = { -1, -1 }, out[2] = { -1, -1 }, rc;

    if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0) {
        vir_fail(VIR_REPORT_SYSTEM, errno, "cannot make a pipe for '%s'", helper->name);
        close_end(&in[0]);
        close_end(&in[1]);
        return -1;
    }
    fcntl(in[1], F_SETFL, O_NONBLOCK);
    fcntl(out[0], F_SETFL, O_NONBLOCK);
    with_pipes.stdin_fd = in[0];
    with_pipes.stdout_fd = out[1];
    with_pipes.bound = !child->orphan && !child->new_session;
    if (child->stderr_fd < 0)
        with_pipes.stderr_fd = out[1];
    rc = vir_child_start(&with_pipes, &helper->pid, &helper->pidfd);
    close_end(&in[0]);
    close_end(&out[1]);
    helper->in_fd = in[1];
    helper->out_fd = out[0];
    return rc;
}

/* A helper that does not read its input is no failure: it may not need it. */
static void
feed(struct helper *helper)
{
    sigset_t pipe_set, old;
    struct timespec none = { 0 };
    ssize_t n;

    /* SIGPIPE belongs to the program; ours is taken away before it sees it. */
    sigemptyset(&pipe_set);
    sigaddset(&pipe_set, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_set, &old);
    n = write(helper->in_fd, helper->input, helper->input_left);
    if (n < 0 && errno == EPIPE) {
        if (!sigismember(&old, SIGPIPE))
            sigtimedwait(&pipe_set, NULL, &none);
        helper->input_left = 0;
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (n > 0) {
        helper->input += n;
        helper->input_left -= (size_t)n;
    }
    if (!helper->input_left)
        close_end(&helper->in_fd);
}

static int
collect(struct helper *helper)
{
    char bytes[4096];
    ssize_t n = read(helper->out_fd, bytes, sizeof(bytes));

    if (n < 0)
        return 0;
    if (n == 0) {
        close_end(&helper->out_fd);
        return 0;
    }
    if ((size_t)n > helper->max - helper->output.len)
        return vir_fail(VIR_REPORT_FAILED, 0, "'%s' wrote more than %zu bytes", helper->name, helper->max);
    vir_buf_add_mem(&helper->output, bytes, (size_t)n);
    return 0;
}

/* Until the process has ended and its output is read. What a child of its own
 * still holds open is not waited for. */
static int
helper_talk(struct helper *helper, int64_t end, int deadline_ms)
{
    for (bool ended = false; helper->out_fd >= 0 || !ended;) {
        struct pollfd fds[3] = {
            { .fd = helper->out_fd, .events = POLLIN },
            { .fd = helper->in_fd, .events = POLLOUT },
            { .fd = ended ? -1 : helper->pidfd, .events = POLLIN },
        };
        int left = vir_deadline_left(end), n;

        if (left == 0)
            return vir_fail(VIR_REPORT_TIMEOUT, 0, "'%s' did not end within %d ms", helper->name,
                            deadline_ms);
        n = poll(fds, 3, ended ? 0 : left);
        if (n < 0 && errno != EINTR)
            return vir_fail(VIR_REPORT_SYSTEM, errno, "cannot wait for '%s'", helper->name);
        if (n == 0 && ended)
            return 0;
        if (n <= 0)
            continue;
        if (fds[0].revents && collect(helper) < 0)
            return -1;
        if (fds[1].revents)
            feed(helper);
        if (fds[2].revents)
            ended = true;
    }
    return 0;
}

int
vir_child_run(const struct vir_child *child, const char *input, size_t max, int deadline_ms,
              char **ret_output, int *ret_status)
{
    int64_t end = vir_deadline(deadline_ms);
    struct helper helper = {
        .name = child->argv[0], .pidfd = -1, .in_fd = -1, .out_fd = -1,
        .input = input, .input_left = input ? strlen(input) : 0, .max = max,
    };
    int rc = helper_start(&helper, child);

    if (rc == 0) {
        if (!helper.input_left)
            close_end(&helper.in_fd);
        rc = helper_talk(&helper, end, deadline_ms);
        if (rc < 0)
            syscall(SYS_pidfd_send_signal, helper.pidfd, SIGKILL, NULL, 0);
        /* A killed process that the kernel cannot let go of is nobody's to wait for. */
        vir_child_wait(helper.pid, helper.pidfd, 1000, ret_status);
    }
    close_end(&helper.in_fd);
    close_end(&helper.out_fd);
    close_end(&helper.pidfd);
    if (rc == 0 && ret_output)
        *ret_output = vir_buf_steal(&helper.output);
    vir_buf_free(&helper.output);
    return rc;
}
