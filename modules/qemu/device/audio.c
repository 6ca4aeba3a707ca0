/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the guest's sound goes.
 */
#include "device/pieces.h"

/* That of the last screen over the network.  Absent: a guest with other screens only has none. */
static enum qemu_audio_type
usual_type(const struct qemu_domain_def *doc)
{
    enum qemu_audio_type type = doc->devices.n_graphics ? QEMU_AUDIO_TYPE_ABSENT : QEMU_AUDIO_TYPE_NONE;

    for (size_t i = 0; i < doc->devices.n_graphics; i++) {
        if (doc->devices.graphics[i]->type == QEMU_GRAPHICS_TYPE_SPICE)
            type = QEMU_AUDIO_TYPE_SPICE;
        if (doc->devices.graphics[i]->type == QEMU_GRAPHICS_TYPE_VNC)
            type = QEMU_AUDIO_TYPE_NONE;
    }
    return type;
}

static int
add(struct qemu_board *board)
{
    struct qemu_audio_def *audio;

    if (board->doc->devices.n_audios || !usual_type(board->doc))
        return 0;
    audio = qemu_audio_def_new();
    audio->id = 1;
    audio->type = usual_type(board->doc);
    qemu_device_append(&qemu_device_audio, board->doc, audio);
    return 0;
}

static int
startable(const struct qemu_board *board, const void *dev)
{
    const struct qemu_audio_def *audio = dev;

    /* what a screen brings along is refused with the screen */
    if (audio->type == QEMU_AUDIO_TYPE_SPICE && usual_type(board->doc) == QEMU_AUDIO_TYPE_SPICE)
        return 0;
    if (audio->type != QEMU_AUDIO_TYPE_NONE || audio->id != 1)
        return qemu_refuse("audio", "type", WORD(audio_type, audio->type));
    return 0;
}

static int
build(const struct qemu_board *board, const void *dev, struct qemu_pieces *pieces)
{
    const struct qemu_audio_def *audio = dev;
    VIR_AUTO_FREE char *id = vir_strdup_printf("audio%u", audio->id);
    struct json_object *args = qemu_object("id", id);

    (void)board;
    qemu_put(args, "driver", "none");
    qemu_pieces_add(pieces, QEMU_AUDIODEV, args);
    return 0;
}

static bool
implied(const struct qemu_board *board, const void *dev)
{
    const struct qemu_audio_def *audio = dev;

    return board->doc->devices.n_audios == 1 && audio->id == 1 && audio->type == usual_type(board->doc) &&
        !audio->rest;
}

static const struct vir_xml_list list = {
    "devices/audio", &qemu_audio_table, offsetof(struct qemu_domain_def, devices.audios),
    offsetof(struct qemu_domain_def, devices.n_audios), VIR_XML_NO_MEMBER
};

const struct qemu_device_type qemu_device_audio = {
    .list = &list,
    .add = add, .startable = startable, .build = build,
    .implied = implied, .soldered = true,
};
