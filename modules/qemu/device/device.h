/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a device is to this driver: a row for each kind, filled by the file of
 * that name.  The rows' order, and what kinds mean for one another, are in
 * table.c and order.c.
 */
#ifndef QEMU_DEVICE_H
#define QEMU_DEVICE_H

#include "qemu.h"
#include "qemu-schema.h"

#include <libvirt/module-hardware.h>

#include <json-c/json.h>
#include <string.h>

struct qemu_monitor;
struct qemu_offer;
struct qemu_opened;
struct qemu_pci;
struct qemu_pieces;
struct qemu_usb_seats;

/* A machine while its devices are completed, seated, named, or told to QEMU. */
struct qemu_board {
    struct qemu_domain_def *doc;
    bool q35;
    bool running;                       /* nothing can be soldered in any more */
    bool force;                         /* an update: whatever the guest says */
    struct qemu_opened *opened;         /* what devices opened of the host; NULL: they do not */
    struct qemu_pci *pci;               /* only while they get their places */
    struct qemu_usb_seats *usb;         /* ... and their ports */
};

/* What QEMU told of a running guest. */
struct qemu_told {
    const struct qemu_domain_def *doc;  /* what it runs with */
    const char *name;                   /* of the guest, with its uuid and id: for the events that this means */
    const unsigned char *uuid;
    int id;
    const char *event;                  /* QEMU's name of it */
    struct json_object *data;
};

/* Faults of changes for which libvirt 9.0.0 has a code of its own with some kinds of devices. */
enum qemu_fault {
    QEMU_THERE_LIVE,                    /* attached: the guest has such a one; VIR_ERR_OPERATION_INVALID */
    QEMU_NO_PLUG,                       /* attached: QEMU does not plug it; VIR_ERR_OPERATION_UNSUPPORTED */
    QEMU_NONE_TO_DETACH,                /* from a definition, and... */
    QEMU_NONE_TO_DETACH_LIVE,
    QEMU_NONE_TO_UPDATE,
    QEMU_NONE_TO_UPDATE_LIVE,           /* ...these: VIR_ERR_DEVICE_MISSING */
    QEMU_FAULTS,
};

/* Each member but the first may be NULL; build is not, where a guest may start with one. */
/* What makes the faults of a guest hard to understand (guest/taint.h), in the order in which libvirt 9.0.0 tells them; bits. */
enum qemu_taint {
    QEMU_TAINT_ARGUMENTS = 1 << 0,
    QEMU_TAINT_MONITOR = 1 << 1,
    QEMU_TAINT_PRIVILEGES = 1 << 2,
    QEMU_TAINT_SCRIPTS = 1 << 3,
    QEMU_TAINT_HOST_CPU = 1 << 4,
    QEMU_TAINT_HOST_CDROM = 1 << 5,
    QEMU_TAINT_DTB = 1 << 6,
    QEMU_TAINT_AGENT = 1 << 7,
    QEMU_TAINT_DEPRECATED = 1 << 8,
    QEMU_TAINT_DEVICE = 1 << 9,
};

