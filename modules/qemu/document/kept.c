/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a document holds and this driver does not act on: it is kept, and refused
 * at start, so that a guest never silently lacks what was asked for.
 */
#include "document/machine.h"

#include <string.h>

/* Kept text that a guest cannot notice, or that is only of a running guest. */
static const struct { const char *path, *name; } harmless[] = {
    { "domain", "resource" },
    { "domain", "perf" },
    { "domain/clock/timer", "tickpolicy" },
    { "domain/devices/disk", "backingStore" },
    { "domain/devices/disk", "snapshot" },
    { "domain/devices/disk/source", "index" },
    { "domain/devices/channel/target", "state" },
    { "domain/devices/memballoon", "stats" },
    { "domain/devices/controller", "ports" },
    { "domain/devices/controller", "vectors" },
};

static int
check_kept(const char *path, const char *name, const char *text, void *opaque)
{
    const char *in = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;

    (void)opaque;
    for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
        if (strcmp(harmless[i].path, path) == 0 && strcmp(harmless[i].name, name) == 0)
            return 0;
    if (strcmp(name, "seclabel") == 0 && strstr(text, "type='none'"))
        return 0;
    if (text[strspn(text, " \n")] == '<')
        vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the qemu driver does not do <%s> in <%s> yet", name, in);
    else
        vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the qemu driver does not do the attribute '%s' of <%s> yet",
                  name, in);
    vir_error_hint("to start the domain without it, take it out of what 'virsh dumpxml --inactive' prints, "
                   "and define that");
    return -1;
}

int
qemu_kept_startable(const struct qemu_domain_def *doc)
{
    return qemu_domain_def_each_kept(doc, check_kept, NULL);
}
