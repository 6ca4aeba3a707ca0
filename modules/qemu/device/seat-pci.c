/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Places on the PCI buses, and the buses that are added for them: bridges on a
 * pc; root ports and bridges on a q35.
 */
#include "device/controller.h"
#include "device/seat.h"

#include <stdio.h>
#include <stdlib.h>

enum { BUSES = 256, SLOTS = 32, FUNCTIONS = 8 };

struct place { unsigned int bus, slot, function; };

/* Who asks for a place. */
struct seat {
    struct qemu_address_def **address;  /* in the device */
    enum qemu_pci_slot kind;
    bool fixed;                         /* part of the chipset: at AT */
    struct place at;
    const char *family;                 /* shares a slot with the others of it; NULL: none */
    unsigned int number;                /* of the family */
};

struct qemu_pci {
    struct qemu_domain_def *doc;
    enum qemu_bus kind[BUSES];
    uint8_t used[BUSES][SLOTS];         /* a bit for each function */
    bool ports[SLOTS];                  /* slots of bus 0 that hold root ports */
    bool changed;                       /* something was placed */
    struct seat *seats;                 /* in the order in which they are placed */
    size_t n_seats;
};

/* ---- who asks ------------------------------------------------------------------------------ */

/* An address 00:00.0 is none: it is the host bridge's. */
static bool
is_placed(const struct qemu_address_def *at)
{
    return at && at->type == QEMU_ADDRESS_TYPE_PCI && at->has_slot &&
        (at->domain || at->bus || at->slot || at->function);
}

static void
ask(struct qemu_board *board, struct seat seat)
{
    struct qemu_pci *pci = board->pci;

    if (*seat.address && (*seat.address)->type != QEMU_ADDRESS_TYPE_PCI)
        return;                         /* it sits elsewhere, which is refused at start */
    pci->seats = vir_realloc_array(pci->seats, pci->n_seats + 1, sizeof(*pci->seats));
    pci->seats[pci->n_seats++] = seat;
}

void
qemu_seat_pci(struct qemu_board *board, struct qemu_address_def **address, enum qemu_pci_slot kind)
{
    ask(board, (struct seat){ .address = address, .kind = kind });
}

void
qemu_seat_pci_fixed(struct qemu_board *board, struct qemu_address_def **address, unsigned int slot,
                    unsigned int function)
{
    ask(board, (struct seat){ .address = address, .kind = QEMU_PCI, .fixed = true,
                              .at = { 0, slot, function } });
}

void
qemu_seat_pci_family(struct qemu_board *board, struct qemu_address_def **address, const char *family,
                     unsigned int number, unsigned int function)
{
    ask(board, (struct seat){ .address = address, .kind = QEMU_PCI, .family = family, .number = number,
                              .at = { 0, 0, function } });
}

/* ---- buses ------------------------------------------------------------------------------------ */

static struct qemu_controller_def *
controller_of_bus(const struct qemu_pci *pci, unsigned int bus)
{
    for (size_t i = 0; i < pci->doc->devices.n_controllers; i++)
        if (pci->doc->devices.controllers[i]->type == QEMU_CONTROLLER_TYPE_PCI &&
            pci->doc->devices.controllers[i]->index == bus)
            return pci->doc->devices.controllers[i];
    return NULL;
}

static void
note_buses(struct qemu_pci *pci)
{
    for (size_t i = 0; i < pci->doc->devices.n_controllers; i++) {
        const struct qemu_controller_def *controller = pci->doc->devices.controllers[i];

        if (controller->type == QEMU_CONTROLLER_TYPE_PCI && controller->index < BUSES)
            pci->kind[controller->index] = qemu_controller_bus(controller);
    }
}

static bool
is_bridge(enum qemu_bus kind)
{
    return kind == QEMU_PCI_BRIDGE || kind == QEMU_TO_PCI_BRIDGE;
}

/* Which slots there are on a bus of this kind. */
static unsigned int
first_slot(enum qemu_bus kind)
{
    return kind == QEMU_ROOT_PORT ? 0 : 1;
}

static unsigned int
last_slot(enum qemu_bus kind)
{
    return kind == QEMU_ROOT_PORT ? 0 : SLOTS - 1;
}

