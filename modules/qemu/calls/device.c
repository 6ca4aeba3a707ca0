/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls that attach, detach and update devices.
 */
#include "calls/calls.h"
#include "guest/hotplug.h"

/* A verb of devices: WHAT is a struct qemu_change. */
#define VERB(word, text)                                                                        \
    static struct qemu_def *                                                                    \
    word##_def(const struct qemu_def *def, const void *what)                                    \
    {                                                                                           \
        return qemu_##word##_def(def, what);                                                    \
    }                                                                                           \
    static int                                                                                  \
    word##_live(struct qemu_run *run, const void *what)                                         \
    {                                                                                           \
        return qemu_##word##_live(run, what);                                                   \
    }                                                                                           \
    static const struct qemu_verb word = { text, word##_def, word##_live }

VERB(attach, "attach-device");
VERB(detach, "detach-device");
VERB(update, "update-device");

int
qemu_domain_attach_device_flags(virDomainPtr dom, const char *xml, unsigned int flags)
{
    return qemu_change_domain(dom, &attach, &(struct qemu_change){ .xml = xml }, flags);
}

int
qemu_domain_detach_device_flags(virDomainPtr dom, const char *xml, unsigned int flags)
{
    return qemu_change_domain(dom, &detach, &(struct qemu_change){ .xml = xml, .wait = true }, flags);
}

int
qemu_domain_detach_device_alias(virDomainPtr dom, const char *alias, unsigned int flags)
{
    return qemu_change_domain(dom, &detach, &(struct qemu_change){ .alias = alias }, flags);
}

int
qemu_domain_update_device_flags(virDomainPtr dom, const char *xml, unsigned int flags)
{
    bool force = flags & VIR_DOMAIN_DEVICE_MODIFY_FORCE;

    return qemu_change_domain(dom, &update, &(struct qemu_change){ .xml = xml, .force = force }, flags);
}
