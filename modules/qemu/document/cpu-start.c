/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The processor that a guest starts with: what its document leaves to the host (mode host-model, match minimum,
 * optional features) is said in it, after it was seen whether there can be such a processor here.
 */
#include "cpu/wanted.h"
#include "document/machine.h"
#include "emulator/capabilities.h"

#include <stdlib.h>
#include <string.h>

typedef struct qemu_domain_cpu_feature_def feature_def;

#define POLICY(word) QEMU_DOMAIN_CPU_FEATURE_POLICY_##word

/* Policies of the two documents are the same words. */
_Static_assert((int)POLICY(FORCE) == (int)QEMU_CPU_FEATURE_POLICY_FORCE &&
               (int)POLICY(FORBID) == (int)QEMU_CPU_FEATURE_POLICY_FORBID, "policies of features");

/* ---- features of the document ---------------------------------------------------------------------- */

static feature_def *
find_feature(const struct qemu_domain_def *doc, const char *name)
{
    for (size_t i = 0; i < doc->cpu.n_features; i++)
        if (strcmp(doc->cpu.features[i]->name, name) == 0)
            return doc->cpu.features[i];
    return NULL;
}

void
qemu_cpu_set_feature(struct qemu_domain_def *doc, const char *name, enum qemu_domain_cpu_feature_policy policy)
{
    feature_def *feature = find_feature(doc, name);

    if (!feature) {
        feature = qemu_domain_cpu_feature_def_new();
        feature->name = vir_strdup(name);
        doc->cpu.features = vir_realloc_array(doc->cpu.features, doc->cpu.n_features + 1, sizeof(*doc->cpu.features));
        doc->cpu.features[doc->cpu.n_features++] = feature;
    }
    feature->policy = policy;
}

static void
drop_feature(struct qemu_domain_def *doc, const char *name)
{
    size_t n = 0;

    for (size_t i = 0; i < doc->cpu.n_features; i++)
        if (strcmp(doc->cpu.features[i]->name, name) == 0)
            qemu_domain_cpu_feature_def_free(doc->cpu.features[i]);
        else
            doc->cpu.features[n++] = doc->cpu.features[i];
    doc->cpu.n_features = n;
}

static void
set_features(struct qemu_domain_def *doc, const struct qemu_cpu_set *set, enum qemu_domain_cpu_feature_policy policy)
{
    for (size_t i = 0; i < qemu_cpu_n_features; i++)
        if (qemu_cpu_set_has(set, i))
            qemu_cpu_set_feature(doc, qemu_cpu_features[i].name, policy);
}

/* The model of SAID and what is beside it, and what the document says itself over that. */
static void
say_model(struct qemu_domain_def *doc, const struct qemu_cpu_said *said)
{
    feature_def **own = vir_steal(&doc->cpu.features);
    size_t n = doc->cpu.n_features;

    doc->cpu.n_features = 0;
    doc->cpu.model.present = true;
    qemu_set_text(&doc->cpu.model.name, said->kind->name);
    set_features(doc, &said->more, POLICY(REQUIRE));
    set_features(doc, &said->less, POLICY(DISABLE));
    set_features(doc, &said->had, POLICY(DISABLE));
    for (size_t i = 0; i < n; i++) {
        qemu_cpu_set_feature(doc, own[i]->name, own[i]->policy);
        qemu_domain_cpu_feature_def_free(own[i]);
    }
    free(own);
}

/* ---- what it leaves open ------------------------------------------------------------------------------ */

/* A processor of a model; others are the host's own, or QEMU's. */
static bool
has_model(const struct qemu_domain_def *doc)
{
    return doc->cpu.mode == QEMU_DOMAIN_CPU_MODE_HOST_MODEL ||
        (doc->cpu.mode == QEMU_DOMAIN_CPU_MODE_CUSTOM && doc->cpu.model.name);
}

int
qemu_cpu_read_wanted(const struct qemu_domain_def *doc, struct qemu_cpu_wanted *ret)
{
    *ret = (struct qemu_cpu_wanted){ .vendor = doc->cpu.vendor, .strict = doc->cpu.match == QEMU_DOMAIN_CPU_MATCH_STRICT };
    if (doc->cpu.model.name && qemu_cpu_wanted_model(ret, doc->cpu.model.name) < 0)
        return -1;
    for (size_t i = 0; i < doc->cpu.n_features; i++)
        if (qemu_cpu_wanted_feature(ret, doc->cpu.features[i]->name,
                                    (enum qemu_cpu_feature_policy)doc->cpu.features[i]->policy,
                                    VIR_ERR_CONFIG_UNSUPPORTED) < 0)
            return -1;
    return 0;
}

static int
decide_optional(struct qemu_domain_def *doc, const struct qemu_cpu *host)
{
    for (size_t i = 0; i < doc->cpu.n_features; i++) {
        feature_def *feature = doc->cpu.features[i];
        size_t number = qemu_cpu_feature_find(feature->name, false);

        if (feature->policy != POLICY(OPTIONAL))
            continue;
        if (number == qemu_cpu_n_features)
            return vir_error(VIR_ERR_INTERNAL_ERROR, "the feature '%s' of a processor is unknown", feature->name);
        feature->policy = qemu_cpu_set_has(&host->features, number) ? POLICY(REQUIRE) : POLICY(DISABLE);
    }
    return 0;
}

