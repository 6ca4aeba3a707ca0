/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A snapshot as options of snapshot-create-as say it. */
#ifndef VIRSH_SNAPSHOT_SPEC_H
#define VIRSH_SNAPSHOT_SPEC_H

#include "virsh.h"

struct snapshot_spec {
    const char *name, *description;     /* NULL: not said */
    const char *memory;                 /* [file=]NAME[,snapshot=TYPE]; NULL: not said */
    char *const *disks;                 /* DISK[,snapshot=TYPE][,driver=TYPE][,stype=TYPE][,file=NAME] */
    size_t n_disks;
};

/* Its document, which the caller frees; NULL: reported. */
char *virsh_snapshot_document(struct shell *vsh, const struct snapshot_spec *spec);

#endif
