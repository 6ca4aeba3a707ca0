/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Places of devices on the PCI buses.
 */
#include "device/pci.h"

#include <stdio.h>

/* ---- who asks ------------------------------------------------------------------------------ */

static void
ask(struct qemu_board *board, struct qemu_seat seat)
{
    struct qemu_pci *pci = board->pci;

    if (seat.fixed && *seat.address && (*seat.address)->type != QEMU_ADDRESS_TYPE_PCI)
        *seat.address = qemu_address_def_free(*seat.address);
    if (*seat.address && (*seat.address)->type != QEMU_ADDRESS_TYPE_PCI)
        return;                         /* it sits elsewhere, which is refused at start */
    pci->seats = vir_realloc_array(pci->seats, pci->n_seats + 1, sizeof(*pci->seats));
    pci->seats[pci->n_seats++] = seat;
}

void
qemu_seat_pci(struct qemu_board *board, struct qemu_address_def **address, enum qemu_pci_slot kind)
{
    ask(board, (struct qemu_seat){ .address = address, .kind = kind });
}

void
qemu_seat_pci_fixed(struct qemu_board *board, struct qemu_address_def **address, unsigned int slot,
                    unsigned int function)
{
    ask(board, (struct qemu_seat){ .address = address, .kind = QEMU_PCI, .fixed = true,
                                   .at = { 0, slot, function } });
}

void
qemu_seat_pci_family(struct qemu_board *board, struct qemu_address_def **address, const char *family,
                     unsigned int number, unsigned int function)
{
    ask(board, (struct qemu_seat){ .address = address, .kind = QEMU_PCI, .family = family, .number = number,
                                   .at = { 0, 0, function } });
}

/* ---- what is taken ------------------------------------------------------------------------------ */

/* NULL: there may be such a place. */
static const char *
why_not(const struct qemu_pci *pci, const struct qemu_address_def *at)
{
    if (at->domain != 0 || pci->kind[at->bus] == QEMU_NO_BUS)
        return "there is no such bus";
    if (at->slot > qemu_pci_last(pci->kind[at->bus]))
        return qemu_pci_is_port(pci->kind[at->bus]) ? "a port has slot 0 only" : "its slots end at 31";
    return at->slot < qemu_pci_first(pci->kind[at->bus]) ? "its slots begin at 1" : NULL;
}

static int
note_place(struct qemu_pci *pci, const struct qemu_address_def *at)
{
    const char *why = qemu_pci_placed(at) ? why_not(pci, at) : NULL;
    uint8_t bit;

    if (!qemu_pci_placed(at))
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

static bool
is_at(const struct qemu_address_def *at, struct qemu_place place)
{
    return at->bus == place.bus && at->slot == place.slot && at->function == place.function;
}

static int
note_places(struct qemu_board *board)
{
    struct qemu_pci *pci = board->pci;
    unsigned int chipset = board->q35 ? 31 : 1;         /* the ICH9, the PIIX3 */

    for (size_t i = 0; i < pci->n_seats; i++)
        if (qemu_pci_placed(*pci->seats[i].address) &&
            qemu_pci_add_said(board, *pci->seats[i].address, pci->seats[i].kind) < 0)
            return -1;
    for (size_t i = 0; i < pci->n_seats; i++) {
        const struct qemu_seat *seat = &pci->seats[i];
        const struct qemu_address_def *at = *seat->address;

        if (note_place(pci, at) < 0)
            return -1;
        if (qemu_pci_placed(at) && at->bus == 0 && at->slot == chipset &&
            !(seat->fixed && is_at(at, seat->at)))
            return vir_error(VIR_ERR_XML_ERROR, "the PCI slot 00:%02x is the chipset's", at->slot);
    }
    for (size_t i = 0; i < pci->doc->devices.n_controllers; i++) {
        struct qemu_controller_def *bus = pci->doc->devices.controllers[i];
        const struct qemu_address_def *at = bus->device.address;

        if (bus->type != QEMU_CONTROLLER_TYPE_PCI || bus->index == 0 || bus->index >= QEMU_PCI_BUSES)
            continue;
        if (note_place(pci, at) < 0)
            return -1;
        if (!qemu_pci_is_port(pci->kind[bus->index]) || !qemu_pci_placed(at))
            continue;
        qemu_pci_number_port(bus, (struct qemu_place){ at->bus, at->slot, at->function });
        if (at->bus == 0)
            pci->ports[at->slot] = true;
    }
    pci->used[0][chipset] = 0xff;
    return 0;
}

/* ---- the devices ------------------------------------------------------------------------------- */

/* The slot of another of the family; false: it is the first that has one. */
static bool
find_family(const struct qemu_pci *pci, const struct qemu_seat *seat, struct qemu_place *ret)
{
    for (size_t i = 0; i < pci->n_seats; i++) {
        const struct qemu_seat *other = &pci->seats[i];
        const struct qemu_address_def *at = *other->address;

        if (other->family && strcmp(other->family, seat->family) == 0 && other->number == seat->number &&
            qemu_pci_placed(at) && !(pci->used[at->bus][at->slot] & 1 << seat->at.function)) {
            *ret = (struct qemu_place){ at->bus, at->slot, seat->at.function };
            return true;
        }
    }
    return false;
}

static int
find_place(const struct qemu_board *board, const struct qemu_seat *seat, struct qemu_place *ret)
{
    if (seat->family && find_family(board->pci, seat, ret))
        return 0;
    if ((seat->kind == QEMU_ROOT ? qemu_pci_free_root_slot(board->pci, ret)
         : board->q35 && seat->kind == QEMU_PCIE ? qemu_pci_free_port(board->pci, ret)
         : qemu_pci_free_slot(board->pci, ret)) < 0)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "No more available PCI slots");
    ret->function = seat->at.function;
    return 0;
}

