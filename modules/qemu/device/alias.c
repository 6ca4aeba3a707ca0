/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The name of a device of a running guest: the same in the live document, on
 * the command line and in monitor commands.  Once given it is never changed.
 */
#include "device/device.h"

#include <stdlib.h>

/* The number that follows the one at the end of a name of ours; 0: there is none. */
static size_t
number_behind(const char *alias)
{
    size_t len = alias ? strlen(alias) : 0, digits = 0;

    while (digits < len && digits < 9 && alias[len - digits - 1] >= '0' && alias[len - digits - 1] <= '9')
        digits++;
    return digits && strncmp(alias, "ua-", 3) != 0 ? strtoul(alias + len - digits, NULL, 10) + 1 : 0;
}

/* Those without a name: the number is their place in the list, or the next that is free. */
static void
name_all(const struct qemu_board *board, const struct qemu_device_type *type)
{
    size_t n = vir_xml_list_count(type->list, board->doc), next = 0;

    for (size_t i = 0; i < n; i++) {
        struct qemu_device *device = qemu_device_of(type, vir_xml_list_at(type->list, board->doc, i));
        size_t behind = number_behind(device->alias.name);

        next = behind > next ? behind : next;
    }
    for (size_t i = 0; i < n; i++) {
        void *dev = vir_xml_list_at(type->list, board->doc, i);
        size_t number = i > next ? i : next;

        if (!qemu_device_of(type, dev)->alias.name)
            next = number + 1;
        if (type->alias)
            qemu_alias_set(qemu_device_of(type, dev), "%s%zu", type->alias, number);
        else
            type->name(board, dev, number);
    }
}

void
qemu_devices_name(const struct qemu_board *board)
{
    for (size_t i = 0; qemu_device_types[i]; i++)
        if (qemu_device_types[i]->alias || qemu_device_types[i]->name)
            name_all(board, qemu_device_types[i]);
}
