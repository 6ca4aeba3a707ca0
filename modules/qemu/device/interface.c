/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Network cards.
 */
#include "device/interface.h"
#include "device/pieces.h"
#include "device/seat.h"
#include "qmp/monitor.h"

#include <stdio.h>

/* What <model type> can be here. */
static const struct card { const char *model, *driver; enum qemu_pci_slot slot; } cards[] = {
    { "virtio", "virtio-net-pci", QEMU_PCIE }, { "e1000", "e1000", QEMU_PCI },
    { "e1000e", "e1000e", QEMU_PCIE }, { "rtl8139", "rtl8139", QEMU_PCI },
    { "ne2k_pci", "ne2k_pci", QEMU_PCIE }, { "pcnet", "pcnet", QEMU_PCIE },
};

static const struct card *
card_of(const struct qemu_interface_def *interface)
{
    for (size_t i = 0; i < sizeof(cards) / sizeof(cards[0]); i++)
        if (is(interface->model.type, cards[i].model))
            return &cards[i];
    return NULL;
}

/* A card of the host is what it is. */
static const char *
usual_model(const struct qemu_interface_def *interface)
{
    return qemu_interface_is_lent(interface) ? NULL
        : interface->type == QEMU_INTERFACE_TYPE_VDPA ? "virtio" : "rtl8139";
}

static int
complete(struct qemu_board *board, void *dev)
{
    static const unsigned char ours[] = { 0x52, 0x54, 0x00 };
    struct qemu_interface_def *interface = dev;

    (void)board;
    if (!interface->mac.present)
        vir_hardware_mac(ours, interface->mac.address);
    interface->mac.present = true;
    if (!interface->model.type)
        interface->model.type = vir_strdup(usual_model(interface));
    interface->model.present = interface->model.type;
    return 0;
}

static bool
on_usb(const void *dev)
{
    const struct qemu_interface_def *interface = dev;

    return qemu_interface_is_lent(interface) &&
        (interface->source.host_address.type == QEMU_INTERFACE_SOURCE_HOST_ADDRESS_TYPE_USB ||
         interface->source.vendor.present);
}

/* Cards of other boards have no place on this one. */
static int
check(const struct qemu_board *board, const void *dev)
{
    static const char *const others[] = { "usb-net", "netfront", "spapr-vlan", "lan9118", "smc91c111" };
    const struct qemu_interface_def *interface = dev;

    (void)board;
    for (size_t i = 0; !interface->device.address && i < sizeof(others) / sizeof(others[0]); i++)
        if (is(interface->model.type, others[i]))
            return vir_error(VIR_ERR_INTERNAL_ERROR, "there is no bus for a network card '%s'", others[i]);
    return 0;
}

/* Where libvirt 9.0.0 has it on a q35: what it does not know, on PCIe. */
static enum qemu_pci_slot
slot_of(const struct qemu_interface_def *interface)
{
    static const char *const old[] = { "vlance", "vmxnet", "vmxnet2", "vmxnet3", "Am79C970A", "Am79C973", "82540EM",
                                       "82545EM", "82543GC", "virtio-transitional" };
    const struct card *card = card_of(interface);

    for (size_t i = 0; i < sizeof(old) / sizeof(old[0]); i++)
        if (is(interface->model.type, old[i]))
            return QEMU_PCI;
    return card && !qemu_interface_is_lent(interface) ? card->slot : QEMU_PCIE;
}

static void
seats(struct qemu_board *board, void *dev)
{
    struct qemu_interface_def *interface = dev;

    if (!on_usb(interface))
        qemu_seat_pci(board, &interface->device.address, slot_of(interface));
}

static int
startable(const struct qemu_board *board, const void *dev)
{
    const struct qemu_interface_def *interface = dev;

    (void)board;
    if (interface->type != QEMU_INTERFACE_TYPE_USER)
        return qemu_refuse("interface", "type", WORD(interface_type, interface->type));
    if (!card_of(interface))
        return qemu_refuse("model", "type", interface->model.type);
    return qemu_check_address("interface", interface->device.address, QEMU_ADDRESS_TYPE_PCI);
}

static struct json_object *
link_args(const struct qemu_interface_def *interface, bool up)
{
    struct json_object *args = qemu_object("name", interface->device.alias.name);

    qemu_put_bool(args, "up", up);
    return args;
}

static bool
is_down(const struct qemu_interface_def *interface)
{
    return interface->link.state == QEMU_INTERFACE_LINK_STATE_DOWN;
}

static int
build(const struct qemu_board *board, const void *dev, struct qemu_pieces *pieces)
{
    const struct qemu_interface_def *interface = dev;
    const unsigned char *mac = interface->mac.address;
    VIR_AUTO_FREE char *host = vir_strdup_printf("host%s", interface->device.alias.name);
    struct json_object *netdev = qemu_object("type", "user"), *device;
    bool first = board->doc->devices.interfaces[0] == interface;
    char text[18];

    qemu_put(netdev, "id", host);
    qemu_pieces_add(pieces, QEMU_NETDEV, netdev);
    device = qemu_pci_device(board, card_of(interface)->driver, &interface->device);
    qemu_put(device, "netdev", host);
    snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
             mac[5]);
    qemu_put(device, "mac", text);
    qemu_put_boot_index(board, device, &interface->device, first,
                        QEMU_DOMAIN_OS_BOOT_DEV_NETWORK);
    qemu_pieces_add(pieces, QEMU_DEVICE, device);
    if (is_down(interface))
        qemu_pieces_setting(pieces, "set_link", link_args(interface, false));
    return 0;
}

/* ---- changes ---- */

static bool
same(const void *dev, const void *wanted)
{
    const struct qemu_interface_def *one = dev, *other = wanted;

    return !other->mac.present ||
        memcmp(one->mac.address, other->mac.address, sizeof(one->mac.address)) == 0;
}

/* Nothing but the cable can change. */
static int
changeable(const void *old, void *said)
{
    const struct qemu_interface_def *before = old, *after = said;

    if (before->type != after->type || !is(after->model.type, before->model.type) ||
        (after->device.boot.present && after->device.boot.order != before->device.boot.order))
        return vir_error(VIR_ERR_OPERATION_UNSUPPORTED,
                         "only the link state of a network card can be changed while the guest runs: '%s'",
                         before->device.alias.name);
    return 0;
}

static void
exchange(void *now, void *said)
{
    struct qemu_interface_def *card = now, *cable = said;

    QEMU_EXCHANGE(card->link, cable->link);
}

/* The cable is plugged in or out. */
static int
update(struct qemu_monitor *monitor, const struct qemu_board *board, const void *old, void *now)
{
    const struct qemu_interface_def *before = old, *after = now;

    (void)board;
    if (is_down(before) == is_down(after))
        return 0;
    return qemu_monitor_call(monitor, "set_link", link_args(before, !is_down(after)), QEMU_COMMAND_MS, NULL);
}

static char *
resource_name(const void *dev)
{
    const struct qemu_interface_def *interface = dev;
    const unsigned char *mac = interface->mac.address;

    return vir_strdup_printf("%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
}

const struct qemu_device_type qemu_device_interface = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_INTERFACE],
    .complete = complete, .on_usb = on_usb, .check = check, .seats = seats, .startable = startable, .alias = "net", .build = build,
    .changeable = changeable, .exchange = exchange, .update = update, .same = same,
    .told_apart = true, .plugs = true, .resource = "net", .resource_name = resource_name,
};
