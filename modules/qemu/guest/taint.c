/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What makes the faults of a guest hard to understand.  Most of it is read off what it runs with, also after the
 * daemon began anew; the rest is kept with the run.
 */
#include "guest/taint.h"
#include "emulator/capabilities.h"
#include "guest/state.h"

static const struct { const char *word, *sentence; } taints[] = {       /* by bit */
    { "custom-argv", "custom configuration parameters specified" },
    { "custom-monitor", "custom monitor control commands issued" },
    { "high-privileges", "running with undesirable elevated privileges" },
    { "shell-scripts", "network configuration using opaque shell scripts" },
    { "host-cpu", "potentially unsafe use of host CPU passthrough" },
    { "cdrom-passthrough", "use of host cdrom passthrough" },
    { "custom-dtb", "custom device tree blob used" },
    { "custom-ga-command", "custom guest agent control commands issued" },
    { "deprecated-config", "use of deprecated configuration settings" },
    { "custom-device", "custom device configuration" },
};

void
qemu_taints_each(unsigned int bits, void (*fn)(const char *word, const char *sentence, void *opaque), void *opaque)
{
    for (size_t i = 0; i < sizeof(taints) / sizeof(taints[0]); i++)
        if (bits & 1u << i)
            fn(taints[i].word, taints[i].sentence, opaque);
}

static unsigned int
taints_of_devices(const struct qemu_domain_def *doc)
{
    unsigned int all = 0;

    for (struct qemu_each each = { 0 }; qemu_each_device(doc, &each); )
        all |= each.type->taints ? each.type->taints(each.dev) : 0;
    return all;
}

bool
qemu_is_deprecated(const struct qemu_domain_def *doc, const struct qemu_emulator *emulator)
{
    const struct qemu_machine *machine = qemu_caps_machine(emulator, doc->os.type.machine);

    return machine && machine->deprecated;
}

unsigned int
qemu_taints_of(const struct qemu_domain_def *doc)
{
    return (doc->qemu_commandline ? QEMU_TAINT_ARGUMENTS : 0) |
        (qemu_driver.host->privileged ? QEMU_TAINT_PRIVILEGES : 0) |
        (doc->cpu.mode == QEMU_DOMAIN_CPU_MODE_HOST_PASSTHROUGH ? QEMU_TAINT_HOST_CPU : 0) |
        (doc->qemu_override ? QEMU_TAINT_DEVICE : 0) | taints_of_devices(doc);
}

void
qemu_taint(struct qemu_run *run, enum qemu_taint taint, bool job)
{
    struct qemu_domain *domain = run->domain;
    bool is_new;

    qemu_domain_lock(domain);
    is_new = !(run->tainted & taint);
    run->tainted |= taint;
    qemu_domain_unlock(domain);
    if (is_new && job)
        qemu_state_save_current(domain, run);
}
