/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the guest's sound goes.
 */
#include "device/audio.h"
#include "device/pieces.h"
#include "qmp/qmp.h"

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

    (void)board;
    if (audio->driver)                  /* a variable of the environment, which is no guest's own here */
        return qemu_refuse("audio", "driver", WORD(audio_driver, audio->driver));
    return 0;
}

static void
put_yes(struct json_object *args, const char *key, enum vir_xml_bool value)
{
    if (value)
        qemu_put_bool(args, key, value == VIR_XML_YES);
}

static void
put_some(struct json_object *args, const char *key, unsigned int value)
{
    if (value)
        qemu_put_number(args, key, value);
}

/* One direction of sound. */
static void
put_end(struct json_object *args, const char *key, const struct qemu_audio_end *end)
{
    struct json_object *of = qmp_new_object();

    put_yes(of, "mixing-engine", end->mixing_engine);
    put_yes(of, "fixed-settings", end->fixed_settings);
    put_some(of, "voices", end->voices);
    put_some(of, "buffer-length", end->buffer_length);
    put_some(of, "frequency", end->settings.frequency);
    put_some(of, "channels", end->settings.channels);
    if (end->settings.format)
        qemu_put(of, "format", WORD(audio_end_settings_format, end->settings.format));
    qemu_put(of, "dev", end->dev);
    put_some(of, "buffer-count", end->buffer_count);
    qemu_put(of, "server-name", end->server_name);
    qemu_put(of, "client-name", end->client_name);
    qemu_put(of, "connect-ports", end->connect_ports);
    put_yes(of, "exact-name", end->exact_name);
    put_yes(of, "try-poll", end->try_poll);
    qemu_put(of, "name", end->name);
    qemu_put(of, "stream-name", end->stream_name);
    put_some(of, "latency", end->latency);
    qmp_add(args, key, of);
}

static const char *
driver_of(const struct qemu_audio_def *audio)
{
    return audio->type == QEMU_AUDIO_TYPE_PULSEAUDIO ? "pa" : audio->type == QEMU_AUDIO_TYPE_FILE ? "wav"
        : WORD(audio_type, audio->type);
}

static int
build(const struct qemu_board *board, const void *dev, struct qemu_pieces *pieces)
{
    const struct qemu_audio_def *audio = dev;
    VIR_AUTO_FREE char *id = qemu_audio_name(board->doc, audio->id);
    struct json_object *args = qemu_object("id", id);

    qemu_put(args, "driver", driver_of(audio));
    put_some(args, "timer-period", audio->timer_period);
    qemu_put(args, "path", audio->path);
    qemu_put(args, "server", audio->server_name);
    put_yes(args, "try-mmap", audio->try_mmap);
    put_yes(args, "exclusive", audio->exclusive);
    if (audio->has_dsp_policy)
        qemu_put_number(args, "dsp-policy", audio->dsp_policy);
    if (audio->input)
        put_end(args, "in", &audio->input->audio_end);
    if (audio->output)
        put_end(args, "out", &audio->output->audio_end);
    qemu_pieces_add(pieces, QEMU_AUDIODEV, args);
    return 0;
}

char *
qemu_audio_name(const struct qemu_domain_def *doc, unsigned int said)
{
    for (size_t i = 0; i < doc->devices.n_audios; i++)
        if (!said || doc->devices.audios[i]->id == said)
            return vir_strdup_printf("audio%u", doc->devices.audios[i]->id);
    return NULL;
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
