/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the emulators of this host can do, asked of themselves once and kept in
 * the cache directory until the program changes.
 */
#ifndef QEMU_CAPABILITIES_H
#define QEMU_CAPABILITIES_H

#include "qemu.h"
#include <sys/stat.h>

struct qemu_machine {
    char *name, *alias;                 /* alias: NULL if none */
    char *default_cpu;                  /* model name */
    unsigned int max_cpus;
    bool deprecated, is_default;
};

/* A model of a processor, as QEMU names it. */
struct qemu_cpu_model {
    char *name;
    bool usable, deprecated;            /* usable: the host has all of it */
    char **missing;                     /* what it does not have, sorted */
    size_t n_missing;
};

/* A processor in QEMU's words; all 0: it does not tell. */
struct qemu_cpu_told {
    char *vendor;                       /* its twelve letters */
    unsigned int family, model, stepping;
    char **features;                    /* those that it has, sorted, in all their spellings */
    size_t n_features;
};

/* Processors as one accelerator gives them. */
struct qemu_accelerator {
    bool present;
    struct qemu_cpu_model *models;      /* in QEMU's order */
    size_t n_models;
    struct qemu_cpu_told most;          /* that a guest can have... */
    struct qemu_cpu_told most_migratable;       /* ...and that without what cannot migrate */
};

struct qemu_emulator {
    char *path, *arch;                  /* arch in libvirt's spelling: i686 for the binary of i386 */
    struct timespec mtime;
    off_t size;
    unsigned int version;               /* 1000000 major + 1000 minor + micro */
    char *package;
    bool kvm;                           /* compiled in and usable on this host */
    struct qemu_machine *machines;
    size_t n_machines;
    struct qemu_accelerator of_kvm, of_tcg;
    char **types;                       /* all that it knows to make, sorted */
    size_t n_types;
    char **displays;                    /* words of its option -display */
    size_t n_displays;
    char **hyperv;                      /* properties hv-... that it can set, sorted */
    size_t n_hyperv;
    bool host_migratable;               /* the host's processor as such can be without what cannot migrate */
};

struct qemu_cpu;
struct qemu_cpu_choice;
struct qemu_cpu_said;

/* The most that a guest can have; false: it does not tell. */
bool qemu_accelerator_cpu(const struct qemu_accelerator *accelerator, bool migratable, struct qemu_cpu *ret);
const struct qemu_accelerator *qemu_emulator_accelerator(const struct qemu_emulator *emulator, bool kvm);
/* That, and how it is said: what guests of mode host-model have.  false: it cannot be said. */
bool qemu_emulator_host_model(const struct qemu_emulator *emulator, bool kvm, bool migratable, struct qemu_cpu *ret_cpu,
                              struct qemu_cpu_said *ret_said);
/* Models that it knows, as long as it lives. */
struct qemu_cpu_choice qemu_accelerator_choice(const struct qemu_accelerator *accelerator);

struct qemu_caps_store *qemu_caps_new(const char *cache_dir);
struct qemu_caps_store *qemu_caps_free(struct qemu_caps_store *store);
/* The emulator for an architecture; PATH names another program than the default
 * (NULL: the default).  The result lives as long as the store.  NULL: error set. */
const struct qemu_emulator *qemu_caps_emulator(struct qemu_caps_store *store, const char *arch,
                                               const char *path);
/* The one that PATH is, whatever it is for. */
const struct qemu_emulator *qemu_caps_emulator_at(struct qemu_caps_store *store, const char *path);
/* Is WORD one of N words that are sorted? */
bool qemu_emulator_word(char *const *words, size_t n, const char *word);
bool qemu_emulator_makes(const struct qemu_emulator *emulator, const char *type);
bool qemu_emulator_shows(const struct qemu_emulator *emulator, const char *display);
/* The one for the host's own architecture, or the first. */
const struct qemu_emulator *qemu_caps_default(struct qemu_caps_store *store);
/* By name or alias; NULL NAME: the default machine; NULL: not there, no error set. */
const struct qemu_machine *qemu_caps_machine(const struct qemu_emulator *emulator, const char *name);
/* The default emulators that are installed, at most MAX. */
size_t qemu_caps_all(struct qemu_caps_store *store, const struct qemu_emulator **ret, size_t max);
char *qemu_caps_format(struct qemu_caps_store *store);
const char *qemu_caps_host_arch(void);

#endif
