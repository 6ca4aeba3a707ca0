/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asking an emulator.  It is started without a machine and with an open socket
 * as its monitor; all questions are sent at once and the program is killed when
 * the last answer is there.
 */
#define VIR_LOG_SOURCE "qemu.capabilities"
#include "qemu.h"
#include "host/file.h"
#include "qmp/monitor.h"
#include "emulator/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    MAX_MACHINES = 1000,
    MAX_TYPES = 20000,
    MAX_EMULATOR_CPUS = 65536,
    MAX_WORDS = 64 * 1024,
};

static void
ignore_event(struct qmp_message *event, void *opaque)
{
    (void)event;
    (void)opaque;
}

static void
ignore_broken(const char *why, void *opaque)
{
    (void)why;
    (void)opaque;
}

/* MACHINE: of its option -machine.  WORDS_FD: its standard error; -1: nowhere. */
static int
start(const char *path, const char *machine, int monitor_fd, int words_fd, pid_t *ret_pid, int *ret_pidfd)
{
    VIR_AUTO_FREE char *chardev = vir_strdup_printf("socket,id=m,fd=%d", monitor_fd);
    const char *argv[] = { path, "-S", "-no-user-config", "-nodefaults", "-display", "none",
                           "-machine", machine, "-chardev", chardev,
                           "-mon", "chardev=m,mode=control", NULL };
    struct vir_child child = { VIR_CHILD_INIT, .argv = argv, .keep_fds = &monitor_fd, .n_keep_fds = 1, .bound = true };

    child.stderr_fd = words_fd;
    return vir_child_start(&child, ret_pid, ret_pidfd);
}

