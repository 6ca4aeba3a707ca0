/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Screens that can be seen from outside: what all ways to see them have in common.
 */
#include "device/graphics.h"
#include "device/offer.h"
#include "qmp/monitor.h"
#include "qmp/qmp.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* ---- completing --------------------------------------------------------------------------- */

/* On TCP, where there are ports. */
static bool
is_on_network(const struct qemu_graphics_listen_def *listen)
{
    return listen->type == QEMU_GRAPHICS_LISTEN_TYPE_ADDRESS || listen->type == QEMU_GRAPHICS_LISTEN_TYPE_NETWORK;
}

static bool
differ(const char *one, const char *other)
{
    return one && other && strcmp(one, other) != 0;
}

/* What <graphics> says itself is said of its first <listen>; a socket is instead of an address. */
static int
complete_listens(struct qemu_graphics_def *graphics)
{
    struct qemu_graphics_listen_def *first = qemu_graphics_listen(graphics);

    if (!first) {
        first = qemu_graphics_listen_def_new();
        first->type = QEMU_GRAPHICS_LISTEN_TYPE_ADDRESS;
        graphics->listens = vir_realloc_array(graphics->listens, 1, sizeof(*graphics->listens));
        graphics->listens[graphics->n_listens++] = first;
    }
    if (first->type == QEMU_GRAPHICS_LISTEN_TYPE_NETWORK)
        qemu_set_text(&first->address, NULL);
    if (differ(graphics->listen, first->address) || differ(graphics->socket, first->socket))
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "graphics listens on '%s', and its first <listen> on '%s'",
                         first->socket ? graphics->socket : graphics->listen,
                         first->socket ? first->socket : first->address);
    if (graphics->socket && is_on_network(first)) {
        first->type = QEMU_GRAPHICS_LISTEN_TYPE_SOCKET;
        qemu_set_text(&first->address, NULL);
        qemu_set_text(&first->network, NULL);
    }
    if (first->type == QEMU_GRAPHICS_LISTEN_TYPE_SOCKET && graphics->socket)
        qemu_set_text(&first->socket, graphics->socket);
    if (first->type == QEMU_GRAPHICS_LISTEN_TYPE_ADDRESS && graphics->listen)
        qemu_set_text(&first->address, graphics->listen);
    return 0;
}

/* <graphics> says what its first <listen> does.  Ports are of TCP; the address of a network is that of its bridge. */
static void
repeat_listen(struct qemu_graphics_def *graphics)
{
    const struct qemu_graphics_listen_def *first = qemu_graphics_listen(graphics);

    qemu_set_text(&graphics->listen, first->type == QEMU_GRAPHICS_LISTEN_TYPE_ADDRESS ? first->address : NULL);
    qemu_set_text(&graphics->socket, graphics->type == QEMU_GRAPHICS_TYPE_VNC &&
                  first->type == QEMU_GRAPHICS_LISTEN_TYPE_SOCKET ? first->socket : NULL);
    for (size_t i = 0; i < graphics->n_listens; i++)
        if (graphics->listens[i]->type == QEMU_GRAPHICS_LISTEN_TYPE_NETWORK)
            qemu_set_text(&graphics->listens[i]->address, NULL);
    if (is_on_network(first))
        return;
    graphics->has_port = graphics->has_tls_port = graphics->has_websocket = false;
    graphics->autoport = VIR_XML_ABSENT;
}

/* A port 0 is none. */
static void
complete_vnc_ports(struct qemu_graphics_def *graphics)
{
    bool chosen = !graphics->has_port || graphics->port == -1;

    if (graphics->autoport == VIR_XML_ABSENT)
        graphics->autoport = chosen ? VIR_XML_YES : VIR_XML_NO;
    if (graphics->autoport == VIR_XML_YES)
        graphics->port = -1;
    else if (chosen)
        graphics->port = 0;
    graphics->has_port = graphics->port != 0;
}

static void
complete_vnc(struct qemu_graphics_def *graphics)
{
    qemu_set_text(&graphics->display, NULL);    /* those are of sdl */
    qemu_set_text(&graphics->xauth, NULL);
    if (is_on_network(qemu_graphics_listen(graphics)))
        complete_vnc_ports(graphics);
}

