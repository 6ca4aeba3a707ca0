/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Channels on the virtio bus.  Where the document names no socket, it lies in
 * the state directory, the live document tells where, and it goes with the run.
 */
#include "device/character.h"
#include "device/offer.h"
#include "device/seat.h"
#include "qmp/qmp.h"

#include <stdlib.h>
#include <unistd.h>

static bool
is_virtio(const struct qemu_channel_def *channel)
{
    return channel->target.type == QEMU_CHANNEL_TARGET_TYPE_VIRTIO;
}

/* ---- a socket of ours ------------------------------------------------------------------------- */

/* It gets one. */
static bool
has_own_path(const struct qemu_channel_def *channel)
{
    const struct qemu_character_source_def *source = qemu_character_source(&channel->character);

    return channel->character.type == QEMU_CHARTYPE_UNIX &&
        (!source || (!source->path && source->mode != QEMU_CHARACTER_SOURCE_MODE_CONNECT));
}

static int
host_open(const struct qemu_board *board, void *dev)
{
    struct qemu_channel_def *channel = dev;
    VIR_AUTO_FREE char *own = has_own_path(channel) ? qemu_own_socket(board->doc, channel->device.alias.name) : NULL;

    if (is_virtio(channel) && !board->running)  /* the guest has not opened it yet */
        channel->target.state = QEMU_CHANNEL_TARGET_STATE_DISCONNECTED;
    if (!own)
        return 0;
    qemu_character_set_path(&channel->character, own);
    qemu_character_source(&channel->character)->mode = QEMU_CHARACTER_SOURCE_MODE_BIND;
    return 0;
}

static void
host_close(const struct qemu_board *board, const void *dev)
{
    const struct qemu_channel_def *channel = dev;
    VIR_AUTO_FREE char *own = qemu_own_socket(board->doc, channel->device.alias.name);

    if (is(qemu_character_path(&channel->character), own))
        unlink(own);
}

/* A path that libvirt 9.0.0 made, for an earlier run: .../channel/target/domain-ID-NAME/CHANNEL. */
static bool
is_of_a_run(const char *path, const char *name)
{
    const char *last = strrchr(path, '/');

    return strstr(path, "/channel/target/domain-") && last && is(name, last + 1);
}

/* Before it is seated: a seat that says nothing is given anew. */
static int
check_port(const struct qemu_address_def *at)
{
    if (!at || at->type != QEMU_ADDRESS_TYPE_VIRTIO_SERIAL || !at->port)
        return 0;
    if (!*at->port || strlen(at->port) > 9 || at->port[strspn(at->port, "0123456789")])
        return vir_error(VIR_ERR_XML_ERROR, "the port '%s' of a channel is not a decimal number", at->port);
    return 0;
}

static int
complete(struct qemu_board *board, void *dev)
{
    struct qemu_channel_def *channel = dev;
    const char *path = qemu_character_path(&channel->character);

    if (check_port(channel->device.address) < 0)
        return -1;
    qemu_character_complete(board, &channel->character);
    if (board->running || channel->character.type != QEMU_CHARTYPE_UNIX ||
        (path && !is_of_a_run(path, channel->target.name)))
        return 0;
    qemu_character_set_path(&channel->character, NULL);     /* a mode alone says nothing */
    return 0;
}

/* ---- where it is plugged in ------------------------------------------------------------------ */

static int
needs(struct qemu_board *board, void *dev)
{
    struct qemu_channel_def *channel = dev;

    return is_virtio(channel) ? qemu_seat_virtio_serial(board, channel->device.address) : 0;
}

static bool
offer(struct qemu_offer *offer)
{
    qemu_offer_begin(offer, "type");
    qemu_offer_word(offer, "pty", true);
    qemu_offer_word(offer, "unix", true);
    qemu_offer_word(offer, "spicevmc", qemu_emulator_makes(offer->emulator, "chardev-spicevmc"));
    qemu_offer_end(offer);
    return true;
}

static int
startable(const struct qemu_board *board, const void *dev)
{
    const struct qemu_channel_def *channel = dev;

    (void)board;
    if (!is_virtio(channel))
        return qemu_refuse("target", "type", WORD(channel_target_type, channel->target.type));
    if (!has_own_path(channel) && qemu_character_startable("channel", QEMU_CHARACTER_AGENT, &channel->character) < 0)
        return -1;
    return qemu_seat_check_virtio_serial("channel", channel->device.address);
}

/* ---- for QEMU ----------------------------------------------------------------------------------- */

static int
build(const struct qemu_board *board, const void *dev, struct qemu_pieces *pieces)
{
    const struct qemu_channel_def *channel = dev;
    struct json_object *device = qemu_character_device("virtserialport", &channel->device);

    qemu_character_build(&channel->device, QEMU_CHARACTER_AGENT, &channel->character, pieces);
    qemu_put_virtio_serial(board, device, channel->device.address);
    qemu_put(device, "name", channel->target.name);
    qemu_pieces_add(pieces, QEMU_DEVICE, device);
    return 0;
}

static void
learn(void *dev, struct json_object *answers)
{
    struct qemu_channel_def *channel = dev;

    qemu_character_learn(&channel->device, &channel->character, answers);
}

static bool
same(const void *dev, const void *wanted)
{
    const struct qemu_channel_def *one = dev, *other = wanted;

    return one->target.type == other->target.type && (!other->target.name || is(one->target.name,
                                                                               other->target.name));
}

static bool
plugs_as(const void *dev)
{
    return is_virtio(dev);
}

const struct qemu_device_type qemu_device_channel = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_CHANNEL],
    .complete = complete, .needs = needs, .offer = offer, .startable = startable, .alias = "channel",
    .host_open = host_open,
    .host_close = host_close, .build = build, .learn = learn, .same = same,
    .unique = true, .plugs_as = plugs_as, .codes = { [QEMU_NONE_TO_DETACH] = VIR_ERR_INVALID_ARG },
    .opens = true,
};
