/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opening the parts that need a heavy library, so that the commands
 * that do not use them need not load it.
 */
#include "part.h"
#include "parts/shell-part.h"
#include "shell.h"

const void *
shell_part_quietly(const char *name)
{
    const char *reason;

    return vir_part_open(name, SHELL_PART_VERSION, &reason);
}

const void *
shell_part(struct shell *vsh, const char *name)
{
    const char *reason;
    const void *part = vir_part_open(name, SHELL_PART_VERSION, &reason);

    if (part)
        return part;
    shell_error(vsh, "the part %s of %s cannot be used: %s", name, shell_tool.name, reason);
    shell_hint(vsh, "it lies in %s and is installed with %s", vir_part_directory(), shell_tool.name);
    return NULL;
}
