/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where a screen listens.
 */
#include "device/graphics.h"
#include "settings.h"

bool
qemu_graphics_is_address(const char *text)
{
    return *text && !text[strspn(text, "0123456789abcdefABCDEF.:")];
}

struct qemu_graphics_listen_def *
qemu_graphics_listen(const struct qemu_graphics_def *graphics)
{
    return graphics->n_listens ? graphics->listens[0] : NULL;
}

const char *
qemu_graphics_address(const struct qemu_graphics_def *graphics)
{
    const struct qemu_graphics_listen_def *listen = qemu_graphics_listen(graphics);
    const char *said = listen && listen->address ? listen->address : graphics->listen;

    if (said && *said)                  /* an empty one would be every address */
        return said;
    return graphics->type == QEMU_GRAPHICS_TYPE_SPICE ? qemu_settings.spice_listen : qemu_settings.vnc_listen;
}

const char *
qemu_graphics_password(const struct qemu_graphics_def *graphics)
{
    if (graphics->passwd)
        return graphics->passwd;
    return graphics->type == QEMU_GRAPHICS_TYPE_SPICE ? qemu_settings.spice_password : qemu_settings.vnc_password;
}

int
qemu_graphics_check_listen(const struct qemu_graphics_def *graphics)
{
    const struct qemu_graphics_listen_def *listen = qemu_graphics_listen(graphics);

    if (graphics->n_listens > 1)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the qemu driver does <graphics> with one <listen> only");
    if (listen && listen->type == QEMU_GRAPHICS_LISTEN_TYPE_NETWORK)
        return qemu_refuse("listen", "type", WORD(graphics_listen_type, listen->type));
    if (listen && listen->type != QEMU_GRAPHICS_LISTEN_TYPE_ADDRESS)
        return 0;
    if (graphics->autoport == VIR_XML_NO && !graphics->has_port)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "graphics have no port, and none is to be chosen");
    if (!qemu_graphics_is_address(qemu_graphics_address(graphics)))
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "graphics listen on '%s': an IP address is needed",
                         qemu_graphics_address(graphics));
    return 0;
}
