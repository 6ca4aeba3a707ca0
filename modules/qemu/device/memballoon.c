/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The balloon, by which the host takes memory back.
 */
#include "device/memballoon.h"
#include "device/memory-object.h"
#include "device/seat.h"
#include "qmp/qmp.h"

static bool
is_none(const struct qemu_memballoon_def *balloon)
{
    return balloon->model == QEMU_MEMBALLOON_MODEL_NONE;
}

static int
add(struct qemu_board *board)
{
    struct qemu_memballoon_def *balloon;

    if (board->doc->devices.memballoon)
        return 0;
    balloon = qemu_memballoon_def_new();
    balloon->model = QEMU_MEMBALLOON_MODEL_VIRTIO;
    qemu_device_append(&qemu_device_memballoon, board->doc, balloon);
    return 0;
}

static int
complete(struct qemu_board *board, void *dev)
{
    struct qemu_memballoon_def *balloon = dev;

    (void)board;
    if (!is_none(balloon))
        return 0;
    balloon->device.address = qemu_address_def_free(balloon->device.address);
    balloon->device.acpi.present = false;
    return 0;
}

static int
check(const struct qemu_board *board, const void *dev)
{
    const struct qemu_memballoon_def *balloon = dev;

    (void)board;
    return balloon->model == QEMU_MEMBALLOON_MODEL_XEN
        ? vir_error(VIR_ERR_INTERNAL_ERROR, "a PC has no bus for a memballoon 'xen'") : 0;
}

static void
seats(struct qemu_board *board, void *dev)
{
    struct qemu_memballoon_def *balloon = dev;

    if (!is_none(balloon))
        qemu_seat_pci(board, &balloon->device.address,
                      balloon->model == QEMU_MEMBALLOON_MODEL_VIRTIO_TRANSITIONAL ? QEMU_PCI : QEMU_PCIE);
}

static int
startable(const struct qemu_board *board, const void *dev)
{
    const struct qemu_memballoon_def *balloon = dev;

    (void)board;
    return qemu_check_address("memballoon", balloon->device.address, QEMU_ADDRESS_TYPE_PCI);
}

static void
name(const struct qemu_board *board, void *dev, size_t number)
{
    struct qemu_memballoon_def *balloon = dev;

    (void)board;
    if (!is_none(balloon))
        qemu_alias_set(&balloon->device, "balloon%zu", number);
}

static const char *
driver_of(const struct qemu_memballoon_def *balloon)
{
    switch (balloon->model) {
    case QEMU_MEMBALLOON_MODEL_VIRTIO_TRANSITIONAL:
        return "virtio-balloon-pci-transitional";
    case QEMU_MEMBALLOON_MODEL_VIRTIO_NON_TRANSITIONAL:
        return "virtio-balloon-pci-non-transitional";
    default:
        return "virtio-balloon-pci";
    }
}

struct json_object *
qemu_memballoon_property(const struct qemu_domain_def *doc, const char *property)
{
    VIR_AUTO_FREE char *path = vir_strdup_printf("/machine/peripheral/%s", doc->devices.memballoon->device.alias.name);
    struct json_object *args = qemu_object("path", path);

    qemu_put(args, "property", property);
    return args;
}

int
qemu_memballoon_set_period(struct qemu_domain_def *doc, unsigned int seconds)
{
    struct qemu_memballoon_def *balloon = doc->devices.memballoon;

    if (!balloon || is_none(balloon))
        return vir_error(VIR_ERR_OPERATION_INVALID, "the domain has no memballoon that could tell");
    balloon->stats.present = balloon->stats.has_period = seconds > 0;
    balloon->stats.period = seconds;
    return 0;
}

static int
build(const struct qemu_board *board, const void *dev, struct qemu_pieces *pieces)
{
    const struct qemu_memballoon_def *balloon = dev;
    const struct qemu_domain_def *doc = board->doc;
    struct json_object *args, *device;

    if (is_none(balloon))
        return 0;
    device = qemu_pci_device(board, driver_of(balloon), &balloon->device);
    if (balloon->autodeflate)
        qemu_put_bool(device, "deflate-on-oom", balloon->autodeflate == VIR_XML_YES);
    if (balloon->free_page_reporting)
        qemu_put_bool(device, "free-page-reporting", balloon->free_page_reporting == VIR_XML_YES);
    qemu_put_virtio(device, &balloon->driver.virtio);
    qemu_pieces_add(pieces, QEMU_DEVICE, device);
    if (balloon->stats.period) {
        args = qemu_memballoon_property(doc, "guest-stats-polling-interval");
        qemu_put_number(args, "value", balloon->stats.period);
        qemu_pieces_setting(pieces, "qom-set", args);
    }
    if (doc->current_memory >= qemu_memory_of_balloon(doc))
        return 0;
    args = qmp_new_object();
    qemu_put_number(args, "value", (int64_t)(doc->current_memory * 1024));
    qemu_pieces_setting(pieces, "balloon", args);
    return 0;
}

static const char *
question(const void *dev)
{
    const struct qemu_memballoon_def *balloon = dev;

    return balloon->model == QEMU_MEMBALLOON_MODEL_NONE ? NULL : "query-balloon";
}

static void
event(const struct qemu_told *told)
{
    if (is(told->event, "BALLOON_CHANGE"))
        vir_event_emit(qemu_driver.hub, vir_event_domain_balloon_change(
                           told->name, told->uuid, told->id,
                           qmp_get_uint(told->data, "actual", UINT64_MAX, 0) / 1024));
}

const struct qemu_device_type qemu_device_memballoon = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_MEMBALLOON],
    .add = add, .complete = complete, .check = check, .seats = seats, .startable = startable, .name = name,
    .build = build, .event = event, .question = question,
    .soldered = true,
};
