/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ports of USB controllers and of the hubs behind them.  Devices take the first
 * free port; on a guest that does not run yet hubs are added for those that
 * would find none.
 */
#include "device/controllers.h"
#include "device/pieces.h"
#include "device/seat.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    HUB_PORTS = 8,
    MOST_PORTS = 15,                    /* of a controller */
    DEPTH = 4,                          /* ports that an address names */
    TEXT = 16 * DEPTH,
};

/* A controller's own ports, or those of a hub. */
struct hub {
    unsigned int n;
    bool taken[MOST_PORTS];
    struct hub *behind[MOST_PORTS];     /* NULL: no hub */
};

/* Who asks for a port. */
struct seat {
    struct qemu_address_def **address;  /* in the device */
    bool hub;
};

struct qemu_usb_seats {
    struct hub *buses[QEMU_MAX_CONTROLLERS];    /* by the controller's index */
    struct seat *seats;                 /* in the order in which they get ports */
    size_t n_seats, n_hubs;
    bool disabled;                      /* the model of a controller is none */
};

static bool
is_usb(const struct qemu_address_def *at)
{
    return at && at->type == QEMU_ADDRESS_TYPE_USB;
}

/* An address without a port, or with the port 0, only names the bus. */
static bool
has_port(const struct qemu_address_def *at)
{
    return is_usb(at) && at->port && strcmp(at->port, "0") != 0;
}

void
qemu_seat_usb(struct qemu_board *board, struct qemu_address_def **address, bool hub)
{
    struct qemu_usb_seats *usb = board->usb;

    if (*address && !is_usb(*address) && !hub)
        return;                         /* it sits elsewhere, or its kind refuses that */
    usb->seats = vir_realloc_array(usb->seats, usb->n_seats + 1, sizeof(*usb->seats));
    usb->seats[usb->n_seats++] = (struct seat){ address, hub };
    usb->n_hubs += hub;
}

/* ---- the ports there are ---------------------------------------------------------------------- */

static struct hub *
new_hub(unsigned int n)
{
    struct hub *hub = VIR_NEW(struct hub);

    hub->n = n;
    return hub;
}

static void
free_hub(struct hub *hub)
{
    for (unsigned int i = 0; hub && i < hub->n; i++)
        free_hub(hub->behind[i]);
    free(hub);
}

static int
note_controllers(struct qemu_usb_seats *usb, const struct qemu_domain_def *doc)
{
    for (size_t i = 0; i < doc->devices.n_controllers; i++) {
        const struct qemu_controller_def *controller = doc->devices.controllers[i];
        unsigned int ports = qemu_controller_usb_ports(controller);

        if (controller->type != QEMU_CONTROLLER_TYPE_USB)
            continue;
        usb->disabled = usb->disabled || is(controller->model, "none");
        if (controller->master.present || controller->index >= QEMU_MAX_CONTROLLERS || usb->buses[controller->index])
            continue;
        if (ports > MOST_PORTS)
            return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the USB controller %u has %u ports; %d are possible",
                             controller->index, ports, MOST_PORTS);
        usb->buses[controller->index] = new_hub(ports);
    }
    return 0;
}

/* The port at TEXT, below HUB, and what is behind it in TEXT; NULL: there is none. */
static const char *
read_port(const struct hub *hub, const char *text, unsigned int *ret)
{
    char *end;
    unsigned long port = strtoul(text, &end, 10);

    *ret = (unsigned int)port - 1;
    return port >= 1 && port <= hub->n ? end : NULL;
}

/* Takes the port that AT names, below the hubs that it names. */
static int
take_port(struct qemu_usb_seats *usb, const struct qemu_address_def *at, bool is_hub)
{
    struct hub *hub = usb->buses[at->bus];
    const char *text = at->port;
    unsigned int port;

    if (text[strspn(text, "0123456789.")])
        return vir_error(VIR_ERR_INTERNAL_ERROR, "the USB port '%s' is not a number like 1 or 1.2", text);
    if (!hub)
        return vir_error(VIR_ERR_XML_ERROR, "there is no USB bus %u", at->bus);
    while ((text = read_port(hub, text, &port)) && *text == '.') {
        hub = hub->behind[port];
        if (!hub)
            return vir_error(VIR_ERR_XML_ERROR, "the USB bus %u has no hub for the port %s", at->bus, at->port);
        text++;
    }
    if (!text)
        return vir_error(VIR_ERR_XML_ERROR, "the USB bus %u has no port %s", at->bus, at->port);
    if (hub->taken[port])
        return vir_error(VIR_ERR_XML_ERROR, "two devices are at port %s of the USB bus %u", at->port, at->bus);
    hub->taken[port] = true;
    if (is_hub)
        hub->behind[port] = new_hub(HUB_PORTS);
    return 0;
}