/* Ports that are chosen at start are not said; without any port it does not listen. */
static void
complete_spice(struct qemu_graphics_def *graphics)
{
    struct qemu_graphics_listen_def *first = qemu_graphics_listen(graphics);

    if (graphics->autoport == VIR_XML_YES ||
        (graphics->has_port && graphics->port == -1 && graphics->has_tls_port && graphics->tls_port == -1)) {
        graphics->autoport = VIR_XML_YES;
        graphics->port = graphics->tls_port = 0;
    } else {
        graphics->autoport = VIR_XML_NO;
    }
    graphics->has_port = graphics->has_port && graphics->port != 0;
    graphics->has_tls_port = graphics->has_tls_port && graphics->tls_port != 0;
    if (first->type != QEMU_GRAPHICS_LISTEN_TYPE_ADDRESS || graphics->autoport == VIR_XML_YES ||
        graphics->has_port || graphics->has_tls_port)
        return;
    first->type = QEMU_GRAPHICS_LISTEN_TYPE_NONE;
    qemu_set_text(&first->address, NULL);
}

static int
complete(struct qemu_board *board, void *dev)
{
    struct qemu_graphics_def *graphics = dev;
    bool vnc = graphics->type == QEMU_GRAPHICS_TYPE_VNC;

    if (!vnc && (graphics->type != QEMU_GRAPHICS_TYPE_SPICE || board->running))
        return 0;
    if (complete_listens(graphics) < 0)
        return -1;
    if (vnc)
        complete_vnc(graphics);
    else
        complete_spice(graphics);
    repeat_listen(graphics);
    return 0;
}

/* ---- rules ----------------------------------------------------------------------------------- */

static int
check_listens(const struct qemu_graphics_def *graphics)
{
    for (size_t i = 0; i < graphics->n_listens; i++) {
        const struct qemu_graphics_listen_def *listen = graphics->listens[i];
        enum qemu_graphics_listen_type type = listen->type;

        if ((listen->network && type != QEMU_GRAPHICS_LISTEN_TYPE_NETWORK) ||
            (listen->socket && type != QEMU_GRAPHICS_LISTEN_TYPE_SOCKET))
            return vir_error(VIR_ERR_XML_ERROR,
                             "<listen type='%s'> has a network or a socket of another type",
                             WORD(graphics_listen_type, type));
    }
    return 0;
}

static int
check(const struct qemu_board *board, const void *dev)
{
    const struct qemu_graphics_def *graphics = dev;

    (void)board;
    if (check_listens(graphics) < 0)
        return -1;
    if (graphics->type == QEMU_GRAPHICS_TYPE_SPICE && graphics->has_tls_port && graphics->tls_port > 0)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "spice has the TLS port %d: this driver has no TLS",
                         graphics->tls_port);
    if (graphics->type == QEMU_GRAPHICS_TYPE_VNC && graphics->passwd && strlen(graphics->passwd) > 8)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the password of vnc has more than 8 characters");
    if (graphics->type == QEMU_GRAPHICS_TYPE_VNC && graphics->connected &&
        graphics->connected != QEMU_GRAPHICS_CONNECTED_KEEP)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "vnc can do connected='keep' only");
    return 0;
}

/* ---- for QEMU ---------------------------------------------------------------------------------- */

static const struct qemu_screen *
screen_of(const struct qemu_graphics_def *graphics)
{
    switch (graphics->type) {
    case QEMU_GRAPHICS_TYPE_VNC:
        return &qemu_screen_vnc;
    case QEMU_GRAPHICS_TYPE_SPICE:
        return &qemu_screen_spice;
    case QEMU_GRAPHICS_TYPE_DBUS:
        return &qemu_screen_dbus;
    case QEMU_GRAPHICS_TYPE_EGL_HEADLESS:
        return &qemu_screen_egl;
    default:
        return NULL;
    }
}

/* Of two that are seen in the same way QEMU would show one. */
static bool
offer(struct qemu_offer *offer)
{
    static const char *const words[] = { "vnc", "spice", "egl-headless", "dbus" };

    qemu_offer_begin(offer, "type");
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        qemu_offer_word(offer, words[i], qemu_emulator_shows(offer->emulator, words[i]));
    qemu_offer_end(offer);
    return true;
}

