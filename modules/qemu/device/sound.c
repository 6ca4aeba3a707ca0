/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sound cards, and what is wired to those of Intel's.
 */
#include "device/audio.h"
#include "device/pieces.h"
#include "device/seat.h"

static bool
on_usb(const void *dev)
{
    return ((const struct qemu_sound_def *)dev)->model == QEMU_SOUND_MODEL_USB;
}

static bool
is_first_ich9(const struct qemu_domain_def *doc, const struct qemu_sound_def *sound)
{
    size_t i = 0;

    while (doc->devices.sounds[i]->model != QEMU_SOUND_MODEL_ICH9)
        i++;
    return doc->devices.sounds[i] == sound;
}

static void
seats(struct qemu_board *board, void *dev)
{
    struct qemu_sound_def *sound = dev;

    switch (sound->model) {
    case QEMU_SOUND_MODEL_ICH9:
        if (board->q35 && is_first_ich9(board->doc, sound)) {
            qemu_seat_pci_fixed(board, &sound->device.address, 0x1b, 0);
            break;
        }
        /* fall through */
    case QEMU_SOUND_MODEL_ES1370:
    case QEMU_SOUND_MODEL_AC97:
    case QEMU_SOUND_MODEL_ICH6:
        qemu_seat_pci(board, &sound->device.address, QEMU_PCI);
        break;
    default:                            /* on the ISA bus, or on USB */
        break;
    }
}

static int
startable(const struct qemu_board *board, const void *dev)
{
    const struct qemu_sound_def *sound = dev;
    VIR_AUTO_FREE char *audio = qemu_audio_name(board->doc, sound->audio.id);

    return audio ? 0 : vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the sound of <sound model='%s'> goes nowhere: the domain "
                                 "needs an <audio>", WORD(sound_model, sound->model));
}

/* A codec is a device of its own on the card's bus. */
static void
add_codec(struct qemu_pieces *pieces, const struct qemu_sound_def *sound, size_t number,
          enum qemu_sound_codec_type type, const char *audio)
{
    VIR_AUTO_FREE char *driver = vir_strdup_printf("hda-%s", WORD(sound_codec_type, type));
    VIR_AUTO_FREE char *id = vir_strdup_printf("%s-codec%zu", sound->device.alias.name, number);
    VIR_AUTO_FREE char *bus = vir_strdup_printf("%s.0", sound->device.alias.name);
    struct json_object *device = qemu_object("driver", driver);

    qemu_put(device, "id", id);
    qemu_put(device, "bus", bus);
    qemu_put_number(device, "cad", (int64_t)number);
    qemu_put(device, "audiodev", audio);
    qemu_pieces_add(pieces, QEMU_DEVICE, device);
}

static void
build_hda(const struct qemu_board *board, const struct qemu_sound_def *sound, const char *audio,
          struct qemu_pieces *pieces)
{
    const char *driver = sound->model == QEMU_SOUND_MODEL_ICH9 ? "ich9-intel-hda" : "intel-hda";

    qemu_pieces_add(pieces, QEMU_DEVICE, qemu_pci_device(board, driver, &sound->device));
    for (size_t i = 0; i < sound->n_codecs; i++)
        add_codec(pieces, sound, i, sound->codecs[i]->type, audio);
    if (!sound->n_codecs)
        add_codec(pieces, sound, 0, QEMU_SOUND_CODEC_TYPE_DUPLEX, audio);
}

static void
build_card(const struct qemu_board *board, const struct qemu_sound_def *sound, const char *audio,
           struct qemu_pieces *pieces)
{
    const char *driver = sound->model == QEMU_SOUND_MODEL_ES1370 ? "ES1370"
        : sound->model == QEMU_SOUND_MODEL_AC97 ? "AC97" : sound->model == QEMU_SOUND_MODEL_USB ? "usb-audio" : "sb16";
    struct json_object *device = qemu_object("driver", driver);

    qemu_put(device, "id", sound->device.alias.name);
    qemu_put(device, "audiodev", audio);
    if (on_usb(sound))
        qemu_put_usb_address(board, device, sound->device.address);
    else
        qemu_put_pci_address(board, device, sound->device.address);
    qemu_pieces_add(pieces, QEMU_DEVICE, device);
}

static int
build(const struct qemu_board *board, const void *dev, struct qemu_pieces *pieces)
{
    const struct qemu_sound_def *sound = dev;
    VIR_AUTO_FREE char *audio = qemu_audio_name(board->doc, sound->audio.id);

    switch (sound->model) {
    case QEMU_SOUND_MODEL_ICH6:
    case QEMU_SOUND_MODEL_ICH9:
        build_hda(board, sound, audio, pieces);
        break;
    case QEMU_SOUND_MODEL_PCSPK: {      /* soldered in: QEMU adds up all that is said of the board */
        VIR_AUTO_FREE char *text = vir_strdup_printf("pcspk-audiodev=%s", audio);

        qemu_pieces_option(pieces, "-machine", text);
        break;
    }
    default:
        build_card(board, sound, audio, pieces);
    }
    return 0;
}

static bool
stays(const void *dev)
{
    (void)dev;
    return true;
}

const struct qemu_device_type qemu_device_sound = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_SOUND],
    .on_usb = on_usb, .seats = seats, .startable = startable, .alias = "sound", .build = build, .stays = stays,
};
