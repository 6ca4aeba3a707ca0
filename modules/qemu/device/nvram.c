/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The memory of pSeries that keeps its content: no PC has it.
 */
#include "device/device.h"

static int
check(const struct qemu_board *board, const void *dev)
{
    (void)board;
    (void)dev;
    return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "<nvram> is a device of pSeries; a PC has none");
}

const struct qemu_device_type qemu_device_nvram = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_NVRAM],
    .check = check, .soldered = true,
};
