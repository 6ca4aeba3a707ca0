/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A smart card: the host's own, one made of certificates, or what another program has at
 * the end of a character device.  It is in the slot of a reader, which is a controller.
 */
#include "device/character.h"
#include "device/controllers.h"

#include <errno.h>
#include <unistd.h>

static const char usual_database[] = "/etc/pki/nssdb";

/* QEMU has names for so many. */
enum { CERTIFICATES = 3 };

static bool
is_passed(const struct qemu_smartcard_def *smartcard)
{
    return smartcard->mode == QEMU_SMARTCARD_MODE_PASSTHROUGH;
}

static int
complete(struct qemu_board *board, void *dev)
{
    struct qemu_smartcard_def *smartcard = dev;

    if (is_passed(smartcard))
        qemu_character_complete(board, &smartcard->character);
    return 0;
}

static int
needs(struct qemu_board *board, void *dev)
{
    struct qemu_smartcard_def *smartcard = dev;
    struct qemu_address_def *at = smartcard->device.address;

    if (!at) {
        smartcard->device.address = at = qemu_address_def_new();
        at->type = QEMU_ADDRESS_TYPE_CCID;
        at->has_controller = at->has_slot = true;
    }
    if (at->type == QEMU_ADDRESS_TYPE_CCID)
        qemu_controller_need(board, QEMU_CONTROLLER_TYPE_CCID, at->controller);
    return 0;
}

static int
check(const struct qemu_board *board, const void *dev)
{
    const struct qemu_smartcard_def *smartcard = dev;
    const struct qemu_address_def *at = smartcard->device.address;

    (void)board;
    if (smartcard->mode == QEMU_SMARTCARD_MODE_HOST_CERTIFICATES && smartcard->n_certificates != CERTIFICATES)
        return vir_error(VIR_ERR_XML_ERROR, "a smart card of the mode 'host-certificates' has %u <certificate>s and "
                         "needs %d", smartcard->n_certificates, CERTIFICATES);
    if (at && (at->controller || at->slot))
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "QEMU has one smart card, in the slot 0 of the reader 0");
    return 0;
}

static int
check_all(const struct qemu_board *board)
{
    if (board->doc->devices.n_smartcards > 1)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "a domain can have one smart card only");
    return 0;
}

static const char *
database_of(const struct qemu_smartcard_def *smartcard)
{
    return smartcard->database ? smartcard->database : usual_database;
}

static int
startable(const struct qemu_board *board, const void *dev)
{
    const struct qemu_smartcard_def *smartcard = dev;

    (void)board;
    if (is_passed(smartcard))
        return qemu_character_startable("smartcard", QEMU_CHARACTER_SMARTCARD, &smartcard->character);
    if (access(database_of(smartcard), R_OK | X_OK) == 0)
        return 0;
    vir_error_errno(errno, "cannot read the smart card's certificates in '%s'", database_of(smartcard));
    vir_error_hint("certutil -N -d sql:%s makes such a database (Debian: libnss3-tools)", database_of(smartcard));
    return -1;
}

static struct json_object *
emulated(const struct qemu_smartcard_def *smartcard)
{
    static const char *const keys[CERTIFICATES] = { "cert1", "cert2", "cert3" };
    bool host = smartcard->mode == QEMU_SMARTCARD_MODE_HOST;
    struct json_object *device = qemu_object("driver", "ccid-card-emulated");

    qemu_put(device, "backend", host ? "nss-emulated" : "certificates");
    for (size_t i = 0; !host && i < CERTIFICATES; i++)
        qemu_put(device, keys[i], smartcard->certificates[i]);
    qemu_put(device, "db", host ? NULL : database_of(smartcard));
    qemu_put(device, "id", smartcard->device.alias.name);
    return device;
}

static int
build(const struct qemu_board *board, const void *dev, struct qemu_pieces *pieces)
{
    const struct qemu_smartcard_def *smartcard = dev;
    VIR_AUTO_FREE char *bus = vir_strdup_printf("%s.0", qemu_controller_name(
        board, QEMU_CONTROLLER_TYPE_CCID, smartcard->device.address->controller));
    struct json_object *device;

    if (is_passed(smartcard)) {
        qemu_character_build(&smartcard->device, QEMU_CHARACTER_SMARTCARD, &smartcard->character, pieces);
        device = qemu_character_device("ccid-card-passthru", &smartcard->device);
    } else {
        device = emulated(smartcard);
    }
    qemu_put(device, "bus", bus);
    qemu_pieces_add(pieces, QEMU_DEVICE, device);
    return 0;
}

static void
learn(void *dev, struct json_object *answers)
{
    struct qemu_smartcard_def *smartcard = dev;

    qemu_character_learn(&smartcard->device, &smartcard->character, answers);
}

static char *
resource_name(const void *dev)
{
    const struct qemu_smartcard_def *smartcard = dev;

    switch (smartcard->mode) {
    case QEMU_SMARTCARD_MODE_HOST:
        return vir_strdup("nss-smartcard-device");
    case QEMU_SMARTCARD_MODE_HOST_CERTIFICATES:
        return vir_strdup(database_of(smartcard));
    default:
        return vir_strdup(qemu_character_path(&smartcard->character));
    }
}

const struct qemu_device_type qemu_device_smartcard = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_SMARTCARD],
    .complete = complete, .needs = needs, .check = check, .check_all = check_all, .startable = startable,
    .alias = "smartcard", .build = build, .learn = learn, .soldered = true,
    .resource = "smartcard", .resource_name = resource_name,
};