/* A file for what an emulator complains of, which does not grow with it; -1: none. */
static int
open_words(void)
{
    VIR_AUTO_CLOSE int fd = memfd_create("words of an emulator", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (fd < 0 || ftruncate(fd, MAX_WORDS) < 0 || fcntl(fd, F_ADD_SEALS, F_SEAL_GROW) < 0)
        return -1;
    return vir_steal_fd(&fd);
}

static char *
last_words(int fd)
{
    off_t end = fd < 0 ? 0 : lseek(fd, 0, SEEK_CUR);    /* the emulator's position is ours */

    return end > 0 && ftruncate(fd, end) == 0 ? qemu_file_last_line(fd, 0) : NULL;
}

/* The emulator's own words are a better reason than its silence. */
static void *
say_why(const char *path, int words_fd)
{
    VIR_AUTO_FREE char *words = last_words(words_fd);
    virErrorPtr error = vir_error_take();

    vir_error(VIR_ERR_INTERNAL_ERROR, "the emulator '%s' does not tell what it can do: %s", path,
              words ? words : error && error->message ? error->message : "it ended without a word");
    vir_error_hint("try '%s --version'", path);
    virFreeError(error);
    return NULL;
}

/* Starts it with that option -machine and asks; -1: error set. */
static int
ask(const char *path, const char *machine, int words_fd,
    int (*questions)(struct qemu_monitor *monitor, struct json_object *answers), struct json_object *answers)
{
    static const struct qemu_monitor_ops ops = { ignore_event, ignore_broken };
    VIR_AUTO_CLOSE int theirs = -1;
    VIR_AUTO_CLOSE int pidfd = -1;
    struct qemu_monitor *monitor;
    int64_t began = vir_now_ms();
    int pair[2], status, ret = -1;
    pid_t pid;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return vir_error_errno(errno, "a socket for asking '%s'", path);
    theirs = pair[1];
    if (start(path, machine, theirs, words_fd, &pid, &pidfd) < 0) {
        close(pair[0]);
        return -1;
    }
    close(vir_steal_fd(&theirs));       /* so that its death is seen at our end */
    monitor = qemu_monitor_open(qemu_driver.loop, pair[0], path, &ops, NULL);
    if (monitor) {
        ret = questions(monitor, answers);
        qemu_monitor_close(monitor, "asked enough");
        qemu_monitor_unref(monitor);
    }
    syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
    vir_child_wait(pid, pidfd, QEMU_KILL_MS, &status);
    vir_debug("%s: asked in %lld ms", path, (long long)(vir_now_ms() - began));
    return ret;
}

/* What KVM and TCG give differs: where there is KVM, the emulator is started a second time; some have no TCG. */
struct json_object *
qemu_probe_ask(const char *path)
{
    VIR_AUTO_CLOSE int words_fd = open_words();
    struct json_object *answers = qmp_new_object();
    int ret = ask(path, "none,accel=kvm:tcg", words_fd, qemu_questions_ask, answers);

    if (ret == 0 && !qmp_get(answers, "tcg") && ask(path, "none,accel=tcg", -1, qemu_questions_ask_tcg, answers) < 0)
        virFreeError(vir_error_take());
    if (ret == 0)
        return answers;
    json_object_put(answers);
    return say_why(path, words_fd);
}

/* ---- reading the answers ----------------------------------------------------------- */

static int
read_version(struct qemu_emulator *emulator, struct json_object *answer)
{
    struct json_object *qemu = qmp_get(answer, "qemu");
    uint64_t major = qmp_get_uint(qemu, "major", 999, 0);
    const char *package = qmp_get_string(answer, "package");

    if (major == 0)
        return -1;
    emulator->version = (unsigned int)(major * 1000000 + qmp_get_uint(qemu, "minor", 999, 0) * 1000 +
                                       qmp_get_uint(qemu, "micro", 999, 0));
    emulator->package = vir_strdup(package ? package : "");
    return 0;
}

/* "qemu64-x86_64-cpu" is the type of the model "qemu64". */
static char *
model_of_type(const char *type, const char *target)
{
    VIR_AUTO_FREE char *suffix = vir_strdup_printf("-%s-cpu", target);
    size_t len = type ? strlen(type) : 0, cut = strlen(suffix);

    if (len <= cut || strcmp(type + len - cut, suffix) != 0)
        return NULL;
    return vir_strndup(type, (size_t)(len - cut));
}

static int
read_machines(struct qemu_emulator *emulator, struct json_object *answer, const char *target)
{
    size_t n;

    if (!json_object_is_type(answer, json_type_array))
        return -1;
    n = json_object_array_length(answer);
    if (n == 0 || n > MAX_MACHINES)
        return -1;
    emulator->machines = vir_alloc_array(n, sizeof(*emulator->machines));
    for (size_t i = 0; i < n; i++) {
        struct json_object *one = json_object_array_get_idx(answer, i);
        struct qemu_machine *machine = &emulator->machines[emulator->n_machines];
        const char *name = qmp_get_string(one, "name");

        if (!name || strcmp(name, "none") == 0)
            continue;
        machine->name = vir_strdup(name);
        machine->alias = vir_strdup(qmp_get_string(one, "alias"));
        machine->default_cpu = model_of_type(qmp_get_string(one, "default-cpu-type"), target);
        machine->max_cpus = (unsigned int)qmp_get_uint(one, "cpu-max", MAX_EMULATOR_CPUS, 0);
        machine->deprecated = qmp_get_bool(one, "deprecated");
        machine->is_default = qmp_get_bool(one, "is-default");
        emulator->n_machines++;
    }
    return 0;
}

/* "hv-relaxed": what is false KVM does not give; what is a number or a text can be set. */
static void
read_hyperv(struct qemu_emulator *emulator, struct json_object *properties)
{
    struct json_object *names = qmp_new_array();

    if (json_object_is_type(properties, json_type_object)) {
        json_object_object_foreach(properties, name, value) {
            if (!json_object_is_type(value, json_type_boolean) || json_object_get_boolean(value))
                qmp_append(names, qmp_new_string(name));
        }
    }
    qemu_words_read(names, MAX_TYPES, &emulator->hyperv, &emulator->n_hyperv);
    json_object_put(names);
}

static int
read_accelerators(struct qemu_emulator *emulator, struct json_object *answers)
{
    struct json_object *kvm = qmp_get(answers, "kvm"), *tcg = qmp_get(answers, "tcg");

    read_hyperv(emulator, qmp_get(kvm, "hyperv"));
    emulator->host_migratable = qmp_get_bool(answers, "host-migratable");
    if (kvm && qemu_accelerator_read(&emulator->of_kvm, kvm) < 0)
        return -1;
    if (tcg && qemu_accelerator_read(&emulator->of_tcg, tcg) < 0)
        return -1;
    return kvm || tcg ? 0 : -1;
}

struct qemu_emulator *
qemu_emulator_free(struct qemu_emulator *emulator)
{
    if (!emulator)
        return NULL;
    for (size_t i = 0; i < emulator->n_machines; i++) {
        free(emulator->machines[i].name);
        free(emulator->machines[i].alias);
        free(emulator->machines[i].default_cpu);
    }
    free(emulator->machines);
    qemu_accelerator_free(&emulator->of_kvm);
    qemu_accelerator_free(&emulator->of_tcg);
    qemu_words_free(emulator->types, emulator->n_types);
    qemu_words_free(emulator->displays, emulator->n_displays);
    qemu_words_free(emulator->hyperv, emulator->n_hyperv);
    free(emulator->path);
    free(emulator->arch);
    free(emulator->package);
    free(emulator);
    return NULL;
}

struct qemu_emulator *
qemu_probe_read(struct json_object *answers, const char *path, const struct stat *sb)
{
    struct qemu_emulator *emulator = VIR_NEW(struct qemu_emulator);
    const char *target = qmp_get_string(qmp_get(answers, "query-target"), "arch");

    emulator->path = vir_strdup(path);
    emulator->size = sb->st_size;
    emulator->mtime = sb->st_mtim;
    emulator->kvm = qmp_get_bool(qmp_get(answers, "query-kvm"), "enabled");
    if (!target || read_version(emulator, qmp_get(answers, "query-version")) < 0 ||
        read_machines(emulator, qmp_get(answers, "query-machines"), target) < 0 ||
        qemu_words_read(qmp_get(answers, "types"), MAX_TYPES, &emulator->types, &emulator->n_types) < 0 ||
        qemu_words_read(qmp_get(answers, "displays"), MAX_TYPES, &emulator->displays, &emulator->n_displays) < 0 ||
        read_accelerators(emulator, answers) < 0) {
        qemu_emulator_free(emulator);
        return vir_error_null(VIR_ERR_INTERNAL_ERROR, "the emulator '%s' describes itself in an unknown way",
                              path);
    }
    emulator->arch = vir_strdup(strcmp(target, "i386") == 0 ? "i686" : target);
    return emulator;
}
