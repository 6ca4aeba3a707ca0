/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Graphics cards; the first is the one that the machine starts with.
 */
#include "device/offer.h"
#include "device/pieces.h"
#include "device/seat.h"

static const struct driver {
    enum qemu_video_model_type type;
    const char *first, *other;          /* NULL: such a card cannot be one */
} drivers[] = {
    { QEMU_VIDEO_MODEL_TYPE_CIRRUS, "cirrus-vga", NULL }, { QEMU_VIDEO_MODEL_TYPE_VGA, "VGA", NULL },
    { QEMU_VIDEO_MODEL_TYPE_QXL, "qxl-vga", "qxl" },
    { QEMU_VIDEO_MODEL_TYPE_VIRTIO, "virtio-vga", "virtio-gpu-pci" },
    { QEMU_VIDEO_MODEL_TYPE_BOCHS, "bochs-display", "bochs-display" },
}, with_gl = { QEMU_VIDEO_MODEL_TYPE_VIRTIO, "virtio-vga-gl", "virtio-gpu-gl-pci" };

static const char *
driver_of(const struct qemu_video_def *video)
{
    const struct driver *found = NULL;

    for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++)
        if (drivers[i].type == video->model.type)
            found = &drivers[i];
    if (video->model.acceleration.accel3d == VIR_XML_YES)
        found = &with_gl;               /* no other draws bodies: the document's rules */
    return !found ? NULL : video->model.primary == VIR_XML_YES ? found->first : found->other;
}

/* ---- completing --------------------------------------------------------------------------- */

/* Who can see the guest's screen needs one. */
static int
add(struct qemu_board *board)
{
    if (board->doc->devices.n_graphics && !board->doc->devices.n_videos)
        qemu_device_append(&qemu_device_video, board->doc, qemu_video_def_new());
    return 0;
}

/* Memory is a power of two. */
static void
complete_size(bool *has, unsigned int *at, unsigned int usual)
{
    unsigned int size = 1;

    if (!*has)
        *at = usual;
    while (size < *at && size < 1u << 31)
        size *= 2;
    *at = size;
    *has = true;
}

static void
complete_one(struct qemu_video_def *video, bool first)
{
    enum qemu_video_model_type type = video->model.type;

    if (type == QEMU_VIDEO_MODEL_TYPE_NONE) {
        video->model.has_vram = video->model.has_heads = false;
        return;
    }
    if (type == QEMU_VIDEO_MODEL_TYPE_QXL) {
        complete_size(&video->model.has_ram, &video->model.ram, 65536);
        complete_size(&video->model.has_vram, &video->model.vram, 65536);
        if (!video->model.has_vgamem)
            complete_size(&video->model.has_vgamem, &video->model.vgamem, 16384);
    } else if (video->model.has_vram || (type != QEMU_VIDEO_MODEL_TYPE_VIRTIO && type != QEMU_VIDEO_MODEL_TYPE_RAMFB)) {
        complete_size(&video->model.has_vram, &video->model.vram, 16384);
    }
    if (!video->model.has_heads)
        video->model.heads = 1;
    video->model.has_heads = true;
    if (first)
        video->model.primary = VIR_XML_YES;
}

/* The primary one comes first. */
static void
arrange(struct qemu_board *board)
{
    struct qemu_domain_def *doc = board->doc;

    for (size_t i = 1; i < doc->devices.n_videos; i++) {
        struct qemu_video_def *video = doc->devices.videos[i];

        if (video->model.primary != VIR_XML_YES)
            continue;
        memmove(doc->devices.videos + 1, doc->devices.videos, i * sizeof(video));
        doc->devices.videos[0] = video;
    }
    for (size_t i = 0; i < doc->devices.n_videos; i++)
        complete_one(doc->devices.videos[i], i == 0);
}

/* ---- rules ------------------------------------------------------------------------------------ */

static int
check(const struct qemu_board *board, const void *dev)
{
    const struct qemu_video_def *video = dev;
    enum qemu_video_model_type type = video->model.type;
    bool qxl = type == QEMU_VIDEO_MODEL_TYPE_QXL;

    if (type == QEMU_VIDEO_MODEL_TYPE_NONE && board->doc->devices.n_videos > 1)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the video model 'none' stands alone");
    if (!qxl && (video->model.has_ram || video->model.has_vram64 || video->model.has_vgamem))
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                         "ram, vram64 and vgamem belong to the video model 'qxl', not to '%s'",
                         WORD(video_model_type, type));
    if (qxl && (video->model.vgamem < 1024 || video->model.vgamem & (video->model.vgamem - 1)))
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "vgamem is a power of two of at least 1024 KiB, not %u",
                         video->model.vgamem);
    if (!qxl && type != QEMU_VIDEO_MODEL_TYPE_VIRTIO && video != board->doc->devices.videos[0])
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the video model '%s' can be the first one only",
                         WORD(video_model_type, type));
    if (!qxl && type != QEMU_VIDEO_MODEL_TYPE_VIRTIO && video->model.has_heads && video->model.heads > 1)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the video model '%s' has one head only",
                         WORD(video_model_type, type));
    return 0;
}

