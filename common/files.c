/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files that must survive a crash at any moment: a reader finds the old or the
 * new content, never half of one.  Everything happens relative to a directory
 * that is held open; links, FIFOs and devices in the place of a file are refused.
 */
#include "report.h"
#include "vector.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Unfinished files are called .NAME.XXXXXXXX.new. */
#define TEMP_SUFFIX ".new"

bool
vir_file_name_ok(const char *name)
{
    size_t len = strlen(name);

    return len > 0 && len <= NAME_MAX && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
           !strchr(name, '/');
}

static int
check_name(const char *name)
{
    if (vir_file_name_ok(name))
        return 0;
    return vir_fail(VIR_REPORT_INVALID, 0, "'%s' cannot be the name of a file", name);
}

/* Opens the directory, making it and what is missing above it. */
int
vir_dir_open(const char *path, mode_t mode)
{
    char part[PATH_MAX];
    size_t len = strlen(path);
    int fd, err;

    if (len == 0 || len >= sizeof(part))
        return vir_fail(VIR_REPORT_INVALID, 0, "the directory name '%.80s' is empty or too long", path);
    fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0)
        return fd;
    if (errno != ENOENT)
        return vir_fail(VIR_REPORT_SYSTEM, errno, "cannot open directory '%s'", path);
    for (size_t i = 1; i <= len; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        err = mkdir(part, i == len ? mode : 0755) < 0 ? errno : 0;
        /* EROFS, EACCES: parents that are there already may not be ours to write. */
        if (err && err != EEXIST && access(part, F_OK) < 0)
            return vir_fail(VIR_REPORT_SYSTEM, err, "cannot make directory '%s'", part);
    }
    fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return vir_fail(VIR_REPORT_SYSTEM, errno, "cannot open directory '%s'", path);
    return fd;
}

int
vir_dir_enter(struct vir_dir *dir, const char *base, const char *below, mode_t mode)
{
    dir->path = vir_path_join(base, below);
    dir->fd = vir_dir_open(dir->path, mode);
    return dir->fd < 0 ? -1 : 0;
}

void
vir_dir_leave(struct vir_dir *dir)
{
    vir_auto_close(&dir->fd);
    free(dir->path);
    *dir = (struct vir_dir)VIR_DIR_INIT;
}

static int
write_all(int fd, const char *text, size_t len)
{
    while (len) {
        ssize_t n = write(fd, text, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        text += n;
        len -= (size_t)n;
    }
    return 0;
}

/* A name for the unfinished file; long names are cut so that it stays a name. */
static int
make_temp(int dirfd, const char *name, mode_t mode, char *temp, size_t size)
{
    for (int tries = 0; tries < 100; tries++) {
        unsigned char random[16];
        unsigned int number;
        int fd;

        if (vir_uuid_generate(random) < 0)
            return -1;
        memcpy(&number, random, sizeof(number));
        snprintf(temp, size, ".%.200s.%08x" TEMP_SUFFIX, name, number);
        fd = openat(dirfd, temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode & 0777);
        if (fd >= 0)
            return fd;
        if (errno != EEXIST)
            break;
    }
    return vir_fail(VIR_REPORT_SYSTEM, errno, "cannot make a new file for '%s'", name);
}

/* What stands in the place of NAME must be a regular file, a link or nothing. */
static int
check_target(int dirfd, const char *name)
{
    struct stat st;

    if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || S_ISREG(st.st_mode) || S_ISLNK(st.st_mode))
        return 0;
    return vir_fail(VIR_REPORT_FAILED, 0, "'%s' is not a regular file and is not replaced", name);
}

/* What is renamed over a file ext4 begins to write to the disk at once, but not what changes places with it.
 * Where nothing is there, or the file system cannot do that, it is renamed. */
static int
put_in_place(int dirfd, const char *temp, const char *name, bool flush)
{
    if (flush || renameat2(dirfd, temp, dirfd, name, RENAME_EXCHANGE) < 0)
        return renameat(dirfd, temp, dirfd, name);
    unlinkat(dirfd, temp, 0);
    return 0;
}

/* FLUSH: and waits until the disk has it. */
static int
replace(int dirfd, const char *name, const char *text, size_t len, mode_t mode, bool flush)
{
    VIR_AUTO_CLOSE int fd = -1;
    char temp[NAME_MAX + 1];

    if (check_name(name) < 0 || check_target(dirfd, name) < 0)
        return -1;
    fd = make_temp(dirfd, name, mode, temp, sizeof(temp));
    if (fd < 0)
        return -1;
    /* The umask may have taken bits away. */
    if (fchmod(fd, mode & 0777) < 0 || write_all(fd, text, len) < 0 || (flush && fsync(fd) < 0) ||
        put_in_place(dirfd, temp, name, flush) < 0) {
        vir_fail(VIR_REPORT_SYSTEM, errno, "cannot write '%s'", name);
        unlinkat(dirfd, temp, 0);
        return -1;
    }
    if (flush && fsync(dirfd) < 0)      /* what everybody reads by now is no failure any more */
        vir_fail(VIR_REPORT_WARNING, 0, "a failure of power could undo the writing of '%s': %s", name, strerror(errno));
    return 0;
}