/* The bus of number INDEX, or of the next free one where that is 0.  NULL: error set. */
static struct qemu_controller_def *
add_bus(struct qemu_board *board, enum qemu_bus kind, unsigned int index)
{
    struct qemu_pci *pci = board->pci;

    for (index = index ? index : 1; index < BUSES && pci->kind[index] != QEMU_NO_BUS; )
        index++;
    if (board->running)
        return vir_error_null(VIR_ERR_INTERNAL_ERROR, "No more available PCI slots");
    if (index >= BUSES)
        return vir_error_null(VIR_ERR_CONFIG_UNSUPPORTED, "the machine cannot have more than %d PCI buses",
                              BUSES);
    pci->kind[index] = kind;
    pci->changed = true;
    return qemu_controller_add(board, QEMU_CONTROLLER_TYPE_PCI, index, qemu_controller_bus_model(kind));
}

/* ---- what is taken ------------------------------------------------------------------------------ */

/* Buses that only an address tells of.  A conventional card of a q35 sits one bus further, behind
 * the bridge that is plugged into the root port of that number. */
static int
add_said_buses(struct qemu_board *board, struct qemu_address_def *at, enum qemu_pci_slot kind)
{
    struct qemu_pci *pci = board->pci;

    if (at->bus >= BUSES || pci->kind[at->bus] != QEMU_NO_BUS)
        return 0;
    for (unsigned int bus = 1; bus <= at->bus; bus++)
        if (pci->kind[bus] == QEMU_NO_BUS &&
            !add_bus(board, board->q35 ? QEMU_ROOT_PORT : QEMU_PCI_BRIDGE, bus))
            return -1;
    if (!board->q35 || kind == QEMU_PCIE)
        return 0;
    if (!add_bus(board, QEMU_TO_PCI_BRIDGE, at->bus + 1))
        return -1;
    at->bus++;
    return 0;
}

/* NULL: there may be such a place. */
static const char *
why_not(const struct qemu_pci *pci, const struct qemu_address_def *at)
{
    if (at->domain != 0 || at->bus >= BUSES || pci->kind[at->bus] == QEMU_NO_BUS)
        return "there is no such bus";
    if (at->slot > last_slot(pci->kind[at->bus]))
        return pci->kind[at->bus] == QEMU_ROOT_PORT ? "a root port has slot 0 only" : "its slots end at 31";
    return at->slot < first_slot(pci->kind[at->bus]) ? "its slots begin at 1" : NULL;
}

static int
note_place(struct qemu_pci *pci, const struct qemu_address_def *at)
{
    const char *why = is_placed(at) ? why_not(pci, at) : NULL;
    uint8_t bit;

    if (!is_placed(at))
        return 0;
    if (why)
        return vir_error(VIR_ERR_XML_ERROR, "the PCI address %04x:%02x:%02x.%x cannot be: %s",
                         at->domain, at->bus, at->slot, at->function, why);
    bit = (uint8_t)(1 << at->function);
    if (pci->used[at->bus][at->slot] & bit)
        return vir_error(VIR_ERR_XML_ERROR, "two devices have the PCI address %02x:%02x.%x",
                         at->bus, at->slot, at->function);
    pci->used[at->bus][at->slot] |= bit;
    return 0;
}

/* A number of an address in kept text; 0: it is not there. */
static unsigned int
kept_number(const char *address, const char *end, const char *name)
{
    const char *at = strstr(address, name);

    return at && at < end ? (unsigned int)strtoul(at + strlen(name), NULL, 0) : 0;
}

/* What a device has that this driver keeps as text. */
static int
note_kept(const char *path, const char *name, const char *text, void *opaque)
{
    bool device = strcmp(path, "domain/devices") == 0;
    const char *address = device ? strstr(text, "\n      <address type='pci'") : NULL;
    const char *end = address ? strchr(address + 8, '\n') : NULL;
    struct qemu_address_def at = { .type = QEMU_ADDRESS_TYPE_PCI, .has_slot = true };

    (void)name;
    if (!end)
        return 0;
    at.bus = kept_number(address, end, " bus='");
    at.slot = kept_number(address, end, " slot='");
    at.function = kept_number(address, end, " function='") % FUNCTIONS;
    return note_place(opaque, &at);
}

static bool
is_at(const struct qemu_address_def *at, struct place place)
{
    return at->bus == place.bus && at->slot == place.slot && at->function == place.function;
}

