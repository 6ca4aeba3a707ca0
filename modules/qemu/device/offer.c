/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The pieces of the domain capabilities: elements that say whether there is something, and the words that it takes.
 */
#include "device/offer.h"

void
qemu_offer_indent(struct qemu_offer *offer)
{
    vir_buf_addf(&offer->buf, "%*s", 2 * offer->depth, "");
}

void
qemu_offer_text(struct qemu_offer *offer, const char *name, const char *value)
{
    qemu_offer_indent(offer);
    vir_buf_addf(&offer->buf, "<%s>", name);
    vir_buf_add_escaped(&offer->buf, value);
    vir_buf_addf(&offer->buf, "</%s>\n", name);
}

void
qemu_offer_open(struct qemu_offer *offer, const char *name, bool supported)
{
    qemu_offer_indent(offer);
    vir_buf_addf(&offer->buf, "<%s supported='%s'%s>\n", name, supported ? "yes" : "no", supported ? "" : "/");
    offer->depth += supported;
}

void
qemu_offer_close(struct qemu_offer *offer, const char *name)
{
    offer->depth--;
    qemu_offer_indent(offer);
    vir_buf_addf(&offer->buf, "</%s>\n", name);
}

void
qemu_offer_flag(struct qemu_offer *offer, const char *name, bool supported)
{
    qemu_offer_indent(offer);
    vir_buf_addf(&offer->buf, "<%s supported='%s'/>\n", name, supported ? "yes" : "no");
}

void
qemu_offer_begin(struct qemu_offer *offer, const char *name)
{
    qemu_offer_indent(offer);
    vir_buf_addf(&offer->buf, "<enum name='%s'", name);
    offer->open = true;
    offer->depth++;
}

void
qemu_offer_word(struct qemu_offer *offer, const char *word, bool there)
{
    if (!there)
        return;
    if (offer->open)
        vir_buf_add(&offer->buf, ">\n");
    offer->open = false;
    qemu_offer_text(offer, "value", word);
}

void
qemu_offer_end(struct qemu_offer *offer)
{
    if (!offer->open) {
        qemu_offer_close(offer, "enum");
        return;
    }
    offer->open = false;
    offer->depth--;
    vir_buf_add(&offer->buf, "/>\n");
}

void
qemu_offer_virtio(struct qemu_offer *offer, const char *name)
{
    bool forms = qemu_emulator_makes(offer->emulator, "virtio-blk-pci-transitional");

    qemu_offer_begin(offer, name);
    qemu_offer_word(offer, "virtio", true);
    qemu_offer_word(offer, "virtio-transitional", forms);
    qemu_offer_word(offer, "virtio-non-transitional", forms);
    qemu_offer_end(offer);
}
