/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Screens seen by spice, whose port is chosen before QEMU is started.
 */
#include "device/graphics.h"
#include "host/port.h"
#include "settings.h"

static int
startable(const struct qemu_board *board, const struct qemu_graphics_def *graphics)
{
    (void)board;
    if (graphics->default_mode == QEMU_GRAPHICS_DEFAULT_MODE_SECURE)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "spice's defaultMode='secure' needs TLS, which this driver has not");
    for (size_t i = 0; i < graphics->n_channels; i++)
        if (graphics->channels[i]->mode == QEMU_GRAPHICS_CHANNEL_MODE_SECURE)
            return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "spice's channel '%s' with mode='secure' needs TLS, which this "
                             "driver has not", WORD(graphics_channel_name, graphics->channels[i]->name));
    return qemu_graphics_check_listen(graphics);
}

static bool
has_chosen_port(const struct qemu_graphics_def *graphics)
{
    const struct qemu_graphics_listen_def *listen = qemu_graphics_listen(graphics);

    return graphics->autoport == VIR_XML_YES && (!listen || listen->type == QEMU_GRAPHICS_LISTEN_TYPE_ADDRESS);
}

static void
host_open(const struct qemu_board *board, struct qemu_graphics_def *graphics)
{
    (void)board;
    if (!has_chosen_port(graphics))
        return;
    graphics->port = qemu_port_take((int)qemu_settings.remote_display_port_min, (int)qemu_settings.remote_display_port_max);
    graphics->has_port = graphics->port > 0;
}

static void
host_close(const struct qemu_board *board, const struct qemu_graphics_def *graphics)
{
    (void)board;
    if (has_chosen_port(graphics))
        qemu_port_give_back(graphics->port);
}

static void
add_address(struct vir_buf *buf, const struct qemu_graphics_def *graphics)
{
    const struct qemu_graphics_listen_def *listen = qemu_graphics_listen(graphics);

    if (listen && listen->type == QEMU_GRAPHICS_LISTEN_TYPE_SOCKET) {
        vir_buf_add(buf, "unix=on,addr=");
        qemu_buf_add_text(buf, listen->socket);
    } else if (listen && listen->type == QEMU_GRAPHICS_LISTEN_TYPE_NONE) {
        vir_buf_add(buf, "port=0");
    } else {
        vir_buf_addf(buf, "port=%d,addr=%s", graphics->port, qemu_graphics_address(graphics));
    }
}

/* Words of the document that are QEMU's as well. */
static void
add_compressions(struct vir_buf *buf, const struct qemu_graphics_def *graphics)
{
    if (graphics->image.compression)
        vir_buf_addf(buf, ",image-compression=%s", WORD(graphics_image_compression, graphics->image.compression));
    if (graphics->jpeg.compression)
        vir_buf_addf(buf, ",jpeg-wan-compression=%s", WORD(graphics_jpeg_compression, graphics->jpeg.compression));
    if (graphics->zlib.compression)
        vir_buf_addf(buf, ",zlib-glz-wan-compression=%s", WORD(graphics_zlib_compression, graphics->zlib.compression));
    if (graphics->playback.compression)
        vir_buf_addf(buf, ",playback-compression=%s", graphics->playback.compression == VIR_XML_YES ? "on" : "off");
    if (graphics->streaming.mode)
        vir_buf_addf(buf, ",streaming-video=%s", WORD(graphics_streaming_mode, graphics->streaming.mode));
}

static void
add_guest_ends(struct vir_buf *buf, const struct qemu_graphics_def *graphics)
{
    if (graphics->mouse.mode)
        vir_buf_addf(buf, ",agent-mouse=%s", graphics->mouse.mode == QEMU_GRAPHICS_MOUSE_MODE_CLIENT ? "on" : "off");
    if (graphics->clipboard.copypaste == VIR_XML_NO)
        vir_buf_add(buf, ",disable-copy-paste=on");
    if (graphics->filetransfer.enable == VIR_XML_NO)
        vir_buf_add(buf, ",disable-agent-file-xfer=on");
}

static void
add_gl(struct vir_buf *buf, const struct qemu_graphics_def *graphics)
{
    if (graphics->gl.enable != VIR_XML_YES)
        return;
    vir_buf_add(buf, ",gl=on");
    if (graphics->gl.rendernode) {
        vir_buf_add(buf, ",rendernode=");
        qemu_buf_add_text(buf, graphics->gl.rendernode);
    }
}

static int
build(const struct qemu_board *board, const struct qemu_graphics_def *graphics, struct qemu_pieces *pieces)
{
    struct vir_buf buf = { 0 };

    (void)board;
    if (has_chosen_port(graphics) && !graphics->port)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "no port from %u to %u is free for spice",
                         qemu_settings.remote_display_port_min, qemu_settings.remote_display_port_max);
    add_address(&buf, graphics);
    if (!qemu_graphics_password(graphics))
        vir_buf_add(&buf, ",disable-ticketing=on");
    for (size_t i = 0; i < graphics->n_channels; i++)
        if (graphics->channels[i]->mode == QEMU_GRAPHICS_CHANNEL_MODE_INSECURE)
            vir_buf_addf(&buf, ",plaintext-channel=%s",
                         WORD(graphics_channel_name, graphics->channels[i]->name));
    if (graphics->default_mode == QEMU_GRAPHICS_DEFAULT_MODE_INSECURE)
        vir_buf_add(&buf, ",plaintext-channel=default");
    add_compressions(&buf, graphics);
    add_guest_ends(&buf, graphics);
    add_gl(&buf, graphics);
    vir_buf_add(&buf, ",seamless-migration=on");
    qemu_pieces_option(pieces, "-spice", buf.text);
    vir_buf_free(&buf);
    if (graphics->keymap)
        qemu_pieces_option(pieces, "-k", graphics->keymap);
    return 0;
}

const struct qemu_screen qemu_screen_spice = {
    .protocol = "spice", .startable = startable, .host_open = host_open, .host_close = host_close, .build = build,
};