static int
check_all(const struct qemu_board *board)
{
    size_t primaries = 0;

    for (size_t i = 0; i < board->doc->devices.n_videos; i++)
        primaries += board->doc->devices.videos[i]->model.primary == VIR_XML_YES;
    if (primaries > 1)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "only one video device can be the primary one");
    return 0;
}

static void
seats(struct qemu_board *board, void *dev)
{
    struct qemu_video_def *video = dev;

    if (video->model.type == QEMU_VIDEO_MODEL_TYPE_NONE || video->model.type == QEMU_VIDEO_MODEL_TYPE_RAMFB)
        return;
    if (board->q35 && video == board->doc->devices.videos[0])
        qemu_seat_pci_fixed(board, &video->device.address, 1, 0);
    else
        qemu_seat_pci(board, &video->device.address, QEMU_PCI);
}

/* In libvirt 9.0.0's order. */
static bool
offer(struct qemu_offer *offer)
{
    static const struct { const char *word, *driver; } types[] = {
        { "vga", "VGA" }, { "cirrus", "cirrus-vga" }, { "qxl", "qxl-vga" }, { "virtio", "virtio-gpu-pci" },
        { "none", NULL }, { "bochs", "bochs-display" },
    };

    qemu_offer_begin(offer, "modelType");
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        qemu_offer_word(offer, types[i].word,
                        !types[i].driver || qemu_emulator_makes(offer->emulator, types[i].driver));
    qemu_offer_end(offer);
    return true;
}

static int
startable(const struct qemu_board *board, const void *dev)
{
    const struct qemu_video_def *video = dev;

    (void)board;
    if (video->model.type != QEMU_VIDEO_MODEL_TYPE_NONE && !driver_of(video))
        return qemu_refuse("model", "type", WORD(video_model_type, video->model.type));
    return qemu_check_address("video", video->device.address, QEMU_ADDRESS_TYPE_PCI);
}

/* ---- for QEMU ------------------------------------------------------------------------------------ */

static int
build(const struct qemu_board *board, const void *dev, struct qemu_pieces *pieces)
{
    const struct qemu_video_def *video = dev;
    enum qemu_video_model_type type = video->model.type;
    struct json_object *device;

    if (type == QEMU_VIDEO_MODEL_TYPE_NONE)
        return 0;
    device = qemu_pci_device(board, driver_of(video), &video->device);
    if (type == QEMU_VIDEO_MODEL_TYPE_VGA && video->model.vram >= 1024)
        qemu_put_number(device, "vgamem_mb", video->model.vram / 1024);
    if (type == QEMU_VIDEO_MODEL_TYPE_BOCHS)
        qemu_put_number(device, "vgamem", (int64_t)video->model.vram * 1024);
    if (type == QEMU_VIDEO_MODEL_TYPE_QXL) {
        qemu_put_number(device, "ram_size", (int64_t)video->model.ram * 1024);
        qemu_put_number(device, "vram_size", (int64_t)video->model.vram * 1024);
        qemu_put_number(device, "vgamem_mb", video->model.vgamem / 1024);
        qemu_put_number(device, "vram64_size_mb", video->model.has_vram64 ? video->model.vram64 / 1024 : 0);
    }
    if ((type == QEMU_VIDEO_MODEL_TYPE_QXL || type == QEMU_VIDEO_MODEL_TYPE_VIRTIO) && video->model.has_heads)
        qemu_put_number(device, "max_outputs", video->model.heads);
    if (video->model.resolution.present) {
        qemu_put_number(device, "xres", video->model.resolution.x);
        qemu_put_number(device, "yres", video->model.resolution.y);
    }
    qemu_put_virtio(device, &video->driver.virtio);
    qemu_pieces_add(pieces, QEMU_DEVICE, device);
    return 0;
}

static unsigned int
screens(const void *dev)
{
    const struct qemu_video_def *video = dev;

    if (video->model.type == QEMU_VIDEO_MODEL_TYPE_NONE)
        return 0;
    return video->model.heads ? video->model.heads : 1;
}

const struct qemu_device_type qemu_device_video = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_VIDEO],
    .add = add, .arrange = arrange, .check = check, .check_all = check_all, .seats = seats,
    .offer = offer, .startable = startable, .alias = "video", .build = build,
    .soldered = true, .screens = screens,
};
