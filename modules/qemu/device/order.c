/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What devices of different kinds mean for one another: in which order they
 * are completed and seated, which a guest sees, and the rules between kinds.
 */
#include "device/interface.h"
#include "device/memory-object.h"
#include "device/seat.h"

#include <stdlib.h>

/* ---- the serial port and the console of a PC are one thing, said twice ---------------------- */

static bool
is_serial_console(const struct qemu_console_def *console)
{
    return !console->target.type || console->target.type == QEMU_CONSOLE_TARGET_TYPE_SERIAL;
}

/* A console alone means a serial port. */
static void
add_serial_of_console(struct qemu_domain_def *doc)
{
    struct qemu_console_def *console = doc->devices.n_consoles ? doc->devices.consoles[0] : NULL;
    struct qemu_serial_def *serial;

    if (!console || doc->devices.n_serials || !is_serial_console(console))
        return;
    serial = qemu_serial_def_new();
    qemu_character_assign(&serial->character, &console->character);
    qemu_device_assign(&serial->device, &console->device);
    qemu_device_append(&qemu_device_serial, doc, serial);
}

/* Whether the first console shows the port: not one that firmware and kernel do not write to. */
static bool
has_console(const struct qemu_serial_def *serial)
{
    return !is(serial->target.type, "usb-serial") && !is(serial->target.type, "pci-serial") &&
        !is(serial->target.type, "isa-debug");
}

/* The first console of a PC is its first serial port, said a second time, whatever the author says of it. */
static void
add_console_of_serial(struct qemu_domain_def *doc)
{
    const struct qemu_serial_def *serial = doc->devices.n_serials ? doc->devices.serials[0] : NULL;
    bool said = doc->devices.n_consoles && is_serial_console(doc->devices.consoles[0]);
    struct qemu_console_def *console;

    if (!serial || (!said && !has_console(serial)))
        return;
    if (said)
        qemu_console_def_free(vir_xml_list_remove(qemu_device_console.list, doc, 0));
    console = qemu_console_def_new();
    qemu_character_assign(&console->character, &serial->character);
    qemu_device_assign(&console->device, &serial->device);
    console->target.present = console->target.has_port = true;
    console->target.port = serial->target.port;
    console->target.type = QEMU_CONSOLE_TARGET_TYPE_SERIAL;
    vir_xml_list_insert(qemu_device_console.list, doc, 0, console);
    for (size_t i = 1; i < doc->devices.n_consoles; i++)
        doc->devices.consoles[i]->target.port = (unsigned int)i;
}

void
qemu_device_remove(const struct qemu_device_type *type, struct qemu_domain_def *doc, void *dev)
{
    bool pair = doc->devices.n_serials && doc->devices.n_consoles && is_serial_console(doc->devices.consoles[0]);
    size_t i = 0;

    while (vir_xml_list_at(type->list, doc, i) != dev)
        i++;
    if (type == &qemu_device_memory)
        qemu_memory_leaves(doc, dev);
    vir_xml_free(type->list->table, vir_xml_list_remove(type->list, doc, i));
    if (!pair || i > 0)
        return;
    if (type == &qemu_device_serial)
        qemu_console_def_free(vir_xml_list_remove(qemu_device_console.list, doc, 0));
    else if (type == &qemu_device_console)
        qemu_serial_def_free(vir_xml_list_remove(qemu_device_serial.list, doc, 0));
}

/* ---- completing --------------------------------------------------------------------------------- */

static int
complete_each(struct qemu_board *board)
{
    for (struct qemu_each each = { 0 }; qemu_each_device(board->doc, &each); )
        if (each.type->complete && each.type->complete(board, each.dev) < 0)
            return -1;
    return 0;
}

static int
serve_those(struct qemu_board *board, const struct qemu_device_type *type)
{
    for (size_t i = 0; type->needs && i < vir_xml_list_count(type->list, board->doc); i++)
        if (type->needs(board, vir_xml_list_at(type->list, board->doc, i)) < 0)
            return -1;
    return 0;
}

