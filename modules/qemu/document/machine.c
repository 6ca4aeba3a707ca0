/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The board, and what happens when the guest ends.
 */
#include "device/pieces.h"
#include "document/machine.h"
#include "emulator/capabilities.h"
#include "qmp/qmp.h"

/* ---- completing --------------------------------------------------------------------------- */

int
qemu_machine_complete(struct qemu_domain_def *doc, const struct qemu_machine *machine)
{
    unsigned int most = machine->max_cpus ? machine->max_cpus : QEMU_MAX_VCPUS;

    if (qemu_memory_complete(doc) < 0)
        return -1;
    if (doc->vcpu.count > most)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                         "%u vcpus are more than the %u that the machine '%s' takes",
                         doc->vcpu.count, most, machine->name);
    if (doc->vcpu.has_current && doc->vcpu.current == doc->vcpu.count)
        doc->vcpu.has_current = false;
    return 0;
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
    if (off == QEMU_LIFECYCLE_RESTART && reboot == QEMU_LIFECYCLE_DESTROY)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "on_poweroff cannot be 'restart' where on_reboot is 'destroy'");
    return 0;
}

int
qemu_machine_startable(const struct qemu_domain_def *doc)
{
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
    qemu_memory_put_machine(def->doc, &buf);
    if (qemu_numa_has_hmat(def->doc))
        vir_buf_add(&buf, ",hmat=on");
    qemu_firmware_put_machine(def->doc, &buf);
    qemu_command_add(command, "-machine", buf.text);
    vir_buf_free(&buf);
    vir_buf_add(&buf, qemu_def_is_kvm(def) ? "kvm" : "tcg");
    qemu_features_put_accel(def->doc, &buf);
    qemu_command_add(command, "-accel", buf.text);
    vir_buf_free(&buf);
}

void
qemu_actions_build(const struct qemu_domain_def *doc, struct qemu_command *command)
{
    if (doc->on_reboot == QEMU_LIFECYCLE_DESTROY)
        qemu_command_add(command, "-action", "reboot=shutdown");
    if (doc->on_crash == QEMU_LIFECYCLE_PRESERVE)
        qemu_command_add(command, "-action", "panic=pause");
}

struct json_object *
qemu_actions_say(const struct qemu_domain_def *doc)
{
    struct json_object *args = qmp_new_object();

    qmp_add(args, "reboot", qmp_new_string(doc->on_reboot == QEMU_LIFECYCLE_DESTROY ? "shutdown" : "reset"));
    qmp_add(args, "panic", qmp_new_string(doc->on_crash == QEMU_LIFECYCLE_PRESERVE ? "pause" : "shutdown"));
    return args;
}
