/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What outlives the daemon: one file for each object, links for those that
 * start with the host, and the lock of the directory.
 */
#include <libvirt/module.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char suffix[] = ".xml";

static char *
file_name(const char *name)
{
    return vir_strdup_printf("%s%s", name, suffix);
}

int
vir_keep_open(struct vir_keep *keep, const char *base, const char *below, const char *links)
{
    if (vir_dir_enter(&keep->dir, base, below, 0700) < 0)
        return -1;
    return links ? vir_dir_enter(&keep->links, keep->dir.path, links, 0700) : 0;
}

void
vir_keep_close(struct vir_keep *keep)
{
    vir_dir_leave(&keep->dir);
    vir_dir_leave(&keep->links);
}

/* ---- one file ----------------------------------------------------------------- */

int
vir_keep_write(const struct vir_keep *keep, const char *name, const char *text)
{
    VIR_AUTO_FREE char *file = file_name(name);
    size_t len = strlen(text);

    if (len > VIR_KEEP_MAX)
        return vir_error(VIR_ERR_OPERATION_FAILED, "'%s/%s' would have %zu bytes, and %d can be read again",
                         keep->dir.path, file, len, VIR_KEEP_MAX);
    return keep->passing ? vir_file_write_passing(keep->dir.fd, file, text, len, 0600)
                         : vir_file_write(keep->dir.fd, file, text, len, 0600);
}

int
vir_keep_remove(const struct vir_keep *keep, const char *name)
{
    VIR_AUTO_FREE char *file = file_name(name);

    if (vir_file_remove(keep->dir.fd, file) < 0)
        return -1;
    return keep->links.path ? vir_file_remove(keep->links.fd, file) : 0;
}

int
vir_keep_set_autostart(const struct vir_keep *keep, const char *name, bool on)
{
    VIR_AUTO_FREE char *file = file_name(name);
    VIR_AUTO_FREE char *target = vir_path_join(keep->dir.path, file);

    if (!on)
        return vir_file_remove(keep->links.fd, file);
    if ((symlinkat(target, keep->links.fd, file) < 0 && errno != EEXIST) || fsync(keep->links.fd) < 0)
        return vir_error_errno(errno, "link '%s/%s'", keep->links.path, file);
    return 0;
}

bool
vir_keep_autostart(const struct vir_keep *keep, const char *name)
{
    VIR_AUTO_FREE char *file = file_name(name);

    return faccessat(keep->links.fd, file, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* ---- all of them -------------------------------------------------------------- */

struct load {
    const struct vir_keep *keep;
    vir_keep_load_fn load;
    void *opaque;
};

/* Definitions are read where an administrator keeps them. */
static int
load_one(const struct load *load, const char *file)
{
    const struct vir_keep *keep = load->keep;
    VIR_AUTO_FREE char *path = vir_path_join(keep->dir.path, file);
    VIR_AUTO_FREE char *name = vir_strndup(file, strlen(file) - strlen(suffix));
    VIR_AUTO_FREE char *text = NULL;
    int ret = keep->passing ? vir_file_read(keep->dir.fd, file, VIR_KEEP_MAX, &text, NULL)
                            : vir_file_read_path(path, VIR_KEEP_MAX, &text, NULL);

    return ret < 0 ? -1 : load->load(name, text, load->opaque);
}

/* A definition stays, to be mended in its place, and has a second name should another be written there. */
static void
leave_out(const struct vir_keep *keep, const char *file)
{
    VIR_AUTO_FREE char *second = vir_strdup_printf("%.240s.bad", file);
    virErrorPtr error = vir_error_take();

    vir_warn("%s '%s/%s' is %s: %s", keep->what, keep->dir.path, file,
             keep->passing ? "set aside" : "left out",
             error && error->message ? error->message : "unknown error");
    virFreeError(error);
    unlinkat(keep->dir.fd, second, 0);
    if ((keep->passing ? renameat(keep->dir.fd, file, keep->dir.fd, second)
                       : linkat(keep->dir.fd, file, keep->dir.fd, second, 0)) < 0)
        vir_warn("'%s/%s' cannot be made: %s", keep->dir.path, second, strerror(errno));
}

static int
load_or_warn(int dirfd, const char *file, void *opaque)
{
    const struct load *load = opaque;

    (void)dirfd;
    if (load_one(load, file) < 0)
        leave_out(load->keep, file);
    return 0;
}

void
vir_keep_load(const struct vir_keep *keep, vir_keep_load_fn load, void *opaque)
{
    if (vir_dir_scan(keep->dir.fd, suffix, load_or_warn, &(struct load){ keep, load, opaque }) < 0) {
        vir_warn("%s", virGetLastErrorMessage());
        virFreeError(vir_error_take());
    }
}

/* ---- the directory of a run --------------------------------------------------- */

int
vir_keep_lock(const struct vir_dir *state, const char *what)
{
    VIR_AUTO_CLOSE int fd = openat(state->fd, "driver.pid",
                                   O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0644);
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    char text[32];
    int n = snprintf(text, sizeof(text), "%d\n", (int)getpid());

    if (fd < 0)
        return vir_error_errno(errno, "lock file '%s/driver.pid'", state->path);
    if (fcntl(fd, F_OFD_SETLK, &lock) < 0) {
        vir_error(VIR_ERR_OPERATION_FAILED, "another daemon runs %s of '%s'", what, state->path);
        vir_error_hint("its process number is in '%s/driver.pid'", state->path);
        return -1;
    }
    if (ftruncate(fd, 0) < 0 || pwrite(fd, text, (size_t)n, 0) != n)
        vir_warn("cannot write '%s/driver.pid'", state->path);
    return vir_steal_fd(&fd);
}

bool
vir_keep_first_since_boot(const struct vir_dir *state)
{
    VIR_AUTO_CLOSE int fd = openat(state->fd, "autostarted", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                                   0600);

    if (fd < 0 && errno != EEXIST)
        vir_warn("nothing is started with the host: cannot write '%s/autostarted': %s", state->path,
                 strerror(errno));
    return fd >= 0;
}
