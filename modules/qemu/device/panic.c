/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What tells the host that the guest has panicked.
 */
#include "device/pieces.h"

static int
complete(struct qemu_board *board, void *dev)
{
    struct qemu_panic_def *panic = dev;

    (void)board;
    if (!panic->model)
        panic->model = QEMU_PANIC_MODEL_ISA;
    return 0;
}

/* The one is on the ISA bus, the other has no bus. */
static int
check(const struct qemu_board *board, const void *dev)
{
    const struct qemu_panic_def *panic = dev;
    const struct qemu_address_def *at = panic->device.address;

    (void)board;
    if (panic->model != QEMU_PANIC_MODEL_ISA && panic->model != QEMU_PANIC_MODEL_HYPERV)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "a PC has no panic device '%s'",
                         WORD(panic_model, panic->model));
    if (panic->model == QEMU_PANIC_MODEL_HYPERV && at)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the panic device 'hyperv' has no address");
    return qemu_check_address("panic", at, QEMU_ADDRESS_TYPE_ISA);
}

static int
check_all(const struct qemu_board *board)
{
    const struct qemu_domain_def *doc = board->doc;

    for (size_t i = 1; i < doc->devices.n_panics; i++)
        for (size_t j = 0; j < i; j++)
            if (doc->devices.panics[i]->model == doc->devices.panics[j]->model)
                return vir_error(VIR_ERR_XML_ERROR, "two panic devices '%s'",
                                 WORD(panic_model, doc->devices.panics[i]->model));
    return 0;
}

/* That of Hyper-V is a part of the processor. */
static int
build(const struct qemu_board *board, const void *dev, struct qemu_pieces *pieces)
{
    const struct qemu_panic_def *panic = dev;
    struct json_object *device;

    (void)board;
    if (panic->model == QEMU_PANIC_MODEL_HYPERV)
        return 0;
    device = qemu_object("driver", "pvpanic");
    if (panic->device.address && panic->device.address->has_iobase)
        qemu_put_number(device, "ioport", panic->device.address->iobase);
    qemu_pieces_add(pieces, QEMU_DEVICE, device);
    return 0;
}

const struct qemu_device_type qemu_device_panic = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_PANIC],
    .complete = complete, .check = check, .check_all = check_all, .build = build, .soldered = true,
};
