/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opening the parts of virsh that need a heavy library, so that the commands
 * that do not use them need not load it.
 */
#include "part.h"
#include "virsh.h"
#include "parts.h"

const void *
virsh_part_quietly(const char *name)
{
    const char *reason;

    return vir_part_open(name, VIRSH_PART_VERSION, &reason);
}

const void *
virsh_part(struct virsh *vsh, const char *name)
{
    const char *reason;
    const void *part = vir_part_open(name, VIRSH_PART_VERSION, &reason);

    if (part)
        return part;
    virsh_error(vsh, "the part %s of virsh cannot be used: %s", name, reason);
    virsh_hint(vsh, "it lies in %s and is installed with virsh", vir_part_directory());
    return NULL;
}
