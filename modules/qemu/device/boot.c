/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The place of a device in the order in which the firmware tries to boot.
 */
#include "device/pieces.h"

unsigned int
qemu_boot_index(const struct qemu_board *board, const struct qemu_device *of, bool first,
                enum qemu_domain_os_boot_dev kind)
{
    unsigned int index = of->boot.present ? of->boot.order : 0;

    for (size_t i = 0; i < board->doc->os.n_boots && index == 0 && first; i++)
        if (board->doc->os.boots[i]->dev == kind)
            index = (unsigned int)i + 1;
    return index;
}

void
qemu_put_boot_index(const struct qemu_board *board, struct json_object *device,
                    const struct qemu_device *of, bool first, enum qemu_domain_os_boot_dev kind)
{
    unsigned int index = qemu_boot_index(board, of, first, kind);

    if (index > 0)
        qemu_put_number(device, "bootindex", index);
}