static int
note_places(struct qemu_board *board)
{
    struct qemu_pci *pci = board->pci;
    unsigned int chipset = board->q35 ? 31 : 1;         /* the ICH9, the PIIX3 */

    for (size_t i = 0; i < pci->n_seats; i++)
        if (is_placed(*pci->seats[i].address) &&
            add_said_buses(board, *pci->seats[i].address, pci->seats[i].kind) < 0)
            return -1;
    for (size_t i = 0; i < pci->n_seats; i++) {
        const struct seat *seat = &pci->seats[i];
        const struct qemu_address_def *at = *seat->address;

        if (note_place(pci, at) < 0)
            return -1;
        if (is_placed(at) && at->bus == 0 && at->slot == chipset && !(seat->fixed && is_at(at, seat->at)))
            return vir_error(VIR_ERR_XML_ERROR, "the PCI slot 00:%02x is the chipset's", at->slot);
    }
    for (unsigned int bus = 1; bus < BUSES; bus++) {
        const struct qemu_controller_def *controller = controller_of_bus(pci, bus);
        const struct qemu_address_def *at = controller ? controller->device.address : NULL;

        if (note_place(pci, at) < 0)
            return -1;
        if (pci->kind[bus] == QEMU_ROOT_PORT && is_placed(at) && at->bus == 0)
            pci->ports[at->slot] = true;
    }
    pci->used[0][chipset] = 0xff;
    return qemu_domain_def_each_kept(pci->doc, note_kept, pci);
}

/* ---- new places ------------------------------------------------------------------------------- */

static void
write_place(struct qemu_pci *pci, struct qemu_address_def **address, struct place place)
{
    struct qemu_address_def *at = *address ? *address : qemu_address_def_new();

    at->type = QEMU_ADDRESS_TYPE_PCI;
    at->has_domain = at->has_bus = at->has_slot = at->has_function = true;
    at->bus = place.bus;
    at->slot = place.slot;
    at->function = place.function;
    pci->used[place.bus][place.slot] |= (uint8_t)(1 << place.function);
    pci->changed = true;
    *address = at;
}

/* Puts a root port on bus 0, several into a slot. */
static int
place_root_port(struct qemu_pci *pci, struct qemu_controller_def *port)
{
    struct place at = { 0 };

    for (at.slot = 1; at.slot < SLOTS - 1; at.slot++) {
        if (pci->used[0][at.slot] == 0)
            break;
        if (pci->ports[at.slot] && pci->used[0][at.slot] != 0xff) {
            at.function = (unsigned int)__builtin_ctz(~(unsigned int)pci->used[0][at.slot]);
            break;
        }
    }
    if (at.slot == SLOTS - 1)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "no free slot for another PCIe root port");
    if (!port->target.has_port)
        port->target.port = at.slot * FUNCTIONS + at.function;
    port->target.present = port->target.has_port = true;
    write_place(pci, &port->device.address, at);
    pci->ports[at.slot] = true;
    return 0;
}

/* The first root port with nothing behind it; -1, no error set: none. */
static int
find_root_port(const struct qemu_pci *pci, struct place *ret)
{
    for (unsigned int bus = 1; bus < BUSES; bus++) {
        if (pci->kind[bus] == QEMU_ROOT_PORT && pci->used[bus][0] == 0) {
            *ret = (struct place){ .bus = bus };
            return 0;
        }
    }
    return -1;
}

/* A free slot on a conventional bus that is there; -1, no error set: none. */
static int
find_conventional_slot(const struct qemu_pci *pci, struct place *ret)
{
    for (unsigned int bus = 0; bus < BUSES; bus++) {
        if (!is_bridge(pci->kind[bus]) && pci->kind[bus] != QEMU_PCI_ROOT)
            continue;
        for (unsigned int slot = first_slot(pci->kind[bus]); slot < SLOTS; slot++) {
            if (pci->used[bus][slot] == 0) {
                *ret = (struct place){ .bus = bus, .slot = slot };
                return 0;
            }
        }
    }
    return -1;
}

