/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Screens that QEMU draws for a program on D-Bus, or for other screens with the host's graphics card.
 */
#include "device/graphics.h"

static void
add_gl(struct vir_buf *buf, const struct qemu_graphics_def *graphics)
{
    if (graphics->gl.enable)
        vir_buf_addf(buf, ",gl=%s", graphics->gl.enable == VIR_XML_YES ? "on" : "off");
    if (graphics->gl.rendernode) {
        vir_buf_add(buf, ",rendernode=");
        qemu_buf_add_text(buf, graphics->gl.rendernode);
    }
}

/* ---- D-Bus ---- */

static int
dbus_startable(const struct qemu_board *board, const struct qemu_graphics_def *graphics)
{
    (void)board;
    if (graphics->p2p != VIR_XML_YES && !graphics->address)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "<graphics type='dbus'> needs p2p='yes' or the address='...' of a "
                         "bus: this driver starts none");
    return 0;
}

static int
dbus_build(const struct qemu_board *board, const struct qemu_graphics_def *graphics, struct qemu_pieces *pieces)
{
    struct vir_buf buf = { 0 };

    (void)board;
    vir_buf_add(&buf, "dbus");
    if (graphics->p2p == VIR_XML_YES) {
        vir_buf_add(&buf, ",p2p=on");
    } else {
        vir_buf_add(&buf, ",addr=");
        qemu_buf_add_text(&buf, graphics->address);
    }
    add_gl(&buf, graphics);
    qemu_pieces_option(pieces, "-display", buf.text);
    vir_buf_free(&buf);
    return 0;
}

const struct qemu_screen qemu_screen_dbus = { .startable = dbus_startable, .build = dbus_build };

/* ---- the host's card ---- */

static int
egl_startable(const struct qemu_board *board, const struct qemu_graphics_def *graphics)
{
    if (board->doc->devices.n_graphics > 1)
        return 0;
    return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "<graphics type='%s'> draws for another screen: add one by vnc or spice",
                     WORD(graphics_type, graphics->type));
}

static int
egl_build(const struct qemu_board *board, const struct qemu_graphics_def *graphics, struct qemu_pieces *pieces)
{
    struct vir_buf buf = { 0 };

    (void)board;
    vir_buf_add(&buf, "egl-headless");
    add_gl(&buf, graphics);
    qemu_pieces_option(pieces, "-display", buf.text);
    vir_buf_free(&buf);
    return 0;
}

const struct qemu_screen qemu_screen_egl = { .startable = egl_startable, .build = egl_build };
