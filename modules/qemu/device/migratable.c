/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Devices for the other end of a migration, which may be an older libvirt:
 * without those that it adds itself, in its order, and in words that it knows.
 */
#include "device/device.h"

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
    qemu_device_list(type, board->doc);
}

void
qemu_devices_make_migratable(struct qemu_board *board)
{
    for (size_t i = 0; qemu_device_types[i]; i++)
        make_migratable(board, qemu_device_types[i]);
}
