/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Processors, for programs that compare those of several hosts.
 */
#include "calls/asked.h"
#include "calls/calls.h"
#include "cpu/cpu.h"
#include "cpu/wanted.h"
#include "qemu-schema.h"

#include <stdlib.h>
#include <string.h>

/* ---- names ------------------------------------------------------------------------------------------- */

static int
names_of_x86(char **names)
{
    for (size_t i = 0; names && i < qemu_cpu_n_models; i++)
        names[i] = vir_strdup(qemu_cpu_models[i].name);
    return (int)qemu_cpu_n_models;
}

static int
names_of_ppc64(char **names)
{
    int n = 0;

    for (const char *name = qemu_cpu_others_ppc64; *name; name += strlen(name) + 1, n++)
        if (names)
            names[n] = vir_strdup(name);
    return n;
}

static int
no_names(char **names)
{
    (void)names;
    return 0;
}

int
qemu_connect_get_cpu_model_names(virConnectPtr conn, const char *arch, char ***models, unsigned int flags)
{
    static const struct { enum qemu_arch arch; int (*names)(char **names); } archs[] = {
        { QEMU_ARCH_X86_64, names_of_x86 }, { QEMU_ARCH_I686, names_of_x86 }, { QEMU_ARCH_PPC64, names_of_ppc64 },
        { QEMU_ARCH_PPC64LE, names_of_ppc64 }, { QEMU_ARCH_AARCH64, no_names }, { QEMU_ARCH_ARMV6L, no_names },
        { QEMU_ARCH_ARMV7L, no_names }, { QEMU_ARCH_S390, no_names }, { QEMU_ARCH_S390X, no_names },
    };
    enum qemu_arch wanted = vir_xml_enum_value(&qemu_arch_words, arch);

    (void)conn;
    (void)flags;                        /* none taken */
    if (!wanted)
        return vir_error(VIR_ERR_INVALID_ARG, "unknown architecture '%s'", arch);
    for (size_t i = 0; i < sizeof(archs) / sizeof(archs[0]); i++) {
        if (archs[i].arch != wanted)
            continue;
        if (models) {
            *models = vir_alloc_array((size_t)archs[i].names(NULL) + 1, sizeof(**models));
            archs[i].names(*models);
        }
        return archs[i].names(NULL);
    }
    return vir_error(VIR_ERR_NO_SUPPORT, "the architecture '%s' has no known models", arch);
}

/* ---- comparing ----------------------------------------------------------------------------------------- */

static bool
is_x86(enum qemu_arch arch)
{
    return arch == QEMU_ARCH_X86_64 || arch == QEMU_ARCH_I686;
}

/* A processor of a host says its architecture. */
static struct qemu_cpu_def *
parse(const char *xml, unsigned int flags)
{
    return qemu_cpu_def_parse(xml, flags & VIR_CONNECT_COMPARE_CPU_VALIDATE_XML ? VIR_XML_VALIDATE : 0);
}

static int
compare(const char *xml, const struct qemu_cpu *cpu, unsigned int flags)
{
    struct qemu_cpu_def *def = parse(xml, flags);
    struct qemu_cpu_wanted wanted;
    VIR_AUTO_FREE char *why = NULL;
    int ret = -1;

    if (!def)
        return -1;
    if (def->arch && !is_x86(def->arch)) {
        why = vir_strdup("its architecture is another");
        ret = VIR_CPU_COMPARE_INCOMPATIBLE;
    } else if (!def->model.name && def->mode && def->mode != QEMU_CPU_MODE_CUSTOM) {
        ret = VIR_CPU_COMPARE_SUPERSET;
    } else if (qemu_cpu_wanted_read(def, &wanted) == 0) {
        ret = qemu_cpu_wanted_compare(&wanted, cpu, &why);
    }
    qemu_cpu_def_free(def);
    if (ret == VIR_CPU_COMPARE_INCOMPATIBLE && flags & VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE)
        return vir_error(VIR_ERR_CPU_INCOMPATIBLE, "%s", why ? why : "it is another");
    return ret;
}

int
qemu_connect_compare_cpu(virConnectPtr conn, const char *xml, unsigned int flags)
{
    const struct qemu_cpu_host *host = qemu_cpu_host();

    (void)conn;
    if (!host->said.kind)
        return vir_error(VIR_ERR_OPERATION_FAILED, "the host's processor is none that is known");
    return compare(xml, &host->cpu, flags);
}

static int
most_of(const char *path, const char *arch, const char *machine, const char *type, struct qemu_asked *asked,
        struct qemu_cpu *ret)
{
    if (qemu_asked_find(path, arch, machine, type, asked) < 0)
        return -1;
    if (!qemu_accelerator_cpu(asked->kvm ? &asked->emulator->of_kvm : &asked->emulator->of_tcg, false, ret))
        return vir_error(VIR_ERR_OPERATION_FAILED, "the emulator '%s' does not tell what its processors can do",
                         asked->emulator->path);
    return 0;
}

