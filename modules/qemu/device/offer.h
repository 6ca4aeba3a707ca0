/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a machine of an emulator offers to a guest, while the domain capabilities are written. */
#ifndef QEMU_OFFER_H
#define QEMU_OFFER_H

#include "emulator/capabilities.h"

struct qemu_offer {
    const struct qemu_emulator *emulator;
    const struct qemu_machine *machine;
    const char *arch;                   /* the guest's */
    bool kvm;                           /* its accelerator; else TCG */
    bool i440fx;
    struct vir_buf buf;                 /* the document */
    int depth;                          /* levels of its elements that are open */
    bool open;                          /* the element begun last has nothing in it yet */
};

/* <NAME>VALUE</NAME> */
void qemu_offer_text(struct qemu_offer *offer, const char *name, const char *value);
/* <NAME supported='...'>, which is to be closed if it is. */
void qemu_offer_open(struct qemu_offer *offer, const char *name, bool supported);
void qemu_offer_close(struct qemu_offer *offer, const char *name);
void qemu_offer_indent(struct qemu_offer *offer);
/* <NAME supported='...'> */
void qemu_offer_flag(struct qemu_offer *offer, const char *name, bool supported);
/* The enumeration that the words up to the end are in. */
void qemu_offer_begin(struct qemu_offer *offer, const char *name);
void qemu_offer_word(struct qemu_offer *offer, const char *word, bool there);
void qemu_offer_end(struct qemu_offer *offer);
/* The forms that a device on virtio has. */
void qemu_offer_virtio(struct qemu_offer *offer, const char *name);

#endif
