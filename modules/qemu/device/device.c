/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The machine that devices are part of, and what can be said of a device without
 * knowing its kind.
 */
#include "device/device.h"

#include <stdio.h>
#include <stdlib.h>

struct qemu_board
qemu_board_of(struct qemu_domain_def *doc)
{
    const char *machine = doc->os.type.machine;

    return (struct qemu_board){ .doc = doc, .q35 = is(machine, "q35") || strncmp(machine, "pc-q35", 6) == 0 };
}

const char *
qemu_device_element(const struct qemu_device_type *type)
{
    return strrchr(type->list->path, '/') + 1;
}

struct qemu_device *
qemu_device_of(const struct qemu_device_type *type, const void *dev)
{
    return type->list->mixin == VIR_XML_NO_MEMBER ? NULL : vir_xml_list_mixin(type->list, (void *)dev);
}

const struct qemu_character *
qemu_character_of(const struct qemu_device_type *type, const void *dev)
{
    for (const struct vir_xml_list *list = qemu_domain_character_lists; list->path; list++)
        if (list->table == type->list->table)
            return vir_xml_list_mixin(list, (void *)dev);
    return NULL;
}

struct qemu_device *
qemu_mixin_next(const struct qemu_domain_def *doc, struct qemu_mixin_at *at)
{
    for (; at->list < QEMU_DOMAIN_DEVICE_LISTS; at->list++, at->next = 0) {
        const struct vir_xml_list *list = &qemu_domain_device_lists[at->list];

        if (at->next < vir_xml_list_count(list, doc))
            return vir_xml_list_mixin(list, vir_xml_list_at(list, doc, at->next++));
    }
    return NULL;
}

void
qemu_device_append(const struct qemu_device_type *type, struct qemu_domain_def *doc, void *dev)
{
    vir_xml_list_insert(type->list, doc, vir_xml_list_count(type->list, doc), dev);
}

void
qemu_alias_set(struct qemu_device *device, const char *fmt, ...)
{
    va_list args;

    device->alias.present = true;
    if (device->alias.name)             /* or the user's own */
        return;
    va_start(args, fmt);
    if (vasprintf(&device->alias.name, fmt, args) < 0)
        abort();
    va_end(args);
}
