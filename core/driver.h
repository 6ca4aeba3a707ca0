/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One module of this process, opened or not. */
#ifndef VIR_CORE_DRIVER_H
#define VIR_CORE_DRIVER_H

#include "manifest.h"

/* Constant but for what the lock protects: an open module stays open, a refused one is
 * tried again. */
struct vir_driver {
    char *name;
    char *path;                         /* of the module; of its manifest if that is all there is */
    struct vir_manifest *manifest;
    bool has_manifest;                  /* a file of its own; else the note in the module counts */
    bool open;                          /* atomic: what is open is read without the lock */
    /* Held while the module is opened, which takes seconds at the most: who waits for it
     * wants the same module. */
    pthread_mutex_t lock;
    bool asked;                         /* a child has just said that it is good */
    bool mapped;                        /* its code is in this process, for good: so is its entry */
    const struct vir_module *found;
    virErrorPtr refusal;                /* why it could not be used; NULL: nobody tried, or it is open */
    bool warned;                        /* of this refusal */
    int64_t retry_at;                   /* vir_now_ms() from when on it is tried again */
    char *refused_file;                 /* vir_module_identity; another one is tried at once; may be NULL */
    struct vir_module entry;            /* once it is open */
};

#define VIR_DRIVER_NEVER INT64_MAX      /* as retry_at: until this process ends */

/* Takes over MANIFEST, which names the module. */
struct vir_driver *vir_driver_new(struct vir_manifest *manifest, const char *path, bool has_manifest);
/* Takes the thread's error for a reason that lasts; who needs the module is warned. */
void vir_driver_refuse(struct vir_driver *driver);
/* A warning with the refusal, if none was given.  With the lock, or at the start. */
void vir_driver_warn(struct vir_driver *driver);

/* The first half of opening it: whether a child comes back from it. */
void vir_driver_ask(struct vir_driver *driver);
/* Opens the module if it is not open yet.  -1 with the error why it cannot be used. */
int vir_driver_open(const struct vir_driver *driver);
bool vir_driver_is_open(const struct vir_driver *driver);
/* The daemon ends: nobody opens it again. */
void vir_driver_unload(struct vir_driver *driver);

/* Whether it loads in this kind of process; whether it takes URIs with SCHEME. */
bool vir_driver_loads_here(const struct vir_driver *driver);
bool vir_driver_takes(const struct vir_driver *driver, const char *scheme);

#endif
