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

struct qemu_emulator {
    char *path, *arch;                  /* arch in libvirt's spelling: i686 for the binary of i386 */
    struct timespec mtime;
    off_t size;
    unsigned int version;               /* 1000000 major + 1000 minor + micro */
    char *package;
    bool kvm;                           /* compiled in and usable on this host */
    struct qemu_machine *machines;
    size_t n_machines;
    char **cpu_models;
    size_t n_cpu_models;
};

struct qemu_caps_store *qemu_caps_new(const char *cache_dir);
struct qemu_caps_store *qemu_caps_free(struct qemu_caps_store *store);
/* The emulator for an architecture; PATH names another program than the default
 * (NULL: the default).  The result lives as long as the store.  NULL: error set. */
const struct qemu_emulator *qemu_caps_emulator(struct qemu_caps_store *store, const char *arch,
                                               const char *path);
/* The one for the host's own architecture, or the first. */
const struct qemu_emulator *qemu_caps_default(struct qemu_caps_store *store);
/* By name or alias; NULL NAME: the default machine; NULL: not there, no error set. */
const struct qemu_machine *qemu_caps_machine(const struct qemu_emulator *emulator, const char *name);
/* The default emulators that are installed, at most MAX. */
size_t qemu_caps_all(struct qemu_caps_store *store, const struct qemu_emulator **ret, size_t max);
char *qemu_caps_format(struct qemu_caps_store *store);
const char *qemu_caps_host_arch(void);

#endif
