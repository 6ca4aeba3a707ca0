/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The pid file: locked as long as the daemon lives, so that a second one finds
 * out, and a file left by a dead one means nothing.
 */
#include "daemon/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int pid_fd = -1;
static char *pid_path;

static int
make_parent(const char *path)
{
    VIR_AUTO_FREE char *parent = vir_strdup(path);
    char *slash = strrchr(parent, '/');
    int dir;

    if (!slash || slash == parent)
        return 0;
    *slash = '\0';
    dir = vir_dir_open(parent, 0755);
    if (dir < 0) {
        vir_error_hint(the_daemon.settings.privileged ? "-p names another pid file" :
                       "set XDG_RUNTIME_DIR, or HOME, to a folder of this user; -p names another pid file");
        return -1;
    }
    close(dir);
    return 0;
}

static int
lock_or_say_who(int fd, const char *path)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

    if (fcntl(fd, F_SETLK, &lock) == 0)
        return 0;
    if (errno != EAGAIN && errno != EACCES)
        return vir_error_errno(errno, "cannot lock the pid file %s", path);
    if (fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK)
        return vir_error(VIR_ERR_OPERATION_FAILED, "another libvirtd (pid %d) holds the pid file %s",
                         (int)lock.l_pid, path);
    return vir_error(VIR_ERR_OPERATION_FAILED, "another libvirtd holds the pid file %s", path);
}

int
daemon_pidfile_take(const char *path)
{
    struct stat opened, there;

    if (make_parent(path) < 0)
        return -1;
    for (;;) {
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0644);

        if (fd < 0)
            return vir_error_errno(errno, "cannot open the pid file %s", path);
        if (fstat(fd, &opened) < 0 || !S_ISREG(opened.st_mode)) {
            close(fd);
            return vir_error(VIR_ERR_OPERATION_FAILED, "the pid file %s is not a regular file", path);
        }
        if (lock_or_say_who(fd, path) < 0) {
            close(fd);
            return -1;
        }
        /* a daemon that has just left may have removed it under our hands */
        if (stat(path, &there) == 0 && opened.st_ino == there.st_ino) {
            pid_fd = fd;
            pid_path = vir_strdup(path);
            return 0;
        }
        close(fd);
    }
}

void
daemon_pidfile_write(void)
{
    char text[32];
    int n = snprintf(text, sizeof(text), "%d\n", (int)getpid());

    if (ftruncate(pid_fd, 0) < 0 || pwrite(pid_fd, text, (size_t)n, 0) != n)
        vir_warn("cannot write the pid file %s: %s", pid_path, strerror(errno));
}

void
daemon_pidfile_remove(void)
{
    if (pid_fd >= 0)
        unlink(pid_path);
    free(vir_steal(&pid_path));
}
