/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Processors that a guest can have, in the domain capabilities.
 */
#include "calls/domain-capabilities.h"
#include "cpu/cpu.h"
#include "device/offer.h"

static void
mode_begin(struct qemu_offer *offer, const char *name, bool supported)
{
    vir_buf_addf(&offer->buf, "    <mode name='%s' supported='%s'%s>\n", name, supported ? "yes" : "no",
                 supported ? "" : "/");
    offer->depth = 3;
}

static void
mode_end(struct qemu_offer *offer)
{
    vir_buf_add(&offer->buf, "    </mode>\n");
}

static void
offer_passthrough(struct qemu_offer *offer)
{
    mode_begin(offer, "host-passthrough", offer->kvm);
    if (!offer->kvm)
        return;
    qemu_offer_begin(offer, "hostPassthroughMigratable");
    qemu_offer_word(offer, "on", offer->emulator->host_migratable);
    qemu_offer_word(offer, "off", true);
    qemu_offer_end(offer);
    mode_end(offer);
}

static void
offer_maximum(struct qemu_offer *offer)
{
    mode_begin(offer, "maximum", true);
    qemu_offer_begin(offer, "maximumMigratable");
    qemu_offer_word(offer, "on", true);
    qemu_offer_word(offer, "off", true);
    qemu_offer_end(offer);
    mode_end(offer);
}

static void
offer_host_model(struct qemu_offer *offer)
{
    struct qemu_cpu_said said;
    struct qemu_cpu cpu;
    bool can_be = qemu_emulator_host_model(offer->emulator, offer->kvm, false, &cpu, &said);

    mode_begin(offer, "host-model", can_be);
    if (!can_be)
        return;
    vir_buf_addf(&offer->buf, "      <model fallback='forbid'>%s</model>\n", said.kind->name);
    if (cpu.vendor)
        vir_buf_addf(&offer->buf, "      <vendor>%s</vendor>\n", cpu.vendor);
    qemu_cpu_said_format(&said, false, 6, &offer->buf);
    mode_end(offer);
}

static void
offer_custom(struct qemu_offer *offer, const struct qemu_accelerator *accelerator)
{
    mode_begin(offer, "custom", true);
    for (size_t i = 0; i < accelerator->n_models; i++) {
        const struct qemu_cpu_model *model = &accelerator->models[i];
        const struct qemu_cpu_kind *kind = qemu_cpu_model_find(model->name);

        if (kind)
            vir_buf_addf(&offer->buf, "      <model usable='%s'%s vendor='%s'>%s</model>\n", model->usable ? "yes" : "no",
                         model->deprecated ? " deprecated='yes'" : "", kind->vendor ? kind->vendor : "unknown",
                         kind->name);
    }
    mode_end(offer);
}

void
qemu_offer_cpu(struct qemu_offer *offer)
{
    const struct qemu_accelerator *accelerator = offer->kvm ? &offer->emulator->of_kvm : &offer->emulator->of_tcg;

    vir_buf_add(&offer->buf, "  <cpu>\n");
    offer_passthrough(offer);
    offer_maximum(offer);
    offer_host_model(offer);
    offer_custom(offer, accelerator);
    vir_buf_add(&offer->buf, "  </cpu>\n");
    offer->depth = 1;
}