/* In this order controllers are added.  Others come last, in the order of the table. */
static const struct qemu_device_type *const needing[] = {
    &qemu_device_channel, &qemu_device_console, &qemu_device_smartcard,
};
enum { N_NEEDING = sizeof(needing) / sizeof(needing[0]) };

static bool
is_needing(const struct qemu_device_type *type)
{
    for (size_t i = 0; i < N_NEEDING; i++)
        if (needing[i] == type)
            return true;
    return false;
}

static int
serve_needs(struct qemu_board *board)
{
    for (size_t i = 0; i < N_NEEDING; i++)
        if (serve_those(board, needing[i]) < 0)
            return -1;
    for (size_t i = 0; qemu_device_types[i]; i++)
        if (!is_needing(qemu_device_types[i]) && serve_those(board, qemu_device_types[i]) < 0)
            return -1;
    return 0;
}

/* What only machines of s390 have. */
static int
check_foreign(const struct qemu_each *each)
{
    const struct qemu_device *device = qemu_device_of(each->type, each->dev);

    if (device && device->address && device->address->type == QEMU_ADDRESS_TYPE_CCW)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "<%s> has an address of type 'ccw', which a PC has not",
                         qemu_device_element(each->type));
    if (device && device->address && (device->address->zpci.has_uid || device->address->zpci.has_fid))
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the address of <%s> has <zpci>, which a PC has not",
                         qemu_device_element(each->type));
    return 0;
}

static int
check_each(struct qemu_board *board)
{
    for (struct qemu_each each = { 0 }; qemu_each_device(board->doc, &each); )
        if (check_foreign(&each) < 0)
            return -1;
    for (struct qemu_each each = { 0 }; qemu_each_device(board->doc, &each); )
        if (each.type->check && each.type->check(board, each.dev) < 0)
            return -1;
    for (size_t i = 0; qemu_device_types[i]; i++)
        if (qemu_device_types[i]->check_all && qemu_device_types[i]->check_all(board) < 0)
            return -1;
    return 0;
}

static int
add_usual(struct qemu_board *board)
{
    for (size_t i = 0; qemu_device_types[i]; i++)
        if (qemu_device_types[i]->add && qemu_device_types[i]->add(board) < 0)
            return -1;
    add_serial_of_console(board->doc);
    return 0;
}

static void
arrange_all(struct qemu_board *board)
{
    for (size_t i = 0; qemu_device_types[i]; i++)
        if (qemu_device_types[i]->arrange)
            qemu_device_types[i]->arrange(board);
}

/* In this order devices get their USB ports. */
static const struct qemu_device_type *const on_usb[] = {
    &qemu_device_hub, &qemu_device_interface, &qemu_device_hostdev, &qemu_device_disk, &qemu_device_controller,
    &qemu_device_input, &qemu_device_serial, &qemu_device_sound, &qemu_device_redirdev,
};

static void
ask_for_ports(struct qemu_board *board)
{
    for (size_t t = 0; t < sizeof(on_usb) / sizeof(on_usb[0]); t++)
        for (size_t i = 0; i < vir_xml_list_count(on_usb[t]->list, board->doc); i++) {
            void *dev = vir_xml_list_at(on_usb[t]->list, board->doc, i);

            if (on_usb[t]->on_usb(dev))
                qemu_seat_usb(board, &qemu_device_of(on_usb[t], dev)->address, on_usb[t] == &qemu_device_hub);
        }
}

static int
complete(struct qemu_board *board)
{
    if (add_usual(board) < 0 || complete_each(board) < 0)
        return -1;
    arrange_all(board);
    return qemu_seats_drives(board) < 0 || serve_needs(board) < 0 || qemu_seats_virtio_serial(board) < 0
        ? -1 : qemu_seats_usb(board, ask_for_ports);
}

/* ---- the order of places on the PCI bus ------------------------------------------------------------ */

