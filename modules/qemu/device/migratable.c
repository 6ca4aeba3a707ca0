/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Devices for the other end of a migration, which may be an older libvirt:
 * without those that it adds itself, in its order, and in words that it knows.
 */
#include "device/device.h"

#include <stdlib.h>

static void
list_in_order(struct qemu_domain_def *doc, const struct qemu_device_type *type)
{
    size_t n = vir_xml_list_count(type->list, doc);
    struct vir_hardware_device *devices = vir_alloc_array(n + 1, sizeof(*devices));
    size_t *order = vir_alloc_array(n + 1, sizeof(*order));
    void **old = vir_alloc_array(n + 1, sizeof(*old));

    for (size_t i = 0; i < n; i++) {
        old[i] = vir_xml_list_at(type->list, doc, i);
        devices[i] = type->listed(old[i]);
    }
    vir_hardware_order(devices, n, order);
    while (vir_xml_list_count(type->list, doc))
        vir_xml_list_remove(type->list, doc, vir_xml_list_count(type->list, doc) - 1);
    for (size_t i = 0; i < n; i++)
        vir_xml_list_insert(type->list, doc, i, old[order[i]]);
    free(old);
    free(order);
    free(devices);
}

static void
make_migratable(struct qemu_board *board, const struct qemu_device_type *type)
{
    for (size_t i = vir_xml_list_count(type->list, board->doc); i-- > 0; ) {
        void *dev = vir_xml_list_at(type->list, board->doc, i);

        if (type->implied && type->implied(board, dev))
            vir_xml_free(type->list->table, vir_xml_list_remove(type->list, board->doc, i));
        else if (type->simplify)
            type->simplify(dev);
    }
    if (type->listed)
        list_in_order(board->doc, type);
}

void
qemu_devices_make_migratable(struct qemu_board *board)
{
    for (size_t i = 0; qemu_device_types[i]; i++)
        make_migratable(board, qemu_device_types[i]);
}
