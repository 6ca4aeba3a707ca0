/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which model says best what a processor is: one of its own family and model number if there is one, and of those
 * the one that leaves least to be said beside it, where features less are worse than others.  Later models of the
 * table come first.
 */
#include "cpu/cpu.h"

#include <stdlib.h>
#include <string.h>

static bool
has_number(const struct qemu_cpu_kind *kind, const struct qemu_cpu *cpu)
{
    for (size_t i = 0; i < kind->n_signatures; i++) {
        const struct qemu_cpu_signature *one = &kind->signatures[i];

        if (one->family == cpu->family && one->model == cpu->model && cpu->stepping >= one->first &&
            cpu->stepping <= one->last)
            return true;
    }
    return false;
}

static bool
can_be(const struct qemu_cpu_kind *kind, const struct qemu_cpu *cpu, bool host)
{
    if (host ? !kind->host : !kind->guest)
        return false;
    return !kind->vendor || !cpu->vendor || strcmp(kind->vendor, cpu->vendor) == 0;
}

/* What the hypervisor lacks of a model is not there, unless the processor has it beside the model. */
static struct qemu_cpu_said
say(const struct qemu_cpu_kind *kind, const struct qemu_cpu *cpu, const struct qemu_cpu_set *missing)
{
    struct qemu_cpu_said said = { .kind = kind };
    struct qemu_cpu_set lost;

    said.more = qemu_cpu_set_minus(&cpu->features, &kind->has);
    lost = qemu_cpu_set_minus(missing, &said.more);
    said.less = qemu_cpu_set_minus(&kind->has, &cpu->features);
    said.less = qemu_cpu_set_or(&said.less, &lost);
    said.had = qemu_cpu_set_minus(&kind->had, &cpu->features);
    said.had = qemu_cpu_set_minus(&said.had, &said.less);
    return said;
}

/* How bad it is that features are less: as libvirt 9.0.0 counts, the first is worth 2, each one more than that before
 * it, but the latter half of them 0. */
static size_t
penalty(size_t less)
{
    size_t counted = (less + 1) / 2;

    return counted * (counted + 3) / 2;
}

/* The latter half of what is less counts as what is more. */
static bool
is_shorter(const struct qemu_cpu_said *said, const struct qemu_cpu_said *other)
{
    const struct qemu_cpu_said *both[] = { said, other };
    size_t bad[2], length[2];

    for (size_t i = 0; i < 2; i++) {
        size_t less = qemu_cpu_set_count(&both[i]->less) + qemu_cpu_set_count(&both[i]->had);

        bad[i] = penalty(less);
        length[i] = qemu_cpu_set_count(&both[i]->more) + less / 2 + bad[i];
    }
    return length[0] < length[1] || (length[0] == length[1] && bad[0] < bad[1]);
}

struct qemu_cpu_said
qemu_cpu_decode(const struct qemu_cpu *cpu, bool host, const struct qemu_cpu_choice *choice, const char *preferred)
{
    struct qemu_cpu_said best = { 0 };
    bool best_number = false;

    for (size_t i = qemu_cpu_n_models; i-- > 0; ) {
        const struct qemu_cpu_kind *kind = &qemu_cpu_models[i];
        struct qemu_cpu_set missing = { { 0 } };
        bool number = has_number(kind, cpu);
        struct qemu_cpu_said said;

        if (!can_be(kind, cpu, host) ||
            (choice && choice->usable && !choice->usable(kind->name, &missing, choice->opaque)))
            continue;
        said = say(kind, cpu, &missing);
        if (host && qemu_cpu_set_count(&said.less))
            continue;
        if (preferred && strcmp(kind->name, preferred) == 0)
            return said;
        if (!best.kind || (number && !best_number) || (number == best_number && is_shorter(&said, &best))) {
            best = said;
            best_number = number;
        }
    }
    return best;
}

/* ---- writing it --------------------------------------------------------------------------------------- */

static int
compare_names(const void *a, const void *b)
{
    return strcmp(qemu_cpu_features[*(const size_t *)a].name, qemu_cpu_features[*(const size_t *)b].name);
}

static void
format_feature(size_t feature, const char *policy, int indent, struct vir_buf *buf)
{
    vir_buf_addf(buf, "%*s<feature ", indent, "");
    if (policy)
        vir_buf_addf(buf, "policy='%s' ", policy);
    vir_buf_addf(buf, "name='%s'/>\n", qemu_cpu_features[feature].name);
}

void
qemu_cpu_set_format(const struct qemu_cpu_set *set, const char *policy, int indent, struct vir_buf *buf)
{
    for (size_t i = 0; i < qemu_cpu_n_features; i++)
        if (qemu_cpu_set_has(set, i))
            format_feature(i, policy, indent, buf);
}

/* The model's own too, by their names. */
static void
format_all(const struct qemu_cpu_said *said, int indent, struct vir_buf *buf)
{
    struct qemu_cpu_set have = qemu_cpu_set_minus(&said->kind->has, &said->less), all;
    size_t numbers[64 * QEMU_CPU_WORDS], n = 0;

    have = qemu_cpu_set_or(&have, &said->more);
    all = qemu_cpu_set_or(&have, &said->less);
    all = qemu_cpu_set_or(&all, &said->had);
    for (size_t i = 0; i < qemu_cpu_n_features; i++)
        if (qemu_cpu_set_has(&all, i))
            numbers[n++] = i;
    qsort(numbers, n, sizeof(*numbers), compare_names);
    for (size_t i = 0; i < n; i++)
        format_feature(numbers[i], qemu_cpu_set_has(&have, numbers[i]) ? "require" : "disable", indent, buf);
}

void
qemu_cpu_said_format(const struct qemu_cpu_said *said, bool all, int indent, struct vir_buf *buf)
{
    if (all) {
        format_all(said, indent, buf);
        return;
    }
    qemu_cpu_set_format(&said->more, "require", indent, buf);
    qemu_cpu_set_format(&said->less, "disable", indent, buf);
    qemu_cpu_set_format(&said->had, "disable", indent, buf);
}