static int
startable(const struct qemu_board *board, const void *dev)
{
    const struct qemu_graphics_def *graphics = dev;
    const struct qemu_screen *screen = screen_of(graphics);

    if (!screen)
        return qemu_refuse("graphics", "type", WORD(graphics_type, graphics->type));
    for (size_t i = 0; i < board->doc->devices.n_graphics; i++)
        if (board->doc->devices.graphics[i] != graphics && board->doc->devices.graphics[i]->type == graphics->type)
            return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "a guest can have one <graphics type='%s'> only",
                             WORD(graphics_type, graphics->type));
    return screen->startable(board, graphics);
}

/* A socket of the guest's own, where the document names none. */
static void
open_socket(const struct qemu_board *board, struct qemu_graphics_def *graphics)
{
    struct qemu_graphics_listen_def *listen = qemu_graphics_listen(graphics);
    VIR_AUTO_FREE char *path = qemu_own_socket(board->doc, WORD(graphics_type, graphics->type));

    if (!listen || listen->type != QEMU_GRAPHICS_LISTEN_TYPE_SOCKET || listen->socket)
        return;
    qemu_set_text(&listen->socket, path);
    if (graphics->type == QEMU_GRAPHICS_TYPE_VNC)
        qemu_set_text(&graphics->socket, path);
}

/* A guest that runs says where its screen listens. */
static void
say_address(struct qemu_graphics_def *graphics)
{
    struct qemu_graphics_listen_def *listen = qemu_graphics_listen(graphics);

    if (!is_on_network(listen) || listen->type != QEMU_GRAPHICS_LISTEN_TYPE_ADDRESS || listen->address)
        return;
    listen->address = vir_strdup(qemu_graphics_address(graphics));
    qemu_set_text(&graphics->listen, listen->address);
}

static int
host_open(const struct qemu_board *board, void *dev)
{
    const struct qemu_screen *screen = screen_of(dev);

    if (screen == &qemu_screen_vnc || screen == &qemu_screen_spice)
        say_address(dev);
    open_socket(board, dev);
    if (screen->host_open)
        screen->host_open(board, dev);
    return 0;
}

static void
host_close(const struct qemu_board *board, const void *dev)
{
    const struct qemu_graphics_def *graphics = dev;
    const struct qemu_screen *screen = screen_of(dev);
    VIR_AUTO_FREE char *path = qemu_own_socket(board->doc, WORD(graphics_type, graphics->type));
    const struct qemu_graphics_listen_def *listen = qemu_graphics_listen(graphics);

    if (listen && is(listen->socket, path))
        unlink(path);
    if (screen && screen->host_close)
        screen->host_close(board, graphics);
}

static struct json_object *
password_args(const struct qemu_graphics_def *graphics)
{
    struct json_object *args = qemu_object("protocol", screen_of(graphics)->protocol);

    qemu_put(args, "password", qemu_graphics_password(graphics));
    if (graphics->connected)
        qemu_put(args, "connected", WORD(graphics_connected, graphics->connected));
    return args;
}

/* It is a time of UTC, read strictly: YYYY-MM-DDTHH:MM:SS. */
static struct json_object *
expiry_args(const struct qemu_graphics_def *graphics)
{
    struct json_object *args = qemu_object("protocol", screen_of(graphics)->protocol);
    VIR_AUTO_FREE char *seconds = NULL;
    struct tm tm = { 0 };

    if (graphics->passwd_valid_to && strptime(graphics->passwd_valid_to, "%Y-%m-%dT%H:%M:%S", &tm))
        seconds = vir_strdup_printf("%lld", (long long)timegm(&tm));
    qemu_put(args, "time", seconds ? seconds : "never");
    return args;
}

static int
build(const struct qemu_board *board, const void *dev, struct qemu_pieces *pieces)
{
    const struct qemu_graphics_def *graphics = dev;

    if (screen_of(graphics)->build(board, graphics, pieces) < 0)
        return -1;
    if (!qemu_graphics_password(graphics))
        return 0;
    qemu_pieces_setting(pieces, "set_password", password_args(graphics));
    if (graphics->passwd_valid_to)
        qemu_pieces_setting(pieces, "expire_password", expiry_args(graphics));
    return 0;
}

static void
learn(void *dev, struct json_object *answers)
{
    const struct qemu_screen *screen = screen_of(dev);

    if (screen && screen->learn)
        screen->learn(dev, answers);
}

