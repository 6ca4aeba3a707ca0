/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A document that a user wrote becomes complete, once, when it is defined, so that
 * the guest's hardware stays the same from then on; and what of it can be started.
 */
#include "device/device.h"
#include "document/machine.h"
#include "document/vcpus.h"
#include "emulator/capabilities.h"

static const struct qemu_machine *
complete_machine(struct qemu_domain_def *doc, struct qemu_caps_store *caps)
{
    const char *arch = doc->os.type.arch ? doc->os.type.arch : qemu_caps_host_arch();
    const struct qemu_emulator *emulator;
    const struct qemu_machine *machine;

    if (strcmp(doc->os.type.name, "hvm") != 0) {
        vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "os type '%s'", doc->os.type.name);
        vir_error_hint("QEMU's guests have <type>hvm</type>");
        return NULL;
    }
    emulator = qemu_caps_emulator(caps, arch, doc->devices.emulator);
    if (!emulator)
        return NULL;
    machine = qemu_caps_machine(emulator, doc->os.type.machine);
    if (!machine) {
        vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the emulator '%s' has no machine '%s'",
                  emulator->path, doc->os.type.machine ? doc->os.type.machine : "");
        vir_error_hint("'virsh capabilities' lists those it has; without one the guest gets its usual one");
        return NULL;
    }
    qemu_set_text(&doc->os.type.arch, arch);
    qemu_set_text(&doc->os.type.machine, machine->name);
    qemu_set_text(&doc->devices.emulator, emulator->path);
    return machine;
}

/* What the user said, before anything is completed. */
static int
check_said(const struct qemu_domain_def *doc)
{
    return qemu_machine_check(doc) < 0 || qemu_clock_check(doc) < 0 ? -1 : qemu_cpu_check(doc);
}

int
qemu_doc_complete_devices(struct qemu_domain_def *doc)
{
    struct qemu_board board = qemu_board_of(doc);

    return qemu_devices_complete(&board);
}

int
qemu_doc_prepare(struct qemu_domain_def *doc, struct qemu_opened *opened)
{
    struct qemu_board board = qemu_board_of(doc);

    board.opened = opened;
    qemu_memory_round(doc);
    if (doc->vcpus.n_vcpus)
        qemu_vcpus_list(doc, true);
    qemu_devices_name(&board);
    return qemu_devices_host_open(&board);
}

void
qemu_doc_release_devices(struct qemu_domain_def *doc)
{
    const struct qemu_board board = qemu_board_of(doc);

    qemu_devices_host_close(&board);
    qemu_memory_close(doc);
}

void
qemu_doc_forget_devices(struct qemu_domain_def *doc, bool all)
{
    const struct qemu_board board = qemu_board_of(doc);

    qemu_devices_forget(&board, all);
}

int
qemu_doc_complete(struct qemu_domain_def *doc, struct qemu_caps_store *caps)
{
    const struct qemu_machine *machine = complete_machine(doc, caps);

    if (!machine || check_said(doc) < 0 || qemu_machine_complete(doc, machine) < 0)
        return -1;
    if (!doc->has_uuid && vir_uuid_generate(doc->uuid) < 0)
        return -1;
    doc->has_uuid = true;
    if (qemu_boot_complete(doc) < 0)
        return -1;
    qemu_cpu_complete(doc, machine);
    return qemu_doc_complete_devices(doc);
}

int
qemu_def_check_startable(const struct qemu_def *def)
{
    struct qemu_domain_def *doc = def->doc;
    const struct qemu_board board = qemu_board_of(doc);

    if (check_said(doc) < 0 || qemu_domain_def_refused(doc) < 0 || qemu_machine_startable(doc) < 0 ||
        qemu_iothreads_startable(doc) < 0 || qemu_memory_startable(doc) < 0 ||
        qemu_features_startable(doc) < 0 || qemu_clock_startable(doc) < 0 || qemu_boot_startable(doc) < 0 ||
        qemu_firmware_startable(doc) < 0 || qemu_smbios_startable(doc) < 0 || qemu_passed_startable(doc) < 0)
        return -1;
    return qemu_devices_startable(&board);
}
