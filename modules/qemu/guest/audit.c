/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the host's audit log is told of guests: their starts and ends, and what of the host they get. */
#include "guest/audit.h"

#include "device/character.h"

#include <libvirt/module-kit.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct vir_audit_guest
guest_of(const struct qemu_def *live, pid_t pid)
{
    return (struct vir_audit_guest){
        .virt = qemu_def_is_kvm(live) ? "kvm" : "qemu", .name = live->doc->name, .uuid = live->doc->uuid, .pid = pid,
    };
}

/* ---- devices ---- */

/* What the device is of the host, and *RET_NAME of that; NULL: nothing that is told.  The caller frees the name. */
static const char *
resource_of(const struct qemu_device_type *type, const void *dev, char **ret_name)
{
    const struct qemu_character *character = qemu_character_of(type, dev);
    const struct qemu_device *device = qemu_device_of(type, dev);
    const char *path = character ? qemu_character_path(character) : NULL;

    *ret_name = NULL;
    if (type->resource) {
        *ret_name = type->resource_name(dev);
        return *ret_name ? type->resource : NULL;
    }
    /* a console that is the first serial port a second time has its name */
    if (!path || (type == &qemu_device_console && device->alias.name && strncmp(device->alias.name, "serial", 6) == 0))
        return NULL;
    *ret_name = vir_strdup(path);
    return "chardev";
}

void
qemu_audit_device(const struct qemu_def *live, const struct qemu_device_type *type, const void *old, const void *now,
                  const char *reason, bool success)
{
    const struct vir_audit_guest guest = guest_of(live, 0);
    VIR_AUTO_FREE char *old_name = NULL;
    VIR_AUTO_FREE char *new_name = NULL;
    const char *was = old ? resource_of(type, old, &old_name) : NULL;
    const char *is = now ? resource_of(type, now, &new_name) : NULL;

    if (was || is)
        vir_audit_change(&guest, is ? is : was, reason, old_name, new_name, success);
}

/* ---- starts and ends ---- */

static const char *
start_reason(int detail)
{
    switch (detail) {
    case VIR_DOMAIN_EVENT_STARTED_MIGRATED:
        return "migrated";
    case VIR_DOMAIN_EVENT_STARTED_RESTORED:
        return "restored";
    case VIR_DOMAIN_EVENT_STARTED_FROM_SNAPSHOT:
        return "from-snapshot";
    default:
        return "booted";
    }
}

void
qemu_audit_start(const struct qemu_def *live, pid_t pid, int detail, bool success)
{
    const struct vir_audit_guest guest = guest_of(live, pid);
    VIR_AUTO_FREE char *label = vir_strdup_printf("+%u:+%u", geteuid(), getegid());

    vir_audit_label(&guest, label, label, "dac", success);
    for (struct qemu_each each = { 0 }; qemu_each_device(live->doc, &each); )
        qemu_audit_device(live, each.type, NULL, each.dev, "start", true);
    vir_audit_amount(&guest, "mem", "start", 0, live->doc->memory.size, true);
    vir_audit_amount(&guest, "vcpu", "start", 0, qemu_def_vcpus_now(live), true);
    vir_audit_control(&guest, "start", start_reason(detail), success);
}

void
qemu_audit_stop(const struct qemu_def *live, int reason)
{
    const struct vir_audit_guest guest = guest_of(live, 0);

    vir_audit_control(&guest, "stop", reason == VIR_DOMAIN_SHUTOFF_DESTROYED ? "destroyed" :
                      reason == VIR_DOMAIN_SHUTOFF_SHUTDOWN ? "shutdown" :
                      reason == VIR_DOMAIN_SHUTOFF_SAVED ? "saved" :
                      reason == VIR_DOMAIN_SHUTOFF_MIGRATED ? "migrated" : "failed", true);
}

void
qemu_audit_amount(const struct qemu_def *live, const char *resource, unsigned long long old, unsigned long long now)
{
    const struct vir_audit_guest guest = guest_of(live, 0);

    vir_audit_amount(&guest, resource, "update", old, now, true);
}
