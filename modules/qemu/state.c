/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Status files of running guests, and how a new daemon finds these guests
 * again.  The file says which process it is (its number and the time it began)
 * and what it runs with.  Should a file be lost or broken, the process itself is
 * recognised by its log file, so that no guest is ever started twice.
 */
#define VIR_LOG_SOURCE "qemu.state"
#include "events.h"
#include "run.h"
#include "state.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    MAX_STATUS_FILE = 2 * QEMU_MAX_DOCUMENT,
    MAX_ARGS = 4 * 1024 * 1024,         /* of a command line; the kernel takes less */
    MAX_ID = 1 << 30,                   /* the next ones are counted from it */
};

static char *
file_name(const char *name)
{
    return vir_strdup_printf("%s.xml", name);
}

/* ---- writing ------------------------------------------------------------------------ */

int
qemu_state_save(const struct qemu_def *live, const struct qemu_run *run, int state, int reason)
{
    VIR_AUTO_FREE char *file = file_name(live->doc->name);
    VIR_AUTO_FREE char *xml = NULL;
    char start[32];
    /* The domain is lent for the time of writing. */
    struct qemu_domstatus_def status = { .pid = (unsigned int)run->pid, .start = start,
                                         .state = (unsigned int)state, .reason = (unsigned int)reason,
                                         .domain = live->doc };

    snprintf(start, sizeof(start), "%" PRIu64, run->start_time);
    xml = qemu_domstatus_def_format(&status, VIR_XML_SECURE);
    return vir_file_write(qemu_driver.state.fd, file, xml, strlen(xml), 0600);
}

void
qemu_state_remove(const char *name)
{
    VIR_AUTO_FREE char *file = file_name(name);

    if (vir_file_remove(qemu_driver.state.fd, file) < 0)
        qemu_warn_error(name);
}

/* ---- taking up a process ----------------------------------------------------------------- */

/* The domain that LIVE is a run of: as it was defined, or else a transient one. */
static struct qemu_domain *
domain_of(struct qemu_def *live)
{
    struct vir_store_entry *entry = vir_store_by_uuid(qemu_driver.store, live->doc->uuid);
    struct qemu_domain *domain;

    if (entry)
        return (struct qemu_domain *)entry;
    domain = qemu_domain_new(qemu_def_ref(live));
    return qemu_domain_add(domain) < 0 ? NULL : domain;
}

/* Takes over LIVE.  1: taken up, 0: the process is gone, -1: error. */
static int
take_up(struct qemu_def *live, pid_t pid, uint64_t start_time, int state, int reason)
{
    QEMU_AUTO_DOMAIN domain = domain_of(live);
    struct qemu_run *run;

    if (!domain) {
        qemu_def_unref(live);
        return -1;
    }
    if (qemu_domain_has_run(domain)) {
        qemu_def_unref(live);
        return vir_error(VIR_ERR_OPERATION_FAILED, "domain '%s' runs as another process", domain->entry.name);
    }
    run = qemu_run_new(domain, live->doc->id);
    if (!qemu_run_find(run, pid, start_time)) {
        if (!domain->persistent)
            vir_store_remove(qemu_driver.store, &domain->entry);
        qemu_channels_remove(live);
        qemu_run_unref(run);
        qemu_def_unref(live);
        return 0;
    }
    /* The monitor corrects the state, where it is another by now, as soon as it answers. */
    return qemu_process_adopt(domain, run, live, state, reason) < 0 ? -1 : 1;
}

/* ---- status files -------------------------------------------------------------------------- */

static int
load_status(int dirfd, const char *file)
{
    VIR_AUTO_FREE char *text = NULL;
    VIR_AUTO_FREE char *wanted = NULL;
    struct qemu_domstatus_def *status;
    struct qemu_def *live;
    int pid, state, reason;
    uint64_t start;
    size_t len;

    if (vir_file_read(dirfd, file, MAX_STATUS_FILE, &text, &len) < 0)
        return -1;
    status = qemu_domstatus_def_parse(text, 0);
    if (!status)
        return -1;
    if (!status->domain || !status->domain->has_id || status->domain->id > MAX_ID) {
        qemu_domstatus_def_free(status);
        return vir_error(VIR_ERR_XML_ERROR, "the status file does not say what runs");
    }
    pid = (int)status->pid;
    state = (int)status->state;
    reason = (int)status->reason;
    start = strtoull(status->start, NULL, 10);
    if (start == 0) {                   /* would fit whatever process has the number now */
        qemu_domstatus_def_free(status);
        return vir_error(VIR_ERR_XML_ERROR, "the status file does not say when its process began");
    }
    live = qemu_def_take(vir_steal(&status->domain));
    qemu_domstatus_def_free(status);
    if (!live)
        return -1;
    wanted = file_name(live->doc->name);
    if (strcmp(wanted, file) != 0) {
        vir_error(VIR_ERR_XML_ERROR, "the file '%s' is of the guest '%s'", file, live->doc->name);
        qemu_def_unref(live);
        return -1;
    }
    return take_up(live, pid, start, state, reason);
}

