/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The processor that the guest sees, and how many there are.
 */
#include "device/pieces.h"
#include "document/machine.h"
#include "document/vcpus.h"
#include "emulator/capabilities.h"

/* ---- completing --------------------------------------------------------------------------- */

/* A model alone means custom; nothing at all, the machine's own default. */
void
qemu_cpu_complete(struct qemu_domain_def *doc, const struct qemu_machine *machine)
{
    bool said = doc->cpu.present;

    doc->cpu.present = true;
    if (doc->cpu.topology.present && !doc->cpu.topology.has_dies) {
        doc->cpu.topology.has_dies = true;
        doc->cpu.topology.dies = 1;
    }
    if (!doc->cpu.mode)
        doc->cpu.mode = QEMU_DOMAIN_CPU_MODE_CUSTOM;
    if (doc->cpu.mode == QEMU_DOMAIN_CPU_MODE_HOST_PASSTHROUGH && !doc->cpu.migratable)
        doc->cpu.migratable = VIR_XML_YES;
    if (!doc->cpu.model.name && !doc->cpu.model.vendor_id)
        doc->cpu.model.present = false;
    if (doc->cpu.mode == QEMU_DOMAIN_CPU_MODE_HOST_MODEL && doc->cpu.model.name && !doc->cpu.model.fallback)
        doc->cpu.model.fallback = QEMU_DOMAIN_CPU_MODEL_FALLBACK_ALLOW;
    if (doc->cpu.mode != QEMU_DOMAIN_CPU_MODE_CUSTOM) {
        if (!doc->cpu.check)
            doc->cpu.check = doc->cpu.mode == QEMU_DOMAIN_CPU_MODE_HOST_MODEL
                ? QEMU_DOMAIN_CPU_CHECK_PARTIAL : QEMU_DOMAIN_CPU_CHECK_NONE;
        return;
    }
    if (!doc->cpu.model.name && machine->default_cpu) {
        doc->cpu.model.present = true;
        doc->cpu.model.name = vir_strdup(machine->default_cpu);
        doc->cpu.model.fallback = QEMU_DOMAIN_CPU_MODEL_FALLBACK_FORBID;
        doc->cpu.check = QEMU_DOMAIN_CPU_CHECK_ABSENT;
        said = false;
    }
    if (!doc->cpu.model.fallback)
        doc->cpu.model.fallback = QEMU_DOMAIN_CPU_MODEL_FALLBACK_ALLOW;
    if (!doc->cpu.match)
        doc->cpu.match = QEMU_DOMAIN_CPU_MATCH_EXACT;
    if (!doc->cpu.check)
        doc->cpu.check = said && doc->type == QEMU_DOMAIN_TYPE_KVM
            ? QEMU_DOMAIN_CPU_CHECK_PARTIAL : QEMU_DOMAIN_CPU_CHECK_NONE;
}

/* ---- rules ---------------------------------------------------------------------------------- */

static int
check_topology(const struct qemu_domain_def *doc)
{
    uint64_t sockets = doc->cpu.topology.sockets, cores = doc->cpu.topology.cores;
    uint64_t threads = doc->cpu.topology.threads;
    uint64_t dies = doc->cpu.topology.has_dies ? doc->cpu.topology.dies : 1;

    if (!doc->cpu.topology.present)
        return 0;
    if (sockets > QEMU_MAX_VCPUS || dies > QEMU_MAX_VCPUS || cores > QEMU_MAX_VCPUS ||
        threads > QEMU_MAX_VCPUS || sockets * dies * cores * threads != doc->vcpu.count)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the cpu topology does not make the %u vcpus of <vcpu>",
                         doc->vcpu.count);
    return 0;
}