static int
place_bus(struct qemu_board *board, enum qemu_bus kind, struct qemu_controller_def *controller)
{
    struct place at;

    if (kind == QEMU_ROOT_PORT)
        return place_root_port(board->pci, controller);
    if (!is_bridge(kind))
        return 0;
    if ((kind == QEMU_TO_PCI_BRIDGE ? find_root_port(board->pci, &at)
         : find_conventional_slot(board->pci, &at)) < 0)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "no free slot for another PCI bridge");
    if (at.bus >= controller->index)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the PCI controller %u would be plugged into "
                         "bus %u; it must be one of a lower number", controller->index, at.bus);
    write_place(board->pci, &controller->device.address, at);
    return 0;
}

/* Those that have no place yet: of the user, or because an address told of them. */
static int
place_buses(struct qemu_board *board)
{
    for (unsigned int bus = 1; bus < BUSES; bus++) {
        enum qemu_bus kind = board->pci->kind[bus];
        struct qemu_controller_def *controller = kind ? controller_of_bus(board->pci, bus) : NULL;

        if (!controller || is_placed(controller->device.address))
            continue;
        if (place_bus(board, kind, controller) < 0)
            return -1;
    }
    return 0;
}

/* ---- which buses are needed: they are numbered in the order in which the devices need them, and
 * placed before all devices -------------------------------------------------------------------- */

static int
need_root_port(struct qemu_board *board)
{
    struct place at;
    struct qemu_controller_def *port;

    if (find_root_port(board->pci, &at) < 0) {
        port = add_bus(board, QEMU_ROOT_PORT, 0);
        if (!port)
            return -1;
        at.bus = port->index;
    }
    board->pci->used[at.bus][0] = 1;
    return 0;
}

/* The first bridge of a q35 is plugged into a root port. */
static int
need_bridge(struct qemu_board *board)
{
    enum qemu_bus kind = board->q35 ? QEMU_TO_PCI_BRIDGE : QEMU_PCI_BRIDGE;

    for (unsigned int bus = 1; bus < BUSES; bus++)
        if (is_bridge(board->pci->kind[bus]))
            kind = QEMU_PCI_BRIDGE;
    if (kind == QEMU_TO_PCI_BRIDGE && need_root_port(board) < 0)
        return -1;
    return add_bus(board, kind, 0) ? 0 : -1;
}

static int
need_place(struct qemu_board *board, enum qemu_pci_slot kind)
{
    struct place at;

    if (board->q35 && kind == QEMU_PCIE)
        return need_root_port(board);
    if (find_conventional_slot(board->pci, &at) < 0 &&
        (need_bridge(board) < 0 || find_conventional_slot(board->pci, &at) < 0))
        return -1;
    board->pci->used[at.bus][at.slot] = 1;
    return 0;
}

static bool
shares_slot(const struct qemu_pci *pci, size_t i)
{
    const struct seat *seat = &pci->seats[i];

    for (size_t j = 0; seat->family && j < pci->n_seats; j++)
        if (pci->seats[j].family && strcmp(pci->seats[j].family, seat->family) == 0 &&
            pci->seats[j].number == seat->number && (j < i || is_placed(*pci->seats[j].address)))
            return j != i;
    return false;
}

/* Bridges that are there and have no place themselves. */
static int
need_for_bridges(struct qemu_board *board)
{
    for (unsigned int bus = 1; bus < BUSES; bus++) {
        const struct qemu_controller_def *bridge = is_bridge(board->pci->kind[bus])
            ? controller_of_bus(board->pci, bus) : NULL;
        enum qemu_pci_slot slot = board->pci->kind[bus] == QEMU_TO_PCI_BRIDGE ? QEMU_PCIE : QEMU_PCI;

        if (bridge && !is_placed(bridge->device.address) && need_place(board, slot) < 0)
            return -1;
    }
    return 0;
}

/* SPARE: a root port more than is needed. */
static int
need_all(struct qemu_board *board, bool spare)
{
    struct qemu_pci *pci = board->pci;
    bool any = false;

    if (need_for_bridges(board) < 0)
        return -1;
    for (size_t i = 0; i < pci->n_seats; i++) {
        if (pci->seats[i].fixed || is_placed(*pci->seats[i].address) || shares_slot(pci, i))
            continue;
        any = true;
        if (need_place(board, pci->seats[i].kind) < 0)
            return -1;
    }
    if (any && !board->q35 && !board->running)
        return need_place(board, QEMU_PCI);     /* the last slot of a pc is for the next bridge */
    return spare && pci->changed ? need_root_port(board) : 0;
}

