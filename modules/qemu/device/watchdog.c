/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A clock that the guest has to wind up.
 */
#include "device/pieces.h"
#include "device/seat.h"
#include "qmp/qmp.h"

static bool
is_pci(const struct qemu_watchdog_def *watchdog)
{
    return watchdog->model == QEMU_WATCHDOG_MODEL_I6300ESB;     /* the other is on the ISA bus */
}

static int
check(const struct qemu_board *board, const void *dev)
{
    const struct qemu_watchdog_def *watchdog = dev;

    (void)board;
    if (watchdog->model == QEMU_WATCHDOG_MODEL_DIAG288)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "a PC has no watchdog 'diag288'");
    if (watchdog->device.address && !is_pci(watchdog))
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the watchdog 'ib700' has no address");
    return qemu_check_address("watchdog", watchdog->device.address, QEMU_ADDRESS_TYPE_PCI);
}

static int
check_all(const struct qemu_board *board)
{
    if (board->doc->devices.n_watchdogs > 1)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "a domain can have one watchdog only");
    return 0;
}

static void
seats(struct qemu_board *board, void *dev)
{
    struct qemu_watchdog_def *watchdog = dev;

    if (is_pci(watchdog))
        qemu_seat_pci(board, &watchdog->device.address, QEMU_PCI);
}

/* Memory is dumped by the daemon, while QEMU waits. */
static const char *
action_of(const struct qemu_watchdog_def *watchdog)
{
    return watchdog->action == QEMU_WATCHDOG_ACTION_DUMP ? "pause" : WORD(watchdog_action, watchdog->action);
}

static int
build(const struct qemu_board *board, const void *dev, struct qemu_pieces *pieces)
{
    const struct qemu_watchdog_def *watchdog = dev;
    struct json_object *device = qemu_object("driver", WORD(watchdog_model, watchdog->model));

    qemu_put(device, "id", watchdog->device.alias.name);
    qemu_put_pci_address(board, device, watchdog->device.address);
    qemu_pieces_add(pieces, QEMU_DEVICE, device);
    qemu_pieces_setting(pieces, "watchdog-set-action", qemu_object("action", action_of(watchdog)));
    return 0;
}

static void
event(const struct qemu_told *told)
{
    static const struct { const char *word; int action; } rows[] = {
        { "none", VIR_DOMAIN_EVENT_WATCHDOG_NONE }, { "pause", VIR_DOMAIN_EVENT_WATCHDOG_PAUSE },
        { "reset", VIR_DOMAIN_EVENT_WATCHDOG_RESET }, { "poweroff", VIR_DOMAIN_EVENT_WATCHDOG_POWEROFF },
        { "shutdown", VIR_DOMAIN_EVENT_WATCHDOG_SHUTDOWN }, { "debug", VIR_DOMAIN_EVENT_WATCHDOG_DEBUG },
        { "inject-nmi", VIR_DOMAIN_EVENT_WATCHDOG_INJECTNMI },
    };
    const char *word = is(told->event, "WATCHDOG") ? qmp_get_string(told->data, "action") : NULL;

    for (size_t i = 0; word && i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(rows[i].word, word) == 0)
            vir_event_emit(qemu_driver.hub, vir_event_domain_watchdog(told->name, told->uuid, told->id,
                                                                      rows[i].action));
}

static bool
plugs_as(const void *dev)
{
    return is_pci(dev);
}

const struct qemu_device_type qemu_device_watchdog = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_WATCHDOG],
    .check = check, .check_all = check_all, .seats = seats, .alias = "watchdog", .build = build,
    .event = event, .plugs_as = plugs_as,
};
