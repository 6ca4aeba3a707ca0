/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a process writes that outlives the daemon: from its FIFO to a log file
 * that is rotated before it is too long.  Nothing here waits for the process,
 * and it never waits for the daemon.
 */
#include <libvirt/module.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    MAX_FILE = 2 * 1024 * 1024,         /* bytes */
    N_OLD = 3,                          /* older files: FILE.0 is the youngest */
    MAX_A_SECOND = 1024 * 1024,         /* bytes that are carried; the process may lose the rest */
    CHUNK = 65536,                      /* what a pipe holds, usually */
};

struct vir_process_log {
    const struct vir_dir *logs, *fifos;
    char *file, *fifo;
    int file_fd;                        /* -1: it could not be opened; text is lost */
    off_t length;                       /* of the file */
    int fifo_fd;                        /* -1: none, or the process has let go of it */
    struct vir_loop *loop;              /* NULL: not watched */
    int timer;                          /* of a pause; 0: none; atomic */
    size_t taken;                       /* since the last pause */
    int64_t since;                      /* when that was */
};

/* ---- the file ----------------------------------------------------------------- */

static int
open_regular(const struct vir_dir *logs, const char *file, int flags, struct stat *ret)
{
    VIR_AUTO_CLOSE int fd = openat(logs->fd, file, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, 0600);

    if (fd < 0 || fstat(fd, ret) < 0)
        return vir_error_errno(errno, "log file '%s/%s'", logs->path, file);
    if (!S_ISREG(ret->st_mode))
        return vir_error(VIR_ERR_OPERATION_FAILED, "log file '%s/%s' is not a regular file", logs->path, file);
    return vir_steal_fd(&fd);
}

int
vir_process_log_file(const struct vir_dir *logs, const char *file)
{
    struct stat sb;

    return open_regular(logs, file, O_RDONLY, &sb);
}

static int
open_file(struct vir_process_log *log)
{
    struct stat sb;

    log->file_fd = open_regular(log->logs, log->file, O_WRONLY | O_CREAT | O_APPEND, &sb);
    if (log->file_fd < 0)
        return -1;
    log->length = sb.st_size;
    return 0;
}

static void
rotate(struct vir_process_log *log)
{
    for (int i = N_OLD - 1; i >= 0; i--) {
        VIR_AUTO_FREE char *from = i == 0 ? vir_strdup(log->file) : vir_strdup_printf("%s.%d", log->file, i - 1);
        VIR_AUTO_FREE char *to = vir_strdup_printf("%s.%d", log->file, i);

        renameat(log->logs->fd, from, log->logs->fd, to);
    }
    close(vir_steal_fd(&log->file_fd));
    if (open_file(log) < 0)
        virFreeError(vir_error_take());
}

void
vir_process_log_write(struct vir_process_log *log, const char *text, size_t len)
{
    if (log->file_fd >= 0 && log->length > 0 && log->length + (off_t)len > MAX_FILE)
        rotate(log);
    /* A full disk must neither end a guest nor keep one from starting. */
    while (log->file_fd >= 0 && len > 0) {
        ssize_t n = write(log->file_fd, text, len);

        if (n <= 0)
            return;
        log->length += n;
        text += n;
        len -= (size_t)n;
    }
}

/* ---- the FIFO ----------------------------------------------------------------- */

/* False: there is nothing now. */
static bool
carry(struct vir_process_log *log)
{
    char bytes[CHUNK];
    ssize_t n = read(log->fifo_fd, bytes, sizeof(bytes));

    if (n <= 0)
        return false;
    vir_process_log_write(log, bytes, (size_t)n);
    log->taken += (size_t)n;
    return true;
}

static void
go_on(struct vir_loop *loop, void *opaque)
{
    struct vir_process_log *log = opaque;

    log->taken = 0;
    log->since = vir_now_ms();
    vir_loop_update_fd(loop, log->fifo_fd, EPOLLIN);
    __atomic_store_n(&log->timer, 0, __ATOMIC_RELEASE);         /* last: who ends the log may see it */
}

