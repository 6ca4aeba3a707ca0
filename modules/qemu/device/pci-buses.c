/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The buses that devices are plugged into, and those that are added for them:
 * bridges on a pc; root ports and bridges on a q35.
 */
#include "device/pci.h"

#include <string.h>

/* ---- buses ------------------------------------------------------------------------------------ */

struct qemu_controller_def *
qemu_pci_controller(const struct qemu_pci *pci, unsigned int bus)
{
    for (size_t i = 0; i < pci->doc->devices.n_controllers; i++)
        if (pci->doc->devices.controllers[i]->type == QEMU_CONTROLLER_TYPE_PCI &&
            pci->doc->devices.controllers[i]->index == bus)
            return pci->doc->devices.controllers[i];
    return NULL;
}

void
qemu_pci_note_buses(struct qemu_pci *pci)
{
    for (size_t i = 0; i < pci->doc->devices.n_controllers; i++) {
        const struct qemu_controller_def *controller = pci->doc->devices.controllers[i];

        if (controller->type == QEMU_CONTROLLER_TYPE_PCI && controller->index < QEMU_PCI_BUSES)
            pci->kind[controller->index] = qemu_controller_bus(controller);
    }
}

enum { ICH9_BRIDGE = 0x1e };            /* the slot of that bridge in the chipset of a q35 */

static bool
is_bridge(enum qemu_bus kind)
{
    return kind == QEMU_PCI_BRIDGE || kind == QEMU_TO_PCI_BRIDGE;
}

/* The bus of number INDEX, or of the next free one where that is 0.  NULL: error set. */
static struct qemu_controller_def *
add_bus(struct qemu_board *board, enum qemu_bus kind, unsigned int index)
{
    struct qemu_pci *pci = board->pci;

    for (index = index ? index : 1; index < QEMU_PCI_BUSES && pci->kind[index] != QEMU_NO_BUS; )
        index++;
    if (board->running)
        return vir_error_null(VIR_ERR_INTERNAL_ERROR, "No more available PCI slots");
    if (index >= QEMU_PCI_BUSES)
        return vir_error_null(VIR_ERR_CONFIG_UNSUPPORTED, "the machine cannot have more than %d PCI buses",
                              QEMU_PCI_BUSES);
    pci->kind[index] = kind;
    pci->changed = true;
    return qemu_controller_add(board, QEMU_CONTROLLER_TYPE_PCI, index, qemu_controller_bus_model(kind));
}

int
qemu_pci_add_said(struct qemu_board *board, struct qemu_address_def *at, enum qemu_pci_slot kind)
{
    struct qemu_pci *pci = board->pci;
    const struct qemu_controller_def *bridge;

    if (board->running || pci->kind[at->bus] != QEMU_NO_BUS)
        return 0;
    for (unsigned int bus = 1; bus <= at->bus; bus++)
        if (pci->kind[bus] == QEMU_NO_BUS &&
            !add_bus(board, board->q35 ? QEMU_ROOT_PORT : QEMU_PCI_BRIDGE, bus))
            return -1;
    if (!board->q35 || kind != QEMU_PCI)
        return 0;
    bridge = add_bus(board, QEMU_TO_PCI_BRIDGE, at->bus + 1);
    if (!bridge)
        return -1;
    at->bus = bridge->index;
    return 0;
}

/* ---- places ----------------------------------------------------------------------------------- */

void
qemu_pci_write(struct qemu_pci *pci, struct qemu_address_def **address, struct qemu_place place)
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

void
qemu_pci_number_port(struct qemu_controller_def *port, struct qemu_place at)
{
    if (!port->target.has_port)
        port->target.port = at.slot * QEMU_PCI_FUNCTIONS + at.function;
    port->target.present = port->target.has_port = true;
}

/* Puts a root port on bus 0, several into a slot. */
static int
place_root_port(struct qemu_pci *pci, struct qemu_controller_def *port)
{
    struct qemu_place at = { 0 };

    for (at.slot = 1; at.slot < QEMU_PCI_SLOTS - 1; at.slot++) {
        if (pci->used[0][at.slot] == 0)
            break;
        if (pci->ports[at.slot] && pci->used[0][at.slot] != 0xff) {
            at.function = (unsigned int)__builtin_ctz(~(unsigned int)pci->used[0][at.slot]);
            break;
        }
    }
    if (at.slot == QEMU_PCI_SLOTS - 1)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "no free slot for another PCIe root port");
    qemu_pci_number_port(port, at);
    qemu_pci_write(pci, &port->device.address, at);
    pci->ports[at.slot] = true;
    return 0;
}

