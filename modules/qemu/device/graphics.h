/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The screens of a guest (graphics.c), where they listen (graphics-listen.c), each way to see one
 * (graphics-vnc.c, graphics-spice.c, graphics-display.c), and who looks at them (graphics-event.c). */
#ifndef QEMU_GRAPHICS_H
#define QEMU_GRAPHICS_H

#include "device/pieces.h"

/* A way to see a screen; a member that is not needed is NULL. */
struct qemu_screen {
    const char *protocol;               /* of its password; NULL: it has none */
    int (*startable)(const struct qemu_board *board, const struct qemu_graphics_def *graphics);
    void (*host_open)(const struct qemu_board *board, struct qemu_graphics_def *graphics);
    void (*host_close)(const struct qemu_board *board, const struct qemu_graphics_def *graphics);
    int (*build)(const struct qemu_board *board, const struct qemu_graphics_def *graphics,
                 struct qemu_pieces *pieces);
    void (*learn)(struct qemu_graphics_def *graphics, struct json_object *answers);
};
extern const struct qemu_screen qemu_screen_vnc, qemu_screen_spice, qemu_screen_dbus, qemu_screen_egl;

/* Where it listens first; NULL: it does not say. */
struct qemu_graphics_listen_def *qemu_graphics_listen(const struct qemu_graphics_def *graphics);
/* Never NULL, never empty. */
const char *qemu_graphics_address(const struct qemu_graphics_def *graphics);
/* The document's, or the usual one; NULL: viewers need none. */
const char *qemu_graphics_password(const struct qemu_graphics_def *graphics);
bool qemu_graphics_is_address(const char *text);        /* an IP address: no name, no path */
/* It listens on TCP, or nowhere, in a way that QEMU can be told. */
int qemu_graphics_check_listen(const struct qemu_graphics_def *graphics);

void qemu_graphics_event(const struct qemu_told *told);

#endif