/* What older versions of QEMU thought to be of the model is not, unless it is said. */
static int
deny_had(struct qemu_domain_def *doc)
{
    const struct qemu_cpu_kind *kind = qemu_cpu_model_find(doc->cpu.model.name);

    if (!kind)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "the model '%s' of a processor is unknown", doc->cpu.model.name);
    for (size_t i = 0; i < qemu_cpu_n_features; i++)
        if (qemu_cpu_set_has(&kind->had, i) && !find_feature(doc, qemu_cpu_features[i].name))
            qemu_cpu_set_feature(doc, qemu_cpu_features[i].name, POLICY(DISABLE));
    return 0;
}

int
qemu_cpu_expand(struct qemu_domain_def *doc, const struct qemu_emulator *emulator)
{
    bool of_host = doc->cpu.mode == QEMU_DOMAIN_CPU_MODE_HOST_MODEL;
    bool open = of_host || doc->cpu.match == QEMU_DOMAIN_CPU_MATCH_MINIMUM;
    struct qemu_cpu host = { 0 };
    struct qemu_cpu_said said;
    bool can_be;

    if (!has_model(doc))
        return 0;
    can_be = qemu_emulator_host_model(emulator, doc->type == QEMU_DOMAIN_TYPE_KVM, true, &host, &said);
    if (open && !can_be)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the emulator '%s' does not tell which processor this host is for guests",
                         emulator->path);
    if (decide_optional(doc, &host) < 0)
        return -1;
    if (!open)
        return deny_had(doc);
    say_model(doc, &said);
    if (of_host)
        qemu_set_text(&doc->cpu.vendor, host.vendor);
    doc->cpu.mode = QEMU_DOMAIN_CPU_MODE_CUSTOM;
    doc->cpu.match = QEMU_DOMAIN_CPU_MATCH_EXACT;
    if (!doc->cpu.model.fallback)
        doc->cpu.model.fallback = QEMU_DOMAIN_CPU_MODEL_FALLBACK_ALLOW;
    return 0;
}

/* ---- whether it can be ------------------------------------------------------------------------------- */

static int
check_features(const struct qemu_domain_def *doc)
{
    for (size_t i = 0; i < doc->cpu.n_features; i++)
        if (qemu_cpu_feature_find(doc->cpu.features[i]->name, false) == qemu_cpu_n_features)
            return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "<cpu> of domain '%s' has the unknown feature '%s'", doc->name,
                             doc->cpu.features[i]->name);
    return 0;
}

/* A guest of KVM can have what the host has, too. */
static int
check_host(const struct qemu_domain_def *doc, const struct qemu_emulator *emulator)
{
    bool kvm = doc->type == QEMU_DOMAIN_TYPE_KVM;
    struct qemu_cpu_wanted wanted;
    struct qemu_cpu all;
    VIR_AUTO_FREE char *why = NULL;

    if (qemu_cpu_read_wanted(doc, &wanted) < 0)
        return -1;
    if (!qemu_accelerator_cpu(qemu_emulator_accelerator(emulator, kvm), false, &all))
        all = qemu_cpu_host()->cpu;
    else if (kvm)
        all.features = qemu_cpu_set_or(&all.features, &qemu_cpu_host()->cpu.features);
    if (qemu_cpu_wanted_compare(&wanted, &all, &why) != VIR_CPU_COMPARE_INCOMPATIBLE)
        return 0;
    vir_error(VIR_ERR_CPU_INCOMPATIBLE, "domain '%s': this host has no such processor as <cpu> wants: %s", doc->name, why);
    vir_error_hint("'virsh domcapabilities' shows what it has; check='none' starts the guest without what it lacks");
    return -1;
}

/* A model that this QEMU says not to have is another with more or less. */
static int
translate(struct qemu_domain_def *doc, const struct qemu_emulator *emulator)
{
    const struct qemu_accelerator *accelerator = qemu_emulator_accelerator(emulator, doc->type == QEMU_DOMAIN_TYPE_KVM);
    struct qemu_cpu_choice choice = qemu_accelerator_choice(accelerator);
    const struct qemu_cpu_kind *kind = qemu_cpu_model_find(doc->cpu.model.name);
    struct qemu_cpu_set missing;
    struct qemu_cpu_said said = { 0 };
    struct qemu_cpu cpu;

    if (accelerator->n_models == 0 || choice.usable(doc->cpu.model.name, &missing, choice.opaque))
        return 0;
    if (kind && doc->cpu.model.fallback != QEMU_DOMAIN_CPU_MODEL_FALLBACK_FORBID) {
        cpu = (struct qemu_cpu){ .vendor = kind->vendor, .features = kind->has };
        if (kind->n_signatures) {
            cpu.family = kind->signatures[0].family;
            cpu.model = kind->signatures[0].model;
            cpu.stepping = kind->signatures[0].first;
        }
        said = qemu_cpu_decode(&cpu, false, &choice, NULL);
    }
    if (!said.kind)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the emulator '%s' has no processor of model '%s', which <cpu> wants",
                         emulator->path, doc->cpu.model.name);
    say_model(doc, &said);
    return 0;
}

int
qemu_cpu_begin(struct qemu_domain_def *doc, const struct qemu_emulator *emulator)
{
    static const char *const of_host[] = { "cmt", "mbm_total", "mbm_local" };   /* no guest has these */

    if (check_features(doc) < 0)
        return -1;
    if (!has_model(doc))
        return 0;
    if ((doc->cpu.check == QEMU_DOMAIN_CPU_CHECK_PARTIAL && check_host(doc, emulator) < 0) ||
        qemu_cpu_expand(doc, emulator) < 0 || translate(doc, emulator) < 0)
        return -1;
    doc->cpu.model.fallback = QEMU_DOMAIN_CPU_MODEL_FALLBACK_FORBID;
    for (size_t i = 0; i < sizeof(of_host) / sizeof(of_host[0]); i++)
        drop_feature(doc, of_host[i]);
    return 0;
}
