/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Records for the audit log about what guests do with the host, in the words that
 * libvirt has for them.  Where nobody keeps one they cost nothing.
 */
#include <libvirt/module-kit.h>

#include "core/private.h"

/* NAME="VALUE", or NAME=HEX where VALUE would be hard to read: as the audit library writes it. */
static void
add_value(struct vir_buf *text, const char *name, const char *value)
{
    bool plain = true;

    for (const char *p = value; *p && plain; p++)
        plain = *p > 0x20 && *p < 0x7f && *p != '"';
    vir_buf_addf(text, plain ? " %s=\"%s\"" : " %s=", name, value);
    for (const char *p = value; *p && !plain; p++)
        vir_buf_addf(text, "%02X", (unsigned char)*p);
}

/* "virt=... HEAD vm=... uuid=...". */
static void
begin(struct vir_buf *text, const struct vir_audit_guest *guest, const char *head)
{
    char uuid[VIR_UUID_STRING_BUFLEN];

    vir_uuid_format(guest->uuid, uuid);
    vir_buf_addf(text, "virt=%s%s", guest->virt, head);
    add_value(text, "vm", guest->name);
    vir_buf_addf(text, " uuid=%s", uuid);
}

static void
tell(enum vir_audit_kind kind, struct vir_buf *text, bool success)
{
    VIR_AUTO_FREE char *record = vir_buf_steal(text);

    vir_core.host()->audit(kind, record, success);
}

static bool
is_heard(void)
{
    return vir_core.host()->audit != NULL;
}

void
vir_audit_control(const struct vir_audit_guest *guest, const char *op, const char *reason, bool success)
{
    VIR_AUTO_FREE char *head = vir_strdup_printf(" op=%s reason=%s", op, reason);
    struct vir_buf text = { 0 };

    if (!is_heard())
        return;
    begin(&text, guest, head);
    vir_buf_addf(&text, " vm-pid=%lld", (long long)guest->pid);
    tell(VIR_AUDIT_CONTROL, &text, success);
}

void
vir_audit_label(const struct vir_audit_guest *guest, const char *label, const char *image_label, const char *model,
                bool success)
{
    struct vir_buf text = { 0 };

    if (!is_heard())
        return;
    begin(&text, guest, "");
    vir_buf_addf(&text, " vm-ctx=%s img-ctx=%s model=%s", label, image_label, model);
    tell(VIR_AUDIT_LABEL, &text, success);
}

void
vir_audit_amount(const struct vir_audit_guest *guest, const char *resource, const char *reason,
                 unsigned long long old, unsigned long long now, bool success)
{
    VIR_AUTO_FREE char *head = vir_strdup_printf(" resrc=%s reason=%s", resource, reason);
    struct vir_buf text = { 0 };

    if (!is_heard())
        return;
    begin(&text, guest, head);
    vir_buf_addf(&text, " old-%s=%llu new-%s=%llu", resource, old, resource, now);
    tell(VIR_AUDIT_RESOURCE, &text, success);
}

void
vir_audit_change(const struct vir_audit_guest *guest, const char *resource, const char *reason,
                 const char *old, const char *now, bool success)
{
    VIR_AUTO_FREE char *head = vir_strdup_printf(" resrc=%s reason=%s", resource, reason);
    VIR_AUTO_FREE char *old_name = vir_strdup_printf("old-%s", resource);
    VIR_AUTO_FREE char *new_name = vir_strdup_printf("new-%s", resource);
    struct vir_buf text = { 0 };

    if (!is_heard())
        return;
    begin(&text, guest, head);
    add_value(&text, old_name, old ? old : "?");
    add_value(&text, new_name, now ? now : "?");
    tell(VIR_AUDIT_RESOURCE, &text, success);
}