struct qemu_device_type {
    const struct vir_xml_list *list;    /* where the document has them; its mixin: qemu_device, or none */
    /* What the document leaves out, in this order; all leave alone what is complete. */
    int (*add)(struct qemu_board *board);                       /* those that every guest has */
    int (*complete)(struct qemu_board *board, void *dev);
    void (*arrange)(struct qemu_board *board);                  /* numbers and order of all of them */
    int (*needs)(struct qemu_board *board, void *dev);          /* its controller, its place on it */
    bool (*on_usb)(const void *dev);                            /* it is plugged in there */
    /* What the document must obey; never asked when this driver's own files are read. */
    int (*check)(const struct qemu_board *board, const void *dev);
    int (*check_all)(const struct qemu_board *board);
    void (*seats)(struct qemu_board *board, void *dev);         /* on the PCI bus: seat.h */
    /* Which there can be, for virConnectGetDomainCapabilities (device/offer.h); false: none. */
    bool (*offer)(struct qemu_offer *offer);
    /* Can this driver do it? */
    int (*startable)(const struct qemu_board *board, const void *dev);
    /* Its name is this and a number that no other has, or else NAME gives DEV what names it has not. */
    const char *alias;
    void (*name)(const struct qemu_board *board, void *dev, size_t number);
    int (*host_open)(const struct qemu_board *board, void *dev);        /* what it has on the host: opened.h */
    void (*host_close)(const struct qemu_board *board, const void *dev);
    /* The guest is not known any more: what it stored on the host goes; ALL: also what is said to stay. */
    void (*forget)(const struct qemu_board *board, const void *dev, bool all);
    int (*build)(const struct qemu_board *board, const void *dev, struct qemu_pieces *pieces);
    void (*learn)(void *dev, struct json_object *answers);      /* to what build asked (pieces.h) */
    /* An update, in three steps (guest/update.c): may OLD become what is SAID, which is complete? */
    int (*changeable)(const void *old, void *said);
    /* NOW, a copy of what there is, gets of SAID what can change: it is exchanged between them. */
    void (*exchange)(void *now, void *said);
    /* NOW becomes what QEMU has in place of OLD; -1: it refused. */
    int (*update)(struct qemu_monitor *monitor, const struct qemu_board *board, const void *old, void *now);
    /* An update that an earlier daemon did not finish is taken back; ANSWER: to query-block. */
    int (*restore)(struct qemu_monitor *monitor, const struct qemu_board *board, const void *dev,
                   struct json_object *answer);
    /* Tells programs what it means for one of these; in the loop's thread, with the domain's lock. */
    void (*event)(const struct qemu_told *told);
    /* The one that somebody describes; NULL: all is said as it is, but for the place and the name. */
    bool (*same)(const void *dev, const void *wanted);
    bool (*collides)(const void *dev, const void *other);       /* both say the same place, but no PCI slot */
    bool unique;                        /* no two of them are the same */
    bool told_apart;                    /* of several that are the same none is meant, not the first */
    bool unseen;                        /* by the guest: it is a thing of the host's */
    bool soldered;                      /* no call attaches or detaches it */
    bool (*stays)(const void *dev);     /* none does so while the guest runs, be such a one there or not */
    bool plugs;                         /* QEMU takes it while the guest runs */
    bool (*plugs_as)(const void *dev);  /* or only some of them */
    const char *(*question)(const void *dev);   /* what QEMU is asked for its statistics; NULL: nothing */
    unsigned int (*screens)(const void *dev);   /* how many pictures it shows */
    bool opens, console;                /* its terminal is opened by its name; and as the guest's console */
    bool (*takes_media)(const void *dev);       /* attached where it is, it brings another medium */
    unsigned int (*taints)(const void *dev);    /* bits of enum qemu_taint */
    const char *(*viewer)(const void *dev);     /* the protocol of a program that looks at it; NULL: none can */
    int codes[QEMU_FAULTS];             /* 0: the usual one */
    int (*may_go)(const struct qemu_board *board, const void *dev);     /* nothing else depends on it */
    int (*rank)(const void *dev);       /* on the command line: the least comes first */
    struct vir_hardware_device (*listed)(const void *dev);      /* in the document; NULL: as they come */
    /* What it is of the host for the audit log, and the name of that, which may be NULL; the caller frees. */
    const char *resource;
    char *(*resource_name)(const void *dev);
    /* For the other end of a migration, which may be an older libvirt: does it add this one itself? */
    bool (*implied)(const struct qemu_board *board, const void *dev);
    void (*simplify)(void *dev);        /* says it in that one's words */
};

/* ---- any device (device.c) --------------------------------------------------------------- */

struct qemu_board qemu_board_of(struct qemu_domain_def *doc);

const char *qemu_device_element(const struct qemu_device_type *type);
/* What all devices have; NULL: those of TYPE have nothing of it. */
struct qemu_device *qemu_device_of(const struct qemu_device_type *type, const void *dev);
/* What a character device is connected to; NULL: those of TYPE are none. */
const struct qemu_character *qemu_character_of(const struct qemu_device_type *type, const void *dev);
/* What all devices have of each device of a document that has it:
 * for (struct qemu_mixin_at at = { 0 }; (device = qemu_mixin_next(doc, &at)); ) */
struct qemu_mixin_at {
    size_t list, next;
};
struct qemu_device *qemu_mixin_next(const struct qemu_domain_def *doc, struct qemu_mixin_at *at);
/* Takes over DEV. */
void qemu_device_append(const struct qemu_device_type *type, struct qemu_domain_def *doc, void *dev);
/* Puts those of TYPE into the order that they have in a document; is none of them behind one that it
 * precedes there? */
void qemu_device_list(const struct qemu_device_type *type, struct qemu_domain_def *doc);
bool qemu_device_is_listed(const struct qemu_device_type *type, const struct qemu_domain_def *doc);
/* The path of a socket of the guest's own, below its name or, where that is too long, its uuid; the caller frees. */
char *qemu_own_socket(const struct qemu_domain_def *doc, const char *name);
/* Its name, unless it has one. */
void qemu_alias_set(struct qemu_device *device, const char *fmt, ...) VIR_PRINTF(2, 3);

