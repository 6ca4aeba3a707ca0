/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory that is plugged in: it has its slot; none is started yet.
 */
#include "device/seat.h"

#include <stdlib.h>

static bool
is_pci(const struct qemu_memory_def *memory)
{
    return memory->model == QEMU_MEMORY_MODEL_VIRTIO_PMEM || memory->model == QEMU_MEMORY_MODEL_VIRTIO_MEM;
}

/* The lowest slot that none is in. */
static unsigned int
free_slot(const struct qemu_domain_def *doc)
{
    size_t n = doc->devices.n_memories;
    bool *taken = vir_alloc_array(n + 1, sizeof(*taken));
    unsigned int slot = 0;

    for (size_t i = 0; i < n; i++) {
        const struct qemu_address_def *at = doc->devices.memories[i]->device.address;

        if (at && at->type == QEMU_ADDRESS_TYPE_DIMM && at->slot <= n)
            taken[at->slot] = true;
    }
    while (slot < n && taken[slot])
        slot++;
    free(taken);
    return slot;
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
    at->slot = free_slot(board->doc);
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