static int
load_or_set_aside(int dirfd, const char *file, void *opaque)
{
    int found = load_status(dirfd, file);

    (void)opaque;
    if (found < 0) {
        VIR_AUTO_FREE char *what = vir_strdup_printf("status file '%s/%s' is set aside",
                                                     qemu_driver.state.path, file);

        qemu_warn_error(what);
        if (vir_file_set_aside(dirfd, file) < 0)
            qemu_warn_error(file);
    } else if (found == 0) {
        vir_info("the guest of '%s' is gone", file);
        if (vir_file_remove(dirfd, file) < 0)
            qemu_warn_error(file);
    }
    return 0;
}

/* ---- processes without a status file -------------------------------------------------------- */

/* The argument behind OPTION in the NUL-separated ARGS; NULL: not there. */
static const char *
argument(const char *args, size_t len, const char *option)
{
    const char *end = args + len;

    for (const char *at = args; at < end; at += strlen(at) + 1)
        if (strcmp(at, option) == 0 && at + strlen(at) + 1 < end)
            return at + strlen(at) + 1;
    return NULL;
}

static int
read_link(const char *path, char *ret, size_t size)
{
    ssize_t n = readlink(path, ret, size - 1);

    if (n <= 0)
        return -1;
    ret[n] = '\0';
    return 0;
}

/* Whether PID writes to a log file of this driver, in the directory LOGS, which is then its standard
 * error.  Where the path of that file leads is for the process to say, which may have a root
 * directory of its own; that it writes to a file of ours that nobody else may write to is not. */
static bool
writes_log(pid_t pid, const char *logs, char *ret_path, size_t size)
{
    size_t len = strlen(logs);
    struct stat link, file;
    char fd[64];

    snprintf(fd, sizeof(fd), "/proc/%d/fd/2", (int)pid);
    return read_link(fd, ret_path, size) == 0 && strncmp(ret_path, logs, len) == 0 && ret_path[len] == '/' &&
        lstat(fd, &link) == 0 && link.st_mode & S_IWUSR && stat(fd, &file) == 0 &&
        S_ISREG(file.st_mode) && file.st_uid == geteuid() && !(file.st_mode & (S_IWGRP | S_IWOTH));
}

/* LOG, a path, is that of the guest NAME: now, before it was moved out of the way, or deleted. */
static bool
is_log_of(const char *log, const char *name)
{
    VIR_AUTO_FREE char *wanted = vir_strdup_printf("/%s.log", name);

    return strncmp(strrchr(log, '/'), wanted, strlen(wanted)) == 0;
}

/* The name in "guest=NAME,debug-threads=on", where commas of the name are doubled. */
static char *
guest_name(const char *value)
{
    struct vir_buf buf = { 0 };

    if (strncmp(value, "guest=", 6) != 0)
        return NULL;
    for (const char *c = value + 6; *c; c++) {
        if (c[0] == ',' && c[1] != ',')
            break;
        if (c[0] == ',')
            c++;
        vir_buf_add_mem(&buf, c, 1);
    }
    return vir_buf_steal(&buf);
}

/* As much of a definition as the command line tells, for a guest that was never defined. */
static struct qemu_def *
rescue_def(const char *args, size_t len, const char *name, const unsigned char *uuid)
{
    const char *machine = argument(args, len, "-machine"), *accel = argument(args, len, "-accel");
    const char *memory = argument(args, len, "-m"), *smp = argument(args, len, "-smp");
    struct qemu_domain_def *doc = qemu_domain_def_new();

    doc->type = accel && strcmp(accel, "kvm") == 0 ? QEMU_DOMAIN_TYPE_KVM : QEMU_DOMAIN_TYPE_QEMU;
    doc->name = vir_strdup(name);
    doc->has_uuid = true;
    memcpy(doc->uuid, uuid, VIR_UUID_BUFLEN);
    doc->memory = memory && strncmp(memory, "size=", 5) == 0 ? strtoul(memory + 5, NULL, 10) : 1;
    doc->current_memory = doc->memory;
    doc->has_current_memory = true;
    doc->vcpu.count = smp ? (unsigned int)strtoul(smp, NULL, 10) : 1;
    doc->os.type.name = vir_strdup("hvm");
    doc->os.type.arch = vir_strdup(strstr(args, "i386") ? "i686" : "x86_64");
    doc->os.type.machine = machine ? vir_strndup(machine, strcspn(machine, ",")) : vir_strdup("");
    doc->devices.emulator = vir_strdup(args);
    return qemu_def_take(doc);
}

