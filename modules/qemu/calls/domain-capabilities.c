/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The domain capabilities: what a guest can have on one machine of an emulator, as far as this driver does it.
 * Order and words are those of libvirt 9.0.0.
 */
#include "calls/calls.h"
#include "calls/asked.h"
#include "calls/domain-capabilities.h"
#include "device/device.h"
#include "device/offer.h"
#include "document/machine.h"

#include <stdlib.h>
#include <string.h>

/* ---- sections ------------------------------------------------------------------------------------------ */

static void
offer_os(struct qemu_offer *offer)
{
    struct qemu_firmware_found found = { 0 };

    qemu_firmware_find(offer->arch, offer->machine->name, &found);
    qemu_offer_open(offer, "os", true);
    qemu_offer_begin(offer, "firmware");
    qemu_offer_word(offer, "bios", found.bios);
    qemu_offer_word(offer, "efi", found.efi);
    qemu_offer_end(offer);
    qemu_offer_open(offer, "loader", true);
    for (size_t i = 0; i < found.n_files; i++) {
        qemu_offer_text(offer, "value", found.files[i]);
        free(found.files[i]);
    }
    free(found.files);
    qemu_offer_begin(offer, "type");
    qemu_offer_word(offer, "rom", true);
    qemu_offer_word(offer, "pflash", true);
    qemu_offer_end(offer);
    qemu_offer_begin(offer, "readonly");
    qemu_offer_word(offer, "yes", true);
    qemu_offer_word(offer, "no", true);
    qemu_offer_end(offer);
    qemu_offer_begin(offer, "secure");
    qemu_offer_word(offer, "yes", found.secure);
    qemu_offer_word(offer, "no", true);
    qemu_offer_end(offer);
    qemu_offer_close(offer, "loader");
    qemu_offer_close(offer, "os");
}

static void
offer_memory(struct qemu_offer *offer)
{
    qemu_offer_open(offer, "memoryBacking", true);
    qemu_offer_begin(offer, "sourceType");
    qemu_offer_word(offer, "file", qemu_emulator_makes(offer->emulator, "memory-backend-file"));
    qemu_offer_word(offer, "anonymous", true);
    qemu_offer_word(offer, "memfd", qemu_emulator_makes(offer->emulator, "memory-backend-memfd"));
    qemu_offer_end(offer);
    qemu_offer_close(offer, "memoryBacking");
}

/* What a row says of itself is written behind its element's tag, which says whether there is any. */
static void
offer_device(struct qemu_offer *offer, const struct qemu_device_type *type)
{
    const char *element = qemu_device_element(type);
    struct vir_buf before = offer->buf, inner;
    bool supported;

    memset(&offer->buf, 0, sizeof(offer->buf));
    offer->depth++;
    supported = type->offer && type->offer(offer);
    offer->depth--;
    inner = offer->buf;
    offer->buf = before;
    qemu_offer_open(offer, element, supported);
    if (supported) {
        vir_buf_add(&offer->buf, inner.text);
        qemu_offer_close(offer, element);
    }
    vir_buf_free(&inner);
}

static void
offer_devices(struct qemu_offer *offer)
{
    static const struct qemu_device_type *const types[] = {
        &qemu_device_disk, &qemu_device_graphics, &qemu_device_video, &qemu_device_hostdev, &qemu_device_rng,
        &qemu_device_filesystem, &qemu_device_tpm, &qemu_device_redirdev, &qemu_device_channel,
    };

    qemu_offer_indent(offer);
    vir_buf_add(&offer->buf, "<devices>\n");
    offer->depth++;
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        offer_device(offer, types[i]);
    qemu_offer_close(offer, "devices");
}

static void
offer_hyperv(struct qemu_offer *offer)
{
    static const struct { const char *word, *property; } features[] = {
        { "relaxed", "hv-relaxed" }, { "vapic", "hv-vapic" }, { "spinlocks", "hv-spinlocks" },
        { "vpindex", "hv-vpindex" }, { "runtime", "hv-runtime" }, { "synic", "hv-synic" }, { "stimer", "hv-stimer" },
        { "reset", "hv-reset" }, { "vendor_id", "hv-vendor-id" }, { "frequencies", "hv-frequencies" },
        { "reenlightenment", "hv-reenlightenment" }, { "tlbflush", "hv-tlbflush" }, { "ipi", "hv-ipi" },
        { "evmcs", "hv-evmcs" }, { "avic", "hv-avic" },
    };
    const struct qemu_emulator *emulator = offer->emulator;

    qemu_offer_open(offer, "hyperv", emulator->n_hyperv > 0);
    if (emulator->n_hyperv == 0)
        return;
    qemu_offer_begin(offer, "features");
    for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++)
        qemu_offer_word(offer, features[i].word,
                        qemu_emulator_word(emulator->hyperv, emulator->n_hyperv, features[i].property));
    qemu_offer_end(offer);
    qemu_offer_close(offer, "hyperv");
}

/* The words that are always "no" here are what this driver does not do. */
static void
offer_features(struct qemu_offer *offer)
{
    qemu_offer_indent(offer);
    vir_buf_add(&offer->buf, "<features>\n");
    offer->depth++;
    qemu_offer_flag(offer, "gic", false);
    qemu_offer_flag(offer, "vmcoreinfo", qemu_emulator_makes(offer->emulator, "vmcoreinfo"));
    qemu_offer_flag(offer, "genid", false);
    qemu_offer_flag(offer, "backingStoreInput", true);
    qemu_offer_flag(offer, "backup", false);
    qemu_offer_flag(offer, "sev", false);
    qemu_offer_flag(offer, "sgx", false);
    offer_hyperv(offer);
    qemu_offer_close(offer, "features");
}

static char *
format(const struct qemu_emulator *emulator, const struct qemu_machine *machine, const char *arch, bool kvm)
{
    struct qemu_offer offer = { .emulator = emulator, .machine = machine, .arch = arch, .kvm = kvm };

    offer.i440fx = strncmp(machine->name, "pc-i440fx-", 10) == 0 || strcmp(machine->name, "pc") == 0;
    vir_buf_add(&offer.buf, "<domainCapabilities>\n");
    offer.depth++;
    qemu_offer_text(&offer, "path", emulator->path);
    qemu_offer_text(&offer, "domain", kvm ? "kvm" : "qemu");
    qemu_offer_text(&offer, "machine", machine->name);
    qemu_offer_text(&offer, "arch", arch);
    qemu_offer_indent(&offer);
    vir_buf_addf(&offer.buf, "<vcpu max='%u'/>\n", machine->max_cpus);
    qemu_offer_flag(&offer, "iothreads", qemu_emulator_makes(emulator, "iothread"));
    offer_os(&offer);
    qemu_offer_cpu(&offer);
    offer_memory(&offer);
    offer_devices(&offer);
    offer_features(&offer);
    qemu_offer_close(&offer, "domainCapabilities");
    return vir_buf_steal(&offer.buf);
}

char *
qemu_connect_get_domain_capabilities(virConnectPtr conn, const char *path, const char *arch, const char *machine,
                                     const char *type, unsigned int flags)
{
    struct qemu_asked asked;

    (void)conn;
    (void)flags;                        /* none taken */
    if (qemu_asked_find(path, arch, machine, type, &asked) < 0)
        return NULL;
    return format(asked.emulator, asked.machine, asked.arch, asked.kvm);
}