/* A process that writes without end has the disk, and the loop, for a part of the time only. */
static void
pause_if_flooded(struct vir_process_log *log)
{
    int64_t now = vir_now_ms();

    if (now - log->since >= 1000) {
        log->since = now;
        log->taken = 0;
    }
    if (log->taken < MAX_A_SECOND)
        return;
    vir_loop_update_fd(log->loop, log->fifo_fd, 0);
    log->timer = vir_loop_add_timer(log->loop, (int)(log->since + 1000 - now), go_on, log);
}

static void
fifo_ready(struct vir_loop *loop, int fd, uint32_t events, void *opaque)
{
    struct vir_process_log *log = opaque;

    if (!log->timer && carry(log))
        pause_if_flooded(log);
    else if (events & EPOLLHUP)         /* who held it has ended: what it left is taken when the log is closed */
        vir_loop_remove_fd(loop, fd);
}

static int
make_fifo(const struct vir_process_log *log)
{
    int fd;

    unlinkat(log->fifos->fd, log->fifo, 0);
    if (mkfifoat(log->fifos->fd, log->fifo, 0600) < 0 ||
        (fd = openat(log->fifos->fd, log->fifo, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW)) < 0)
        return vir_error_errno(errno, "FIFO '%s/%s'", log->fifos->path, log->fifo);
    return fd;
}

static int
open_fifo(struct vir_process_log *log)
{
    struct stat sb;

    log->fifo_fd = openat(log->fifos->fd, log->fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
    if (log->fifo_fd < 0 || fstat(log->fifo_fd, &sb) < 0)
        return vir_error_errno(errno, "FIFO '%s/%s'", log->fifos->path, log->fifo);
    if (!S_ISFIFO(sb.st_mode))
        return vir_error(VIR_ERR_OPERATION_FAILED, "'%s/%s' is no FIFO", log->fifos->path, log->fifo);
    return 0;
}

/* ---- life --------------------------------------------------------------------- */

struct vir_process_log *
vir_process_log_open(const struct vir_dir *logs, const char *file, const struct vir_dir *fifos,
                     const char *fifo, int *ret_fd)
{
    struct vir_process_log *log = VIR_NEW(struct vir_process_log);
    VIR_AUTO_CLOSE int fd = -1;

    log->logs = logs;
    log->fifos = fifos;
    log->file = vir_strdup(file);
    log->fifo = vir_strdup(fifo);
    log->file_fd = log->fifo_fd = -1;
    if (open_file(log) < 0 || (ret_fd && (fd = make_fifo(log)) < 0) || open_fifo(log) < 0)
        return vir_process_log_close(log, ret_fd != NULL);
    if (ret_fd)
        *ret_fd = vir_steal_fd(&fd);
    return log;
}

int
vir_process_log_watch(struct vir_process_log *log, struct vir_loop *loop)
{
    if (vir_loop_add_fd(loop, log->fifo_fd, EPOLLIN, fifo_ready, log) < 0)
        return -1;
    log->loop = loop;
    return 0;
}

struct vir_process_log *
vir_process_log_close(struct vir_process_log *log, bool over)
{
    if (!log)
        return NULL;
    if (log->loop) {
        vir_loop_remove_fd(log->loop, log->fifo_fd);
        vir_loop_remove_timer(log->loop, __atomic_load_n(&log->timer, __ATOMIC_ACQUIRE));
    }
    for (int i = 0; i < 16 && log->fifo_fd >= 0 && carry(log); i++)
        ;
    if (over)
        unlinkat(log->fifos->fd, log->fifo, 0);
    vir_auto_close(&log->fifo_fd);
    vir_auto_close(&log->file_fd);
    free(log->file);
    free(log->fifo);
    free(log);
    return NULL;
}
