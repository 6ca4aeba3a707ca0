/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The processor that QEMU gave to a guest: it leaves out what the host lacks and adds what belongs to its model, and
 * the document of the guest tells so.
 */
#include "cpu/wanted.h"
#include "device/pieces.h"
#include "document/machine.h"
#include "emulator/capabilities.h"
#include "qmp/qmp.h"

#include <string.h>

#define POLICY(word) QEMU_DOMAIN_CPU_FEATURE_POLICY_##word

/* The status file has the same words. */
_Static_assert((int)POLICY(FORCE) == (int)QEMU_DOMSTATUS_ASKED_FEATURE_POLICY_FORCE &&
               (int)POLICY(FORBID) == (int)QEMU_DOMSTATUS_ASKED_FEATURE_POLICY_FORBID &&
               (int)QEMU_DOMAIN_CPU_CHECK_FULL == (int)QEMU_DOMSTATUS_ASKED_CHECK_FULL, "words of processors");

static const char first_cpu[] = "/machine/unattached/device[0]";
static const char leaves[] = "feature-words", missing[] = "unavailable-features";

/* What QEMU adds to the model "host" and leaves out of "max" is its own. */
static bool
is_told(const struct qemu_domain_def *doc)
{
    return doc->cpu.mode == QEMU_DOMAIN_CPU_MODE_CUSTOM && doc->cpu.model.name;
}

/* ---- asking ------------------------------------------------------------------------------------------ */

/* Registers of the processor are there if it tells of them. */
static bool
has_registers(const struct qemu_emulator *emulator, bool kvm)
{
    struct qemu_cpu most;

    if (!qemu_accelerator_cpu(qemu_emulator_accelerator(emulator, kvm), false, &most))
        return true;
    return qemu_cpu_set_has(&most.features, qemu_cpu_feature_find("arch-capabilities", false)) ||
        qemu_cpu_set_has(&most.features, qemu_cpu_feature_find("core-capability", false));
}

void
qemu_cpu_ask(const struct qemu_domain_def *doc, const struct qemu_emulator *emulator, struct qemu_pieces *pieces)
{
    if (!is_told(doc))
        return;
    qemu_pieces_ask_property(pieces, first_cpu, leaves);
    qemu_pieces_ask_property(pieces, first_cpu, missing);
    if (!has_registers(emulator, doc->type == QEMU_DOMAIN_TYPE_KVM))
        return;
    for (size_t i = 0; i < qemu_cpu_n_features; i++)
        if (qemu_cpu_features[i].msr)
            qemu_pieces_ask_property(pieces, first_cpu, qemu_cpu_features[i].name);
}

bool
qemu_cpu_is_verified(const struct qemu_domain_def *doc)
{
    if (!is_told(doc))
        return false;
    for (size_t i = 0; i < doc->cpu.n_features; i++)
        if (strcmp(doc->cpu.features[i]->name, "invtsc") == 0)
            return true;
    return doc->cpu.check == QEMU_DOMAIN_CPU_CHECK_FULL;
}

/* ---- its answers ---------------------------------------------------------------------------------------- */

static bool
is_in(const struct qemu_cpu_feature *feature, struct json_object *leaf)
{
    static const char *const registers[] = { "EAX", "EBX", "ECX", "EDX" };
    const char *reg = qmp_get_string(leaf, "cpuid-register");

    return reg && strcmp(reg, registers[feature->reg]) == 0 &&
        qmp_get_uint(leaf, "cpuid-input-eax", UINT32_MAX, 0) == feature->leaf &&
        qmp_get_uint(leaf, "cpuid-input-ecx", UINT32_MAX, 0) == feature->subleaf &&
        qmp_get_uint(leaf, "features", UINT32_MAX, 0) >> feature->bit & 1;
}

static bool
in_leaves(const struct qemu_cpu_feature *feature, struct json_object *told)
{
    for (size_t i = 0; i < json_object_array_length(told); i++)
        if (is_in(feature, json_object_array_get_idx(told, i)))
            return true;
    return false;
}

static struct qemu_cpu_set
read_given(struct json_object *answers)
{
    struct qemu_cpu_set given = { { 0 } };

    for (size_t i = 0; i < qemu_cpu_n_features; i++) {
        const struct qemu_cpu_feature *feature = &qemu_cpu_features[i];

        if (feature->msr ? json_object_get_boolean(qmp_get(answers, feature->name))
                         : in_leaves(feature, qmp_get(answers, leaves)))
            qemu_cpu_set_add(&given, i);
    }
    return given;
}

static struct qemu_cpu_set
read_missing(struct json_object *words)
{
    struct qemu_cpu_set set = { { 0 } };
    size_t n = json_object_is_type(words, json_type_array) ? json_object_array_length(words) : 0;

    for (size_t i = 0; i < n; i++) {
        const char *word = json_object_get_string(json_object_array_get_idx(words, i));
        size_t feature = word ? qemu_cpu_feature_find(word, true) : qemu_cpu_n_features;

        if (feature < qemu_cpu_n_features)
            qemu_cpu_set_add(&set, feature);
    }
    return set;
}

