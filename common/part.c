/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening parts. */
#include "part.h"

#include <libvirt/module-base.h>

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

const char *
vir_part_directory(void)
{
    const char *directory = secure_getenv("LIBVIRT_PARTS_DIR");

    return directory ? directory : VIR_PARTSDIR;
}

/* The symbol of a part: its name as C spells it. */
static char *
part_symbol(const char *name)
{
    char *symbol = vir_strdup(name);

    for (char *p = symbol; (p = strchr(p, '-')); )
        *p = '_';
    return symbol;
}

const void *
vir_part_open(const char *name, uint32_t version, const char **ret_reason)
{
    VIR_AUTO_FREE char *path = vir_strdup_printf("%s/%s.so", vir_part_directory(), name);
    VIR_AUTO_FREE char *symbol = part_symbol(name);
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    const uint32_t *part = handle ? dlsym(handle, symbol) : NULL;

    if (part && *part == version)
        return part;
    *ret_reason = part ? "it is of another version" : dlerror();
    return NULL;
}

const void *
vir_part_once(const void **opened, const char *name, uint32_t version, const char **ret_reason)
{
    const void *part = __atomic_load_n(opened, __ATOMIC_ACQUIRE);

    if (!part) {
        part = vir_part_open(name, version, ret_reason);
        if (part)
            __atomic_store_n(opened, part, __ATOMIC_RELEASE);
    }
    return part;
}
