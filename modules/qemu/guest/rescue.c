/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Guests that run and have no usable status file: each is recognised by the log file
 * that its process writes, so that no guest is ever started twice.
 */
#define VIR_LOG_SOURCE "qemu.state"
#include "guest/adopt.h"
#include "guest/log.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ARGS = 4 * 1024 * 1024 };    /* bytes of a command line; the kernel takes less */

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

/* The name in "guest=NAME,...", where commas of the name are doubled. */
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
    doc->memory.size = memory && strncmp(memory, "size=", 5) == 0 ? strtoul(memory + 5, NULL, 10) : 1;
    doc->current_memory = doc->memory.size;
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
rescue(pid_t pid, const char *args, size_t len)
{
    const char *uuid_text = argument(args, len, "-uuid"), *naming = argument(args, len, "-name");
    VIR_AUTO_FREE char *name = naming ? guest_name(naming) : NULL;
    QEMU_AUTO_DOMAIN domain = NULL;
    unsigned char uuid[VIR_UUID_BUFLEN];
    struct qemu_state status = { .pid = pid, .state = VIR_DOMAIN_RUNNING,
                                 .agent_seconds = VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_BLOCK,
                                 .reason = VIR_DOMAIN_RUNNING_UNKNOWN };
    struct qemu_def *live;
    int found;

    if (!uuid_text || !name || vir_uuid_parse(uuid_text, uuid) < 0 || !vir_file_name_ok(name) ||
        !qemu_log_is_of(pid, name, uuid))
        return;
    domain = (struct qemu_domain *)vir_store_by_uuid(qemu_driver.store, uuid);
    if (domain && qemu_domain_has_run(domain))
        return;
    live = domain ? qemu_def_copy(domain->def) : rescue_def(args, len, name, uuid);
    if (live) {
        live->doc->has_id = true;
        live->doc->id = __atomic_add_fetch(&qemu_driver.last_id, 1, __ATOMIC_RELAXED);
    }
    status.live = live;
    found = live ? qemu_adopt(&status) : -1;
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
 * one of ours is read. */
static void
look_at_process(const char *number)
{
    VIR_AUTO_FREE char *path = vir_strdup_printf("/proc/%s/cmdline", number);
    VIR_AUTO_FREE char *args = NULL;
    pid_t pid = (pid_t)strtol(number, NULL, 10);
    size_t len;

    if (number[strspn(number, "0123456789")] || !qemu_log_is_of(pid, NULL, NULL))
        return;
    if (vir_file_read_path(path, MAX_ARGS, &args, &len) < 0)
        qemu_warn_error(path);
    else if (len > 0)
        rescue(pid, args, len);
}

void
qemu_rescue_all(void)
{
    DIR *dir = opendir("/proc");
    struct dirent *entry;

    if (!dir)
        vir_warn("guests without a status file are not looked for: cannot read /proc: %s", strerror(errno));
    while (dir && (entry = readdir(dir)))
        look_at_process(entry->d_name);
    if (dir)
        closedir(dir);
}
