/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The user's own daemon starts with the first client that needs it.  Clients
 * that come at the same time wait for each other at a lock file, so that one
 * daemon starts.
 */
#include "modules/remote/place.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define SPAWN_MS (30 * 1000)            /* from the first try to a daemon that serves */
#define LAST_WORDS 1024
#define IDLE_TEXT "120"                 /* seconds after which it leaves, unless LIBVIRTD_TIMEOUT says */
#define IDLE_MAX (24 * 60 * 60)

extern char **environ;

static const char *
daemon_path(void)
{
    const char *path = secure_getenv("LIBVIRTD_PATH");

    return path && *path == '/' ? path : VIR_SBINDIR "/libvirtd";
}

static const char *
idle_text(void)
{
    const char *text = secure_getenv("LIBVIRTD_TIMEOUT");
    char *end = NULL;
    long seconds = text ? strtol(text, &end, 10) : 0;

    if (!text)
        return IDLE_TEXT;
    if (end == text || *end || seconds < 1 || seconds > IDLE_MAX) {
        vir_warn("LIBVIRTD_TIMEOUT is '%s', which is no number of seconds from 1 to %d: the daemon gets %s",
                 text, IDLE_MAX, IDLE_TEXT);
        return IDLE_TEXT;
    }
    return text;
}

/* Waits its turn: a locked descriptor. */
static int
take_lock(const char *socket_path, int64_t deadline)
{
    VIR_AUTO_FREE char *dir = vir_strdup(socket_path);
    VIR_AUTO_CLOSE int dirfd = -1;
    int fd;

    *strrchr(dir, '/') = '\0';
    dirfd = vir_dir_open(dir, 0700);
    if (dirfd < 0) {
        vir_error_hint("a user's own daemon has its socket there: set XDG_RUNTIME_DIR, or HOME, to a folder of this user");
        return -1;
    }
    fd = openat(dirfd, "libvirtd-start.lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return vir_error_errno(errno, "cannot open %s/libvirtd-start.lock", dir);
    while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) {
            vir_error_errno(errno, "cannot lock %s/libvirtd-start.lock", dir);
        } else if (vir_now_ms() > deadline) {
            vir_error(VIR_ERR_OPERATION_TIMEOUT, "another client has been starting the daemon for %d s",
                      SPAWN_MS / 1000);
        } else {
            poll(NULL, 0, 5);
            continue;
        }
        close(fd);
        return -1;
    }
    return fd;
}

/* Reads what the daemon says until it closes FD; false at the deadline. */
static bool
listen_to(int fd, char *words, int64_t deadline)
{
    size_t len = 0;

    for (;;) {
        struct pollfd wait = { .fd = fd, .events = POLLIN };
        int64_t left = deadline - vir_now_ms();
        char rest[256];
        ssize_t n;

        if (left <= 0 || poll(&wait, 1, (int)left) == 0)
            return false;
        if (len < LAST_WORDS - 1)
            n = read(fd, words + len, LAST_WORDS - 1 - len);
        else
            n = read(fd, rest, sizeof(rest));
        if (n == 0)
            return true;
        if (n > 0 && len < LAST_WORDS - 1)
            len += (size_t)n;
        words[len] = '\0';
    }
}

static int
start_daemon(int64_t deadline)
{
    const char *argv[] = { daemon_path(), "--daemon", "--timeout", idle_text(),
                           remote_host->privileged ? "--session" : NULL, NULL };
    struct vir_child child = { VIR_CHILD_INIT, .argv = argv, .env = (const char *const *)environ,
                               .new_session = true };
    VIR_AUTO_CLOSE int pidfd = -1;
    char words[LAST_WORDS] = "";
    int ends[2], status = 0, rc;
    bool ended;
    pid_t pid;

    if (pipe2(ends, O_CLOEXEC) < 0)
        return vir_error_errno(errno, "cannot make a pipe");
    child.stderr_fd = ends[1];
    rc = vir_child_start(&child, &pid, &pidfd);
    close(ends[1]);
    if (rc < 0) {
        close(ends[0]);
        return -1;
    }
    /* with --daemon the first process ends when the second one serves */
    ended = listen_to(ends[0], words, deadline);
    close(ends[0]);
    words[strcspn(words, "\r\n")] = '\0';
    if (!ended || vir_child_wait(pid, pidfd, SPAWN_MS, &status) != 0)
        return vir_error(VIR_ERR_OPERATION_TIMEOUT, "%s did not begin to serve in %d s%s%s", argv[0],
                         SPAWN_MS / 1000, *words ? "; it said: " : "", words);
    if (status != 0)
        return vir_error(VIR_ERR_OPERATION_FAILED, "%s could not start%s%s", argv[0],
                         *words ? "; it said: " : "", words);
    return 0;
}

int
remote_spawn_connect(const char *path, int (*try_connect)(const char *path))
{
    int64_t deadline = vir_now_ms() + SPAWN_MS;
    VIR_AUTO_CLOSE int lock = take_lock(path, deadline);
    int sock;

    if (lock < 0)
        return -1;
    /* whoever had the lock before has probably started it */
    sock = try_connect(path);
    if (sock >= 0)
        return sock;
    if (start_daemon(deadline) < 0)
        return -1;
    sock = try_connect(path);
    if (sock < 0)
        vir_raise_errno(VIR_FROM_RPC, errno, "Failed to connect socket to '%s' of the daemon just started",
                        path);
    return sock;
}
