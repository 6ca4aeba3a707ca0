/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a document wants of a processor, compared with what one has.
 */
#include "cpu/wanted.h"

#include <string.h>

static struct qemu_cpu_set *
set_of(struct qemu_cpu_wanted *wanted, enum qemu_cpu_feature_policy policy)
{
    switch (policy) {
    case QEMU_CPU_FEATURE_POLICY_FORCE:
        return &wanted->force;
    case QEMU_CPU_FEATURE_POLICY_OPTIONAL:
        return &wanted->optional;
    case QEMU_CPU_FEATURE_POLICY_DISABLE:
        return &wanted->disable;
    case QEMU_CPU_FEATURE_POLICY_FORBID:
        return &wanted->forbid;
    default:
        return &wanted->require;
    }
}

int
qemu_cpu_wanted_model(struct qemu_cpu_wanted *wanted, const char *name)
{
    wanted->kind = qemu_cpu_model_find(name);
    return wanted->kind ? 0 : vir_error(VIR_ERR_INTERNAL_ERROR, "the model '%s' of a processor is unknown", name);
}

int
qemu_cpu_wanted_feature(struct qemu_cpu_wanted *wanted, const char *name, enum qemu_cpu_feature_policy policy, int code)
{
    size_t feature = qemu_cpu_feature_find(name, false);

    if (feature == qemu_cpu_n_features)
        return vir_error(code, "the feature '%s' of a processor is unknown", name);
    qemu_cpu_set_add(set_of(wanted, policy), feature);
    return 0;
}

int
qemu_cpu_wanted_read(const struct qemu_cpu_def *def, struct qemu_cpu_wanted *ret)
{
    memset(ret, 0, sizeof(*ret));
    ret->strict = def->match == QEMU_CPU_MATCH_STRICT;
    if (!def->model.name)
        return vir_error(VIR_ERR_INVALID_ARG, "the processor has no <model>");
    if (qemu_cpu_wanted_model(ret, def->model.name) < 0)
        return -1;
    ret->vendor = def->vendor;
    for (size_t i = 0; i < def->n_features; i++)
        if (qemu_cpu_wanted_feature(ret, def->features[i]->name, def->features[i]->policy, VIR_ERR_INTERNAL_ERROR) < 0)
            return -1;
    return 0;
}

/* All that it must have. */
static struct qemu_cpu_set
needed(const struct qemu_cpu_wanted *wanted)
{
    struct qemu_cpu_set set = wanted->require;

    if (wanted->kind)
        set = qemu_cpu_set_or(&wanted->kind->has, &set);
    set = qemu_cpu_set_minus(&set, &wanted->optional);
    set = qemu_cpu_set_minus(&set, &wanted->disable);
    set = qemu_cpu_set_minus(&set, &wanted->force);
    return qemu_cpu_set_minus(&set, &wanted->forbid);
}

/* WHAT, in words, of which SET must be empty. */
static bool
empty(const struct qemu_cpu_set *set, const char *what, char **ret_why)
{
    VIR_AUTO_FREE char *words = NULL;

    if (qemu_cpu_set_count(set) == 0)
        return true;
    words = qemu_cpu_set_words(set);
    *ret_why = vir_strdup_printf("%s: %s", what, words);
    return false;
}

int
qemu_cpu_wanted_compare(const struct qemu_cpu_wanted *wanted, const struct qemu_cpu *cpu, char **ret_why)
{
    struct qemu_cpu_set need = needed(wanted), lacks = qemu_cpu_set_minus(&need, &cpu->features);
    struct qemu_cpu_set forbidden = qemu_cpu_set_and(&wanted->forbid, &cpu->features), more;

    if (wanted->vendor && (!cpu->vendor || strcmp(wanted->vendor, cpu->vendor) != 0)) {
        *ret_why = vir_strdup_printf("the maker is not '%s'", wanted->vendor);
        return VIR_CPU_COMPARE_INCOMPATIBLE;
    }
    if (!empty(&forbidden, "it has features that are forbidden", ret_why) ||
        !empty(&lacks, "it lacks features that are required", ret_why))
        return VIR_CPU_COMPARE_INCOMPATIBLE;
    more = qemu_cpu_set_minus(&cpu->features, &need);
    more = qemu_cpu_set_minus(&more, &wanted->optional);
    more = qemu_cpu_set_minus(&more, &wanted->disable);
    more = qemu_cpu_set_minus(&more, &wanted->force);
    if (wanted->strict && !empty(&more, "it has more features than the strict match allows", ret_why))
        return VIR_CPU_COMPARE_INCOMPATIBLE;
    return qemu_cpu_set_count(&more) ? VIR_CPU_COMPARE_SUPERSET : VIR_CPU_COMPARE_IDENTICAL;
}

/* One maker of all but the first, which counts as made by whom it says alone: so libvirt 9.0.0 has it. */
static int
common_vendor(const struct qemu_cpu_wanted *all, size_t n, const char **ret)
{
    *ret = n ? all[0].vendor : NULL;
    for (size_t i = 1; i < n; i++) {
        const char *said = all[i].vendor, *of_model = all[i].kind->vendor, *its = of_model ? of_model : said;

        if (said && of_model && strcmp(said, of_model) != 0)
            return vir_error(VIR_ERR_OPERATION_FAILED, "the maker '%s' of a processor is not that of its model '%s', '%s'", said,
                             all[i].kind->name, of_model);
        if (its && *ret && strcmp(its, *ret) != 0)
            return vir_error(VIR_ERR_OPERATION_FAILED, "the processors are of different makers: '%s' and '%s'", *ret, its);
        if (its)
            *ret = its;
    }
    return 0;
}

int
qemu_cpu_wanted_common(const struct qemu_cpu_wanted *all, size_t n, struct qemu_cpu *ret, const char **ret_vendor,
                       const char **ret_model)
{
    memset(ret, 0, sizeof(*ret));
    if (common_vendor(all, n, &ret->vendor) < 0)
        return -1;
    *ret_vendor = ret->vendor;
    *ret_model = n ? all[0].kind->name : NULL;
    for (size_t i = 0; i < n; i++) {
        struct qemu_cpu_set have = needed(&all[i]);

        have = qemu_cpu_set_or(&have, &all[i].force);
        ret->features = i ? qemu_cpu_set_and(&ret->features, &have) : have;
        if (!all[i].vendor)
            *ret_vendor = NULL;
        if (*ret_model && strcmp(*ret_model, all[i].kind->name) != 0)
            *ret_model = NULL;
    }
    if (qemu_cpu_set_count(&ret->features) == 0)
        return vir_error(VIR_ERR_OPERATION_FAILED, "the processors have nothing in common");
    return 0;
}
