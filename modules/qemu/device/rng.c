/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Random numbers from the host.
 */
#include "device/offer.h"
#include "device/pieces.h"
#include "device/seat.h"

static void
seats(struct qemu_board *board, void *dev)
{
    struct qemu_rng_def *rng = dev;

    qemu_seat_pci(board, &rng->device.address, qemu_virtio_slot(rng->model));
}

static bool
offer(struct qemu_offer *offer)
{
    if (!qemu_emulator_makes(offer->emulator, "virtio-rng-pci") && !qemu_emulator_makes(offer->emulator, "virtio-rng-device"))
        return false;
    qemu_offer_virtio(offer, "model");
    qemu_offer_begin(offer, "backendModel");
    qemu_offer_word(offer, "random", qemu_emulator_makes(offer->emulator, "rng-random"));
    qemu_offer_word(offer, "builtin", qemu_emulator_makes(offer->emulator, "rng-builtin"));
    qemu_offer_end(offer);
    return true;
}

static int
startable(const struct qemu_board *board, const void *dev)
{
    const struct qemu_rng_def *rng = dev;

    (void)board;
    if (rng->backend->model == QEMU_RNG_BACKEND_MODEL_EGD)
        return qemu_refuse("backend", "model", "egd");
    return qemu_check_address("rng", rng->device.address, QEMU_ADDRESS_TYPE_PCI);
}

static int
build(const struct qemu_board *board, const void *dev, struct qemu_pieces *pieces)
{
    const struct qemu_rng_def *rng = dev;
    bool builtin = rng->backend->model == QEMU_RNG_BACKEND_MODEL_BUILTIN;
    VIR_AUTO_FREE char *id = vir_strdup_printf("obj%s", rng->device.alias.name);
    VIR_AUTO_FREE char *driver = qemu_virtio_driver("virtio-rng", rng->model);
    struct json_object *source = qemu_object("qom-type", builtin ? "rng-builtin" : "rng-random"), *device;

    qemu_put(source, "id", id);
    if (!builtin)
        qemu_put(source, "filename", rng->backend->path ? rng->backend->path : "/dev/urandom");
    qemu_pieces_add(pieces, QEMU_OBJECT, source);
    device = qemu_pci_device(board, driver, &rng->device);
    qemu_put(device, "rng", id);
    if (rng->rate.bytes) {
        qemu_put_number(device, "max-bytes", rng->rate.bytes);
        qemu_put_number(device, "period", rng->rate.period ? rng->rate.period : 1000);
    }
    qemu_put_virtio(device, &rng->driver.virtio);
    qemu_pieces_add(pieces, QEMU_DEVICE, device);
    return 0;
}

static char *
resource_name(const void *dev)
{
    const struct qemu_rng_def *rng = dev;

    if (rng->backend->model == QEMU_RNG_BACKEND_MODEL_BUILTIN)
        return NULL;
    return vir_strdup(rng->backend->path ? rng->backend->path : "/dev/urandom");
}

const struct qemu_device_type qemu_device_rng = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_RNG],
    .seats = seats, .offer = offer, .startable = startable, .alias = "rng", .build = build, .plugs = true,
    .resource = "rng", .resource_name = resource_name,
};