int
vir_file_write(int dirfd, const char *name, const char *text, size_t len, mode_t mode)
{
    return replace(dirfd, name, text, len, mode, true);
}

int
vir_file_write_passing(int dirfd, const char *name, const char *text, size_t len, mode_t mode)
{
    return replace(dirfd, name, text, len, mode, false);
}

static int
open_regular(int dirfd, const char *name, int flags, struct stat *ret_st)
{
    int fd = openat(dirfd, name, flags | O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

    if (fd < 0)
        return vir_fail(VIR_REPORT_SYSTEM, errno, "cannot open '%s'", name);
    if (fstat(fd, ret_st) < 0 || !S_ISREG(ret_st->st_mode)) {
        close(fd);
        return vir_fail(VIR_REPORT_FAILED, 0, "'%s' is not a regular file", name);
    }
    return fd;
}

static int
read_file(int dirfd, const char *name, int flags, size_t max, char **ret_text, size_t *ret_len)
{
    VIR_AUTO_CLOSE int fd = -1;
    VIR_AUTO_FREE char *text = NULL;
    struct stat st;
    size_t len = 0, room;

    fd = open_regular(dirfd, name, flags, &st);
    if (fd < 0)
        return -1;
    if (st.st_size < 0 || (uint64_t)st.st_size > max)
        return vir_fail(VIR_REPORT_FAILED, 0, "'%s' is larger than the limit of %zu bytes", name, max);
    /* Files of /proc and /sys say 0; a file may grow while it is read, which a byte
     * more than it has would show. */
    room = st.st_size ? (size_t)st.st_size + 2 : 4096;
    text = vir_try_alloc(room, 1, max + 4096);
    if (!text)
        return -1;
    for (;;) {
        ssize_t n = read(fd, text + len, room - 1 - len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return vir_fail(VIR_REPORT_SYSTEM, errno, "cannot read '%s'", name);
        len += (size_t)n;
        if (len > max)
            return vir_fail(VIR_REPORT_FAILED, 0, "'%s' is larger than the limit of %zu bytes", name, max);
        if (n == 0 || (st.st_size && len == (size_t)st.st_size))
            break;
        if (len == room - 1) {
            room *= 2;
            text = vir_realloc_array(text, room, 1);
        }
    }
    text[len] = '\0';
    if (ret_len)
        *ret_len = len;
    *ret_text = vir_steal(&text);
    return 0;
}

int
vir_file_read(int dirfd, const char *name, size_t max, char **ret_text, size_t *ret_len)
{
    if (check_name(name) < 0)
        return -1;
    return read_file(dirfd, name, O_NOFOLLOW, max, ret_text, ret_len);
}

int
vir_file_read_path(const char *path, size_t max, char **ret_text, size_t *ret_len)
{
    return read_file(AT_FDCWD, path, 0, max, ret_text, ret_len);
}

int
vir_file_remove(int dirfd, const char *name)
{
    if (check_name(name) < 0)
        return -1;
    if (unlinkat(dirfd, name, 0) < 0 && errno != ENOENT)
        return vir_fail(VIR_REPORT_SYSTEM, errno, "cannot remove '%s'", name);
    return 0;
}

int
vir_file_set_aside(int dirfd, const char *name)
{
    char bad[NAME_MAX + 1];

    if (check_name(name) < 0)
        return -1;
    snprintf(bad, sizeof(bad), "%.240s.bad", name);
    if (renameat(dirfd, name, dirfd, bad) < 0 && errno != ENOENT)
        return vir_fail(VIR_REPORT_SYSTEM, errno, "cannot rename '%s' to '%s'", name, bad);
    return 0;
}

static bool
has_suffix(const char *name, const char *suffix)
{
    size_t len = strlen(name), tail = strlen(suffix);

    return len > tail && strcmp(name + len - tail, suffix) == 0;
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int
vir_dir_scan(int dirfd, const char *suffix,
             int (*each)(int dirfd, const char *name, void *opaque), void *opaque)
{
    /* A description of its own: the caller's file position stays. */
    int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = 0;
    struct VIR_VECTOR(names, char *) names = { 0 };
    const struct dirent *entry;
    DIR *dir;

    if (fd < 0)
        return vir_fail(VIR_REPORT_SYSTEM, errno, "cannot read a directory");
    dir = fdopendir(fd);
    if (!dir) {
        vir_fail(VIR_REPORT_SYSTEM, errno, "cannot read a directory");
        close(fd);
        return -1;
    }
    while ((entry = readdir(dir))) {
        if (entry->d_name[0] == '.' && has_suffix(entry->d_name, TEMP_SUFFIX))
            unlinkat(dirfd, entry->d_name, 0);
        else if (has_suffix(entry->d_name, suffix))
            vir_vector_add(&names, vir_strdup(entry->d_name));
    }
    closedir(dir);
    /* the order of a directory is anybody's guess; ours is the same each time */
    if (names.n > 0)
        qsort(names.items, names.n, sizeof(*names.items), by_name);
    for (size_t i = 0; i < names.n; i++) {
        if (rc >= 0)
            rc = each(dirfd, names.items[i], opaque);
        free(names.items[i]);
    }
    vir_vector_clear(&names);
    return rc < 0 ? -1 : 0;
}