/* LENT: cards of the host; OWN: the other ones. */
enum which { ALL, FIRST, OTHERS, LENT, OWN };

/* Kinds that are not here come last, in the order of the table. */
static const struct { const struct qemu_device_type *type; enum which which; } seating[] = {
    { &qemu_device_video, FIRST }, { &qemu_device_filesystem, ALL }, { &qemu_device_interface, OWN },
    { &qemu_device_sound, ALL }, { &qemu_device_controller, ALL }, { &qemu_device_disk, ALL },
    { &qemu_device_interface, LENT }, { &qemu_device_hostdev, ALL }, { &qemu_device_memballoon, ALL },
    { &qemu_device_rng, ALL }, { &qemu_device_watchdog, ALL }, { &qemu_device_video, OTHERS },
    { &qemu_device_shmem, ALL }, { &qemu_device_input, ALL }, { &qemu_device_serial, ALL },
    { &qemu_device_memory, ALL }, { &qemu_device_iommu, ALL }, { &qemu_device_vsock, ALL },
};

static bool
is_in_order(const struct qemu_device_type *type)
{
    for (size_t i = 0; i < sizeof(seating) / sizeof(seating[0]); i++)
        if (seating[i].type == type)
            return true;
    return false;
}

/* The I-th of its kind. */
static bool
is_asked(const struct qemu_domain_def *doc, size_t i, enum which which)
{
    switch (which) {
    case FIRST:
        return i == 0;
    case OTHERS:
        return i > 0;
    case LENT:
        return qemu_interface_is_lent(doc->devices.interfaces[i]);
    case OWN:
        return !qemu_interface_is_lent(doc->devices.interfaces[i]);
    default:
        return true;
    }
}

static void
ask_for_some(struct qemu_board *board, const struct qemu_device_type *type, enum which which)
{
    size_t n = type->seats ? vir_xml_list_count(type->list, board->doc) : 0;

    for (size_t i = 0; i < n; i++)
        if (is_asked(board->doc, i, which))
            type->seats(board, vir_xml_list_at(type->list, board->doc, i));
}

static void
ask_for_all(struct qemu_board *board)
{
    for (size_t i = 0; i < sizeof(seating) / sizeof(seating[0]); i++)
        ask_for_some(board, seating[i].type, seating[i].which);
    for (size_t i = 0; qemu_device_types[i]; i++)
        if (!is_in_order(qemu_device_types[i]))
            ask_for_some(board, qemu_device_types[i], ALL);
}

/* ACPI knows the slots of PCI; what has no address at all is as good as there. */
static int
check_acpi(const struct qemu_board *board)
{
    for (struct qemu_each each = { 0 }; qemu_each_device(board->doc, &each); ) {
        const struct qemu_device *device = qemu_device_of(each.type, each.dev);

        if (device && device->acpi.has_index && device->address && device->address->type != QEMU_ADDRESS_TYPE_PCI)
            return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "<%s> has an index of ACPI and is not on PCI",
                             qemu_device_element(each.type));
    }
    return 0;
}

/* So they get their places, those that are added last; and so they stay when the document is read again.  What is
 * not out of order stays as it is. */
static void
list_all(struct qemu_board *board)
{
    for (size_t i = 0; qemu_device_types[i] && !board->running; i++)
        if (!qemu_device_is_listed(qemu_device_types[i], board->doc))
            qemu_device_list(qemu_device_types[i], board->doc);
}

int
qemu_devices_complete(struct qemu_board *board)
{
    list_all(board);
    if (complete(board) < 0 || check_each(board) < 0 || qemu_seats_give(board, ask_for_all) < 0 ||
        check_acpi(board) < 0)
        return -1;
    list_all(board);
    add_console_of_serial(board->doc);
    return 0;
}

/* ---- starting ------------------------------------------------------------------------------------------ */

int
qemu_devices_startable(const struct qemu_board *board)
{
    for (struct qemu_each each = { 0 }; qemu_each_device(board->doc, &each); )
        if (each.type->startable && each.type->startable(board, each.dev) < 0)
            return -1;
    return 0;
}

