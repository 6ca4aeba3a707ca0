/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory that guests share: it has its place; none is started yet.
 */
#include "device/seat.h"

/* What QEMU has no more, and what one model has and the other has not. */
static int
check(const struct qemu_board *board, const void *dev)
{
    const struct qemu_shmem_def *shmem = dev;
    bool doorbell = shmem->model.type == QEMU_SHMEM_MODEL_TYPE_IVSHMEM_DOORBELL;

    (void)board;
    if (strchr(shmem->name, '/'))
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the name '%s' of <shmem> has a '/'", shmem->name);
    if (shmem->model.type == QEMU_SHMEM_MODEL_TYPE_IVSHMEM)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "QEMU has no shared memory of the model 'ivshmem' any more");
    if (doorbell != shmem->server.present)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "shared memory of the model '%s' %s a <server>",
                         WORD(shmem_model_type, shmem->model.type), doorbell ? "needs" : "has not");
    if (doorbell && shmem->has_size)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the server tells the size of shared memory");
    return 0;
}

static int
complete(struct qemu_board *board, void *dev)
{
    struct qemu_shmem_def *shmem = dev;
    bool doorbell = shmem->model.type == QEMU_SHMEM_MODEL_TYPE_IVSHMEM_DOORBELL;

    (void)board;
    if (shmem->size == 0 && shmem->model.type == QEMU_SHMEM_MODEL_TYPE_IVSHMEM_PLAIN) {
        shmem->has_size = true;
        shmem->size = 4;
    }
    if (doorbell && !shmem->msi.ioeventfd) {
        shmem->msi.present = true;
        shmem->msi.ioeventfd = VIR_XML_YES;
    }
    return 0;
}

static void
seats(struct qemu_board *board, void *dev)
{
    struct qemu_shmem_def *shmem = dev;

    qemu_seat_pci(board, &shmem->device.address, QEMU_PCI);
}

const struct qemu_device_type qemu_device_shmem = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_SHMEM],
    .complete = complete, .check = check, .seats = seats,
};