/* ---- rows (table.c) ------------------------------------------------------------------ */

extern const struct qemu_device_type *const qemu_device_types[];       /* NULL-terminated */
#define QEMU_DEVICE(name) extern const struct qemu_device_type qemu_device_##name;
#include "device-rows.h"
#undef QEMU_DEVICE

/* All devices of a document, kind by kind in the order of the table:
 * for (struct qemu_each each = { 0 }; qemu_each_device(doc, &each); )
 * Those that are added meanwhile come too, if they are of this kind or a later one. */
struct qemu_each {
    const struct qemu_device_type *type;
    void *dev;
    size_t next_type, next;
};
bool qemu_each_device(const struct qemu_domain_def *doc, struct qemu_each *each);

const struct qemu_device_type *qemu_device_type(const char *element);  /* NULL: none, no error set */

/* ---- all devices (order.c) -------------------------------------------------------------- */

/* Completes, checks and seats all devices; those that are complete stay as they are. */
int qemu_devices_complete(struct qemu_board *board);
/* Refuses what this driver cannot do. */
int qemu_devices_startable(const struct qemu_board *board);
/* Is there one whose statistics QEMU is asked for by COMMAND? */
bool qemu_devices_asked(const struct qemu_domain_def *doc, const char *command);
/* Each kind sees whether it is meant. */
void qemu_devices_told(const struct qemu_told *told);
/* Releases DEV, with what is the same device said again. */
void qemu_device_remove(const struct qemu_device_type *type, struct qemu_domain_def *doc, void *dev);
int qemu_devices_build(const struct qemu_board *board, struct qemu_pieces *pieces);
/* The same without those that only the host sees, so that nothing of the host is needed. */
int qemu_devices_build_seen(const struct qemu_board *board, struct qemu_pieces *pieces);
void qemu_devices_learn(struct qemu_domain_def *doc, struct json_object *answers);
int qemu_devices_host_open(const struct qemu_board *board);     /* -1: nothing is open */
void qemu_devices_host_close(const struct qemu_board *board);
void qemu_devices_forget(const struct qemu_board *board, bool all);

/* Leaves out and says in other words what the other end of a migration may not know (migratable.c). */
void qemu_devices_make_migratable(struct qemu_board *board);

/* ---- names (alias.c), boot order (boot.c) -------------------------------------------------- */

/* Names those that have no name. */
void qemu_devices_name(const struct qemu_board *board);
/* The place in the boot order, from 1: that of the device OF or, for the FIRST of a kind, what <os> says of it; 0: none. */
unsigned int qemu_boot_index(const struct qemu_board *board, const struct qemu_device *of, bool first,
                             enum qemu_domain_os_boot_dev kind);
void qemu_put_boot_index(const struct qemu_board *board, struct json_object *device,
                         const struct qemu_device *of, bool first, enum qemu_domain_os_boot_dev kind);

/* ---- threads for I/O (iothread.c) ------------------------------------------------------------ */

/* -1: the domain has no such thread; ELEMENT: who wants it. */
int qemu_check_iothread(const struct qemu_board *board, const char *element, unsigned int id);
void qemu_put_iothread(struct json_object *object, const char *key, unsigned int id);

/* ---- refusing (refuse.c) --------------------------------------------------------------------- */

#define WORD(words, value) (vir_xml_enum_word(&qemu_##words##_words, value))

#define QEMU_EXCHANGE(one, other)               \
    do {                                        \
        __typeof__(one) _one = (one);           \
        (one) = (other);                        \
        (other) = _one;                         \
    } while (0)

static inline bool
is(const char *value, const char *wanted)
{
    return value && strcmp(value, wanted) == 0;
}

/* Is AT, which may be NULL, that PLACE on the PCI bus? */
static inline bool
qemu_same_pci(const struct qemu_address_def *at, const struct qemu_address_def *place)
{
    return at && at->type == QEMU_ADDRESS_TYPE_PCI && at->domain == place->domain && at->bus == place->bus &&
        at->slot == place->slot && at->function == place->function;
}

/* -1: "the qemu driver does not do <ELEMENT ATTR='VALUE'> yet". */
int qemu_refuse(const char *element, const char *attr, const char *value);
/* -1: the address is there and of another kind. */
int qemu_check_address(const char *element, const struct qemu_address_def *at, enum qemu_address_type wanted);

#endif
