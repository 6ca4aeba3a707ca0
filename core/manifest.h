/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What NAME.module files say about modules. */
#ifndef VIR_CORE_MANIFEST_H
#define VIR_CORE_MANIFEST_H

#include <libvirt/module.h>

#include "vector.h"

#define VIR_MANIFEST_MAX (64 * 1024)    /* bytes of a file */
#define VIR_MANIFEST_WORDS_MAX 64       /* items of a list */
#define VIR_MODULE_NAME_MAX 64

/* Families of calls that a module can provide. */
enum vir_provides {
    VIR_PROVIDES_CONNECTION = 1 << 0,   /* connect, domain, snapshot, checkpoint tables */
    VIR_PROVIDES_NETWORK    = 1 << 1,
    VIR_PROVIDES_INTERFACE  = 1 << 2,
    VIR_PROVIDES_STORAGE    = 1 << 3,
    VIR_PROVIDES_NODEDEV    = 1 << 4,
    VIR_PROVIDES_SECRET     = 1 << 5,
    VIR_PROVIDES_NWFILTER   = 1 << 6,
};

enum vir_load_in {
    VIR_LOAD_IN_CLIENT = 1 << 0,
    VIR_LOAD_IN_DAEMON = 1 << 1,
};

struct VIR_VECTOR(vir_words, char *);   /* ends with a NULL that n does not count */

void vir_words_clear(struct vir_words *words);

struct vir_manifest {
    char *file;                         /* base name of the file: what the layers merge by */
    char *path;                         /* of the layer that was read last; for messages */
    char *module;                       /* "" : switched off; NULL: not said */
    char *description;                  /* may be NULL */
    struct vir_words schemes;
    struct vir_words probe;             /* paths, one of which makes it a candidate for the NULL URI */
    struct vir_words default_uri;       /* the system's, a user's */
    uint32_t abi;
    uint32_t provides;                  /* enum vir_provides */
    uint32_t load_in;                   /* enum vir_load_in */
    int priority;
    bool critical;
};

/* A manifest in which nothing is said yet. */
struct vir_manifest *vir_manifest_new(const char *file);
struct vir_manifest *vir_manifest_free(struct vir_manifest *manifest);

/* Reads one layer: what TEXT says replaces what lower layers said.  PATH is for
 * messages.  -1 with an error that begins "PATH:LINE: ". */
int vir_manifest_read(struct vir_manifest *manifest, const char *text, size_t len, const char *path);
/* Whether all layers together make sense. */
int vir_manifest_check(const struct vir_manifest *manifest);

/* Whether NAME can be the name of a module: lower-case letters, digits and '_'. */
bool vir_module_name_ok(const char *name);
/* The bit of a word of `provides`, 0 for an unknown one; and back. */
uint32_t vir_provides_bit(const char *word, size_t len);
const char *vir_provides_name(unsigned int bit_number);     /* NULL behind the last */

#endif
