/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sound cards: they have their places; none is started yet.
 */
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

static bool
stays(const void *dev)
{
    (void)dev;
    return true;
}

const struct qemu_device_type qemu_device_sound = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_SOUND],
    .on_usb = on_usb, .seats = seats, .stays = stays,
};
