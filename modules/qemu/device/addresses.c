/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Places on the PCI buses for the devices that have none yet.  A place, once
 * given, stands in the definition, so that the guest finds its devices again.
 */
#include "document/domain-xml.h"

#include <stdlib.h>
#include <string.h>

enum { BUSES = 256, SLOTS = 32, FUNCTIONS = 8 };

enum bus_kind { NO_BUS, PCI_ROOT, PCIE_ROOT, ROOT_PORT, PCI_BRIDGE, OTHER_BUS };

struct place { unsigned int bus, slot, function; };

/* A device that sits on a PCI bus. */
struct seat {
    struct qemu_address_def **address;  /* in the device */
    bool conventional;                  /* PCI, not PCIe */
    bool fixed;                         /* part of the chipset: at AT */
    struct place at;
};

struct board {
    struct qemu_domain_def *doc;
    bool q35;
    bool changed;                       /* something was placed */
    enum bus_kind kind[BUSES];
    uint8_t used[BUSES][SLOTS];         /* a bit for each function */
    bool ports[SLOTS];                  /* slots of bus 0 that hold root ports */
    struct seat *seats;                 /* in the order in which they are placed */
    size_t n_seats;
};

static bool
is(const char *value, const char *wanted)
{
    return value && strcmp(value, wanted) == 0;
}

/* ---- who needs a seat, in this order ------------------------------------------------------ */

static struct seat *
add_seat(struct board *board, struct qemu_address_def **address, bool conventional)
{
    struct seat *seat;

    if (*address && (*address)->type != QEMU_ADDRESS_TYPE_PCI)
        return NULL;                    /* it sits elsewhere, which is refused at start */
    board->seats = vir_realloc_array(board->seats, board->n_seats + 1, sizeof(*board->seats));
    seat = &board->seats[board->n_seats++];
    *seat = (struct seat){ .address = address, .conventional = conventional };
    return seat;
}

static void
add_fixed_seat(struct board *board, struct qemu_address_def **address, unsigned int slot,
               unsigned int function)
{
    struct seat *seat = add_seat(board, address, true);

    if (!seat)
        return;
    seat->fixed = true;
    seat->at = (struct place){ 0, slot, function };
}

static void
seat_controller(struct board *board, struct qemu_controller_def *controller)
{
    const char *model = controller->model;
    bool first = controller->index == 0;

    switch (controller->type) {
    case QEMU_CONTROLLER_TYPE_USB:
        if (first && !board->q35 && is(model, "piix3-uhci"))
            add_fixed_seat(board, &controller->device.address, 1, 2);
        else if (!is(model, "none"))
            add_seat(board, &controller->device.address, !is(model, "qemu-xhci") && !is(model, "nec-xhci"));
        break;
    case QEMU_CONTROLLER_TYPE_IDE:
        add_fixed_seat(board, &controller->device.address, 1, 1);
        break;
    case QEMU_CONTROLLER_TYPE_SATA:
        if (first && board->q35)
            add_fixed_seat(board, &controller->device.address, 0x1f, 2);
        else
            add_seat(board, &controller->device.address, true);
        break;
    case QEMU_CONTROLLER_TYPE_SCSI:
        add_seat(board, &controller->device.address, !is(model, "virtio-scsi"));
        break;
    case QEMU_CONTROLLER_TYPE_VIRTIO_SERIAL:
        add_seat(board, &controller->device.address, false);
        break;
    default:
        break;
    }
}