int
qemu_cpu_check(const struct qemu_domain_def *doc)
{
    bool custom = !doc->cpu.mode || doc->cpu.mode == QEMU_DOMAIN_CPU_MODE_CUSTOM;

    if (custom && doc->cpu.n_features && !doc->cpu.model.name)
        return vir_error(VIR_ERR_XML_ERROR, "<cpu> has a <feature> and no <model> that it belongs to");
    if (doc->cpu.model.vendor_id && strchr(doc->cpu.model.vendor_id, ','))
        return vir_error(VIR_ERR_XML_ERROR, "the vendor_id '%s' of a processor has a comma", doc->cpu.model.vendor_id);
    if (doc->cpu.vendor && !doc->cpu.model.name)
        return vir_error(VIR_ERR_XML_ERROR, "<cpu> has a <vendor> and no <model> that it makes");
    if (doc->cpu.migratable && (custom || doc->cpu.mode == QEMU_DOMAIN_CPU_MODE_HOST_MODEL))
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the attribute 'migratable' of <cpu> needs "
                         "mode='host-passthrough' or mode='maximum'");
    if (qemu_vcpus_check(doc) < 0)
        return -1;
    return check_topology(doc);
}

/* ---- for QEMU --------------------------------------------------------------------------------- */

/* QEMU's word for it. */
static void
add_feature_name(struct vir_buf *buf, const char *name)
{
    VIR_AUTO_FREE char *word = vir_strdup(strcmp(name, "pclmuldq") == 0 ? "pclmulqdq" : name);

    for (char *c = word; *c; c++)
        if (*c == '_')
            *c = '-';
    vir_buf_add(buf, word);
}

/* Those that are still optional are so to QEMU. */
static int
add_cpu_features(struct vir_buf *buf, const struct qemu_domain_def *doc)
{
    for (size_t i = 0; i < doc->cpu.n_features; i++) {
        const struct qemu_domain_cpu_feature_def *feature = doc->cpu.features[i];
        bool off = feature->policy == QEMU_DOMAIN_CPU_FEATURE_POLICY_DISABLE ||
            feature->policy == QEMU_DOMAIN_CPU_FEATURE_POLICY_FORBID;

        if (feature->name[strspn(feature->name, "abcdefghijklmnopqrstuvwxyz0123456789_.-")])
            return vir_error(VIR_ERR_XML_ERROR, "cpu feature '%s' cannot be the name of one", feature->name);
        if (feature->policy == QEMU_DOMAIN_CPU_FEATURE_POLICY_OPTIONAL)
            continue;
        vir_buf_add(buf, ",");
        add_feature_name(buf, feature->name);
        vir_buf_add(buf, off ? "=off" : "=on");
    }
    return 0;
}

static int
add_cpu_model(struct vir_buf *buf, const struct qemu_def *def)
{
    const struct qemu_domain_def *doc = def->doc;
    bool kvm = qemu_def_is_kvm(def);

    switch (doc->cpu.mode) {
    case QEMU_DOMAIN_CPU_MODE_HOST_PASSTHROUGH:
        if (!kvm)
            return vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                             "cpu mode 'host-passthrough' needs a domain of type kvm");
        vir_buf_addf(buf, "host,migratable=%s", doc->cpu.migratable == VIR_XML_NO ? "off" : "on");
        return 0;
    case QEMU_DOMAIN_CPU_MODE_MAXIMUM:
        vir_buf_addf(buf, "max%s", doc->cpu.migratable == VIR_XML_NO ? ",migratable=off"
                     : doc->cpu.migratable == VIR_XML_YES ? ",migratable=on" : "");
        return 0;
    default:
        break;
    }
    if (!doc->cpu.model.name || strchr(doc->cpu.model.name, ','))
        return vir_error(VIR_ERR_XML_ERROR, "the <cpu> of domain '%s' has no usable <model>", doc->name);
    vir_buf_add(buf, doc->cpu.model.name);
    if (doc->cpu.model.vendor_id)
        vir_buf_addf(buf, ",vendor=%s", doc->cpu.model.vendor_id);
    return 0;
}

int
qemu_cpu_build(const struct qemu_def *def, struct qemu_command *command)
{
    struct vir_buf buf = { 0 };
    int ret = add_cpu_model(&buf, def);

    if (ret == 0)
        ret = add_cpu_features(&buf, def->doc);
    qemu_clock_put_cpu(def->doc, &buf);
    qemu_features_put_cpu(def->doc, &buf);
    if (ret == 0)
        qemu_command_add(command, "-cpu", buf.text);
    vir_buf_free(&buf);
    return ret;
}
