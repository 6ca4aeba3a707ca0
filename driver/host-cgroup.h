/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A control group, for the files here that work on it. */
#ifndef VIR_HOST_CGROUP_H
#define VIR_HOST_CGROUP_H

#include <libvirt/module.h>

struct hierarchy {
    char *dir;                          /* where it is mounted */
    char *root;                         /* what of it is mounted there; "": all */
    bool v2;
    unsigned int controllers;           /* a bit for each that it is used for */
};

struct vir_cgroups {
    struct hierarchy list[VIR_CGROUP_CONTROLLERS];
    size_t n;
    const struct hierarchy *of[VIR_CGROUP_CONTROLLERS];         /* NULL: nowhere */
};

struct vir_cgroup {
    const struct vir_cgroups *host;
    unsigned int has;                   /* the controllers that work in it */
    char path[];                        /* below each hierarchy: "/machine/qemu-1-one.libvirt-qemu" */
};

/* The file FILE of GROUP in HIERARCHY; caller frees. */
char *vir_cgroup_file(const struct vir_cgroup *group, const struct hierarchy *hierarchy, const char *file);
/* 0 or -errno; no error set. */
int vir_cgroup_write_file(const char *path, const char *text);
/* The content without its last line's end, caller frees; NULL with an error. */
char *vir_cgroup_read_file(const char *path);

#endif
