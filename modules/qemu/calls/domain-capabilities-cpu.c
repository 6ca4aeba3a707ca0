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

/* As libvirt 9.0.0: what an emulator without the processor type of x86_64 says of registers is not believed. */
static void
drop_registers(struct qemu_cpu *cpu)
{
    struct qemu_cpu_set registers = { { 0 } };

    for (size_t i = 0; i < qemu_cpu_n_features; i++)
        if (qemu_cpu_features[i].msr)
            qemu_cpu_set_add(&registers, i);
    cpu->features = qemu_cpu_set_minus(&cpu->features, &registers);
}

static void
offer_host_model(struct qemu_offer *offer, const struct qemu_accelerator *accelerator)
{
    struct qemu_cpu_choice choice = qemu_accelerator_choice(accelerator);
    struct qemu_cpu_said said = { 0 };
    struct qemu_cpu cpu;

    if (qemu_accelerator_cpu(accelerator, false, &cpu)) {
        if (!offer->emulator->host_migratable)
            drop_registers(&cpu);
        said = qemu_cpu_decode(&cpu, false, &choice, NULL);
    }
    mode_begin(offer, "host-model", said.kind != NULL);
    if (!said.kind)
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
    offer_host_model(offer, accelerator);
    offer_custom(offer, accelerator);
    vir_buf_add(&offer->buf, "  </cpu>\n");
    offer->depth = 1;
}