int
qemu_connect_compare_hypervisor_cpu(virConnectPtr conn, const char *path, const char *arch, const char *machine,
                                    const char *type, const char *xml, unsigned int flags)
{
    struct qemu_asked asked;
    struct qemu_cpu most;

    (void)conn;
    if (most_of(path, arch, machine, type, &asked, &most) < 0)
        return -1;
    return compare(xml, &most, flags);
}

/* ---- what several have in common --------------------------------------------------------------------------- */

/* HOSTS: they must be hosts'.  DEFS: to be freed after ALL. */
static int
read_all(const char *const *xmls, unsigned int n, bool hosts, struct qemu_cpu_def **defs, struct qemu_cpu_wanted *all)
{
    for (unsigned int i = 0; i < n; i++) {
        struct qemu_cpu_def *def = defs[i] = xmls[i] ? qemu_cpu_def_parse(xmls[i], 0) : NULL;
        int ret = -1;

        if (!xmls[i])
            vir_error(VIR_ERR_INVALID_ARG, "there is no processor number %u", i);
        else if (def && hosts && def->mode)
            vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the attribute 'mode' of <cpu> is for guests only");
        else if (def && hosts && !def->arch)
            vir_error(VIR_ERR_XML_ERROR, "<cpu> has no <arch>");
        else if (def && !def->model.name)
            vir_error(hosts ? VIR_ERR_XML_ERROR : VIR_ERR_INVALID_ARG, "the processor number %u has no model", i);
        else if (def)
            ret = qemu_cpu_wanted_read(def, &all[i]);
        if (ret < 0)
            return -1;
    }
    return 0;
}

static char *
format(const struct qemu_cpu_said *said, const char *vendor, bool forbid, unsigned int flags)
{
    struct vir_buf buf = { 0 };

    vir_buf_add(&buf, "<cpu mode='custom' match='exact'>\n");
    vir_buf_addf(&buf, "  <model fallback='%s'>%s</model>\n", forbid ? "forbid" : "allow", said->kind->name);
    if (vendor)
        vir_buf_addf(&buf, "  <vendor>%s</vendor>\n", vendor);
    qemu_cpu_said_format(said, flags & VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES, 2, &buf);
    vir_buf_add(&buf, "</cpu>\n");
    return vir_buf_steal(&buf);
}

/* Of what is beside the model, what does not migrate goes. */
static void
drop_staying(struct qemu_cpu_set *set)
{
    struct qemu_cpu_set stays = { { 0 } };

    for (size_t i = 0; i < qemu_cpu_n_features; i++)
        if (qemu_cpu_features[i].stays)
            qemu_cpu_set_add(&stays, i);
    *set = qemu_cpu_set_minus(set, &stays);
}

static char *
baseline(const char *const *xmls, unsigned int n, const struct qemu_cpu_choice *choice, unsigned int flags)
{
    struct qemu_cpu_wanted *all = vir_alloc_array(n ? n : 1, sizeof(*all));
    struct qemu_cpu_def **defs = vir_alloc_array(n ? n : 1, sizeof(*defs));
    struct qemu_cpu common = { 0 };
    struct qemu_cpu_said said = { 0 };
    const char *vendor = NULL, *model = NULL;
    char *text = NULL;

    if (read_all(xmls, n, !choice, defs, all) == 0 && qemu_cpu_wanted_common(all, n, &common, &vendor, &model) == 0) {
        said = qemu_cpu_decode(&common, false, choice, model);
        if (flags & VIR_CONNECT_BASELINE_CPU_MIGRATABLE)
            drop_staying(&said.more);
        if (said.kind)
            text = format(&said, vendor, choice || (model && strcmp(said.kind->name, model) == 0), flags);
        else
            vir_error(VIR_ERR_OPERATION_FAILED, "no model is what these processors have in common");
    }
    for (unsigned int i = 0; i < n; i++)
        qemu_cpu_def_free(defs[i]);
    free(defs);
    free(all);
    return text;
}

char *
qemu_connect_baseline_cpu(virConnectPtr conn, const char **xmls, unsigned int n, unsigned int flags)
{
    (void)conn;
    return baseline(xmls, n, NULL, flags);
}

char *
qemu_connect_baseline_hypervisor_cpu(virConnectPtr conn, const char *path, const char *arch, const char *machine,
                                     const char *type, const char **xmls, unsigned int n, unsigned int flags)
{
    struct qemu_cpu_choice choice;
    struct qemu_asked asked;
    struct qemu_cpu most;

    (void)conn;
    if (most_of(path, arch, machine, type, &asked, &most) < 0)
        return NULL;
    choice = qemu_accelerator_choice(asked.kvm ? &asked.emulator->of_kvm : &asked.emulator->of_tcg);
    return baseline(xmls, n, &choice, flags);
}
