/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ports of virtio-serial controllers: channels get numbers there, consoles only
 * those that the author says.
 */
#include "device/controllers.h"
#include "device/pieces.h"
#include "device/seat.h"

#include <stdio.h>
#include <stdlib.h>

enum { USUAL_PORTS = 31, MOST_PORTS = 1024 };

/* What a controller has. */
struct ports {
    struct ports *next;                 /* in the order of the numbers */
    unsigned int index, n;
    bool taken[MOST_PORTS];             /* the port 0 is left to consoles */
};

static struct ports *
new_ports(const struct qemu_controller_def *controller)
{
    struct ports *ports = VIR_NEW(struct ports);

    ports->index = controller->index;
    ports->n = !controller->has_ports ? USUAL_PORTS
        : controller->ports > MOST_PORTS ? MOST_PORTS : controller->ports;
    return ports;
}

static struct ports *
note_controllers(const struct qemu_domain_def *doc)
{
    struct ports *all = NULL, *one, **at;

    for (size_t i = 0; i < doc->devices.n_controllers; i++) {
        if (doc->devices.controllers[i]->type != QEMU_CONTROLLER_TYPE_VIRTIO_SERIAL)
            continue;
        one = new_ports(doc->devices.controllers[i]);
        for (at = &all; *at && (*at)->index < one->index; )
            at = &(*at)->next;
        one->next = *at;
        *at = one;
    }
    return all;
}

static void
free_ports(struct ports *all)
{
    while (all) {
        struct ports *next = all->next;

        free(all);
        all = next;
    }
}

/* 0: none is said. */
static unsigned long
port_of(const struct qemu_address_def *at)
{
    return at && at->type == QEMU_ADDRESS_TYPE_VIRTIO_SERIAL && at->port ? strtoul(at->port, NULL, 10) : 0;
}

static int
take_port(struct ports *all, const struct qemu_address_def *at)
{
    unsigned long port = port_of(at);

    while (all && all->index != at->controller)
        all = all->next;
    if (!all)
        return vir_error(VIR_ERR_XML_ERROR, "there is no virtio-serial controller %u", at->controller);
    if (port >= all->n)
        return vir_error(VIR_ERR_XML_ERROR, "the virtio-serial controller %u has no port %lu", at->controller, port);
    if (all->taken[port])
        return vir_error(VIR_ERR_XML_ERROR, "two devices are at port %lu of the virtio-serial controller %u", port,
                         at->controller);
    all->taken[port] = true;
    return 0;
}

/* The first console says the first serial port again. */
static bool
is_said_again(const struct qemu_domain_def *doc, const struct qemu_device *device)
{
    return doc->devices.n_serials && doc->devices.n_consoles && device == &doc->devices.consoles[0]->device &&
        doc->devices.consoles[0]->target.type != QEMU_CONSOLE_TARGET_TYPE_VIRTIO;
}

static int
take_said(struct ports *all, const struct qemu_domain_def *doc)
{
    const struct qemu_device *device;

    for (struct qemu_mixin_at at = { 0 }; (device = qemu_mixin_next(doc, &at)); )
        if (port_of(device->address) && !is_said_again(doc, device) && take_port(all, device->address) < 0)
            return -1;
    return 0;
}

static bool
find_free(const struct ports *ports, unsigned int *ret)
{
    for (unsigned int port = 1; port < ports->n; port++) {
        if (ports->taken[port])
            continue;
        *ret = port;
        return true;
    }
    return false;
}

/* On the controller that its address names, else on any, or one more. */
static int
give_port(struct qemu_board *board, struct ports **ports, struct qemu_address_def **address)
{
    struct qemu_address_def *at = *address;
    bool said = at && at->type == QEMU_ADDRESS_TYPE_VIRTIO_SERIAL;
    unsigned int port = 1, next = 0;
    char text[16];

    for (; *ports && ((said && (*ports)->index != at->controller) || !find_free(*ports, &port));
         ports = &(*ports)->next)
        if ((*ports)->index >= next)
            next = (*ports)->index + 1;
    if (!*ports && (said || board->running))
        return vir_error(VIR_ERR_XML_ERROR, "no virtio-serial controller has a free port");
    if (!*ports)
        *ports = new_ports(qemu_controller_add(board, QEMU_CONTROLLER_TYPE_VIRTIO_SERIAL, next, NULL));
    (*ports)->taken[port] = true;
    qemu_address_def_free(at);
    *address = at = qemu_address_def_new();
    at->type = QEMU_ADDRESS_TYPE_VIRTIO_SERIAL;
    at->has_controller = at->has_bus = true;
    at->controller = (*ports)->index;
    snprintf(text, sizeof(text), "%u", port);
    at->port = vir_strdup(text);
    return 0;
}

int
qemu_seats_virtio_serial(struct qemu_board *board)
{
    const struct qemu_domain_def *doc = board->doc;
    struct ports *all = note_controllers(doc);
    int ret = take_said(all, doc);

    for (size_t i = 0; i < doc->devices.n_channels && ret == 0; i++) {
        struct qemu_channel_def *channel = doc->devices.channels[i];

        if (channel->target.type == QEMU_CHANNEL_TARGET_TYPE_VIRTIO && !port_of(channel->device.address))
            ret = give_port(board, &all, &channel->device.address);
    }
    free_ports(all);
    return ret;
}

int
qemu_seat_virtio_serial(struct qemu_board *board, const struct qemu_address_def *at)
{
    bool said = at && at->type == QEMU_ADDRESS_TYPE_VIRTIO_SERIAL;

    return qemu_controller_need(board, QEMU_CONTROLLER_TYPE_VIRTIO_SERIAL, said ? at->controller : 0) ? 0 : -1;
}

int
qemu_seat_check_virtio_serial(const char *element, const struct qemu_address_def *at)
{
    if (at && at->bus > 0)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "<%s>: a virtio-serial controller has no bus %u",
                         element, at->bus);
    return qemu_check_address(element, at, QEMU_ADDRESS_TYPE_VIRTIO_SERIAL);
}

void
qemu_put_virtio_serial(const struct qemu_board *board, struct json_object *device, const struct qemu_address_def *at)
{
    VIR_AUTO_FREE char *bus = vir_strdup_printf("%s.0", qemu_controller_name(
        board, QEMU_CONTROLLER_TYPE_VIRTIO_SERIAL, at ? at->controller : 0));

    qemu_put(device, "bus", bus);
    if (port_of(at))
        qemu_put_number(device, "nr", (int64_t)port_of(at));
}
