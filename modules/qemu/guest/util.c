/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Small things that several files need: directories, what /proc says of a
 * process.
 */
#include "qemu.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void
qemu_set_text(char **at, const char *value)
{
    char *old = *at;

    *at = vir_strdup(value);
    free(old);
}

int
qemu_dir_open(struct qemu_dir *dir, const char *base, const char *below, mode_t mode)
{
    dir->path = vir_path_join(base, below);
    dir->fd = vir_dir_open(dir->path, mode);
    return dir->fd < 0 ? -1 : 0;
}

void
qemu_dir_close(struct qemu_dir *dir)
{
    if (dir->path && dir->fd >= 0)
        close(dir->fd);
    free(dir->path);
    dir->path = NULL;
    dir->fd = -1;
}

int
qemu_file_write(const struct qemu_dir *dir, const char *file, const char *text)
{
    size_t len = strlen(text);

    if (len > QEMU_MAX_FILE)
        return vir_error(VIR_ERR_OPERATION_FAILED, "'%s/%s' would have %zu bytes, and %d can be read again",
                         dir->path, file, len, QEMU_MAX_FILE);
    return vir_file_write(dir->fd, file, text, len, 0600);
}

void
qemu_warn_error(const char *what)
{
    virErrorPtr error = vir_error_take();

    vir_warn("%s: %s", what, error && error->message ? error->message : "unknown error");
    virFreeError(error);
}

int
qemu_proc_read(pid_t pid, struct qemu_proc *ret)
{
    enum { STATE = 3, USER_TICKS = 14, KERNEL_TICKS, START_TIME = 22, N_FIELDS };       /* of proc(5) */
    uint64_t fields[N_FIELDS] = { 0 };
    VIR_AUTO_FREE char *text = NULL;
    char path[64], *at;
    size_t len;

    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    if (access(path, F_OK) < 0)
        return -1;
    if (vir_file_read_path(path, 4096, &text, &len) < 0) {
        virFreeError(vir_error_take());
        return -1;
    }
    at = strrchr(text, ')');            /* the name before it may hold anything */
    if (!at || at[1] != ' ')
        return -1;
    ret->state = at[2];
    for (int field = STATE; field < N_FIELDS; field++) {
        at = strchr(at + 1, ' ');
        if (!at)
            return -1;
        fields[field] = strtoull(at + 1, NULL, 10);
    }
    ret->cpu_ticks = fields[USER_TICKS] + fields[KERNEL_TICKS];
    ret->start_time = fields[START_TIME];
    return 0;
}
