/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory that is plugged in: it has its slot; none is started yet.
 */
#include "device/seat.h"

static bool
is_pci(const struct qemu_memory_def *memory)
{
    return memory->model == QEMU_MEMORY_MODEL_VIRTIO_PMEM || memory->model == QEMU_MEMORY_MODEL_VIRTIO_MEM;
}

static bool
is_taken(const struct qemu_domain_def *doc, unsigned int slot)
{
    for (size_t i = 0; i < doc->devices.n_memories; i++) {
        const struct qemu_address_def *at = doc->devices.memories[i]->device.address;

        if (at && at->type == QEMU_ADDRESS_TYPE_DIMM && at->slot == slot)
            return true;
    }
    return false;
}

static int
needs(struct qemu_board *board, void *dev)
{
    struct qemu_memory_def *memory = dev;
    struct qemu_address_def *at;

    if (is_pci(memory) || memory->model == QEMU_MEMORY_MODEL_SGX_EPC ||
        (memory->device.address && memory->device.address->type == QEMU_ADDRESS_TYPE_DIMM))
        return 0;
    qemu_address_def_free(memory->device.address);
    memory->device.address = NULL;
    at = qemu_address_def_new();
    at->type = QEMU_ADDRESS_TYPE_DIMM;
    at->has_slot = true;
    while (is_taken(board->doc, at->slot))
        at->slot++;
    memory->device.address = at;
    return 0;
}

static int
check(const struct qemu_board *board, const void *dev)
{
    const struct qemu_memory_def *memory = dev;

    (void)board;
    if (memory->model == QEMU_MEMORY_MODEL_SGX_EPC)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "this emulator has no memory of the model 'sgx-epc'");
    return is_pci(memory) ? qemu_check_address("memory", memory->device.address, QEMU_ADDRESS_TYPE_PCI) : 0;
}

static void
seats(struct qemu_board *board, void *dev)
{
    struct qemu_memory_def *memory = dev;

    if (is_pci(memory))
        qemu_seat_pci(board, &memory->device.address, QEMU_PCIE);
}

const struct qemu_device_type qemu_device_memory = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_MEMORY],
    .needs = needs, .check = check, .seats = seats, .soldered = true,
};
