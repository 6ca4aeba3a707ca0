/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opening the parts of virsh that need a heavy library, so that the commands
 * that do not use them need not load it.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "virsh.h"
#include "virsh-parts.h"

static const char *
parts_directory(void)
{
    const char *directory = secure_getenv("LIBVIRT_PARTS_DIR");

    return directory ? directory : VIR_PARTSDIR;
}

/* The part's object, or NULL with the reason in dlerror(). */
const void *
virsh_part_quietly(const char *name)
{
    VIR_AUTO_FREE char *path = vir_strdup_printf("%s/%s.so", parts_directory(), name);
    VIR_AUTO_FREE char *symbol = vir_strdup(name);
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    const uint32_t *version;

    if (!handle)
        return NULL;
    for (char *p = symbol; (p = strchr(p, '-')); )
        *p = '_';
    version = dlsym(handle, symbol);
    return version && *version == VIRSH_PART_VERSION ? version : NULL;
}

const void *
virsh_part(struct virsh *vsh, const char *name)
{
    const void *part = virsh_part_quietly(name);
    const char *reason = part ? NULL : dlerror();

    if (part)
        return part;
    virsh_error(vsh, "the part %s of virsh cannot be used: %s", name,
                reason ? reason : "it is of another version");
    virsh_hint(vsh, "it lies in %s and is installed with virsh", parts_directory());
    return NULL;
}
