/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the guest sees of a network card.
 */
#include "device/interface.h"
#include "qmp/qmp.h"

#include <stdio.h>

/* What <model type> can be here; others have the name that QEMU gives them. */
static const struct card { const char *model, *driver; enum qemu_pci_slot slot; } cards[] = {
    { "virtio", "virtio-net-pci", QEMU_PCIE }, { "e1000", "e1000", QEMU_PCI },
    { "virtio-transitional", "virtio-net-pci-transitional", QEMU_PCI },
    { "virtio-non-transitional", "virtio-net-pci-non-transitional", QEMU_PCIE },
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

/* Where libvirt 9.0.0 has it on a q35: what it does not know, on PCIe. */
enum qemu_pci_slot
qemu_interface_slot(const struct qemu_interface_def *interface)
{
    static const char *const old[] = { "vlance", "vmxnet", "vmxnet2", "vmxnet3", "Am79C970A", "Am79C973", "82540EM",
                                       "82545EM", "82543GC", "virtio-transitional" };
    const struct card *card = card_of(interface);

    for (size_t i = 0; i < sizeof(old) / sizeof(old[0]); i++)
        if (is(interface->model.type, old[i]))
            return QEMU_PCI;
    return card && !qemu_interface_is_lent(interface) ? card->slot : QEMU_PCIE;
}

bool
qemu_interface_is_virtio(const struct qemu_interface_def *interface)
{
    return interface->model.type && strncmp(interface->model.type, "virtio", 6) == 0;
}

static void
put_onoffs(struct json_object *device, const struct qemu_interface_def *interface)
{
    const struct { const char *key; enum vir_xml_bool value; } rows[] = {
        { "ioeventfd", interface->driver.ioeventfd }, { "event_idx", interface->driver.event_idx },
        { "rss", interface->driver.rss }, { "hash", interface->driver.rss_hash_report },
        { "csum", interface->driver.host.csum }, { "gso", interface->driver.host.gso },
        { "host_tso4", interface->driver.host.tso4 }, { "host_tso6", interface->driver.host.tso6 },
        { "host_ecn", interface->driver.host.ecn }, { "host_ufo", interface->driver.host.ufo },
        { "mrg_rxbuf", interface->driver.host.mrg_rxbuf },
        { "guest_csum", interface->driver.guest.csum }, { "guest_tso4", interface->driver.guest.tso4 },
        { "guest_tso6", interface->driver.guest.tso6 }, { "guest_ecn", interface->driver.guest.ecn },
        { "guest_ufo", interface->driver.guest.ufo },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].value)
            qemu_put_bool(device, rows[i].key, rows[i].value == VIR_XML_YES);
}

static void
put_virtio(struct json_object *device, const struct qemu_interface_def *interface)
{
    unsigned int queues = interface->driver.queues;

    if (interface->driver.txmode)
        qemu_put(device, "tx", interface->driver.txmode == QEMU_INTERFACE_DRIVER_TXMODE_TIMER ? "timer" : "bh");
    put_onoffs(device, interface);
    if (queues > 1) {                   /* two interrupts for each, one for settings, one for control */
        qemu_put_bool(device, "mq", true);
        qemu_put_number(device, "vectors", 2 * (int64_t)queues + 2);
    }
    if (interface->driver.rx_queue_size)
        qemu_put_number(device, "rx_queue_size", interface->driver.rx_queue_size);
    if (interface->driver.tx_queue_size)
        qemu_put_number(device, "tx_queue_size", interface->driver.tx_queue_size);
    if (interface->mtu.size)
        qemu_put_number(device, "host_mtu", interface->mtu.size);
    if (interface->teaming && interface->teaming->type == QEMU_TEAMING_TYPE_PERSISTENT)
        qemu_put_bool(device, "failover", true);
    qemu_put_virtio(device, &interface->driver.virtio);
}

static void
put_rom(struct json_object *device, const struct qemu_interface_def *interface)
{
    if (interface->rom.enabled == VIR_XML_NO) {
        qemu_put(device, "romfile", "");
        return;
    }
    if (interface->rom.bar)
        qemu_put_number(device, "rombar", interface->rom.bar == VIR_XML_YES);
    qemu_put(device, "romfile", interface->rom.file);
}

struct json_object *
qemu_interface_card(const struct qemu_board *board, const struct qemu_interface_def *interface, const char *host)
{
    const struct card *card = card_of(interface);
    const unsigned char *mac = interface->mac.address;
    struct json_object *device = qemu_pci_device(board, card ? card->driver : interface->model.type, &interface->device);
    char text[18];

    qemu_put(device, "netdev", host);
    snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
             mac[5]);
    qemu_put(device, "mac", text);
    if (qemu_interface_is_virtio(interface))
        put_virtio(device, interface);
    put_rom(device, interface);
    qemu_put_boot_index(board, device, &interface->device, board->doc->devices.interfaces[0] == interface,
                        QEMU_DOMAIN_OS_BOOT_DEV_NETWORK);
    return device;
}