static int
add_needed(struct qemu_board *board, bool spare)
{
    uint8_t used[BUSES][SLOTS];
    int ret;

    memcpy(used, board->pci->used, sizeof(used));
    ret = need_all(board, spare);
    memcpy(board->pci->used, used, sizeof(used));
    return ret;
}

/* ---- the devices ------------------------------------------------------------------------------- */

/* The slot of another of the family; false: it is the first that has one. */
static bool
find_family(const struct qemu_pci *pci, const struct seat *seat, struct place *ret)
{
    for (size_t i = 0; i < pci->n_seats; i++) {
        const struct seat *other = &pci->seats[i];
        const struct qemu_address_def *at = *other->address;

        if (other->family && strcmp(other->family, seat->family) == 0 && other->number == seat->number &&
            is_placed(at) && !(pci->used[at->bus][at->slot] & 1 << seat->at.function)) {
            *ret = (struct place){ at->bus, at->slot, seat->at.function };
            return true;
        }
    }
    return false;
}

static int
find_place(const struct qemu_board *board, const struct seat *seat, struct place *ret)
{
    if (seat->family && find_family(board->pci, seat, ret))
        return 0;
    if ((board->q35 && seat->kind == QEMU_PCIE ? find_root_port(board->pci, ret)
         : find_conventional_slot(board->pci, ret)) < 0)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "No more available PCI slots");
    ret->function = seat->at.function;
    return 0;
}

/* Parts of the chipset; a screen whose usual slot is taken goes into the next. */
static void
place_fixed(struct qemu_pci *pci)
{
    for (size_t i = 0; i < pci->n_seats; i++) {
        struct seat *seat = &pci->seats[i];
        uint8_t taken = pci->used[0][seat->at.slot];

        if (!seat->fixed || is_placed(*seat->address))
            continue;
        while (taken && taken != 0xff && seat->at.slot < SLOTS - 1)
            taken = pci->used[0][++seat->at.slot];
        write_place(pci, seat->address, seat->at);
    }
}

/* The function 0 of a slot says that there are others. */
static void
mark_multifunction(const struct qemu_pci *pci, struct qemu_address_def *at)
{
    if (is_placed(at) && at->function == 0 && pci->used[at->bus][at->slot] & 0xfe)
        at->multifunction = VIR_XML_YES;
}

static void
mark_all(struct qemu_pci *pci)
{
    for (size_t i = 0; i < pci->n_seats; i++)
        mark_multifunction(pci, *pci->seats[i].address);
    for (size_t i = 0; i < pci->doc->devices.n_controllers; i++)
        if (pci->doc->devices.controllers[i]->type == QEMU_CONTROLLER_TYPE_PCI)
            mark_multifunction(pci, pci->doc->devices.controllers[i]->device.address);
}

static bool
has_buses(const struct qemu_pci *pci)
{
    for (unsigned int bus = 1; bus < BUSES; bus++)
        if (pci->kind[bus] != QEMU_NO_BUS)
            return true;
    return false;
}

static int
place_all(struct qemu_board *board, bool spare)
{
    struct qemu_pci *pci = board->pci;
    struct place at;

    place_fixed(pci);
    if (add_needed(board, spare) < 0 || place_buses(board) < 0)
        return -1;
    for (size_t i = 0; i < pci->n_seats; i++) {
        if (is_placed(*pci->seats[i].address))
            continue;
        if (find_place(board, &pci->seats[i], &at) < 0)
            return -1;
        write_place(pci, pci->seats[i].address, at);
    }
    return 0;
}

int
qemu_seats_give(struct qemu_board *board, void (*ask_all)(struct qemu_board *board))
{
    struct qemu_pci *pci = board->pci = VIR_NEW(struct qemu_pci);
    bool spare;
    int ret;

    pci->doc = board->doc;
    note_buses(pci);
    spare = board->q35 && !has_buses(pci);      /* who plans the ports plans all of them */
    ask_all(board);
    ret = note_places(board) < 0 ? -1 : place_all(board, spare);
    if (ret == 0)
        mark_all(pci);
    free(pci->seats);
    free(pci);
    board->pci = NULL;
    return ret;
}
