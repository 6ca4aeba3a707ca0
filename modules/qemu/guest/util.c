/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Small things that several files need.
 */
#include "qemu.h"

#include <stdlib.h>
#include <string.h>

void
qemu_set_text(char **at, const char *value)
{
    char *old = *at;

    *at = vir_strdup(value);
    free(old);
}

int
qemu_file_write(const struct vir_dir *dir, const char *file, const char *text)
{
    size_t len = strlen(text);

    if (len > QEMU_MAX_FILE)
        return vir_error(VIR_ERR_OPERATION_FAILED, "'%s/%s' would have %zu bytes, and %d can be read again",
                         dir->path, file, len, QEMU_MAX_FILE);
    return vir_file_write(dir->fd, file, text, len, 0600);
}

void
qemu_warn_error(const char *what)
{
    virErrorPtr error = vir_error_take();

    vir_warn("%s: %s", what, error && error->message ? error->message : "unknown error");
    virFreeError(error);
}
