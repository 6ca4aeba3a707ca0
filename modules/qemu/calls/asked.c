/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The emulator that a program asks about.
 */
#include "calls/asked.h"
#include "qemu-schema.h"

#include <string.h>

static const struct qemu_emulator *
find_emulator(const char *path, const char **arch)
{
    const struct qemu_emulator *emulator;

    if (!*arch)
        *arch = qemu_caps_host_arch();
    else if (!vir_xml_enum_value(&qemu_arch_words, *arch))
        return vir_error_null(VIR_ERR_INVALID_ARG, "unknown architecture '%s'", *arch);
    if (!path)
        return qemu_caps_emulator(qemu_driver.caps, *arch, NULL);
    if (path[0] != '/')
        return vir_error_null(VIR_ERR_SYSTEM_ERROR, "the emulator '%s' must be an absolute path", path);
    emulator = qemu_caps_emulator_at(qemu_driver.caps, path);
    if (emulator && strcmp(emulator->arch, *arch) != 0 &&
        !(strcmp(emulator->arch, "x86_64") == 0 && strcmp(*arch, "i686") == 0))
        return vir_error_null(VIR_ERR_INVALID_ARG, "the emulator '%s' does not run guests of the architecture '%s'",
                              path, *arch);
    return emulator;
}

int
qemu_asked_find(const char *path, const char *arch, const char *machine, const char *type, struct qemu_asked *ret)
{
    ret->arch = arch;
    ret->emulator = find_emulator(path, &ret->arch);
    if (!ret->emulator)
        return -1;
    ret->kvm = type ? strcmp(type, "kvm") == 0 : ret->emulator->kvm;
    if (type && !(ret->kvm ? ret->emulator->kvm : strcmp(type, "qemu") == 0 && ret->emulator->of_tcg.present))
        return vir_error(VIR_ERR_INVALID_ARG, "the emulator '%s' does not run guests of the type '%s'",
                         ret->emulator->path, type);
    ret->machine = qemu_caps_machine(ret->emulator, machine);
    if (!ret->machine)
        return vir_error(VIR_ERR_INVALID_ARG, "the emulator '%s' has no machine '%s'", ret->emulator->path,
                         machine ? machine : "of its own choice");
    return 0;
}