int
qemu_pci_free_port(const struct qemu_pci *pci, struct qemu_place *ret)
{
    for (unsigned int bus = 1; bus < QEMU_PCI_BUSES; bus++) {
        if (qemu_pci_is_port(pci->kind[bus]) && pci->used[bus][0] == 0) {
            *ret = (struct qemu_place){ .bus = bus };
            return 0;
        }
    }
    return -1;
}

static int
free_slot_of(const struct qemu_pci *pci, unsigned int bus, struct qemu_place *ret)
{
    for (unsigned int slot = qemu_pci_first(pci->kind[bus]); slot < QEMU_PCI_SLOTS; slot++) {
        if (pci->used[bus][slot] == 0) {
            *ret = (struct qemu_place){ .bus = bus, .slot = slot };
            return 0;
        }
    }
    return -1;
}

/* The first free one on a bus that TAKES says. */
static int
find_slot(const struct qemu_pci *pci, bool (*takes)(enum qemu_bus kind), struct qemu_place *ret)
{
    for (unsigned int bus = 0; bus < QEMU_PCI_BUSES; bus++)
        if (takes(pci->kind[bus]) && free_slot_of(pci, bus, ret) == 0)
            return 0;
    return -1;
}

static bool
takes_cards(enum qemu_bus kind)
{
    return is_bridge(kind) || kind == QEMU_PCI_ROOT;
}

static bool
takes_bridges(enum qemu_bus kind)
{
    return takes_cards(kind) || kind == QEMU_DMI_BRIDGE;
}

static bool
takes_downstream(enum qemu_bus kind)
{
    return kind == QEMU_UPSTREAM;
}

int
qemu_pci_free_slot(const struct qemu_pci *pci, struct qemu_place *ret)
{
    return find_slot(pci, takes_cards, ret);
}

int
qemu_pci_free_root_slot(const struct qemu_pci *pci, struct qemu_place *ret)
{
    return free_slot_of(pci, 0, ret);
}

/* Where a controller of this kind is plugged in. */
static int
find_place_of(const struct qemu_pci *pci, enum qemu_bus kind, struct qemu_place *ret)
{
    switch (kind) {
    case QEMU_PCI_BRIDGE:
        return find_slot(pci, takes_bridges, ret);
    case QEMU_TO_PCI_BRIDGE:
    case QEMU_UPSTREAM:
        return qemu_pci_free_port(pci, ret);
    case QEMU_DOWNSTREAM:
        return find_slot(pci, takes_downstream, ret);
    case QEMU_DMI_BRIDGE:
        *ret = (struct qemu_place){ .slot = ICH9_BRIDGE };
        return pci->used[0][ICH9_BRIDGE] == 0 ? 0 : qemu_pci_free_root_slot(pci, ret);
    default:
        return qemu_pci_free_root_slot(pci, ret);
    }
}

static int
place_bus(struct qemu_board *board, enum qemu_bus kind, struct qemu_controller_def *controller)
{
    struct qemu_place at;

    if (kind == QEMU_ROOT_PORT)
        return place_root_port(board->pci, controller);
    if (find_place_of(board->pci, kind, &at) < 0)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "no free slot for another PCI controller");
    if (kind == QEMU_DOWNSTREAM)
        qemu_pci_number_port(controller, at);
    if (at.bus >= controller->index)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the PCI controller %u would be plugged into "
                         "bus %u; it must be one of a lower number", controller->index, at.bus);
    qemu_pci_write(board->pci, &controller->device.address, at);
    return 0;
}

