/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A program that carries the bytes to the other end: what we send is its input,
 * what it writes is for us, and what it says of its own stands in our errors.
 */
#include "modules/remote/remote.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define END_MS 1000                     /* for it to leave once its input has ended; then it is told to */
#define WORDS_MAX (8 * 1024)            /* of the last ones */

extern char **environ;

struct remote_child {
    char *program;
    pid_t pid;
    int pidfd;
    int words;                          /* what it says; never waits, at neither end */
};

/* As a shell finds it: the user's own PATH counts. */
static char *
find_program(const char *name)
{
    const char *path = strchr(name, '/') ? NULL : secure_getenv("PATH");

    while (path && *path) {
        size_t len = strcspn(path, ":");
        char *whole = vir_strdup_printf("%.*s/%s", (int)len, path, name);

        if (len && access(whole, X_OK) == 0)
            return whole;
        free(whole);
        path += len + (path[len] == ':');
    }
    return vir_strdup(name);
}

static void
close_pair(int *ends)
{
    close(ends[0]);
    close(ends[1]);
}

int
remote_child_start(const char *const *argv, struct remote_child **ret_child)
{
    struct remote_child *one;
    struct vir_child child = { VIR_CHILD_INIT, .env = (const char *const *)environ, .cwd = "." };
    VIR_AUTO_FREE char *program = find_program(argv[0]);
    VIR_AUTO_FREE const char **args = NULL;
    int data[2], words[2], rc;
    size_t n = 0;

    while (argv[n])
        n++;
    args = vir_alloc_array(n + 1, sizeof(*args));
    memcpy(args, argv, n * sizeof(*args));
    args[0] = program;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, data) < 0)
        return vir_error_errno(errno, "cannot make a pair of sockets");
    if (pipe2(words, O_CLOEXEC | O_NONBLOCK) < 0) {
        close_pair(data);
        return vir_error_errno(errno, "cannot make a pipe");
    }
    one = VIR_NEW(struct remote_child);
    child.argv = args;
    child.stdin_fd = child.stdout_fd = data[1];
    child.stderr_fd = words[1];
    rc = vir_child_start(&child, &one->pid, &one->pidfd);
    close(data[1]);
    close(words[1]);
    if (rc < 0) {
        close(data[0]);
        close(words[0]);
        free(one);
        return -1;
    }
    one->program = vir_steal(&program);
    one->words = words[0];
    *ret_child = one;
    return data[0];
}

void
remote_child_end(struct remote_child *child)
{
    if (!child)
        return;
    if (vir_child_wait(child->pid, child->pidfd, END_MS, NULL) == 1) {
        kill(child->pid, SIGTERM);
        if (vir_child_wait(child->pid, child->pidfd, END_MS, NULL) == 1) {
            kill(child->pid, SIGKILL);
            vir_child_wait(child->pid, child->pidfd, END_MS, NULL);
        }
    }
    close(child->pidfd);
    close(child->words);
    free(child->program);
    free(child);
}

/* The last of what it has said. */
static size_t
read_words(const struct remote_child *child, char *words)
{
    char piece[WORDS_MAX];
    size_t n = 0;
    ssize_t got;

    while ((got = read(child->words, piece, sizeof(piece))) > 0) {
        size_t keep = n + (size_t)got > WORDS_MAX ? WORDS_MAX - (size_t)got : n;

        memmove(words, words + n - keep, keep);
        memcpy(words + keep, piece, (size_t)got);
        n = keep + (size_t)got;
    }
    return n;
}

void
remote_child_explain(struct remote_child *child, const struct remote_target *target)
{
    char words[WORDS_MAX];
    size_t n;

    vir_child_wait(child->pid, child->pidfd, END_MS, NULL);     /* its last words are often the ones that count */
    n = read_words(child, words);
    while (n > 0 && strchr(" \t\r\n", words[n - 1]))
        n--;
    if (n > 0)
        remote_words_raise(child->program, target, words, n);
}