/* ---- compared with what was asked for ------------------------------------------------------------------ */

static int
refuse(const struct qemu_domain_def *doc, const struct qemu_cpu_set *more, const struct qemu_cpu_set *less)
{
    VIR_AUTO_FREE char *added = qemu_cpu_set_words(more);
    VIR_AUTO_FREE char *left_out = qemu_cpu_set_words(less);

    vir_error(VIR_ERR_OPERATION_FAILED, "the processor of domain '%s' is not what <cpu check='full'> says: "
              "it has more: %s; it lacks: %s", doc->name, *added ? added : "nothing", *left_out ? left_out : "nothing");
    vir_error_hint("check='partial' or 'none' starts the guest with what there is");
    return -1;
}

/* In the order of the table, as lists of features are. */
static void
correct(struct qemu_domain_def *doc, const struct qemu_cpu_set *more, const struct qemu_cpu_set *less)
{
    for (size_t i = 0; i < qemu_cpu_n_features; i++)
        if (qemu_cpu_set_has(more, i))
            qemu_cpu_set_feature(doc, qemu_cpu_features[i].name, POLICY(REQUIRE));
        else if (qemu_cpu_set_has(less, i))
            qemu_cpu_set_feature(doc, qemu_cpu_features[i].name, POLICY(DISABLE));
}

static int
compare(struct qemu_def *def, const struct qemu_cpu_wanted *wanted, struct json_object *answers)
{
    struct qemu_domain_def *doc = def->doc;
    struct qemu_cpu_set given = read_given(answers), lost = read_missing(qmp_get(answers, missing));
    struct qemu_cpu_set off = qemu_cpu_set_or(&wanted->disable, &wanted->forbid);
    struct qemu_cpu_set on = qemu_cpu_set_or(&wanted->kind->has, &wanted->require);
    struct qemu_cpu_set more, less;
    size_t counter = qemu_cpu_feature_find("invtsc", false);

    on = qemu_cpu_set_or(&on, &wanted->force);
    on = qemu_cpu_set_minus(&on, &off);
    if (qemu_cpu_set_has(&on, counter) && !qemu_cpu_set_has(&given, counter))
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "domain '%s' wants the feature invtsc, and the counter of guests here is "
                         "not invariant", doc->name);
    more = qemu_cpu_set_minus(&given, &on);
    less = qemu_cpu_set_minus(&on, &given);
    less = qemu_cpu_set_or(&less, &lost);
    less = qemu_cpu_set_minus(&less, &wanted->disable);
    if (qemu_cpu_set_count(&more) == 0 && qemu_cpu_set_count(&less) == 0)
        return 0;
    if (doc->cpu.check == QEMU_DOMAIN_CPU_CHECK_FULL)
        return refuse(doc, &more, &less);
    def->asked = qemu_cpu_keep_asked(doc);
    correct(doc, &more, &less);
    return 0;
}

int
qemu_cpu_learn(struct qemu_def *def, struct json_object *answers)
{
    struct qemu_domain_def *doc = def->doc;
    struct qemu_cpu_wanted wanted;

    if (!is_told(doc))
        return 0;
    if (!json_object_is_type(qmp_get(answers, leaves), json_type_array))
        return vir_error(VIR_ERR_INTERNAL_ERROR, "the emulator of domain '%s' does not tell which processor it gave", doc->name);
    if (qemu_cpu_read_wanted(doc, &wanted) < 0 || compare(def, &wanted, answers) < 0)
        return -1;
    doc->cpu.check = QEMU_DOMAIN_CPU_CHECK_FULL;
    return 0;
}

/* ---- what was asked for, kept ---------------------------------------------------------------------------- */

struct qemu_domstatus_asked_def *
qemu_cpu_keep_asked(const struct qemu_domain_def *doc)
{
    struct qemu_domstatus_asked_def *asked = qemu_domstatus_asked_def_new();

    asked->check = (enum qemu_domstatus_asked_check)doc->cpu.check;
    asked->features = vir_alloc_array(doc->cpu.n_features + 1, sizeof(*asked->features));
    for (size_t i = 0; i < doc->cpu.n_features; i++) {
        struct qemu_domstatus_asked_feature_def *feature = asked->features[asked->n_features++] = qemu_domstatus_asked_feature_def_new();

        feature->name = vir_strdup(doc->cpu.features[i]->name);
        feature->policy = (enum qemu_domstatus_asked_feature_policy)doc->cpu.features[i]->policy;
    }
    return asked;
}

void
qemu_cpu_say_asked(const struct qemu_def *def, struct qemu_domain_def *doc)
{
    const struct qemu_domstatus_asked_def *asked = def->asked;

    if (!asked)
        return;
    doc->cpu.check = (enum qemu_domain_cpu_check)asked->check;
    while (doc->cpu.n_features)
        qemu_domain_cpu_feature_def_free(doc->cpu.features[--doc->cpu.n_features]);
    for (size_t i = 0; i < asked->n_features; i++)
        qemu_cpu_set_feature(doc, asked->features[i]->name,
                             (enum qemu_domain_cpu_feature_policy)asked->features[i]->policy);
}