/* Those before BEFORE; NULL: all. */
static void
close_before(const struct qemu_board *board, const void *before)
{
    for (struct qemu_each each = { 0 }; qemu_each_device(board->doc, &each) && each.dev != before; )
        if (each.type->host_close)
            each.type->host_close(board, each.dev);
}

int
qemu_devices_host_open(const struct qemu_board *board)
{
    virErrorPtr error;

    for (struct qemu_each each = { 0 }; qemu_each_device(board->doc, &each); ) {
        if (!each.type->host_open || each.type->host_open(board, each.dev) == 0)
            continue;
        error = vir_error_take();
        close_before(board, each.dev);
        vir_error_restore(error);
        return -1;
    }
    return 0;
}

void
qemu_devices_host_close(const struct qemu_board *board)
{
    close_before(board, NULL);
}

void
qemu_devices_forget(const struct qemu_board *board, bool all)
{
    for (struct qemu_each each = { 0 }; qemu_each_device(board->doc, &each); )
        if (each.type->forget)
            each.type->forget(board, each.dev, all);
}

void
qemu_devices_learn(struct qemu_domain_def *doc, struct json_object *answers)
{
    for (struct qemu_each each = { 0 }; qemu_each_device(doc, &each); )
        if (each.type->learn)
            each.type->learn(each.dev, answers);
}

bool
qemu_devices_asked(const struct qemu_domain_def *doc, const char *command)
{
    for (struct qemu_each each = { 0 }; qemu_each_device(doc, &each); )
        if (each.type->question && is(each.type->question(each.dev), command))
            return true;
    return false;
}

void
qemu_devices_told(const struct qemu_told *told)
{
    for (size_t i = 0; qemu_device_types[i]; i++)
        if (qemu_device_types[i]->event)
            qemu_device_types[i]->event(told);
}

/* The devices of TYPE, least rank first; those of one rank as the document has them. */
static void **
by_rank(const struct qemu_device_type *type, const struct qemu_domain_def *doc, size_t n)
{
    void **list = vir_alloc_array(n + 1, sizeof(*list));

    for (size_t i = 0; i < n; i++) {
        void *dev = vir_xml_list_at(type->list, doc, i);
        size_t at = i;

        for (; type->rank && at > 0 && type->rank(list[at - 1]) > type->rank(dev); at--)
            list[at] = list[at - 1];
        list[at] = dev;
    }
    return list;
}

/* Controllers on USB come behind the hubs that they may be plugged into. */
static bool
is_late(const struct qemu_device_type *type, const void *dev)
{
    return type == &qemu_device_controller && type->on_usb(dev);
}

static int
build_some(const struct qemu_board *board, const struct qemu_device_type *type, bool late, struct qemu_pieces *pieces)
{
    size_t n = vir_xml_list_count(type->list, board->doc);
    void **list = by_rank(type, board->doc, n);
    int ret = 0;

    for (size_t i = 0; i < n && ret == 0; i++)
        if (is_late(type, list[i]) == late)
            ret = type->build(board, list[i], pieces);
    free(list);
    return ret;
}

/* SEEN: by the guest; of the others nothing is built. */
static int
build_devices(const struct qemu_board *board, bool seen, struct qemu_pieces *pieces)
{
    for (size_t i = 0; qemu_device_types[i]; i++) {
        const struct qemu_device_type *type = qemu_device_types[i];

        if (seen && type->unseen)
            continue;
        if (build_some(board, type, false, pieces) < 0 ||
            (type == &qemu_device_hub && build_some(board, &qemu_device_controller, true, pieces) < 0))
            return -1;
    }
    return 0;
}

int
qemu_devices_build(const struct qemu_board *board, struct qemu_pieces *pieces)
{
    return build_devices(board, false, pieces);
}

int
qemu_devices_build_seen(const struct qemu_board *board, struct qemu_pieces *pieces)
{
    return build_devices(board, true, pieces);
}
