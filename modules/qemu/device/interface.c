/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Network cards.
 */
#include "device/interface.h"
#include "qmp/monitor.h"

#include <stdio.h>

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

static void
seats(struct qemu_board *board, void *dev)
{
    struct qemu_interface_def *interface = dev;

    if (!on_usb(interface))
        qemu_seat_pci(board, &interface->device.address, qemu_interface_slot(interface));
}

static int
startable(const struct qemu_board *board, const void *dev)
{
    const struct qemu_interface_def *interface = dev;

    (void)board;
    if (qemu_interface_cable_startable(interface) < 0)
        return -1;
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
host_open(const struct qemu_board *board, void *dev)
{
    return qemu_interface_cable_open(board, dev);
}

static void
host_close(const struct qemu_board *board, const void *dev)
{
    (void)board;
    qemu_interface_cable_close(dev);
}

static int
build(const struct qemu_board *board, const void *dev, struct qemu_pieces *pieces)
{
    const struct qemu_interface_def *interface = dev;
    VIR_AUTO_FREE char *host = vir_strdup_printf("host%s", interface->device.alias.name);

    qemu_interface_cable_build(board, interface, host, pieces);
    qemu_pieces_add(pieces, QEMU_DEVICE, qemu_interface_card(board, interface, host));
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

static unsigned int
taints(const void *dev)
{
    const struct qemu_interface_def *interface = dev;

    return interface->script.path || interface->downscript.path ? QEMU_TAINT_SCRIPTS : 0;
}

const struct qemu_device_type qemu_device_interface = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_INTERFACE],
    .complete = complete, .on_usb = on_usb, .check = check, .seats = seats, .startable = startable, .alias = "net",
    .host_open = host_open, .host_close = host_close, .build = build,
    .changeable = changeable, .exchange = exchange, .update = update, .same = same,
    .told_apart = true, .plugs = true, .resource = "net", .resource_name = resource_name, .taints = taints,
};
