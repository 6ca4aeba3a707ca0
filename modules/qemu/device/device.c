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

/* What is known of the N of TYPE. */
static struct vir_hardware_device *
listing_of(const struct qemu_device_type *type, const struct qemu_domain_def *doc, size_t n)
{
    struct vir_hardware_device *devices = vir_alloc_array(n + 1, sizeof(*devices));

    for (size_t i = 0; i < n; i++)
        devices[i] = type->listed(vir_xml_list_at(type->list, doc, i));
    return devices;
}

bool
qemu_device_is_listed(const struct qemu_device_type *type, const struct qemu_domain_def *doc)
{
    size_t n = type->listed ? vir_xml_list_count(type->list, doc) : 0;
    VIR_AUTO_FREE struct vir_hardware_device *devices = listing_of(type, doc, n);

    for (size_t i = 1; i < n; i++) {
        size_t before = i;              /* the nearest of its group, which is the highest */

        while (before-- > 0 && devices[before].group != devices[i].group) {}
        if (before < i && devices[before].number > devices[i].number)
            return false;
    }
    return true;
}

void
qemu_device_list(const struct qemu_device_type *type, struct qemu_domain_def *doc)
{
    size_t n = type->listed ? vir_xml_list_count(type->list, doc) : 0;
    VIR_AUTO_FREE struct vir_hardware_device *devices = listing_of(type, doc, n);
    VIR_AUTO_FREE size_t *order = vir_alloc_array(n + 1, sizeof(*order));
    VIR_AUTO_FREE void **old = vir_alloc_array(n + 1, sizeof(*old));

    for (size_t i = 0; i < n; i++)
        old[i] = vir_xml_list_at(type->list, doc, i);
    vir_hardware_order(devices, n, order);
    for (size_t i = n; i > 0; i--)
        vir_xml_list_remove(type->list, doc, i - 1);
    for (size_t i = 0; i < n; i++)
        vir_xml_list_insert(type->list, doc, i, old[order[i]]);
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

char *
qemu_own_socket(const struct qemu_domain_def *doc, const char *name)
{
    char *path = vir_strdup_printf("%s/%s-%s.sock", qemu_driver.state.dir.path, doc->name, name);
    char uuid[VIR_UUID_STRING_BUFLEN];

    if (strlen(path) <= QEMU_MAX_SOCKET_PATH)
        return path;
    free(path);
    vir_uuid_format(doc->uuid, uuid);
    return vir_strdup_printf("%s/%s-%s.sock", qemu_driver.state.dir.path, uuid, name);
}
