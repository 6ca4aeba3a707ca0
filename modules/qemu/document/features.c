/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the board, KVM and Hyper-V offer to the guest: parts of -machine, -accel and -cpu.
 */
#include "device/pieces.h"
#include "document/machine.h"
#include "qmp/qmp.h"

#define FEATURE(member) offsetof(struct qemu_domain_def, features.member)

/* ---- rules ---------------------------------------------------------------------------------- */

int
qemu_features_startable(const struct qemu_domain_def *doc)
{
    bool kvm = doc->type == QEMU_DOMAIN_TYPE_KVM;

    if (doc->features.hyperv.mode == QEMU_DOMAIN_FEATURES_HYPERV_MODE_PASSTHROUGH && !kvm)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "<hyperv mode='passthrough'> needs a domain of type kvm");
    if (doc->features.pvspinlock.state == VIR_XML_YES && !kvm)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "<pvspinlock state='on'/> needs a domain of type kvm");
    if (doc->features.tcg.has_tb_cache && kvm)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "a domain of type kvm has no <tcg>");
    return 0;
}

/* ---- for QEMU --------------------------------------------------------------------------------- */

static const char *
onoff(enum vir_xml_bool state)
{
    return state == VIR_XML_YES ? "on" : "off";
}

void
qemu_features_put_machine(const struct qemu_domain_def *doc, struct vir_buf *buf)
{
    if (!doc->features.acpi)
        vir_buf_add(buf, ",acpi=off");
    if (doc->features.vmport.state)
        vir_buf_addf(buf, ",vmport=%s", onoff(doc->features.vmport.state));
    if (doc->features.smm.state)
        vir_buf_addf(buf, ",smm=%s", onoff(doc->features.smm.state));
    if (doc->features.ioapic.driver && doc->type == QEMU_DOMAIN_TYPE_KVM)
        vir_buf_addf(buf, ",kernel_irqchip=%s",
                     doc->features.ioapic.driver == QEMU_DOMAIN_FEATURES_IOAPIC_DRIVER_KVM ? "on" : "split");
}

void
qemu_features_put_accel(const struct qemu_domain_def *doc, struct vir_buf *buf)
{
    if (doc->features.kvm.dirty_ring.state == VIR_XML_YES)
        vir_buf_addf(buf, ",dirty-ring-size=%u", doc->features.kvm.dirty_ring.size);
    if (doc->features.tcg.has_tb_cache)
        vir_buf_addf(buf, ",tb-size=%llu", doc->features.tcg.tb_cache / 1024);
}

/* Those that are on or off; SAID: told when it is off, too. */
static const struct feature {
    const char *property;
    size_t state;
    bool said;
} features[] = {
    { "kvm-pv-unhalt", FEATURE(pvspinlock.state), true },
    { "kvm-pv-eoi", FEATURE(apic.eoi), true },
    { "hv-relaxed", FEATURE(hyperv.relaxed.state), false },
    { "hv-vapic", FEATURE(hyperv.vapic.state), false },
    { "hv-vpindex", FEATURE(hyperv.vpindex.state), false },
    { "hv-runtime", FEATURE(hyperv.runtime.state), false },
    { "hv-synic", FEATURE(hyperv.synic.state), false },
    { "hv-stimer", FEATURE(hyperv.stimer.state), false },
    { "hv-stimer-direct", FEATURE(hyperv.stimer.direct.state), false },
    { "hv-reset", FEATURE(hyperv.reset.state), false },
    { "hv-frequencies", FEATURE(hyperv.frequencies.state), false },
    { "hv-reenlightenment", FEATURE(hyperv.reenlightenment.state), false },
    { "hv-tlbflush", FEATURE(hyperv.tlbflush.state), false },
    { "hv-ipi", FEATURE(hyperv.ipi.state), false },
    { "hv-evmcs", FEATURE(hyperv.evmcs.state), false },
    { "hv-avic", FEATURE(hyperv.avic.state), false },
    { "kvm-hint-dedicated", FEATURE(kvm.hint_dedicated.state), false },
    { "kvm-poll-control", FEATURE(kvm.poll_control.state), false },
    { "kvm-pv-ipi", FEATURE(kvm.pv_ipi.state), true },
    { "pmu", FEATURE(pmu.state), true },
};

static void
put_values(const struct qemu_domain_def *doc, struct vir_buf *buf)
{
    if (doc->features.hyperv.mode == QEMU_DOMAIN_FEATURES_HYPERV_MODE_PASSTHROUGH)
        vir_buf_add(buf, ",hv-passthrough=on");
    if (doc->features.hyperv.spinlocks.state == VIR_XML_YES)
        vir_buf_addf(buf, ",hv-spinlocks=0x%x", doc->features.hyperv.spinlocks.retries);
    if (doc->features.hyperv.vendor_id.state == VIR_XML_YES) {
        vir_buf_add(buf, ",hv-vendor-id=");
        qemu_buf_add_text(buf, doc->features.hyperv.vendor_id.value);
    }
    if (doc->features.kvm.hidden.state == VIR_XML_YES)
        vir_buf_add(buf, ",kvm=off");
    for (size_t i = 0; i < doc->devices.n_panics; i++)
        if (doc->devices.panics[i]->model == QEMU_PANIC_MODEL_HYPERV)
            vir_buf_add(buf, ",hv-crash");
}

void
qemu_features_put_cpu(const struct qemu_domain_def *doc, struct vir_buf *buf)
{
    for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++) {
        enum vir_xml_bool state = *(const enum vir_xml_bool *)((const char *)doc + features[i].state);

        if (state == VIR_XML_YES || (state && features[i].said))
            vir_buf_addf(buf, ",%s=%s", features[i].property, onoff(state));
    }
    put_values(doc, buf);
}

/* The unit is one that is written: B, KiB, MiB... */
static unsigned long long
tseg_mbytes(const struct qemu_domain_def *doc)
{
    static const char units[] = "BKMGTPE";
    const char *unit = doc->features.smm.tseg.unit, *at = unit ? strchr(units, *unit) : NULL;
    unsigned int shift = at ? 10 * (unsigned int)(at - units) : 20;

    return shift >= 20 ? doc->features.smm.tseg.size << (shift - 20) : doc->features.smm.tseg.size >> (20 - shift);
}

static void
put_sleep(struct qemu_domain_def *doc, struct qemu_command *command, const char *property, enum vir_xml_bool can)
{
    if (can)
        qemu_command_addf(command, "-global", "%s.%s=%d", qemu_board_of(doc).q35 ? "ICH9-LPC" : "PIIX4_PM", property,
                          can == VIR_XML_NO);
}

void
qemu_features_build(struct qemu_domain_def *doc, struct qemu_command *command)
{
    if (doc->features.smm.state == VIR_XML_YES && doc->features.smm.tseg.present)
        qemu_command_addf(command, "-global", "mch.extended-tseg-mbytes=%llu", tseg_mbytes(doc));
    put_sleep(doc, command, "disable_s3", doc->pm.suspend_to_mem.enabled);
    put_sleep(doc, command, "disable_s4", doc->pm.suspend_to_disk.enabled);
    if (doc->features.vmcoreinfo.state == VIR_XML_YES)
        qemu_command_json(command, "-device", qemu_object("driver", "vmcoreinfo"));
}
