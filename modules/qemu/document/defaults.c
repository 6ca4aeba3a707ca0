/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a user may leave out of a domain document, filled in once when it is
 * defined, so that the guest's hardware stays the same from then on.
 */
#include "emulator/capabilities.h"
#include "document/domain-xml.h"

#include <stdlib.h>
#include <string.h>

static bool
has_device_boot(const struct qemu_domain_def *doc)
{
    for (size_t i = 0; i < doc->devices.n_disks; i++)
        if (doc->devices.disks[i]->device.boot.present)
            return true;
    for (size_t i = 0; i < doc->devices.n_interfaces; i++)
        if (doc->devices.interfaces[i]->device.boot.present)
            return true;
    return false;
}

static int
complete_boot(struct qemu_domain_def *doc)
{
    bool devices = has_device_boot(doc);

    if (doc->os.n_boots && devices)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                         "the boot order is said twice: by <boot> of <os> and by <boot> of a device");
    if (doc->os.n_boots || devices)
        return 0;
    doc->os.boots = vir_alloc_array(1, sizeof(*doc->os.boots));
    doc->os.boots[0] = qemu_domain_os_boot_def_new();
    doc->os.boots[0]->dev = QEMU_DOMAIN_OS_BOOT_DEV_HD;
    doc->os.n_boots = 1;
    return 0;
}

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
    if (!machine)
        return vir_error_null(VIR_ERR_CONFIG_UNSUPPORTED, "the emulator '%s' has no machine '%s'",
                              emulator->path, doc->os.type.machine ? doc->os.type.machine : "");
    qemu_set_text(&doc->os.type.arch, arch);
    qemu_set_text(&doc->os.type.machine, machine->name);
    qemu_set_text(&doc->devices.emulator, emulator->path);
    return machine;
}

static int
complete_sizes(struct qemu_domain_def *doc, const struct qemu_machine *machine)
{
    unsigned int most = machine->max_cpus ? machine->max_cpus : QEMU_MAX_VCPUS;

    if (!doc->has_current_memory || doc->current_memory == 0 || doc->current_memory > doc->memory)
        doc->current_memory = doc->memory;
    doc->has_current_memory = true;
    if (doc->vcpu.count > most)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                         "%u vcpus are more than the %u that the machine '%s' takes",
                         doc->vcpu.count, most, machine->name);
    if (doc->vcpu.has_current && doc->vcpu.current == doc->vcpu.count)
        doc->vcpu.has_current = false;
    return 0;
}

/* A model alone means custom; nothing at all, the machine's own default. */
static void
complete_cpu(struct qemu_domain_def *doc, const struct qemu_machine *machine)
{
    bool said = doc->cpu.present;

    doc->cpu.present = true;
    if (doc->cpu.topology.present && !doc->cpu.topology.has_dies) {
        doc->cpu.topology.has_dies = true;
        doc->cpu.topology.dies = 1;
    }
    if (!doc->cpu.mode)
        doc->cpu.mode = QEMU_DOMAIN_CPU_MODE_CUSTOM;
    if (doc->cpu.mode != QEMU_DOMAIN_CPU_MODE_CUSTOM) {
        if (!doc->cpu.check)
            doc->cpu.check = doc->cpu.mode == QEMU_DOMAIN_CPU_MODE_HOST_MODEL
                ? QEMU_DOMAIN_CPU_CHECK_PARTIAL : QEMU_DOMAIN_CPU_CHECK_NONE;
        return;
    }
    if (!doc->cpu.model.name && machine->default_cpu) {
        doc->cpu.model.present = true;
        doc->cpu.model.name = vir_strdup(machine->default_cpu);
        doc->cpu.model.fallback = QEMU_DOMAIN_CPU_MODEL_FALLBACK_FORBID;
        said = false;
    }
    if (!doc->cpu.model.fallback)
        doc->cpu.model.fallback = QEMU_DOMAIN_CPU_MODEL_FALLBACK_ALLOW;
    if (!doc->cpu.match)
        doc->cpu.match = QEMU_DOMAIN_CPU_MATCH_EXACT;
    if (!doc->cpu.check)
        doc->cpu.check = said && doc->type == QEMU_DOMAIN_TYPE_KVM
            ? QEMU_DOMAIN_CPU_CHECK_PARTIAL : QEMU_DOMAIN_CPU_CHECK_NONE;
}

int
qemu_doc_complete_devices(struct qemu_domain_def *doc)
{
    if (qemu_doc_default_devices(doc) < 0 || qemu_doc_check_devices(doc) < 0)
        return -1;
    return qemu_doc_place_devices(doc);
}

int
qemu_doc_complete(struct qemu_domain_def *doc, struct qemu_caps_store *caps)
{
    const struct qemu_machine *machine = complete_machine(doc, caps);

    if (!machine || qemu_doc_check_said(doc) < 0 || complete_sizes(doc, machine) < 0)
        return -1;
    if (!doc->has_uuid && vir_uuid_generate(doc->uuid) < 0)
        return -1;
    doc->has_uuid = true;
    if (complete_boot(doc) < 0)
        return -1;
    complete_cpu(doc, machine);
    return qemu_doc_complete_devices(doc);
}