int
qemu_pci_place_buses(struct qemu_board *board)
{
    for (unsigned int bus = 1; bus < QEMU_PCI_BUSES; bus++) {
        enum qemu_bus kind = board->pci->kind[bus];
        struct qemu_controller_def *controller = kind ? qemu_pci_controller(board->pci, bus) : NULL;

        if (!controller || qemu_pci_placed(controller->device.address))
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
    struct qemu_place at;
    struct qemu_controller_def *port;

    if (qemu_pci_free_port(board->pci, &at) < 0) {
        port = add_bus(board, QEMU_ROOT_PORT, 0);
        if (!port)
            return -1;
        at.bus = port->index;
    }
    board->pci->used[at.bus][0] = 1;
    return 0;
}

/* The first bridge of a q35 is plugged into a root port, and brings one, though others may be free. */
static int
need_bridge(struct qemu_board *board)
{
    enum qemu_bus kind = board->q35 ? QEMU_TO_PCI_BRIDGE : QEMU_PCI_BRIDGE;

    for (unsigned int bus = 1; bus < QEMU_PCI_BUSES; bus++)
        if (takes_bridges(board->pci->kind[bus]))
            kind = QEMU_PCI_BRIDGE;
    if (kind == QEMU_TO_PCI_BRIDGE && (!add_bus(board, QEMU_ROOT_PORT, 0) || need_root_port(board) < 0))
        return -1;
    return add_bus(board, kind, 0) ? 0 : -1;
}

static int
need_place(struct qemu_board *board, enum qemu_pci_slot kind)
{
    struct qemu_place at;

    if (kind == QEMU_ROOT)
        return 0;
    if (board->q35 && kind == QEMU_PCIE)
        return need_root_port(board);
    if (qemu_pci_free_slot(board->pci, &at) < 0 &&
        (need_bridge(board) < 0 || qemu_pci_free_slot(board->pci, &at) < 0))
        return -1;
    board->pci->used[at.bus][at.slot] = 1;
    return 0;
}

static bool
shares_slot(const struct qemu_pci *pci, size_t i)
{
    const struct qemu_seat *seat = &pci->seats[i];

    for (size_t j = 0; seat->family && j < pci->n_seats; j++)
        if (pci->seats[j].family && strcmp(pci->seats[j].family, seat->family) == 0 &&
            pci->seats[j].number == seat->number && (j < i || qemu_pci_placed(*pci->seats[j].address)))
            return j != i;
    return false;
}

/* A controller that is there and has no place itself. */
static int
need_for_bus(struct qemu_board *board, enum qemu_bus kind)
{
    struct qemu_place at;

    if (kind == QEMU_TO_PCI_BRIDGE || kind == QEMU_UPSTREAM)
        return need_root_port(board);
    if (kind != QEMU_PCI_BRIDGE)
        return 0;
    if (find_slot(board->pci, takes_bridges, &at) < 0)
        return need_place(board, QEMU_PCI);
    board->pci->used[at.bus][at.slot] = 1;
    return 0;
}

static int
need_for_buses(struct qemu_board *board)
{
    for (unsigned int bus = 1; bus < QEMU_PCI_BUSES; bus++) {
        enum qemu_bus kind = board->pci->kind[bus];
        const struct qemu_controller_def *controller = kind ? qemu_pci_controller(board->pci, bus) : NULL;

        if (controller && !qemu_pci_placed(controller->device.address) && need_for_bus(board, kind) < 0)
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

    if (need_for_buses(board) < 0)
        return -1;
    for (size_t i = 0; i < pci->n_seats; i++) {
        if (pci->seats[i].fixed || qemu_pci_placed(*pci->seats[i].address) || shares_slot(pci, i))
            continue;
        any = true;
        if (need_place(board, pci->seats[i].kind) < 0)
            return -1;
    }
    if (any && !board->q35 && !board->running)
        return need_place(board, QEMU_PCI);     /* the last slot of a pc is for the next bridge */
    return spare && pci->changed ? need_root_port(board) : 0;
}

int
qemu_pci_add_needed(struct qemu_board *board, bool spare)
{
    uint8_t used[QEMU_PCI_BUSES][QEMU_PCI_SLOTS];
    int ret;

    memcpy(used, board->pci->used, sizeof(used));
    ret = need_all(board, spare);
    memcpy(board->pci->used, used, sizeof(used));
    return ret;
}

bool
qemu_pci_has_buses(const struct qemu_pci *pci)
{
    for (unsigned int bus = 1; bus < QEMU_PCI_BUSES; bus++)
        if (pci->kind[bus] != QEMU_NO_BUS)
            return true;
    return false;
}
