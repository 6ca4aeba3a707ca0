/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The board, its memory, and what happens when the guest ends.
 */
#include "device/pieces.h"
#include "document/machine.h"
#include "emulator/capabilities.h"
#include "qmp/qmp.h"

enum {
    MEMORY_UNIT = 1024,                 /* KiB: what QEMU is given is a multiple of it */
    MOST_IOTHREADS = 1024,
};

/* ---- completing --------------------------------------------------------------------------- */

/* What is plugged in counts, beside what the NUMA cells have. */
static int
add_plugged_memory(struct qemu_domain_def *doc)
{
    for (size_t i = 0; i < doc->devices.n_memories; i++)
        if (__builtin_add_overflow(doc->memory.size, doc->devices.memories[i]->target.size, &doc->memory.size))
            return vir_error(VIR_ERR_OVERFLOW, "the memory that is plugged in is too large");
    return 0;
}

int
qemu_machine_complete(struct qemu_domain_def *doc, const struct qemu_machine *machine)
{
    unsigned int most = machine->max_cpus ? machine->max_cpus : QEMU_MAX_VCPUS;

    if (add_plugged_memory(doc) < 0)
        return -1;
    if (!doc->has_current_memory || doc->current_memory == 0 || doc->current_memory > doc->memory.size)
        doc->current_memory = doc->memory.size;
    doc->has_current_memory = true;
    if (doc->vcpu.count > most)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                         "%u vcpus are more than the %u that the machine '%s' takes",
                         doc->vcpu.count, most, machine->name);
    if (doc->vcpu.has_current && doc->vcpu.current == doc->vcpu.count)
        doc->vcpu.has_current = false;
    return 0;
}

static unsigned long long
rounded(unsigned long long kib)
{
    return (kib + MEMORY_UNIT - 1) / MEMORY_UNIT * MEMORY_UNIT;
}

void
qemu_memory_round(struct qemu_domain_def *doc)
{
    bool all = doc->current_memory == doc->memory.size;

    doc->memory.size = rounded(doc->memory.size);
    if (all)
        doc->current_memory = doc->memory.size;
}

/* ---- rules ---------------------------------------------------------------------------------- */

int
qemu_machine_check(const struct qemu_domain_def *doc)
{
    enum qemu_lifecycle off = doc->on_poweroff, reboot = doc->on_reboot, crash = doc->on_crash;

    if (off != QEMU_LIFECYCLE_DESTROY && off != QEMU_LIFECYCLE_RESTART)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "on_poweroff is '%s'; it can be 'destroy' or 'restart'",
                         WORD(lifecycle, off));
    if (reboot != QEMU_LIFECYCLE_DESTROY && reboot != QEMU_LIFECYCLE_RESTART)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "on_reboot is '%s'; it can be 'destroy' or 'restart'",
                         WORD(lifecycle, reboot));
    if (crash == QEMU_LIFECYCLE_RENAME_RESTART)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "on_crash cannot be 'rename-restart'");
    return 0;
}

int
qemu_machine_startable(const struct qemu_domain_def *doc)
{
    if (doc->iothreads > MOST_IOTHREADS)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "%u <iothreads> are more than %d", doc->iothreads, MOST_IOTHREADS);
    if (doc->vcpu.placement == QEMU_DOMAIN_VCPU_PLACEMENT_AUTO)
        return qemu_refuse("vcpu", "placement", "auto");
    if (doc->on_crash == QEMU_LIFECYCLE_COREDUMP_DESTROY || doc->on_crash == QEMU_LIFECYCLE_COREDUMP_RESTART)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                         "the qemu driver does not do <on_crash>%s</on_crash> yet",
                         WORD(lifecycle, doc->on_crash));
    return 0;
}

/* ---- for QEMU --------------------------------------------------------------------------------- */

void
qemu_machine_build(const struct qemu_def *def, struct qemu_command *command)
{
    struct vir_buf buf = { 0 };

    vir_buf_addf(&buf, "%s,usb=off", def->doc->os.type.machine);
    qemu_features_put_machine(def->doc, &buf);
    if (qemu_clock_without_hpet(def->doc))
        vir_buf_add(&buf, ",hpet=off");
    qemu_boot_put_machine(def->doc, &buf);
    vir_buf_add(&buf, ",dump-guest-core=off,memory-backend=pc.ram");
    qemu_firmware_put_machine(def->doc, &buf);
    qemu_command_add(command, "-machine", buf.text);
    vir_buf_free(&buf);
    vir_buf_add(&buf, qemu_def_is_kvm(def) ? "kvm" : "tcg");
    qemu_features_put_accel(def->doc, &buf);
    qemu_command_add(command, "-accel", buf.text);
    vir_buf_free(&buf);
}

void
qemu_memory_build(const struct qemu_def *def, struct qemu_command *command)
{
    struct json_object *ram = qmp_new_object();

    qemu_command_addf(command, "-m", "size=%lluk", def->doc->memory.size);
    qmp_add(ram, "qom-type", qmp_new_string("memory-backend-ram"));
    qmp_add(ram, "id", qmp_new_string("pc.ram"));
    qmp_add(ram, "size", qmp_new_int((int64_t)(def->doc->memory.size * 1024)));
    qemu_command_json(command, "-object", ram);
    qemu_command_add(command, "-overcommit", "mem-lock=off");
}

static void
add_iothread(struct qemu_command *command, unsigned int id)
{
    struct json_object *thread = qemu_object("qom-type", "iothread");

    qemu_put_iothread(thread, "id", id);
    qemu_command_json(command, "-object", thread);
}

/* Those that the document numbers, and as many more as it says, with the lowest numbers that are left. */
void
qemu_iothreads_build(const struct qemu_domain_def *doc, struct qemu_command *command)
{
    size_t n = doc->iothreadids.n_iothreads;

    for (size_t i = 0; i < n; i++)
        add_iothread(command, doc->iothreadids.iothreads[i]->id);
    for (unsigned int id = 1; n < doc->iothreads; id++) {
        if (qemu_iothread_is_numbered(doc, id))
            continue;
        add_iothread(command, id);
        n++;
    }
}

void
qemu_actions_build(const struct qemu_domain_def *doc, struct qemu_command *command)
{
    if (doc->on_reboot == QEMU_LIFECYCLE_DESTROY)
        qemu_command_add(command, "-action", "reboot=shutdown");
    if (doc->on_crash == QEMU_LIFECYCLE_PRESERVE)
        qemu_command_add(command, "-action", "panic=pause");
}
