/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Devices on the command line: one file for each kind, and what they have in
 * common.  A device asks for something that this driver does not do: it is
 * refused there.
 */
#ifndef QEMU_COMMAND_PARTS_H
#define QEMU_COMMAND_PARTS_H

#include "device/command.h"

#include <string.h>

/* What every device is added to. */
struct qemu_board {
    const struct qemu_domain_def *doc;
    struct qemu_command *command;
    bool q35;
};

static inline bool
is(const char *value, const char *wanted)
{
    return value && strcmp(value, wanted) == 0;
}

/* VALUE may be NULL: the option alone. */
void qemu_command_add(struct qemu_command *command, const char *option, const char *value);
void qemu_command_addf(struct qemu_command *command, const char *option, const char *fmt, ...)
    VIR_PRINTF(3, 4);
/* VALUE is taken over. */
void qemu_command_json(struct qemu_command *command, const char *option, struct json_object *value);

/* -1: "the qemu driver does not do <ELEMENT ATTR='VALUE'> yet". */
int qemu_refuse(const char *element, const char *attr, const char *value);

/* {"KEY":"VALUE"} */
struct json_object *qemu_object(const char *key, const char *value);
void qemu_put(struct json_object *object, const char *key, const char *value);      /* VALUE NULL: not put */
void qemu_put_number(struct json_object *object, const char *key, int64_t value);
void qemu_put_bool(struct json_object *object, const char *key, bool value);
/* ADDRESS may be NULL or none of PCI: nothing is put. */
void qemu_put_pci_address(const struct qemu_board *board, struct json_object *device,
                          const struct qemu_address_def *address);
/* A -device on the PCI bus; taken over by qemu_add_device. */
struct json_object *qemu_pci_device(const struct qemu_board *board, const char *driver,
                                    const struct qemu_device *of);
void qemu_add_device(const struct qemu_board *board, struct json_object *device);
/* The place in the boot order: OWN if it is not 0, else, for the FIRST device of
 * a kind, what <os> says of that kind. */
void qemu_put_boot_index(const struct qemu_board *board, struct json_object *device, unsigned int own,
                         bool first,
                         enum qemu_domain_os_boot_dev kind);

/* All devices: command-devices.c. */
int qemu_command_devices(const struct qemu_def *def, struct qemu_command *command);

/* Each adds one device with all its arguments. */
int qemu_add_disk(const struct qemu_board *board, size_t number);
int qemu_add_serial(const struct qemu_board *board, const struct qemu_serial_def *serial);
int qemu_add_console(const struct qemu_board *board, const struct qemu_console_def *console);
int qemu_add_channel(const struct qemu_board *board, const struct qemu_channel_def *channel);
int qemu_add_input(const struct qemu_board *board, const struct qemu_input_def *input);
int qemu_add_graphics(const struct qemu_board *board, const struct qemu_graphics_def *graphics);
int qemu_add_video(const struct qemu_board *board, const struct qemu_video_def *video);

#endif
