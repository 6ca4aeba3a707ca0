/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What serial and parallel ports, consoles and channels get that the author did not
 * say: numbers, the pair of first port and first console, their controller.
 */
#include <stdlib.h>
#include <string.h>

#include <libvirt/module-hardware.h>

#include "test.h"

static void
drop_sources(struct test_character *end)
{
    while (end->n_sources)
        test_character_source_def_free(end->sources[--end->n_sources]);
}

/* The host's terminal is another one at each start; a socket without a path is made at start. */
static void
complete_end(struct test_character *end)
{
    switch (end->type) {
    case TEST_CHARTYPE_PTY:
        drop_sources(end);
        break;
    case TEST_CHARTYPE_UNIX:
        if (end->n_sources && !end->sources[0]->path)
            drop_sources(end);
        break;
    case TEST_CHARTYPE_TCP:
        if (!end->protocol.type)
            end->protocol.type = TEST_CHARACTER_PROTOCOL_TYPE_RAW;
        end->protocol.present = true;
        break;
    default:
        break;
    }
}

#define COMPLETE_ENDS(list, n) \
    for (size_t i = 0; i < (n); i++) \
        complete_end(&(list)[i]->character)

/* Such a port is no console. */
static bool
is_plugged(const struct test_serial_def *serial)
{
    static const char *const types[] = { "usb-serial", "pci-serial", "isa-debug" };

    for (size_t i = 0; serial->target.type && i < sizeof(types) / sizeof(types[0]); i++)
        if (strcmp(serial->target.type, types[i]) == 0)
            return true;
    return false;
}

static bool
is_serial(const struct test_console_def *console)
{
    return console->target.type == TEST_CONSOLE_TARGET_TYPE_SERIAL;
}

/* A new console in front of all, or in place of the first if that is a serial one. */
static struct test_console_def *
first_console(struct test_domain_def *def)
{
    struct test_console_def *console = test_console_def_new();

    if (def->devices.n_consoles > 0 && is_serial(def->devices.consoles[0])) {
        test_console_def_free(def->devices.consoles[0]);
    } else {
        TEST_APPEND(def->devices.consoles, def->devices.n_consoles, console);
        memmove(def->devices.consoles + 1, def->devices.consoles,
                (def->devices.n_consoles - 1) * sizeof(*def->devices.consoles));
    }
    def->devices.consoles[0] = console;
    return console;
}

/* The first console and the first serial port are one device: where there is no port the console
 * gives it, else the port gives the console, whatever that said. */
static void
pair_console(struct test_domain_def *def)
{
    struct test_console_def *console;
    struct test_serial_def *serial;

    if (def->devices.n_serials > 0 && (!is_plugged(def->devices.serials[0]) || (
            def->devices.n_consoles > 0 && is_serial(def->devices.consoles[0])))) {
        serial = def->devices.serials[0];
        console = first_console(def);
        test_character_assign(&console->character, &serial->character);
        test_device_assign(&console->device, &serial->device);
        console->target.has_port = true;
        console->target.port = serial->target.port;
    } else if (def->devices.n_serials == 0 && def->devices.n_consoles > 0 && is_serial(def->devices.consoles[0])) {
        serial = TEST_APPEND(def->devices.serials, def->devices.n_serials, test_serial_def_new());
        console = def->devices.consoles[0];
        test_character_assign(&serial->character, &console->character);
        test_device_assign(&serial->device, &console->device);
        serial->target.has_port = true;
        console->target.port = serial->target.port;
    }
}

/* As they stand, whatever the author says; that of the first port has its number. */
static void
number_consoles(struct test_domain_def *def)
{
    for (size_t i = 0; i < def->devices.n_consoles; i++) {
        struct test_console_def *console = def->devices.consoles[i];

        console->target.has_port = true;
        if (i > 0 || !is_serial(console))
            console->target.port = (unsigned int)i;
    }
}

/* A card is in the slot of a reader, which is a controller. */
static void
place_smartcard(struct test_domain_def *def, struct test_smartcard_def *smartcard)
{
    struct test_address_def *at = smartcard->device.address;

    if (!at) {
        smartcard->device.address = at = test_address_def_new();
        at->type = TEST_ADDRESS_TYPE_CCID;
        at->has_controller = at->has_slot = true;
    }
    if (at->type == TEST_ADDRESS_TYPE_CCID)
        test_add_controller(def, TEST_CONTROLLER_TYPE_CCID, at->controller);
}

void
test_complete_characters(struct test_domain_def *def)
{
    bool virtio = false;

    COMPLETE_ENDS(def->devices.serials, def->devices.n_serials);
    COMPLETE_ENDS(def->devices.parallels, def->devices.n_parallels);
    COMPLETE_ENDS(def->devices.consoles, def->devices.n_consoles);
    COMPLETE_ENDS(def->devices.channels, def->devices.n_channels);
    COMPLETE_ENDS(def->devices.redirdevs, def->devices.n_redirdevs);
    COMPLETE_ENDS(def->devices.smartcards, def->devices.n_smartcards);
    for (size_t i = 0; i < def->devices.n_rngs; i++)
        if (def->devices.rngs[i]->backend)
            complete_end(&def->devices.rngs[i]->backend->character);
    VIR_HARDWARE_NUMBER(def->devices.serials, def->devices.n_serials, target.has_port, target.port);
    VIR_HARDWARE_NUMBER(def->devices.parallels, def->devices.n_parallels, target.has_port, target.port);
    pair_console(def);
    number_consoles(def);
    for (size_t i = 0; i < def->devices.n_consoles; i++)
        virtio = virtio || def->devices.consoles[i]->target.type == TEST_CONSOLE_TARGET_TYPE_VIRTIO;
    for (size_t i = 0; i < def->devices.n_channels; i++)
        virtio = virtio || def->devices.channels[i]->target.type == TEST_CHANNEL_TARGET_TYPE_VIRTIO;
    if (virtio)
        test_add_controller(def, TEST_CONTROLLER_TYPE_VIRTIO_SERIAL, 0);
    for (size_t i = 0; i < def->devices.n_smartcards; i++)
        place_smartcard(def, def->devices.smartcards[i]);
}
