/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a module's file is before anybody opens it: a regular file that nobody else can
 * change, in a place where nobody else can put one. */
#include "module-file.h"
#include "private-group.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MODULE_FILE_MAX (256L * 1024 * 1024)

static const char *
kind_of_file(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFDIR: return "a directory";
    case S_IFIFO: return "a FIFO";
    case S_IFSOCK: return "a socket";
    case S_IFCHR: return "a character device";
    case S_IFBLK: return "a block device";
    case S_IFLNK: return "a symbolic link";
    default: return "a special file";
    }
}

/* Whether somebody other than root and ourselves owns or may change it. */
static int
owner_check(const char *what, const char *path, const struct stat *st)
{
    if (st->st_uid != 0 && st->st_uid != geteuid())
        return unfit("%s '%s' belongs to user %u, not to root or the caller", what, path,
                     (unsigned int)st->st_uid);
    if ((st->st_mode & S_IWOTH) || ((st->st_mode & S_IWGRP) && !vir_private_group(path, st))) {
        unfit("others than its owner may write to %s '%s' (mode %04o)", what, path, st->st_mode & 07777);
        vir_error_hint("chmod go-w '%s'", path);
        return -1;
    }
    return 0;
}

int
vir_module_file_open(const char *path)
{
    VIR_AUTO_CLOSE int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY);
    struct stat st;

    if (fd < 0) {
        int err = errno;

        if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode))
            return unfit("it is a symbolic link%s, and only files are opened",
                         access(path, F_OK) < 0 ? " to something that is not there" : "");
        return vir_raise_errno(VIR_FROM_NONE, err, "cannot open it");
    }
    if (fstat(fd, &st) < 0)
        return vir_raise_errno(VIR_FROM_NONE, errno, "cannot look at it");
    if (!S_ISREG(st.st_mode))
        return unfit("it is %s, not a file", kind_of_file(st.st_mode));
    if (owner_check("the file", path, &st) < 0)
        return -1;
    if (!st.st_size)
        return unfit("the file is empty");
    if (st.st_size > MODULE_FILE_MAX)
        return unfit("the file has %lld bytes: no module is that large", (long long)st.st_size);
    return vir_steal_fd(&fd);
}

char *
vir_module_identity(const char *path)
{
    struct stat st;

    if (stat(path, &st) < 0)
        return NULL;
    return vir_strdup_printf("file=%llu:%llu:%lld:%lld.%09ld:%lld.%09ld:%u.%u:%s\n",
                             (unsigned long long)st.st_dev, (unsigned long long)st.st_ino,
                             (long long)st.st_size, (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
                             (long long)st.st_ctim.tv_sec, st.st_ctim.tv_nsec, VIR_MODULE_ABI,
                             (unsigned int)sizeof(struct vir_module), path);
}

/* ---- the directory ---- */

int
vir_module_dir_check(const char *dir)
{
    VIR_AUTO_FREE char *path = realpath(dir, NULL);
    size_t whole;

    if (!path)
        return vir_raise_errno(VIR_FROM_NONE, errno, "cannot find '%s'", dir);
    whole = strlen(path);
    for (size_t end = whole; ; end = (size_t)(strrchr(path, '/') - path)) {
        struct stat st;

        path[end] = '\0';
        if (stat(*path ? path : "/", &st) < 0)
            return vir_raise_errno(VIR_FROM_NONE, errno, "cannot look at '%s'", path);
        /* In /tmp and the like nobody can replace what belongs to others. */
        if (end < whole && (st.st_mode & S_ISVTX))
            st.st_mode &= ~(mode_t)(S_IWGRP | S_IWOTH);
        if (owner_check("the directory", *path ? path : "/", &st) < 0)
            return -1;
        if (!*path || !strcmp(path, "/"))
            return 0;
    }
}

static int
compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
add_name(struct vir_words *names, const char *name, const char *suffix)
{
    size_t len = strlen(name), suffix_len = strlen(suffix);

    if (name[0] != '.' && len > suffix_len && !strcmp(name + len - suffix_len, suffix))
        vir_vector_add(names, vir_strdup(name));
}

/* Without readdir(3), whose 32 KiB of heap cost every start more than the reading. */
bool
vir_module_names(const char *dir, const char *suffix, struct vir_words *names)
{
    VIR_AUTO_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    _Alignas(struct dirent64) char entries[2048];
    ssize_t n;

    if (fd < 0)
        return false;
    while ((n = getdents64(fd, entries, sizeof(entries))) > 0) {
        for (ssize_t at = 0; at < n; ) {
            const struct dirent64 *entry = (const void *)(entries + at);

            add_name(names, entry->d_name, suffix);
            at += entry->d_reclen;
        }
    }
    if (names->n)
        qsort(names->items, names->n, sizeof(*names->items), compare_names);
    return true;
}