static void
seat_all(struct board *board)
{
    struct qemu_domain_def *doc = board->doc;

    for (size_t i = 0; i < doc->devices.n_videos && i < 1; i++) {
        if (doc->devices.videos[i]->model.type == QEMU_VIDEO_MODEL_TYPE_NONE)
            continue;
        if (board->q35)
            add_fixed_seat(board, &doc->devices.videos[i]->device.address, 1, 0);
        else
            add_seat(board, &doc->devices.videos[i]->device.address, true);
    }
    for (size_t i = 0; i < doc->devices.n_interfaces; i++) {
        const char *model = doc->devices.interfaces[i]->model.type;

        add_seat(board, &doc->devices.interfaces[i]->device.address,
                 strncmp(model, "virtio", 6) != 0 && !is(model, "e1000e"));
    }
    for (size_t i = 0; i < doc->devices.n_controllers; i++)
        seat_controller(board, doc->devices.controllers[i]);
    for (size_t i = 0; i < doc->devices.n_disks; i++)
        if (doc->devices.disks[i]->target.bus == QEMU_DISK_TARGET_BUS_VIRTIO)
            add_seat(board, &doc->devices.disks[i]->device.address, false);
    if (doc->devices.memballoon && doc->devices.memballoon->model != QEMU_MEMBALLOON_MODEL_NONE)
        add_seat(board, &doc->devices.memballoon->device.address, false);
    for (size_t i = 0; i < doc->devices.n_rngs; i++)
        add_seat(board, &doc->devices.rngs[i]->device.address, false);
    for (size_t i = 1; i < doc->devices.n_videos; i++)
        add_seat(board, &doc->devices.videos[i]->device.address, true);
}

/* ---- what is taken --------------------------------------------------------------------------- */

static bool
is_placed(const struct qemu_address_def *address)
{
    return address && address->type == QEMU_ADDRESS_TYPE_PCI && address->has_slot;
}

static int
note_buses(struct board *board)
{
    for (size_t i = 0; i < board->doc->devices.n_controllers; i++) {
        const struct qemu_controller_def *controller = board->doc->devices.controllers[i];
        const char *model = controller->model;

        if (controller->type != QEMU_CONTROLLER_TYPE_PCI)
            continue;
        if (controller->index >= BUSES || board->kind[controller->index] != NO_BUS)
            return vir_error(VIR_ERR_XML_ERROR, "pci controller with index %u: out of range or there twice",
                             controller->index);
        board->kind[controller->index] = is(model, "pci-root") ? PCI_ROOT : is(model, "pcie-root") ? PCIE_ROOT
            : is(model, "pcie-root-port") ? ROOT_PORT
            : is(model, "pcie-to-pci-bridge") || is(model, "pci-bridge") ? PCI_BRIDGE : OTHER_BUS;
    }
    return 0;
}

static int
note_place(struct board *board, const struct qemu_address_def *address)
{
    uint8_t bit;

    if (!is_placed(address))
        return 0;
    if (address->domain != 0 || address->bus >= BUSES || address->slot >= SLOTS)
        return vir_error(VIR_ERR_XML_ERROR, "the PCI address %04x:%02x:%02x.%x cannot be",
                         address->domain, address->bus, address->slot, address->function);
    bit = (uint8_t)(1 << address->function);
    if (board->used[address->bus][address->slot] & bit)
        return vir_error(VIR_ERR_XML_ERROR, "two devices have the PCI address %02x:%02x.%x",
                         address->bus, address->slot, address->function);
    board->used[address->bus][address->slot] |= bit;
    return 0;
}

static int
note_places(struct board *board)
{
    for (size_t i = 0; i < board->n_seats; i++)
        if (note_place(board, *board->seats[i].address) < 0)
            return -1;
    for (size_t i = 0; i < board->doc->devices.n_controllers; i++) {
        const struct qemu_controller_def *controller = board->doc->devices.controllers[i];

        if (controller->type != QEMU_CONTROLLER_TYPE_PCI)
            continue;
        if (note_place(board, controller->device.address) < 0)
            return -1;
        if (is_placed(controller->device.address) && controller->device.address->bus == 0 &&
            is(controller->model, "pcie-root-port"))
            board->ports[controller->device.address->slot] = true;
    }
    board->used[0][0] = 0xff;           /* the host bridge */
    board->used[0][board->q35 ? 31 : 1] = 0xff;         /* the ICH9, the PIIX3 */
    return 0;
}

