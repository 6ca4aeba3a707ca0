/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The processors of an emulator, read from what was kept of its answers.
 */
#include "qemu.h"
#include "cpu/cpu.h"
#include "emulator/probe.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_MODELS = 1000, MAX_FEATURES = 10000 };

static int
compare_words(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int
qemu_words_read(struct json_object *array, size_t max, char ***ret, size_t *ret_n)
{
    size_t n = json_object_is_type(array, json_type_array) ? json_object_array_length(array) : max + 1;

    if (n > max)
        return -1;
    *ret = vir_alloc_array(n + 1, sizeof(**ret));
    *ret_n = 0;
    for (size_t i = 0; i < n; i++) {
        struct json_object *word = json_object_array_get_idx(array, i);

        if (json_object_is_type(word, json_type_string))
            (*ret)[(*ret_n)++] = vir_strdup(json_object_get_string(word));
    }
    qsort(*ret, *ret_n, sizeof(**ret), compare_words);
    return 0;
}

void
qemu_words_free(char **words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(words[i]);
    free(words);
}

static int
read_told(struct qemu_cpu_told *told, struct json_object *answer)
{
    told->vendor = vir_strdup(qmp_get_string(answer, "vendor"));
    told->family = (unsigned int)qmp_get_uint(answer, "family", UINT32_MAX, 0);
    told->model = (unsigned int)qmp_get_uint(answer, "model", UINT32_MAX, 0);
    told->stepping = (unsigned int)qmp_get_uint(answer, "stepping", UINT32_MAX, 0);
    return qemu_words_read(qmp_get(answer, "features"), MAX_FEATURES, &told->features, &told->n_features);
}

int
qemu_accelerator_read(struct qemu_accelerator *accelerator, struct json_object *answer)
{
    struct json_object *models = qmp_get(answer, "models");
    size_t n = json_object_is_type(models, json_type_array) ? json_object_array_length(models) : MAX_MODELS + 1;

    if (n > MAX_MODELS)
        return -1;
    accelerator->present = true;
    accelerator->models = vir_alloc_array(n + 1, sizeof(*accelerator->models));
    for (size_t i = 0; i < n; i++) {
        struct json_object *one = json_object_array_get_idx(models, i);
        struct qemu_cpu_model *model = &accelerator->models[accelerator->n_models];

        if (!qmp_get_string(one, "name"))
            continue;
        accelerator->n_models++;
        model->name = vir_strdup(qmp_get_string(one, "name"));
        if (qmp_get(one, "missing")) {
            if (qemu_words_read(qmp_get(one, "missing"), MAX_FEATURES, &model->missing, &model->n_missing) < 0)
                return -1;
            model->usable = model->n_missing == 0;
        }
        model->deprecated = qmp_get_bool(one, "deprecated");
    }
    if (read_told(&accelerator->most, qmp_get(answer, "most")) < 0)
        return -1;
    return read_told(&accelerator->most_migratable, qmp_get(answer, "most-migratable"));
}

static void
free_told(struct qemu_cpu_told *told)
{
    free(told->vendor);
    qemu_words_free(told->features, told->n_features);
}

void
qemu_accelerator_free(struct qemu_accelerator *accelerator)
{
    for (size_t i = 0; i < accelerator->n_models; i++) {
        free(accelerator->models[i].name);
        qemu_words_free(accelerator->models[i].missing, accelerator->models[i].n_missing);
    }
    free(accelerator->models);
    free_told(&accelerator->most);
    free_told(&accelerator->most_migratable);
}

/* ---- in the words of cpu/ -------------------------------------------------------------------------- */

static struct qemu_cpu_set
set_of(char *const *words, size_t n)
{
    struct qemu_cpu_set set = { { 0 } };

    for (size_t i = 0; i < n; i++) {
        size_t feature = qemu_cpu_feature_find(words[i], true);

        if (feature < qemu_cpu_n_features)
            qemu_cpu_set_add(&set, feature);
    }
    return set;
}

bool
qemu_accelerator_cpu(const struct qemu_accelerator *accelerator, bool migratable, struct qemu_cpu *ret)
{
    const struct qemu_cpu_told *told = migratable ? &accelerator->most_migratable : &accelerator->most;

    ret->vendor = qemu_cpu_vendor_of(told->vendor);
    ret->family = told->family;
    ret->model = told->model;
    ret->stepping = told->stepping;
    ret->features = set_of(told->features, told->n_features);
    return told->n_features > 0;
}

static bool
knows_model(const char *model, struct qemu_cpu_set *ret_missing, const void *opaque)
{
    const struct qemu_accelerator *accelerator = opaque;

    for (size_t i = 0; i < accelerator->n_models; i++)
        if (strcmp(accelerator->models[i].name, model) == 0) {
            *ret_missing = set_of(accelerator->models[i].missing, accelerator->models[i].n_missing);
            return true;
        }
    return false;
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

const struct qemu_accelerator *
qemu_emulator_accelerator(const struct qemu_emulator *emulator, bool kvm)
{
    return kvm ? &emulator->of_kvm : &emulator->of_tcg;
}

bool
qemu_emulator_host_model(const struct qemu_emulator *emulator, bool kvm, bool migratable, struct qemu_cpu *ret_cpu,
                         struct qemu_cpu_said *ret_said)
{
    const struct qemu_accelerator *accelerator = qemu_emulator_accelerator(emulator, kvm);
    struct qemu_cpu_choice choice = qemu_accelerator_choice(accelerator);

    if (!qemu_accelerator_cpu(accelerator, migratable, ret_cpu))
        return false;
    if (!emulator->host_migratable)
        drop_registers(ret_cpu);
    *ret_said = qemu_cpu_decode(ret_cpu, false, &choice, NULL);
    return ret_said->kind != NULL;
}

struct qemu_cpu_choice
qemu_accelerator_choice(const struct qemu_accelerator *accelerator)
{
    return (struct qemu_cpu_choice){ .usable = knows_model, .opaque = accelerator };
}
