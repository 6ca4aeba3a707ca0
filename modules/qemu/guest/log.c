/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The log file of a domain; see log.h.
 */
#include "qemu.h"
#include "guest/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TAIL_BYTES = 2048, MAX_LINE = 512 };

static int
open_regular(const char *name, int flags)
{
    VIR_AUTO_FREE char *file = vir_strdup_printf("%s.log", name);
    VIR_AUTO_CLOSE int fd = openat(qemu_driver.log.fd, file,
                                   flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, 0600);
    struct stat sb;

    if (fd < 0 || fstat(fd, &sb) < 0) {
        vir_error_errno(errno, "log file '%s/%s'", qemu_driver.log.path, file);
        return -1;
    }
    if (!S_ISREG(sb.st_mode))
        return vir_error(VIR_ERR_OPERATION_FAILED, "log file '%s/%s' is not a regular file",
                         qemu_driver.log.path, file);
    return vir_steal_fd(&fd);
}

int
qemu_log_open(const char *name)
{
    int fd = open_regular(name, O_WRONLY | O_CREAT | O_APPEND);

    if (fd >= 0)
        fcntl(fd, F_SETFL, O_APPEND);   /* the emulator writes as it is used to, blocking */
    return fd;
}

/* As a shell would take it, so that it can be tried by hand. */
static void
add_quoted(struct vir_buf *buf, const char *arg)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:=,+-@%";

    if (*arg && !arg[strspn(arg, plain)]) {
        vir_buf_add(buf, arg);
        return;
    }
    vir_buf_add(buf, "'");
    for (const char *c = arg; *c; c++)
        vir_buf_add_mem(buf, *c == '\'' ? "'\\''" : c, *c == '\'' ? 4 : 1);
    vir_buf_add(buf, "'");
}

off_t
qemu_log_begin(int fd, const struct qemu_command *command)
{
    struct vir_buf buf = { 0 };
    time_t now = time(NULL);
    char stamp[64] = "";
    struct stat sb;
    struct tm tm;

    if (gmtime_r(&now, &tm))
        strftime(stamp, sizeof(stamp), "%Y-%m-%d %H:%M:%S+0000", &tm);
    vir_buf_addf(&buf, "%s: starting", stamp);
    for (size_t i = 0; i < command->n; i++) {
        vir_buf_add(&buf, command->argv[i][0] == '-' && i > 0 ? " \\\n" : " ");
        add_quoted(&buf, command->argv[i]);
    }
    vir_buf_add(&buf, "\n");
    if (write(fd, buf.text, buf.len) < 0)       /* a full disk must not keep guests from starting */
        vir_warn("cannot write a domain's log: %s", strerror(errno));
    vir_buf_free(&buf);
    return fstat(fd, &sb) == 0 ? sb.st_size : 0;
}

static bool
is_log_of(const char *file, const char *guest)
{
    VIR_AUTO_FREE char *wanted = vir_strdup_printf("%s.log", guest);

    return strncmp(file, wanted, strlen(wanted)) == 0;
}

/* The path of its standard error is for the process to say, which may have a root directory of its
 * own and a log of the same name there. */
bool
qemu_log_is_written_by(pid_t pid, const char *guest)
{
    struct stat link, theirs, ours;
    char fd[64], path[PATH_MAX];
    const char *name;
    ssize_t n;

    snprintf(fd, sizeof(fd), "/proc/%d/fd/2", (int)pid);
    n = readlink(fd, path, sizeof(path) - 1);
    if (n <= 0)
        return false;
    path[n] = '\0';
    name = strrchr(path, '/');
    if (!name || (guest && !is_log_of(name + 1, guest)))
        return false;
    return fstatat(qemu_driver.log.fd, name + 1, &ours, AT_SYMLINK_NOFOLLOW) == 0 &&
        lstat(fd, &link) == 0 && link.st_mode & S_IWUSR && stat(fd, &theirs) == 0 &&
        theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino &&
        S_ISREG(ours.st_mode) && ours.st_uid == geteuid() && !(ours.st_mode & (S_IWGRP | S_IWOTH));
}

static char *
printable(const char *text, size_t len)
{
    struct vir_buf buf = { 0 };

    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c < 0x20 || c == 0x7f)
            vir_buf_addf(&buf, "\\x%02x", c);
        else
            vir_buf_add_mem(&buf, text + i, 1);
    }
    return vir_buf_steal(&buf);
}

char *
qemu_log_last_line(const char *name, off_t from)
{
    VIR_AUTO_CLOSE int fd = open_regular(name, O_RDONLY);

    if (fd < 0)
        virFreeError(vir_error_take());
    return fd < 0 ? NULL : qemu_last_line(fd, from);
}

char *
qemu_last_line(int fd, off_t from)
{
    char text[TAIL_BYTES + 1];
    struct stat sb;
    ssize_t n, begin;

    if (fstat(fd, &sb) < 0 || sb.st_size <= from)
        return NULL;
    if (sb.st_size - from > TAIL_BYTES)
        from = sb.st_size - TAIL_BYTES;
    n = pread(fd, text, TAIL_BYTES, from);
    while (n > 0 && strchr(" \r\n\t", text[n - 1]))
        n--;
    if (n <= 0)
        return NULL;
    for (begin = n; begin > 0 && text[begin - 1] != '\n'; begin--)
        ;
    return printable(text + begin, (size_t)(n - begin > MAX_LINE ? MAX_LINE : n - begin));
}