/* ---- new places ------------------------------------------------------------------------------- */

static void
write_place(struct board *board, struct qemu_address_def **at, struct place place)
{
    struct qemu_address_def *address = *at ? *at : qemu_address_def_new();

    address->type = QEMU_ADDRESS_TYPE_PCI;
    address->has_domain = address->has_bus = address->has_slot = address->has_function = true;
    address->bus = place.bus;
    address->slot = place.slot;
    address->function = place.function;
    board->used[place.bus][place.slot] |= (uint8_t)(1 << place.function);
    board->changed = true;
    *at = address;
}

/* NULL: all numbers are taken. */
static struct qemu_controller_def *
add_bus(struct board *board, enum bus_kind kind, const char *model, const char *chip)
{
    struct qemu_controller_def *controller;
    unsigned int index = 1;

    while (index < BUSES && board->kind[index] != NO_BUS)
        index++;
    if (index == BUSES)
        return vir_error_null(VIR_ERR_CONFIG_UNSUPPORTED, "the machine cannot have more than %d PCI buses", BUSES);
    board->kind[index] = kind;
    controller = qemu_doc_add_controller(board->doc, QEMU_CONTROLLER_TYPE_PCI, index, model);
    controller->chip.present = true;
    controller->chip.name = vir_strdup(chip);
    return controller;
}

/* The function 0 of a slot says that there are others. */
static void
mark_multifunction(struct board *board, unsigned int slot)
{
    for (size_t i = 0; i < board->doc->devices.n_controllers; i++) {
        struct qemu_address_def *address = board->doc->devices.controllers[i]->device.address;

        if (is_placed(address) && address->bus == 0 && address->slot == slot && address->function == 0)
            address->multifunction = VIR_XML_YES;
    }
}

/* Puts a root port on bus 0, several into a slot. */
static int
place_root_port(struct board *board, struct qemu_controller_def *port)
{
    struct place at = { 0 };

    for (at.slot = 1; at.slot < SLOTS - 1; at.slot++) {
        if (board->used[0][at.slot] == 0)
            break;
        if (board->ports[at.slot] && board->used[0][at.slot] != 0xff) {
            at.function = (unsigned int)__builtin_ctz(~(unsigned int)board->used[0][at.slot]);
            break;
        }
    }
    if (at.slot == SLOTS - 1)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "no free slot for another PCIe root port");
    port->target.present = true;
    if (!port->target.has_chassis)
        port->target.chassis = port->index;
    if (!port->target.has_port)
        port->target.port = at.slot * FUNCTIONS + at.function;
    port->target.has_chassis = port->target.has_port = true;
    write_place(board, &port->device.address, at);
    board->ports[at.slot] = true;
    if (at.function > 0)
        mark_multifunction(board, at.slot);
    return 0;
}

/* A new one; its index is the bus behind it. */
static int
add_root_port(struct board *board, unsigned int *ret_bus)
{
    struct qemu_controller_def *port = add_bus(board, ROOT_PORT, "pcie-root-port", "pcie-root-port");

    if (!port)
        return -1;
    *ret_bus = port->index;
    return place_root_port(board, port);
}

/* Those of the user that have no place yet. */
static int
place_root_ports(struct board *board)
{
    for (size_t i = 0; i < board->doc->devices.n_controllers; i++) {
        struct qemu_controller_def *port = board->doc->devices.controllers[i];

        if (port->type == QEMU_CONTROLLER_TYPE_PCI && is(port->model, "pcie-root-port") &&
            !port->device.address && place_root_port(board, port) < 0)
            return -1;
    }
    return 0;
}

/* The first root port with nothing behind it; 0: none. */
static unsigned int
free_root_port(const struct board *board)
{
    for (unsigned int bus = 1; bus < BUSES; bus++)
        if (board->kind[bus] == ROOT_PORT && board->used[bus][0] == 0)
            return bus;
    return 0;
}