/* ---- changes ---- */

static bool
same(const void *dev, const void *wanted)
{
    const struct qemu_graphics_def *one = dev, *other = wanted;

    return one->type == other->type;
}

/* Only the password can change; where the screen is stays. */
static int
changeable(const void *old, void *said)
{
    const struct qemu_graphics_def *before = old, *after = said;

    if ((after->listen && !is(before->listen, after->listen)) ||
        (after->keymap && !is(before->keymap, after->keymap)))
        return vir_error(VIR_ERR_OPERATION_UNSUPPORTED,
                         "where a screen listens and its keymap cannot be changed");
    if (after->autoport != VIR_XML_YES && before->port != after->port)
        return vir_error(VIR_ERR_OPERATION_UNSUPPORTED, "the port of a screen cannot be changed");
    if (after->passwd && !before->passwd)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the guest was started without a password for viewers: "
                         "it cannot get one while it runs");
    return 0;
}

static void
exchange(void *now, void *said)
{
    struct qemu_graphics_def *screen = now, *news = said;

    if (!news->passwd)
        return;
    QEMU_EXCHANGE(screen->passwd, news->passwd);
    QEMU_EXCHANGE(screen->passwd_valid_to, news->passwd_valid_to);
    QEMU_EXCHANGE(screen->connected, news->connected);
}

static int
update(struct qemu_monitor *monitor, const struct qemu_board *board, const void *old, void *now)
{
    const struct qemu_graphics_def *before = old, *after = now;

    (void)board;
    if (!after->passwd || (is(before->passwd, after->passwd) && !differ(before->passwd_valid_to, after->passwd_valid_to)))
        return 0;
    if (qemu_monitor_call(monitor, "set_password", password_args(after), QEMU_COMMAND_MS, NULL) < 0)
        return -1;
    return qemu_monitor_call(monitor, "expire_password", expiry_args(after), QEMU_COMMAND_MS, NULL);
}

/* Older ones know the socket of VNC as an attribute, and beside it networks alone. */
static bool
is_news(const struct qemu_graphics_def *vnc, const struct qemu_graphics_listen_def *listen)
{
    return listen->socket || (vnc->socket && listen->type != QEMU_GRAPHICS_LISTEN_TYPE_NETWORK);
}

/* Spice that listens nowhere has no ports. */
static void
simplify(void *dev)
{
    struct qemu_graphics_def *graphics = dev;
    bool nowhere = graphics->type == QEMU_GRAPHICS_TYPE_SPICE && graphics->n_listens == 1 &&
        graphics->listens[0]->type == QEMU_GRAPHICS_LISTEN_TYPE_NONE;
    size_t kept = 0;

    for (size_t i = 0; i < graphics->n_listens; i++) {
        struct qemu_graphics_listen_def *listen = graphics->listens[i];

        if (nowhere || (graphics->type == QEMU_GRAPHICS_TYPE_VNC && is_news(graphics, listen)))
            qemu_graphics_listen_def_free(listen);
        else
            graphics->listens[kept++] = listen;
    }
    graphics->n_listens = kept;
    if (nowhere)
        graphics->autoport = VIR_XML_NO;
}

static const char *
viewer(const void *dev)
{
    const struct qemu_graphics_def *graphics = dev;

    return graphics->type == QEMU_GRAPHICS_TYPE_VNC ? "vnc" : graphics->type == QEMU_GRAPHICS_TYPE_SPICE ? "spice" : NULL;
}

static const struct vir_xml_list list = {
    "devices/graphics", &qemu_graphics_table, offsetof(struct qemu_domain_def, devices.graphics),
    offsetof(struct qemu_domain_def, devices.n_graphics), VIR_XML_NO_MEMBER
};

const struct qemu_device_type qemu_device_graphics = {
    .list = &list,
    .complete = complete, .check = check, .offer = offer, .startable = startable, .host_open = host_open, .host_close = host_close,
    .unseen = true,
    .build = build, .learn = learn,
    .changeable = changeable, .exchange = exchange, .update = update, .event = qemu_graphics_event, .same = same,
    .simplify = simplify, .viewer = viewer,
    .soldered = true, .codes = { [QEMU_NONE_TO_UPDATE] = VIR_ERR_INVALID_ARG },
};
