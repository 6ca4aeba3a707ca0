/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory that guests share: a file of the host's, or that of a server.
 */
#include "device/pieces.h"
#include "device/seat.h"
#include "qmp/qmp.h"

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

static void
add_memory(const struct qemu_shmem_def *shmem, const char *id, struct qemu_pieces *pieces)
{
    VIR_AUTO_FREE char *path = vir_strdup_printf("/dev/shm/%s", shmem->name);
    struct json_object *memory = qemu_object("qom-type", "memory-backend-file");

    qemu_put(memory, "id", id);
    qemu_put(memory, "mem-path", path);
    qemu_put_number(memory, "size", (int64_t)(shmem->size << 20));
    qemu_put_bool(memory, "share", true);
    qemu_pieces_add(pieces, QEMU_OBJECT, memory);
}

static void
add_server(const struct qemu_shmem_def *shmem, const char *id, struct qemu_pieces *pieces)
{
    struct json_object *args = qemu_object("id", id), *backend = qemu_object("type", "socket");
    struct json_object *data = qmp_new_object(), *at = qemu_object("type", "unix");

    qmp_add(at, "data", qemu_object("path", shmem->server.path));
    qmp_add(data, "addr", at);
    qemu_put_bool(data, "server", false);
    qmp_add(backend, "data", data);
    qmp_add(args, "backend", backend);
    qemu_pieces_add(pieces, QEMU_CHARDEV, args);
}

static int
startable(const struct qemu_board *board, const void *dev)
{
    const struct qemu_shmem_def *shmem = dev;

    (void)board;
    if (shmem->server.present && !shmem->server.path)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the <server> of <shmem name='%s'> needs a path: this driver starts "
                         "none", shmem->name);
    return 0;
}

static int
build(const struct qemu_board *board, const void *dev, struct qemu_pieces *pieces)
{
    const struct qemu_shmem_def *shmem = dev;
    bool doorbell = shmem->model.type == QEMU_SHMEM_MODEL_TYPE_IVSHMEM_DOORBELL;
    VIR_AUTO_FREE char *id = vir_strdup_printf(doorbell ? "char%s" : "shmmem-%s", shmem->device.alias.name);
    struct json_object *device = qemu_pci_device(board, WORD(shmem_model_type, shmem->model.type), &shmem->device);

    qemu_put(device, doorbell ? "chardev" : "memdev", id);
    if (shmem->msi.vectors)
        qemu_put_number(device, "vectors", shmem->msi.vectors);
    if (shmem->msi.ioeventfd)
        qemu_put_bool(device, "ioeventfd", shmem->msi.ioeventfd == VIR_XML_YES);
    (doorbell ? add_server : add_memory)(shmem, id, pieces);
    qemu_pieces_add(pieces, QEMU_DEVICE, device);
    return 0;
}

const struct qemu_device_type qemu_device_shmem = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_SHMEM],
    .complete = complete, .check = check, .seats = seats, .startable = startable, .alias = "shmem", .build = build,
    .plugs = true,
};