static int
find_pcie(struct board *board, struct place *ret)
{
    *ret = (struct place){ .bus = free_root_port(board) };
    return ret->bus ? 0 : add_root_port(board, &ret->bus);
}

static int
find_slot(const struct board *board, unsigned int bus, unsigned int first, struct place *ret)
{
    for (unsigned int slot = first; slot < SLOTS; slot++) {
        if (board->used[bus][slot] == 0) {
            *ret = (struct place){ .bus = bus, .slot = slot };
            return 0;
        }
    }
    return -1;
}

static int
add_bridge(struct board *board)
{
    struct qemu_controller_def *bridge;
    struct place at;

    if (find_pcie(board, &at) < 0)
        return -1;
    bridge = add_bus(board, PCI_BRIDGE, "pcie-to-pci-bridge", "pcie-pci-bridge");
    if (!bridge)
        return -1;
    write_place(board, &bridge->device.address, at);
    return 0;
}

/* A slot behind a bridge that is there; -1, no error set: none. */
static int
find_behind_bridge(const struct board *board, struct place *ret)
{
    for (unsigned int bus = 1; bus < BUSES; bus++)
        if (board->kind[bus] == PCI_BRIDGE && find_slot(board, bus, 1, ret) == 0)
            return 0;
    return -1;
}

/* A conventional device of a q35 sits behind a bridge. */
static int
find_conventional(struct board *board, struct place *ret)
{
    if (find_behind_bridge(board, ret) == 0)
        return 0;
    return add_bridge(board) < 0 ? -1 : find_behind_bridge(board, ret);
}

/* The bridge comes before all devices, whichever of them needs it. */
static int
need_bridge(struct board *board)
{
    struct place ignored;

    for (size_t i = 0; i < board->n_seats; i++) {
        const struct seat *seat = &board->seats[i];

        if (seat->conventional && !seat->fixed && !is_placed(*seat->address))
            return find_behind_bridge(board, &ignored) == 0 ? 0 : add_bridge(board);
    }
    return 0;
}

static int
find_place(struct board *board, const struct seat *seat, struct place *ret)
{
    if (board->q35)
        return seat->conventional ? find_conventional(board, ret) : find_pcie(board, ret);
    if (find_slot(board, 0, 2, ret) == 0)
        return 0;
    return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the machine has no free PCI slot for another device");
}

/* Parts of the chipset; a screen whose usual slot is taken goes into the next. */
static void
place_fixed(struct board *board)
{
    for (size_t i = 0; i < board->n_seats; i++) {
        struct seat *seat = &board->seats[i];
        uint8_t taken = board->used[0][seat->at.slot];

        if (!seat->fixed || is_placed(*seat->address))
            continue;
        if (taken && taken != 0xff)
            find_slot(board, 0, 1, &seat->at);
        write_place(board, seat->address, seat->at);
    }
}

static int
place_all(struct board *board)
{
    unsigned int spare;

    place_fixed(board);
    if (board->q35 && (place_root_ports(board) < 0 || need_bridge(board) < 0))
        return -1;
    for (size_t i = 0; i < board->n_seats; i++) {
        struct place at;

        if (is_placed(*board->seats[i].address))
            continue;
        if (find_place(board, &board->seats[i], &at) < 0)
            return -1;
        write_place(board, board->seats[i].address, at);
    }
    if (board->q35 && board->changed && !free_root_port(board))
        return add_root_port(board, &spare);
    return 0;
}

int
qemu_doc_place_devices(struct qemu_domain_def *doc)
{
    struct board *board = VIR_NEW(struct board);
    int ret;

    board->doc = doc;
    board->q35 = qemu_machine_is_q35(doc->os.type.machine);
    seat_all(board);
    ret = note_buses(board) < 0 || note_places(board) < 0 ? -1 : place_all(board);
    free(board->seats);
    free(board);
    return ret;
}
