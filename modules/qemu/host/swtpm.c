/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * swtpm; see swtpm.h.
 */
#include "host/swtpm.h"
#include "qemu.h"

#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SWTPM "/usr/bin/swtpm"
#define SETUP "/usr/bin/swtpm_setup"

enum {
    SETUP_MS = 60000,                   /* it makes keys */
    SHUTDOWN = 3,                       /* a command of the control channel: CMD_SHUTDOWN, a number in network order */
};

bool
qemu_swtpm_is_there(void)
{
    return access(SWTPM, X_OK) == 0 && access(SETUP, X_OK) == 0;
}

static int
run_setup(const char *const *argv, const char *log)
{
    struct vir_child child = { VIR_CHILD_INIT, .argv = argv };
    VIR_AUTO_FREE char *words = NULL;
    int status = 0;

    if (vir_child_run(&child, "", QEMU_MAX_WORDS, SETUP_MS, &words, &status) < 0)
        return -1;
    if (status == 0)
        return 0;
    vir_error(VIR_ERR_INTERNAL_ERROR, "swtpm_setup makes no TPM: %s", words && *words ? words : "it says not why");
    vir_error_hint("'%s' has more of it", log);
    return -1;
}

/* A user's own certificates of makers are made where there are none. */
static int
make_config(const char *log)
{
    const char *argv[] = { SETUP, "--create-config-files", "skip-if-exist", NULL };

    return geteuid() == 0 ? 0 : run_setup(argv, log);
}

/* What a TPM has when it leaves its maker. */
static int
make_new(const struct qemu_swtpm *tpm)
{
    const char *all[] = { SETUP, "--tpm-state", tpm->dir, "--vmid", tpm->owner, "--logfile", tpm->log, "--createek",
                          "--create-ek-cert", "--create-platform-cert", "--lock-nvram", "--not-overwrite",
                          tpm->v2 ? "--tpm2" : NULL, NULL };

    if (make_config(tpm->log) == 0 && run_setup(all, tpm->log) == 0)
        return 0;
    qemu_swtpm_forget(tpm->dir);
    return -1;
}

static int
choose_banks(const struct qemu_swtpm *tpm)
{
    const char *argv[] = { SETUP, "--tpm2", "--tpm-state", tpm->dir, "--logfile", tpm->log, "--pcr-banks", tpm->banks,
                           "--reconfigure", NULL };

    return tpm->banks && tpm->v2 ? run_setup(argv, tpm->log) : 0;
}

/* -1: error set; 1: it was there. */
static int
make_directory(const char *dir)
{
    VIR_AUTO_FREE char *path = vir_strdup(dir);

    for (char *at = strchr(path + 1, '/'); at; at = strchr(at + 1, '/')) {
        *at = '\0';
        if (mkdir(path, 0711) < 0 && errno != EEXIST)
            return vir_error_errno(errno, "cannot make '%s' for a TPM", path);
        *at = '/';
    }
    if (mkdir(dir, 0700) == 0)
        return 0;
    return errno == EEXIST ? 1 : vir_error_errno(errno, "cannot make '%s' for a TPM", dir);
}

/* It listens before the program runs, so nobody waits for that. */
static int
listen_at(const char *path)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    VIR_AUTO_CLOSE int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (strlen(path) >= sizeof(at.sun_path))
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the path of a TPM's socket is too long: %s", path);
    strcpy(at.sun_path, path);
    unlink(path);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 || listen(fd, 1) < 0)
        return vir_error_errno(errno, "the socket '%s' of a TPM", path);
    return vir_steal_fd(&fd);
}

static int
run(const struct qemu_swtpm *tpm, int fd)
{
    VIR_AUTO_FREE char *control = vir_strdup_printf("type=unixio,fd=%d", fd), *log = vir_strdup_printf("file=%s", tpm->log);
    VIR_AUTO_FREE char *state = vir_strdup_printf("dir=%s,mode=0600", tpm->dir);
    const char *argv[] = { SWTPM, "socket", "--ctrl", control, "--tpmstate", state, "--log", log, "--terminate",
                           tpm->v2 ? "--tpm2" : NULL, NULL };
    struct vir_child child = { VIR_CHILD_INIT, .argv = argv, .keep_fds = &fd, .n_keep_fds = 1, .new_session = true,
                               .orphan = true };
    pid_t pid;
    int pidfd = -1, ret = vir_child_start(&child, &pid, &pidfd);

    vir_auto_close(&pidfd);
    return ret;
}

int
qemu_swtpm_start(const struct qemu_swtpm *tpm)
{
    int there = make_directory(tpm->dir), ret;
    VIR_AUTO_CLOSE int fd = -1;

    if (there < 0 || (there == 0 && make_new(tpm) < 0) || choose_banks(tpm) < 0)
        return -1;
    fd = listen_at(tpm->socket);
    ret = fd < 0 ? -1 : run(tpm, fd);
    if (fd >= 0 && ret < 0)
        unlink(tpm->socket);
    return ret;
}

void
qemu_swtpm_end(const char *path)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    VIR_AUTO_CLOSE int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const unsigned char command[] = { 0, 0, 0, SHUTDOWN };

    if (strlen(path) < sizeof(at.sun_path)) {
        strcpy(at.sun_path, path);
        if (fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0 &&
            send(fd, command, sizeof(command), MSG_NOSIGNAL) < 0)
            vir_debug("a TPM that is about to end takes no command: %s", path);
    }
    unlink(path);
}

static int
remove_one(const char *path, const struct stat *sb, int kind, struct FTW *at)
{
    (void)sb;
    (void)kind;
    (void)at;
    return remove(path);
}

void
qemu_swtpm_forget(const char *dir)
{
    VIR_AUTO_FREE char *parent = vir_strdup(dir);

    if (nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS) < 0 && errno != ENOENT)
        vir_warn("'%s', what a TPM stored, stays: %s", dir, strerror(errno));
    *strrchr(parent, '/') = '\0';
    rmdir(parent);                      /* that of the guest, if it has no other */
}
