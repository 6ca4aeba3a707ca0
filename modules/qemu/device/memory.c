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

    if (memory->device.address || is_pci(memory) || memory->model == QEMU_MEMORY_MODEL_SGX_EPC)
        return 0;
    at = qemu_address_def_new();
    at->type = QEMU_ADDRESS_TYPE_DIMM;
    at->has_slot = true;
    while (is_taken(board->doc, at->slot))
        at->slot++;
    memory->device.address = at;
    return 0;
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
    .needs = needs, .seats = seats, .soldered = true,
};