/* The guest keeps the file that it had none of. */
static void
save_rescued(struct qemu_domain *domain)
{
    QEMU_AUTO_RUN run = NULL;
    struct qemu_def *live = NULL;

    qemu_domain_lock(domain);
    if (domain->run && domain->live) {
        run = qemu_run_ref(domain->run);
        live = qemu_def_ref(domain->live);
    }
    qemu_domain_unlock(domain);
    if (run && qemu_state_save(live, run, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_UNKNOWN) < 0)
        qemu_warn_error(domain->entry.name);
    qemu_def_unref(live);
}

static void
rescue(pid_t pid, const char *log, const char *args, size_t len)
{
    const char *uuid_text = argument(args, len, "-uuid"), *naming = argument(args, len, "-name");
    VIR_AUTO_FREE char *name = naming ? guest_name(naming) : NULL;
    QEMU_AUTO_DOMAIN domain = NULL;
    unsigned char uuid[VIR_UUID_BUFLEN];
    struct qemu_def *live;
    int found;

    if (!uuid_text || !name || vir_uuid_parse(uuid_text, uuid) < 0 || !vir_file_name_ok(name) ||
        !is_log_of(log, name))
        return;
    domain = (struct qemu_domain *)vir_store_by_uuid(qemu_driver.store, uuid);
    if (domain && qemu_domain_has_run(domain))
        return;
    live = domain ? qemu_def_copy(domain->def) : rescue_def(args, len, name, uuid);
    if (live) {
        live->doc->has_id = true;
        live->doc->id = __atomic_add_fetch(&qemu_driver.last_id, 1, __ATOMIC_RELAXED);
    }
    found = live ? take_up(live, pid, 0, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_UNKNOWN) : -1;
    if (found < 0)
        qemu_warn_error(name);
    if (found <= 0)
        return;
    vir_warn("domain '%s' runs as process %d without a status file; it was taken up again", name, (int)pid);
    if (!domain)
        domain = (struct qemu_domain *)vir_store_by_uuid(qemu_driver.store, uuid);
    if (domain)
        save_rescued(domain);
}

/* Reading the command line of a process may have to wait for that process, so only that of
 * one with a log in the directory LOGS is read. */
static void
look_at_process(const char *number, const char *logs)
{
    VIR_AUTO_FREE char *path = vir_strdup_printf("/proc/%s/cmdline", number);
    VIR_AUTO_FREE char *args = NULL;
    char log[PATH_MAX];
    pid_t pid = (pid_t)strtol(number, NULL, 10);
    size_t len;

    if (number[strspn(number, "0123456789")] || !writes_log(pid, logs, log, sizeof(log)))
        return;
    if (vir_file_read_path(path, MAX_ARGS, &args, &len) < 0)
        qemu_warn_error(path);
    else if (len > 0)
        rescue(pid, log, args, len);
}

static void
look_for_processes(void)
{
    DIR *dir = opendir("/proc");
    char fd[64], logs[PATH_MAX];
    struct dirent *entry;

    snprintf(fd, sizeof(fd), "/proc/self/fd/%d", qemu_driver.log.fd);   /* its path may hold links */
    if (!dir || read_link(fd, logs, sizeof(logs)) < 0)
        vir_warn("guests without a status file are not looked for: cannot read /proc: %s", strerror(errno));
    else
        while ((entry = readdir(dir)))
            look_at_process(entry->d_name, logs);
    if (dir)
        closedir(dir);
}

void
qemu_state_load_all(void)
{
    if (vir_dir_scan(qemu_driver.state.fd, ".xml", load_or_set_aside, NULL) < 0)
        qemu_warn_error(qemu_driver.state.path);
    look_for_processes();
    qemu_sockets_sweep();
}
