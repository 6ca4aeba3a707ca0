/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sets of features, and the names in the table.
 */
#include "cpu/cpu.h"

#include <string.h>

bool
qemu_cpu_set_has(const struct qemu_cpu_set *set, size_t feature)
{
    return set->words[feature / 64] >> feature % 64 & 1;
}

void
qemu_cpu_set_add(struct qemu_cpu_set *set, size_t feature)
{
    set->words[feature / 64] |= UINT64_C(1) << feature % 64;
}

struct qemu_cpu_set
qemu_cpu_set_minus(const struct qemu_cpu_set *one, const struct qemu_cpu_set *other)
{
    struct qemu_cpu_set set;

    for (size_t i = 0; i < QEMU_CPU_WORDS; i++)
        set.words[i] = one->words[i] & ~other->words[i];
    return set;
}

struct qemu_cpu_set
qemu_cpu_set_and(const struct qemu_cpu_set *one, const struct qemu_cpu_set *other)
{
    struct qemu_cpu_set set;

    for (size_t i = 0; i < QEMU_CPU_WORDS; i++)
        set.words[i] = one->words[i] & other->words[i];
    return set;
}

struct qemu_cpu_set
qemu_cpu_set_or(const struct qemu_cpu_set *one, const struct qemu_cpu_set *other)
{
    struct qemu_cpu_set set;

    for (size_t i = 0; i < QEMU_CPU_WORDS; i++)
        set.words[i] = one->words[i] | other->words[i];
    return set;
}

size_t
qemu_cpu_set_count(const struct qemu_cpu_set *set)
{
    size_t n = 0;

    for (size_t i = 0; i < QEMU_CPU_WORDS; i++)
        n += (size_t)__builtin_popcountll(set->words[i]);
    return n;
}

char *
qemu_cpu_set_words(const struct qemu_cpu_set *set)
{
    struct vir_buf buf = { 0 };

    vir_buf_add(&buf, "");
    for (size_t i = 0; i < qemu_cpu_n_features; i++)
        if (qemu_cpu_set_has(set, i))
            vir_buf_addf(&buf, "%s%s", buf.len ? ", " : "", qemu_cpu_features[i].name);
    return vir_buf_steal(&buf);
}

/* Is WORD among WORDS, each with a NUL behind it? */
static bool
among(const char *words, const char *word)
{
    for (; words && *words; words += strlen(words) + 1)
        if (strcmp(words, word) == 0)
            return true;
    return false;
}

size_t
qemu_cpu_feature_find(const char *name, bool also)
{
    size_t i = 0;

    while (i < qemu_cpu_n_features && strcmp(qemu_cpu_features[i].name, name) != 0 &&
           !(also && among(qemu_cpu_features[i].also, name)))
        i++;
    return i;
}

const struct qemu_cpu_kind *
qemu_cpu_model_find(const char *name)
{
    for (size_t i = 0; i < qemu_cpu_n_models; i++)
        if (strcmp(qemu_cpu_models[i].name, name) == 0)
            return &qemu_cpu_models[i];
    return NULL;
}

const char *
qemu_cpu_vendor_of(const char *letters)
{
    for (size_t i = 0; letters && i < qemu_cpu_n_vendors; i++)
        if (strcmp(qemu_cpu_vendors[i].letters, letters) == 0)
            return qemu_cpu_vendors[i].name;
    return NULL;
}
