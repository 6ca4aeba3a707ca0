/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the threads of a guest run: <cputune>, and <vcpu cpuset> for those of which it says nothing.
 */
#include "document/vcpus.h"

#include <string.h>

typedef struct qemu_cputune_vcpupin_def vcpupin_def;
typedef struct qemu_cputune_iothreadpin_def iothreadpin_def;

static const char *
usual(const struct qemu_domain_def *doc)
{
    return doc->vcpu.cpuset && *doc->vcpu.cpuset ? doc->vcpu.cpuset : NULL;
}

const char *
qemu_pin_of_vcpu(const struct qemu_domain_def *doc, unsigned int id)
{
    for (size_t i = 0; doc->cputune && i < doc->cputune->n_vcpupins; i++)
        if (doc->cputune->vcpupins[i]->vcpu == id)
            return doc->cputune->vcpupins[i]->cpuset;
    return usual(doc);
}

const char *
qemu_pin_of_iothread(const struct qemu_domain_def *doc, unsigned int id)
{
    for (size_t i = 0; doc->cputune && i < doc->cputune->n_iothreadpins; i++)
        if (doc->cputune->iothreadpins[i]->iothread == id)
            return doc->cputune->iothreadpins[i]->cpuset;
    return usual(doc);
}

const char *
qemu_pin_of_emulator(const struct qemu_domain_def *doc)
{
    return doc->cputune && doc->cputune->emulatorpin.present ? doc->cputune->emulatorpin.cpuset : usual(doc);
}

/* ---- changes -------------------------------------------------------------------------------------- */

static struct qemu_cputune_def *
cputune(struct qemu_domain_def *doc)
{
    if (!doc->cputune)
        doc->cputune = qemu_cputune_def_new();
    return doc->cputune;
}

void
qemu_pin_vcpu(struct qemu_domain_def *doc, unsigned int id, const char *cpus)
{
    struct qemu_cputune_def *tune = cputune(doc);
    size_t at = 0;

    while (at < tune->n_vcpupins && tune->vcpupins[at]->vcpu < id)
        at++;
    if (at == tune->n_vcpupins || tune->vcpupins[at]->vcpu != id) {
        tune->vcpupins = vir_realloc_array(tune->vcpupins, tune->n_vcpupins + 1, sizeof(*tune->vcpupins));
        memmove(tune->vcpupins + at + 1, tune->vcpupins + at, (tune->n_vcpupins++ - at) * sizeof(*tune->vcpupins));
        tune->vcpupins[at] = qemu_cputune_vcpupin_def_new();
        tune->vcpupins[at]->vcpu = id;
    }
    qemu_set_text(&tune->vcpupins[at]->cpuset, cpus);
}

void
qemu_pin_iothread(struct qemu_domain_def *doc, unsigned int id, const char *cpus)
{
    struct qemu_cputune_def *tune = cputune(doc);
    size_t at = 0;

    while (at < tune->n_iothreadpins && tune->iothreadpins[at]->iothread != id)
        at++;
    if (at == tune->n_iothreadpins) {
        tune->iothreadpins = vir_realloc_array(tune->iothreadpins, ++tune->n_iothreadpins, sizeof(*tune->iothreadpins));
        tune->iothreadpins[at] = qemu_cputune_iothreadpin_def_new();
        tune->iothreadpins[at]->iothread = id;
    }
    qemu_set_text(&tune->iothreadpins[at]->cpuset, cpus);
}

void
qemu_unpin_vcpus(struct qemu_domain_def *doc, unsigned int from)
{
    struct qemu_cputune_def *tune = doc->cputune;

    while (tune && tune->n_vcpupins && tune->vcpupins[tune->n_vcpupins - 1]->vcpu >= from)
        qemu_cputune_vcpupin_def_free(tune->vcpupins[--tune->n_vcpupins]);
}

void
qemu_unpin_iothread(struct qemu_domain_def *doc, unsigned int id)
{
    struct qemu_cputune_def *tune = doc->cputune;

    for (size_t i = 0; tune && i < tune->n_iothreadpins; i++) {
        if (tune->iothreadpins[i]->iothread != id)
            continue;
        qemu_cputune_iothreadpin_def_free(tune->iothreadpins[i]);
        memmove(tune->iothreadpins + i, tune->iothreadpins + i + 1,
                (--tune->n_iothreadpins - i) * sizeof(*tune->iothreadpins));
    }
}

void
qemu_pin_emulator(struct qemu_domain_def *doc, const char *cpus)
{
    struct qemu_cputune_def *tune = cputune(doc);

    tune->emulatorpin.present = true;
    qemu_set_text(&tune->emulatorpin.cpuset, cpus);
}
