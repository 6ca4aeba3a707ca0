/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens modules.  A file is opened only after it was found to be a regular file
 * that nobody else can change; what is in it counts only after its entry was
 * found to fit.  libltdl does the opening: with local scope, and for good,
 * because threads and callbacks may point into a module for ever.
 */
#include "loader.h"
#include "host.h"
#include "private-group.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <ltdl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MODULE_FILE_MAX (256L * 1024 * 1024)
#define TABLE_BYTES_MAX 65536

_Static_assert(offsetof(struct vir_module, lxc) - offsetof(struct vir_module, connect) ==
               VIR_TABLE_LXC * sizeof(void *), "the tables of an entry in the order of enum vir_table");

#define unfit(...) vir_raise(VIR_FROM_NONE, VIR_ERR_OPERATION_FAILED, __VA_ARGS__)

/* ---- the file ---- */

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
vir_module_file_check(const char *path)
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
    return 0;
}

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

/* ---- the entry ---- */

/* Tables are opaque here but for their sizes; they stand in a row behind `unload`. */
static int
tables_check(const struct vir_module *entry)
{
    const void *tables[VIR_TABLE_STREAM];

    memcpy(tables, (const char *)entry + offsetof(struct vir_module, connect), sizeof(tables));
    for (unsigned int i = 0; i < VIR_TABLE_STREAM; i++) {
        uint32_t size;

        if (!tables[i])
            continue;
        memcpy(&size, tables[i], sizeof(size));
        if (size < 8 || size > TABLE_BYTES_MAX || (size - 8) % 16)
            return unfit("its table %u of calls says that it has %u bytes, which cannot be", i, size);
    }
    if ((entry->provides & VIR_PROVIDES_CONNECTION) && !entry->connect)
        return unfit("its entry provides connections but has no connect table");
    if ((entry->provides & VIR_PROVIDES_CONNECTION) && (!entry->schemes || !entry->schemes[0]))
        return unfit("its entry provides connections but names no scheme");
    if (!entry->provides)
        return unfit("its entry provides nothing");
    return 0;
}

int
vir_module_entry_check(const struct vir_module *found, const char *name, struct vir_module *ret_entry)
{
    struct vir_module entry = { 0 };

    if (found->abi != VIR_MODULE_ABI)
        return unfit("it was built for driver ABI %u; this libvirt has driver ABI %u", found->abi,
                     VIR_MODULE_ABI);
    if (found->size < offsetof(struct vir_module, connect) + sizeof(entry.connect) || found->size > 4096)
        return unfit("its entry says that it has %u bytes; that of this libvirt has %zu", found->size,
                     sizeof(entry));
    memcpy(&entry, found, found->size < sizeof(entry) ? found->size : sizeof(entry));
    if (!entry.name || strcmp(entry.name, name))
        return unfit("the file is called '%s', but its entry has the name '%.64s'", name,
                     entry.name ? entry.name : "");
    if (tables_check(&entry) < 0)
        return -1;
    *ret_entry = entry;
    return 0;
}

static int
find_entry(const void *symbol, const char *name, struct vir_module *ret_entry)
{
    if (!symbol)
        return unfit("it has no entry 'vir_module_%s': no libvirt module, or built under another name", name);
    return vir_module_entry_check(symbol, name, ret_entry);
}

static int
call_load(const struct vir_module *entry, const struct vir_host *host)
{
    virErrorPtr error;

    virResetLastError();
    if (!entry->load || entry->load(host) >= 0)
        return 0;
    error = vir_error_take();
    unfit("its load() failed: %s", error && error->message ? error->message : "it did not say why");
    virFreeError(error);
    return -1;
}

/* ---- opening ---- */

/* libltdl with local scope; it says "file not found" for whatever is wrong. */
static lt_dlhandle
open_local(const char *path)
{
    static bool ready;
    lt_dladvise advise;
    lt_dlhandle handle = NULL;

    if (!ready && lt_dlinit() != 0)
        return NULL;
    ready = true;
    if (lt_dladvise_init(&advise) != 0)
        return NULL;
    if (lt_dladvise_local(&advise) == 0)
        handle = lt_dlopenadvise(path, advise);
    lt_dladvise_destroy(&advise);
    return handle;
}

/* Why libltdl could not open PATH, in the linker's words if a child can get them. */
static int
open_failed(const char *path, const char *name, const char *said)
{
    struct vir_module_report report = { 0 };

    if (vir_module_ask(path, name, &report) < 0)
        return -1;
    vir_module_report_clear(&report);
    return unfit("it cannot be opened here: %s", said ? said : "libltdl does not say why");
}

int
vir_module_open(const char *path, const char *name, struct vir_module *ret_entry)
{
    VIR_AUTO_FREE char *symbol = vir_strdup_printf("vir_module_%s", name);
    struct vir_module entry;
    lt_dlhandle handle;

    if (vir_module_file_check(path) < 0)
        return -1;
    handle = open_local(path);
    if (!handle)
        return open_failed(path, name, lt_dlerror());
    lt_dlmakeresident(handle);
    if (find_entry(lt_dlsym(handle, symbol), name, &entry) < 0 || call_load(&entry, vir_host()) < 0)
        return -1;
    *ret_entry = entry;
    return 0;
}

/* As ours, but all directories lie below ROOT: no guest is found again there,
 * and none is started. */
static void
trial_host(struct vir_host *host, const char *root)
{
    *host = *vir_host();
    host->config_dir = vir_strdup_printf("%s/config", root);
    host->state_dir = vir_strdup_printf("%s/state", root);
    host->data_dir = vir_strdup_printf("%s/data", root);
    host->cache_dir = vir_strdup_printf("%s/cache", root);
    host->log_dir = vir_strdup_printf("%s/log", root);
    host->inhibit = NULL;
}

int
vir_module_try(const char *path, const char *name, const char *root, struct vir_module *ret_entry)
{
    static struct vir_host host;        /* the module may keep the pointer */
    VIR_AUTO_FREE char *symbol = vir_strdup_printf("vir_module_%s", name);
    void *handle;

    if (vir_module_file_check(path) < 0)
        return -1;
    handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        return unfit("the dynamic linker says: %s", dlerror());
    if (find_entry(dlsym(handle, symbol), name, ret_entry) < 0)
        return -1;
    if (!root)
        return 0;
    trial_host(&host, root);
    return call_load(ret_entry, &host);
}
