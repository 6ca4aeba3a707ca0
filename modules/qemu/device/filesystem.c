/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Directories of the host, which the guest sees by 9p.
 */
#include "device/offer.h"
#include "device/pieces.h"
#include "device/seat.h"

static void
seats(struct qemu_board *board, void *dev)
{
    struct qemu_filesystem_def *filesystem = dev;

    qemu_seat_pci(board, &filesystem->device.address, qemu_virtio_slot(filesystem->model));
}

static bool
offer(struct qemu_offer *offer)
{
    if (!qemu_emulator_makes(offer->emulator, "virtio-9p-pci"))
        return false;
    qemu_offer_begin(offer, "driverType");
    qemu_offer_word(offer, "path", true);
    qemu_offer_end(offer);
    return true;
}

static int
startable(const struct qemu_board *board, const void *dev)
{
    const struct qemu_filesystem_def *filesystem = dev;
    enum qemu_filesystem_driver_type driver = filesystem->driver.type;

    (void)board;
    if (filesystem->type != QEMU_FILESYSTEM_TYPE_MOUNT)
        return qemu_refuse("filesystem", "type", WORD(filesystem_type, filesystem->type));
    if (driver && driver != QEMU_FILESYSTEM_DRIVER_TYPE_PATH)
        return qemu_refuse("driver", "type", WORD(filesystem_driver_type, driver));
    if (!filesystem->source.dir)
        return vir_error(VIR_ERR_XML_ERROR, "the <filesystem> '%s' has no <source dir='...'>", filesystem->target.dir);
    return qemu_check_address("filesystem", filesystem->device.address, QEMU_ADDRESS_TYPE_PCI);
}

/* Not JSON: QEMU's -fsdev takes none. */
static void
add_source(const struct qemu_filesystem_def *filesystem, const char *id, struct qemu_pieces *pieces)
{
    struct vir_buf buf = { 0 };

    vir_buf_addf(&buf, "local,security_model=%s", filesystem->accessmode == QEMU_FILESYSTEM_ACCESSMODE_MAPPED ? "mapped"
                 : filesystem->accessmode == QEMU_FILESYSTEM_ACCESSMODE_SQUASH ? "none" : "passthrough");
    if (filesystem->multidevs && filesystem->multidevs != QEMU_FILESYSTEM_MULTIDEVS_DEFAULT)
        vir_buf_addf(&buf, ",multidevs=%s", WORD(filesystem_multidevs, filesystem->multidevs));
    if (filesystem->fmode)
        vir_buf_addf(&buf, ",fmode=%04o", filesystem->fmode);
    if (filesystem->dmode)
        vir_buf_addf(&buf, ",dmode=%04o", filesystem->dmode);
    if (filesystem->driver.wrpolicy)
        vir_buf_add(&buf, ",writeout=immediate");
    vir_buf_addf(&buf, ",id=%s,path=", id);
    qemu_buf_add_text(&buf, filesystem->source.dir);
    if (filesystem->readonly)
        vir_buf_add(&buf, ",readonly=on");
    qemu_pieces_option(pieces, "-fsdev", buf.text);
    vir_buf_free(&buf);
}

static int
build(const struct qemu_board *board, const void *dev, struct qemu_pieces *pieces)
{
    const struct qemu_filesystem_def *filesystem = dev;
    VIR_AUTO_FREE char *id = vir_strdup_printf("fsdev-%s", filesystem->device.alias.name);
    VIR_AUTO_FREE char *driver = qemu_virtio_driver("virtio-9p", filesystem->model);
    struct json_object *device = qemu_pci_device(board, driver, &filesystem->device);

    add_source(filesystem, id, pieces);
    qemu_put(device, "fsdev", id);
    qemu_put(device, "mount_tag", filesystem->target.dir);
    qemu_put_virtio(device, &filesystem->driver.virtio);
    qemu_pieces_add(pieces, QEMU_DEVICE, device);
    return 0;
}

static bool
stays(const void *dev)
{
    (void)dev;                          /* QEMU adds no -fsdev while it runs */
    return true;
}

const struct qemu_device_type qemu_device_filesystem = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_FILESYSTEM],
    .seats = seats, .offer = offer, .startable = startable, .alias = "fs", .build = build, .stays = stays,
};