/* The chipset of a q35 has such a card twice.  The others of the family follow the function 0. */
static void
place_family(struct qemu_pci *pci, struct qemu_seat *seat)
{
    static const unsigned int slots[] = { 0x1d, 0x1a };
    struct qemu_place at;

    if (find_family(pci, seat, &at)) {
        qemu_pci_write(pci, seat->address, at);
        return;
    }
    for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++) {
        if (pci->used[0][slots[i]] == 0) {
            qemu_pci_write(pci, seat->address, (struct qemu_place){ 0, slots[i], seat->at.function });
            return;
        }
    }
}

/* Parts of the chipset; a screen whose usual slot is taken goes into the next. */
static void
place_fixed(const struct qemu_board *board)
{
    struct qemu_pci *pci = board->pci;

    for (size_t i = 0; i < pci->n_seats; i++) {
        struct qemu_seat *seat = &pci->seats[i];
        uint8_t taken = pci->used[0][seat->at.slot];

        if (board->q35 && seat->family && seat->at.function == 0 && !qemu_pci_placed(*seat->address))
            place_family(pci, seat);
        if (!seat->fixed || qemu_pci_placed(*seat->address))
            continue;
        while (taken && taken != 0xff && seat->at.slot < QEMU_PCI_SLOTS - 1)
            taken = pci->used[0][++seat->at.slot];
        qemu_pci_write(pci, seat->address, seat->at);
    }
}

/* The function 0 of a slot says that there are others. */
static void
mark_multifunction(const struct qemu_pci *pci, struct qemu_address_def *at)
{
    if (qemu_pci_placed(at) && at->function == 0 && pci->used[at->bus][at->slot] & 0xfe)
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

static int
place_all(struct qemu_board *board, bool spare)
{
    struct qemu_pci *pci = board->pci;
    struct qemu_place at;

    place_fixed(board);
    if (qemu_pci_add_needed(board, spare) < 0 || qemu_pci_place_buses(board) < 0)
        return -1;
    for (size_t i = 0; i < pci->n_seats; i++) {
        if (qemu_pci_placed(*pci->seats[i].address))
            continue;
        if (find_place(board, &pci->seats[i], &at) < 0)
            return -1;
        qemu_pci_write(pci, pci->seats[i].address, at);
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
    qemu_pci_note_buses(pci);
    spare = board->q35 && !qemu_pci_has_buses(pci);      /* who plans the ports plans all of them */
    ask_all(board);
    ret = note_places(board) < 0 ? -1 : place_all(board, spare);
    if (ret == 0)
        mark_all(pci);
    free(pci->seats);
    free(pci);
    board->pci = NULL;
    return ret;
}
