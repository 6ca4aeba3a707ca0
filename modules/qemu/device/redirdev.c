/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ports for USB devices that a viewer lends, and which ones it may.
 */
#include "device/character.h"
#include "device/offer.h"
#include "device/seat.h"

#include <stdlib.h>

static bool
on_usb(const void *dev)
{
    (void)dev;
    return true;
}

static int
complete(struct qemu_board *board, void *dev)
{
    struct qemu_redirdev_def *redirdev = dev;

    qemu_character_complete(board, &redirdev->character);
    return 0;
}

static bool
offer(struct qemu_offer *offer)
{
    if (!qemu_emulator_makes(offer->emulator, "usb-redir"))
        return false;
    qemu_offer_begin(offer, "bus");
    qemu_offer_word(offer, "usb", true);
    qemu_offer_end(offer);
    return true;
}

static int
startable(const struct qemu_board *board, const void *dev)
{
    const struct qemu_redirdev_def *redirdev = dev;

    (void)board;
    return qemu_character_startable("redirdev", QEMU_CHARACTER_USB, &redirdev->character);
}

static void
add_number(struct vir_buf *buf, const char *fmt, bool said, unsigned int value)
{
    if (said)
        vir_buf_addf(buf, fmt, value);
    else
        vir_buf_add(buf, "-1");
    vir_buf_add(buf, ":");
}

/* Major and minor are two hexadecimal digits each: "2.56" is 0x0256. */
static void
add_version(struct vir_buf *buf, const char *version)
{
    char *minor;
    unsigned long major = version ? strtoul(version, &minor, 16) : 0;

    if (version)
        vir_buf_addf(buf, "0x%02lx%02lx:", major, *minor == '.' ? strtoul(minor + 1, NULL, 16) : 0);
    else
        vir_buf_add(buf, "-1:");
}

static char *
filter_text(const struct qemu_redirfilter_def *filter)
{
    struct vir_buf buf = { 0 };

    for (size_t i = 0; i < filter->n_usbdevs; i++) {
        const struct qemu_redirfilter_usbdev_def *rule = filter->usbdevs[i];

        vir_buf_add(&buf, i ? "|" : "");
        add_number(&buf, "0x%02X", rule->has_class, rule->class);
        add_number(&buf, "0x%04X", rule->has_vendor, rule->vendor);
        add_number(&buf, "0x%04X", rule->has_product, rule->product);
        add_version(&buf, rule->version);
        vir_buf_addf(&buf, "%d", rule->allow == VIR_XML_YES);
    }
    return vir_buf_steal(&buf);
}

static int
build(const struct qemu_board *board, const void *dev, struct qemu_pieces *pieces)
{
    const struct qemu_redirdev_def *redirdev = dev;
    const struct qemu_redirfilter_def *filter = board->doc->devices.redirfilter;
    VIR_AUTO_FREE char *text = filter && filter->n_usbdevs ? filter_text(filter) : NULL;
    struct json_object *device = qemu_character_device("usb-redir", &redirdev->device);

    qemu_character_build(&redirdev->device, QEMU_CHARACTER_USB, &redirdev->character, pieces);
    qemu_put(device, "filter", text);
    if (redirdev->device.boot.present)
        qemu_put_number(device, "bootindex", redirdev->device.boot.order);
    qemu_put_usb_address(board, device, redirdev->device.address);
    qemu_pieces_add(pieces, QEMU_DEVICE, device);
    return 0;
}

static void
learn(void *dev, struct json_object *answers)
{
    struct qemu_redirdev_def *redirdev = dev;

    qemu_character_learn(&redirdev->device, &redirdev->character, answers);
}

const struct qemu_device_type qemu_device_redirdev = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_REDIRDEV],
    .complete = complete, .on_usb = on_usb, .offer = offer, .startable = startable, .alias = "redir", .build = build, .learn = learn,
    .plugs = true, .codes = { [QEMU_NONE_TO_DETACH_LIVE] = VIR_ERR_OPERATION_INVALID },
};
