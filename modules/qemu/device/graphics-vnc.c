/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Screens seen by VNC, whose ports QEMU chooses.
 */
#include "device/audio.h"
#include "device/graphics.h"
#include "host/port.h"
#include "qmp/qmp.h"
#include "settings.h"

#include <stdlib.h>

static int
startable(const struct qemu_board *board, const struct qemu_graphics_def *graphics)
{
    (void)board;
    if (graphics->port > 0 && graphics->port < QEMU_FIRST_PORT)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "vnc port %d: ports begin at %d",
                         graphics->port, QEMU_FIRST_PORT);
    return qemu_graphics_check_listen(graphics);
}

static void
add_address(struct vir_buf *buf, const struct qemu_graphics_def *graphics)
{
    const struct qemu_graphics_listen_def *listen = qemu_graphics_listen(graphics);
    const char *address = qemu_graphics_address(graphics);
    bool v6 = strchr(address, ':') != NULL;

    if (listen && listen->type == QEMU_GRAPHICS_LISTEN_TYPE_NONE) {
        vir_buf_add(buf, "none");
    } else if (listen && listen->type == QEMU_GRAPHICS_LISTEN_TYPE_SOCKET) {
        vir_buf_add(buf, "vnc=unix:");
        qemu_buf_add_text(buf, listen->socket);
    } else if (graphics->autoport == VIR_XML_YES) {
        vir_buf_addf(buf, v6 ? "[%s]:%u,to=%u" : "%s:%u,to=%u", address,
                     qemu_settings.remote_display_port_min - QEMU_FIRST_PORT,
                     qemu_settings.remote_display_port_max - QEMU_FIRST_PORT);
    } else {
        vir_buf_addf(buf, v6 ? "[%s]:%d" : "%s:%d", address, graphics->port - QEMU_FIRST_PORT);
    }
}

static int
build(const struct qemu_board *board, const struct qemu_graphics_def *graphics, struct qemu_pieces *pieces)
{
    const struct qemu_graphics_listen_def *listen = qemu_graphics_listen(graphics);
    VIR_AUTO_FREE char *audio = qemu_audio_name(board->doc, graphics->audio.id);
    struct vir_buf buf = { 0 };

    add_address(&buf, graphics);
    if (graphics->has_websocket && graphics->websocket > 0)
        vir_buf_addf(&buf, ",websocket=%d", graphics->websocket);
    else if (graphics->has_websocket)
        vir_buf_add(&buf, ",websocket=on");
    if (qemu_graphics_password(graphics))
        vir_buf_add(&buf, ",password=on");
    if (graphics->share_policy)
        vir_buf_addf(&buf, ",share=%s", WORD(graphics_share_policy, graphics->share_policy));
    if (graphics->power_control)
        vir_buf_addf(&buf, ",power-control=%s", graphics->power_control == VIR_XML_YES ? "on" : "off");
    if (audio)
        vir_buf_addf(&buf, ",audiodev=%s", audio);
    if (graphics->keymap)
        qemu_pieces_option(pieces, "-k", graphics->keymap);
    qemu_pieces_option(pieces, "-vnc", buf.text);
    vir_buf_free(&buf);
    if (!listen || listen->type == QEMU_GRAPHICS_LISTEN_TYPE_ADDRESS)
        qemu_pieces_ask(pieces, "query-vnc");
    if (graphics->has_websocket)
        qemu_pieces_ask(pieces, "query-vnc-servers");
    return 0;
}

/* The port for browsers, of the one server that a guest has. */
static void
learn_websocket(struct qemu_graphics_def *graphics, struct json_object *answer)
{
    struct json_object *server = json_object_is_type(answer, json_type_array) ? json_object_array_get_idx(answer, 0) : NULL;
    struct json_object *ends = qmp_get(server, "server");

    for (size_t i = 0; json_object_is_type(ends, json_type_array) && i < json_object_array_length(ends); i++) {
        struct json_object *end = json_object_array_get_idx(ends, i);
        const char *service = qmp_get_string(end, "service");
        long port = service ? strtol(service, NULL, 10) : 0;

        if (qmp_get_bool(end, "websocket") && port > 0 && port <= QEMU_LAST_PORT)
            graphics->websocket = (int)port;
    }
}

/* The ports that QEMU chose. */
static void
learn(struct qemu_graphics_def *graphics, struct json_object *answers)
{
    struct json_object *answer = qmp_get(answers, "query-vnc");
    const char *service = qmp_get_string(answer, "service"), *host = qmp_get_string(answer, "host");
    long port = service ? strtol(service, NULL, 10) : 0;

    learn_websocket(graphics, qmp_get(answers, "query-vnc-servers"));
    if (!answer)
        return;
    if (!host || port < 1 || port > QEMU_LAST_PORT || !qemu_graphics_is_address(host)) {
        vir_warn("QEMU does not say where its VNC server listens");
        return;
    }
    graphics->port = (int)port;
    qemu_set_text(&graphics->listen, host);
    if (graphics->n_listens)
        qemu_set_text(&graphics->listens[0]->address, host);
}

const struct qemu_screen qemu_screen_vnc = {
    .protocol = "vnc", .startable = startable, .build = build, .learn = learn,
};
