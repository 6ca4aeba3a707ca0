/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files of the host; see file.h.
 */
#include "qemu.h"
#include "host/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TAIL_BYTES = 2048 };             /* the last line is looked for in so many */

int
qemu_file_check(const char *what, const char *path, unsigned int kinds)
{
    struct stat sb;

    if (vir_file_stat_in_time(path, &sb) < 0)
        return vir_error_errno(errno, "Cannot access %s '%s'", what, path);
    if ((S_ISREG(sb.st_mode) && kinds & QEMU_FILE_REGULAR) || (S_ISBLK(sb.st_mode) && kinds & QEMU_FILE_BLOCK))
        return 0;
    return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the %s '%s' is no %s", what, path,
                     kinds == QEMU_FILE_REGULAR ? "regular file" : kinds == QEMU_FILE_BLOCK ? "block device"
                     : "regular file or block device");
}

int
qemu_file_open(const char *path, int flags)
{
    VIR_AUTO_CLOSE int fd = vir_file_open_in_time(path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
    struct stat sb;

    if (fd < 0 || fstat(fd, &sb) < 0)
        return vir_error_errno(errno, flags & O_CREAT ? "cannot create the file '%s'" : "cannot open the file '%s'", path);
    if (!S_ISREG(sb.st_mode) && !S_ISBLK(sb.st_mode))
        return vir_error(VIR_ERR_OPERATION_FAILED, "'%s' is neither a file nor a block device", path);
    return vir_steal_fd(&fd);
}

void
qemu_file_discard(const char *path)
{
    struct stat sb;

    if (lstat(path, &sb) == 0 && S_ISREG(sb.st_mode))
        unlink(path);
}

char *
qemu_file_last_line(int fd, off_t from)
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
    return qemu_words(text + begin, (size_t)(n - begin));
}