/* Appends the first free port of HUB to PATH, else one of the hubs behind it. */
static bool
find_free(const struct hub *hub, char *path, size_t length, int depth)
{
    const char *dot = length ? "." : "";

    for (unsigned int i = 0; i < hub->n; i++) {
        if (hub->taken[i])
            continue;
        snprintf(path + length, TEXT - length, "%s%u", dot, i + 1);
        return true;
    }
    for (unsigned int i = 0; i < hub->n && depth < DEPTH; i++) {
        int more = snprintf(path + length, TEXT - length, "%s%u", dot, i + 1);

        if (hub->behind[i] && find_free(hub->behind[i], path, length + (size_t)more, depth + 1))
            return true;
    }
    return false;
}

/* ---- the devices --------------------------------------------------------------------------------- */

/* On the bus that its address says, or on any. */
static int
give_port(struct qemu_usb_seats *usb, const struct seat *seat)
{
    struct qemu_address_def *at = *seat->address;
    unsigned int bus = is_usb(at) ? at->bus : 0, end = is_usb(at) ? bus + 1 : QEMU_MAX_CONTROLLERS;
    char path[TEXT];

    while (bus < end && (bus >= QEMU_MAX_CONTROLLERS || !usb->buses[bus] || !find_free(usb->buses[bus], path, 0, 1)))
        bus++;
    if (bus >= end)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "there is no free USB port for another device");
    qemu_address_def_free(at);
    *seat->address = at = qemu_address_def_new();
    at->type = QEMU_ADDRESS_TYPE_USB;
    at->has_bus = true;
    at->bus = bus;
    at->port = vir_strdup(path);
    return take_port(usb, at, seat->hub);
}

/* Those who say their port, or are given one; hubs or others. */
static int
serve_some(struct qemu_usb_seats *usb, bool said, bool hubs)
{
    for (size_t i = 0; i < usb->n_seats; i++) {
        const struct seat *seat = &usb->seats[i];

        if (seat->hub != hubs || has_port(*seat->address) != said)
            continue;
        if ((said ? take_port(usb, *seat->address, hubs) : give_port(usb, seat)) < 0)
            return -1;
    }
    return 0;
}

/* Each takes a port itself. */
static void
add_hubs(struct qemu_board *board)
{
    struct qemu_usb_seats *usb = board->usb;
    size_t ports = usb->n_hubs * HUB_PORTS;

    for (size_t i = 0; i < QEMU_MAX_CONTROLLERS; i++)
        ports += usb->buses[i] ? usb->buses[i]->n : 0;
    for (size_t needed = usb->n_seats; needed > ports; ports += HUB_PORTS - 1) {
        struct qemu_hub_def *hub = qemu_hub_def_new();

        hub->type = QEMU_USB_USB;
        vir_xml_list_insert(&qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_HUB], board->doc,
                            board->doc->devices.n_hubs, hub);
        qemu_seat_usb(board, &hub->device.address, true);
    }
}

static int
serve_all(struct qemu_board *board)
{
    struct qemu_usb_seats *usb = board->usb;

    if (note_controllers(usb, board->doc) < 0)
        return -1;
    if (usb->disabled && usb->n_seats)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "there are USB devices, and the model of the USB controller is "
                         "'none'");
    if (!board->running)
        add_hubs(board);
    return serve_some(usb, true, true) < 0 || serve_some(usb, true, false) < 0 || serve_some(usb, false, true) < 0
        ? -1 : serve_some(usb, false, false);
}

int
qemu_seats_usb(struct qemu_board *board, void (*ask_all)(struct qemu_board *board))
{
    struct qemu_usb_seats *usb = board->usb = VIR_NEW(struct qemu_usb_seats);
    int ret;

    ask_all(board);
    ret = serve_all(board);
    for (size_t i = 0; i < QEMU_MAX_CONTROLLERS; i++)
        free_hub(usb->buses[i]);
    free(usb->seats);
    free(usb);
    board->usb = NULL;
    return ret;
}

void
qemu_put_usb_address(const struct qemu_board *board, struct json_object *device, const struct qemu_address_def *at)
{
    VIR_AUTO_FREE char *bus = vir_strdup_printf("%s.0", qemu_controller_name(board, QEMU_CONTROLLER_TYPE_USB, at->bus));

    qemu_put(device, "bus", bus);
    qemu_put(device, "port", at->port);
}
