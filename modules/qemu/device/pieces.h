/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What QEMU is told of devices: an ordered list of objects, which goes onto a
 * command line, or to a running QEMU, or away from it in reverse order.
 */
#ifndef QEMU_PIECES_H
#define QEMU_PIECES_H

#include "device/device.h"

enum qemu_piece_kind {
    QEMU_OBJECT,
    QEMU_CHARDEV,
    QEMU_NETDEV,
    QEMU_BLOCKDEV,
    QEMU_DEVICE,
    QEMU_AUDIODEV,                      /* only on the command line, as the next */
    QEMU_OPTION,                        /* -NAME TEXT */
    QEMU_SETTING,                       /* a command that only the monitor takes */
    QEMU_QUESTION,                      /* whose answer `learn` wants */
};

struct qemu_piece {
    enum qemu_piece_kind kind;
    char *name;                         /* of an option, setting or question */
    char *text;                         /* of an option; how the answer to a question is called, NULL: as its command */
    struct json_object *args;
};

/* All zeroes: empty. */
struct qemu_pieces {
    struct qemu_piece *list;
    size_t n;
};

/* ARGS is taken over. */
void qemu_pieces_add(struct qemu_pieces *pieces, enum qemu_piece_kind kind, struct json_object *args);
void qemu_pieces_setting(struct qemu_pieces *pieces, const char *command, struct json_object *args);
void qemu_pieces_option(struct qemu_pieces *pieces, const char *name, const char *text);
void qemu_pieces_ask(struct qemu_pieces *pieces, const char *command);         /* once */
void qemu_pieces_ask_property(struct qemu_pieces *pieces, const char *object, const char *property);
bool qemu_pieces_asked(const struct qemu_pieces *pieces);       /* does QEMU choose something? */
void qemu_pieces_free(struct qemu_pieces *pieces);

/* ---- to a command line ---- */

struct qemu_command {
    char **argv;                        /* NULL-terminated */
    size_t n;
    struct qemu_pieces pieces;          /* of the devices, those for the monitor too */
};

/* VALUE may be NULL: the option alone. */
void qemu_command_add(struct qemu_command *command, const char *option, const char *value);
void qemu_command_addf(struct qemu_command *command, const char *option, const char *fmt, ...)
    VIR_PRINTF(3, 4);
/* VALUE is taken over. */
void qemu_command_json(struct qemu_command *command, const char *option, struct json_object *value);
void qemu_command_pieces(struct qemu_command *command, const struct qemu_pieces *pieces);
/* A text within an option: its commas are written twice; NULL: the empty one. */
void qemu_buf_add_text(struct vir_buf *buf, const char *text);
void qemu_command_free(struct qemu_command *command);

/* ---- to a running QEMU and away from it ---- */

/* -1: error set, and QEMU has none of them. */
int qemu_pieces_plug(struct qemu_monitor *monitor, const struct qemu_pieces *pieces,
                     struct json_object **ret_answers);
/* Asks for the devices to go; the answer is an event. */
int qemu_pieces_unplug(struct qemu_monitor *monitor, const struct qemu_pieces *pieces);
/* What stood behind devices that are gone; faults are only logged. */
void qemu_pieces_drop(struct qemu_monitor *monitor, const struct qemu_pieces *pieces);

/* ---- their parts ---- */

/* {"KEY":"VALUE"} */
struct json_object *qemu_object(const char *key, const char *value);
void qemu_put(struct json_object *object, const char *key, const char *value);      /* VALUE NULL: not put */
void qemu_put_number(struct json_object *object, const char *key, int64_t value);
void qemu_put_bool(struct json_object *object, const char *key, bool value);
/* ADDRESS may be NULL or none of PCI: nothing is put. */
void qemu_put_pci_address(const struct qemu_board *board, struct json_object *device,
                          const struct qemu_address_def *address);
/* By which a guest names it. */
void qemu_put_acpi_index(struct json_object *device, const struct qemu_device *of);
/* How a virtio device reaches the guest's memory and queues. */
void qemu_put_virtio(struct json_object *device, const struct qemu_virtio *virtio);
/* QEMU's name of a virtio device on the PCI bus, for the generations that MODEL is of; the caller frees. */
char *qemu_virtio_driver(const char *base, enum qemu_virtio_model model);
/* A device on the PCI bus. */
struct json_object *qemu_pci_device(const struct qemu_board *board, const char *driver,
                                    const struct qemu_device *of);

#endif
